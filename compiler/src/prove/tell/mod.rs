//! What is said of a promise that is not kept: where it is broken, the way there step by step, and a test that shows it.

mod test;
mod way;

pub(super) use test::test;

use super::{Broken, Open, Verdict};
use crate::check::setting::InstanceOf;
use crate::check::wording::{any_of, duration};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Claim, Counted, Goal, Machine, Property, StateId};
use crate::source::{FileId, SourceMap};

/// Letters up to which it is worth while to read a test.
const LONG: usize = 1_200;

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

/// The way out, and the test that shows how a promise is broken.
fn shown(told: Diagnostic, help: &str, broken: &Broken) -> Diagnostic {
    match &broken.test {
        Some(test) if test.len() > LONG => {
            told.help(format!("{help} (a test of {} steps would show it)", broken.steps.len()))
        }
        Some(test) => told.help(format!("{help}; this test shows it:\n\n{test}")),
        None => told.help(help),
    }
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
        shown(self.depending(told, broken), help, broken)
    }

    /// What holds as long as nothing comes late.
    fn late(&self, promise: &Property, broken: &Broken) -> Diagnostic {
        let headline = "this promise is kept only as long as timers fire on time";
        let told = Diagnostic::new(Code::KEPT_ON_TIME, self.file, promise.span, headline).label("promised here");
        let told = match broken.steps.last().and_then(|it| self.handler_of(it)) {
            Some(span) => told.also(self.file, span, "by a node that was off, this is taken as well"),
            None => told,
        };
        let told = self.depending(told.note(self.way(broken)), broken);
        let help = "a node that was off, or busy, comes late to what is due, and by then other timers are due, too: let \
                    what comes late do no harm, by a condition or a state of its own";
        shown(told, help, broken)
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
                "there are too many cases to look through: more than a million, very many things that can happen in them, or steps with very many reactions"
                    .to_owned(),
                Some(broken),
                "give the data that conditions read fewer values, such as `int in 0..100`, or compare with fewer of them",
            ),
            Open::Untimed(broken) => (
                "the way that was found does not come about as it is: something else is due earlier".to_owned(),
                Some(broken),
                "make the order of things plain by a condition or a state of its own, or test it with `advance` and `expect`",
            ),
            Open::Late(broken) => return self.late(promise, broken),
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
