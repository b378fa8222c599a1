//! What is said of a promise that is not kept: where it is broken, the way there step by step, and a test that shows it.

use super::event::Cause;
use super::replay::Replayed;
use super::trace::Found;
use super::{Broken, Open, Step, Verdict};
use crate::analysis::event_name;
use crate::check::setting::InstanceOf;
use crate::check::wording::{any_of, duration, name};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Claim, Counted, Goal, Machine, Origin, Property, SignalSource, StateId};
use crate::source::{FileId, SourceMap};
use machine_grammar::Span;

/// Of a way of many steps, so many are shown from its beginning, and so many from its end.
const SHOWN: (usize, usize) = (8, 4);
/// Of one that is too long to be followed.
const SHOWN_OF_LONG: (usize, usize) = (4, 2);
/// Steps up to which it is worth while to read all of them as a test.
const LONG: usize = 24;

/// Nothing if the promise is kept.
pub(super) fn verdict(
    sources: &SourceMap,
    file: FileId,
    machine: &Machine,
    promise: &Property,
    verdict: &Verdict,
) -> Option<Diagnostic> {
    let teller = Teller { sources, file, machine };
    let told = match verdict {
        Verdict::Kept => return None,
        Verdict::Broken(it) => teller.broken(promise, it),
        Verdict::Open(it) => teller.open(promise, it),
    };
    Some(InstanceOf::noted(machine.instance.as_ref(), told))
}

struct Teller<'t> {
    sources: &'t SourceMap,
    file: FileId,
    machine: &'t Machine,
}

impl Teller<'_> {
    fn broken(&self, promise: &Property, broken: &Broken) -> Diagnostic {
        let end = broken.steps.get(..broken.round.unwrap_or(broken.steps.len())).and_then(<[_]>::last);
        let leaf = end.map_or(StateId(0), |it| it.after);
        let path = |it: StateId| self.path(it);
        let can = if broken.depends.is_some() { "may" } else { "can" };
        let (code, headline, label, help) = match &promise.claim {
            Claim::CanReach(goals) => (
                Code::OUT_OF_REACH,
                format!("from `{}` there may be no way to {} any more", path(leaf), self.any(goals)),
                "nothing here is certain to lead there".to_owned(),
                "add a handler here that leads on, such as `after 10m -> STATE`, or name this state in the promise with `or`",
            ),
            Claim::LeadsTo(from, goals) => (
                Code::NEED_NOT_COME,
                format!("`{}` need not lead to {}", path(from.state), self.any(goals)),
                "it can go on here for ever".to_owned(),
                "give a state on the way a limit, such as `after 10m -> STATE`, or name with `or` where it may end as well",
            ),
            Claim::NeverFollows(from, to) => (
                Code::FORBIDDEN_TRANSITION,
                format!("a transition {can} lead from `{}` to `{}`", path(from.state), path(to.state)),
                String::new(),
                "let it lead elsewhere, or give it a condition",
            ),
            Claim::Never(condition) => (
                Code::FORBIDDEN_CASE,
                format!("`{}` {can} hold", self.machine.written(condition)),
                "it holds here".to_owned(),
                "prevent the last step with a condition, or let it change what the promise speaks of",
            ),
            Claim::AtMost { count, of, per_ms } => (
                Code::TOO_OFTEN,
                format!("there can be more than {count} {} in {}", counted(*of), duration(*per_ms)),
                String::new(),
                "let the machine wait longer: with `after`, a longer `every`, or `backoff`",
            ),
        };
        let told = Diagnostic::new(code, self.file, promise.span, headline).label("promised here");
        let told = match broken.steps.last().and_then(|it| self.handler_of(it)) {
            Some(span) if label.is_empty() => told.also(self.file, span, "this breaks it"),
            _ if !label.is_empty() => told.also(self.file, self.machine.state(leaf).name_span, label),
            _ => told,
        };
        let told = told.note(self.way(broken));
        let told = self.depending(told, broken);
        let steps = broken.steps.len();
        match &broken.test {
            Some(_) if steps > LONG => told.help(format!("{help} (a test of {steps} steps would show it)")),
            Some(test) => told.help(format!("{help}; this test shows it:\n\n{test}")),
            None => told.help(help),
        }
    }

    fn open(&self, promise: &Property, open: &Open) -> Diagnostic {
        let (why, broken, help) = match open {
            Open::UpTo(count) => (
                format!("there may be up to {count}: no way was found that has so many, and no pace rules it out"),
                None,
                "allow so many, or let the machine wait longer",
            ),
            Open::Uncounted => (
                "there are too many cases to count in".to_owned(),
                None,
                "give the data that conditions read fewer values, or name a smaller number",
            ),
            Open::TooLarge(broken) => (
                "there are too many cases to look through: more than a million, or steps with very many reactions"
                    .to_owned(),
                Some(broken),
                "give the data that conditions read fewer values, such as `int in 0..100`, or compare with fewer of them",
            ),
            Open::Untimed(broken) => (
                "the way that was found does not come about as it is: something else is due earlier".to_owned(),
                Some(broken),
                "make the order of things plain by a condition or a state of its own, or test it with `advance` and `expect`",
            ),
        };
        let mut told = Diagnostic::new(Code::UNDECIDED, self.file, promise.span, "this promise is not decided");
        told = told.label(why);
        if let Some(broken) = broken.filter(|it| !it.steps.is_empty()) {
            told = self.depending(told.note(self.way(broken)), broken);
        }
        told.help(help)
    }

    fn depending(&self, told: Diagnostic, broken: &Broken) -> Diagnostic {
        match broken.depends {
            Some(span) => told.also(self.file, span, "it depends on this, which may be anything here"),
            None => told,
        }
    }

    /// The way, a line for each step.
    fn way(&self, broken: &Broken) -> String {
        let round = broken.round.unwrap_or(broken.steps.len());
        let (there, again) = broken.steps.split_at(round.min(broken.steps.len()));
        let total = there.last().and_then(|it| it.at_ms);
        let mut text = match total {
            Some(0) => "the shortest way there, at once:".to_owned(),
            Some(ms) => format!("the shortest way there, in {} of machine time:", duration(ms)),
            None => "the shortest way there, whatever time it takes:".to_owned(),
        };
        let rows: Vec<[String; 4]> = there.iter().map(|it| self.row(it)).collect();
        let rounds: Vec<[String; 4]> = again.iter().map(|it| self.row(it)).collect();
        let width = |column: usize| rows.iter().chain(&rounds).map(|it| it[column].chars().count()).max().unwrap_or(0);
        let widths = [width(0), width(1), width(2)];
        let line = |it: &[String; 4]| {
            let [a, b, c] = widths;
            let line = format!("  {:<a$}  {:<b$}  {:<c$}  {}", it[0], it[1], it[2], it[3]);
            format!("\n{}", line.trim_end())
        };
        let (first, last) = if rows.len() > LONG { SHOWN_OF_LONG } else { SHOWN };
        let hidden = rows.len().saturating_sub(first + last);
        for (at, row) in rows.iter().enumerate().filter(|it| hidden < 2 || it.0 < first || it.0 >= first + hidden) {
            if hidden > 1 && at == first + hidden {
                text += &format!("\n  ... {hidden} more, and at last");
            }
            text += &line(row);
        }
        if broken.round.is_some() {
            match rounds.is_empty() {
                true => text += "\n... and then nothing has to happen any more",
                false => text += "\n... and then for ever",
            }
            rounds.iter().for_each(|it| text += &line(it));
        }
        text
    }

    /// When, what, who, and what came of it.
    fn row(&self, step: &Step) -> [String; 4] {
        let at = step.at_ms.map(duration).unwrap_or_default();
        let (what, who) = match step.cause {
            None => ("start".to_owned(), String::new()),
            Some(cause) => (self.what(cause, step), self.who(cause)),
        };
        let mut came = if step.cause.is_none() || step.before != step.after {
            format!("-> {}", self.path(step.after))
        } else {
            format!("in {}", self.path(step.after))
        };
        for (at, value) in &step.changed {
            let datum = &self.machine.data[*at];
            came += &format!(", {} = {}", name(&datum.name), crate::model::print::value(value, &datum.ty));
        }
        [at, what, who, came]
    }

    fn what(&self, cause: Cause, step: &Step) -> String {
        let machine = self.machine;
        let (called, fields) = match cause {
            Cause::Outcome(watcher, outcome) => {
                let origin = Origin::Outcome(watcher, outcome);
                (event_name(machine, origin), machine.payload(origin))
            }
            Cause::Signal(signal) => {
                (event_name(machine, Origin::Signal(signal)), machine.signals[signal.0].fields.clone())
            }
            Cause::After(handler) => match machine.handler(handler).trigger {
                crate::model::Trigger::After { ms, .. } => return format!("after {}", duration(ms)),
                _ => return String::new(),
            },
            Cause::Fact(..) => return "a fact changes".to_owned(),
            Cause::Look => return "something changes".to_owned(),
        };
        match step.fields.is_empty() {
            true => called,
            false => format!("{called} {{ {} }}", super::script::listed(&step.fields, &fields)),
        }
    }

    fn who(&self, cause: Cause) -> String {
        let machine = self.machine;
        let line = |span: Span| self.sources.line_column(self.file, span).0;
        match cause {
            Cause::Outcome(watcher, _) => {
                let it = machine.watcher(watcher);
                let word = if it.once { "run" } else { "watch" };
                format!("{word} in line {}", line(it.name_span))
            }
            Cause::After(handler) => format!("line {}", line(machine.handler(handler).span)),
            Cause::Signal(signal) => match &machine.signals[signal.0].source {
                SignalSource::Declared(at) => format!("an operator, line {}", line(machine.events[*at].span)),
                SignalSource::Emitted { machine, .. } | SignalSource::Enters { machine, .. } => {
                    format!("the machine {}", name(machine))
                }
                SignalSource::When(..) | SignalSource::Fault => String::new(),
            },
            Cause::Fact(..) => "the node".to_owned(),
            Cause::Look => String::new(),
        }
    }

    /// Where the handler stands that a step took.
    fn handler_of(&self, step: &Step) -> Option<Span> {
        let machine = self.machine;
        let origin = match step.cause? {
            Cause::After(handler) => return Some(machine.handler(handler).span),
            Cause::Outcome(watcher, outcome) => Origin::Outcome(watcher, outcome),
            Cause::Signal(signal) => Origin::Signal(signal),
            Cause::Fact(..) | Cause::Look => return None,
        };
        let answers = |it: &&crate::model::HandlerId| match &machine.handler(**it).trigger {
            crate::model::Trigger::On(events) => events.iter().any(|it| it.origin == origin),
            _ => false,
        };
        let leads = |it: &&crate::model::HandlerId| match machine.handler(**it).response {
            crate::model::Response::Goto { target, .. } => {
                machine.outwards(step.after).any(|it| it == target) || machine.initial_leaf(target) == step.after
            }
            crate::model::Response::Stay(_) => step.before == step.after,
        };
        let mut handlers = machine.outwards(step.before).flat_map(|it| &machine.state(it).handlers);
        handlers.find(|it| answers(it) && leads(it)).map(|it| machine.handler(*it).span)
    }

    fn path(&self, state: StateId) -> &str {
        let it = self.machine.state(state);
        if it.path.is_empty() { &it.name } else { &it.path }
    }

    fn any(&self, goals: &[Goal]) -> String {
        any_of(&goals.iter().map(|it| self.path(it.state)).collect::<Vec<_>>())
    }
}

fn counted(of: Counted) -> &'static str {
    match of {
        Counted::Transitions => "transitions",
        Counted::Commands => "commands",
    }
}

/// The promise as it is written.
pub(super) fn written(machine: &Machine, claim: &Claim) -> String {
    let path = |it: &Goal| machine.state(it.state).path.clone();
    let any = |goals: &[Goal]| goals.iter().map(path).collect::<Vec<_>>().join(" or ");
    match claim {
        Claim::CanReach(goals) => format!("always can reach {}", any(goals)),
        Claim::LeadsTo(from, goals) => format!("{} leads to {}", path(from), any(goals)),
        Claim::NeverFollows(from, to) => format!("never {} -> {}", path(from), path(to)),
        Claim::Never(condition) => format!("never {}", machine.written(condition)),
        Claim::AtMost { count, of, per_ms } => format!("at most {count} {} per {}", counted(*of), duration(*per_ms)),
    }
}

/// A test that fails as long as the promise can be broken this way.
pub(super) fn test(machine: &Machine, claim: &Claim, found: &Found, replayed: &Replayed) -> Option<String> {
    let path = |it: &Goal| machine.state(it.state).path.clone();
    let any = |goals: &[Goal]| goals.iter().map(path).collect::<Vec<_>>().join(" or ");
    let goes_round = found.round.as_ref().is_some_and(|it| !it.is_empty());
    let last = replayed.seen.last()?;
    let expect = match claim {
        Claim::LeadsTo(_, goals) if goes_round => format!("expect {}", any(goals)),
        Claim::CanReach(goals) | Claim::LeadsTo(_, goals) => {
            format!("advance until {} within 1d\n    expect {}", any(goals), any(goals))
        }
        Claim::NeverFollows(_, to) => match machine.outwards(last.after).any(|it| it == to.state) {
            true => format!("expect not {}", path(to)),
            false => format!("expect never {}", path(to)),
        },
        Claim::Never(condition) => format!("expect never {}", machine.written(condition)),
        Claim::AtMost { of: Counted::Commands, .. } => return None,
        Claim::AtMost { count, per_ms, .. } => {
            format!("expect at most {count} transitions per {}", duration(*per_ms))
        }
    };
    let mut lines = replayed.script.written(machine);
    lines.push(expect);
    let body: String = lines.iter().map(|it| format!("    {it}\n")).collect();
    let called = written(machine, claim).replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{");
    Some(format!("test \"{called}\" for {} {{\n{body}}}", name(&machine.name)))
}
