//! The way to where a promise is broken, a line for each step: when, what happened, who raised it, and what came of it.

use super::Teller;
use crate::analysis::event_name;
use crate::check::wording::{duration, name};
use crate::model::{HandlerId, Origin, Response, SignalSource, Trigger};
use crate::prove::event::Cause;
use crate::prove::{Broken, Step, script};
use machine_grammar::Span;

/// Of a way of many steps, so many are shown from its beginning, and so many from its end.
const SHOWN: (usize, usize) = (8, 4);
/// Of one that is too long to be followed.
const SHOWN_OF_LONG: (usize, usize) = (4, 2);
/// Steps up to which it is worth while to read many of them.
const LONG: usize = 24;

impl Teller<'_> {
    /// The way, a line for each step.
    pub(super) fn way(&self, broken: &Broken) -> String {
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
        if !step.asked.is_empty() {
            let names: Vec<_> = step.asked.iter().map(|it| name(&self.machine.watcher(*it).name)).collect();
            came += &format!(", asks {}", names.join(" and "));
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
                Trigger::After { ms, .. } => return format!("after {}", duration(ms)),
                _ => return String::new(),
            },
            Cause::Ask(watcher) => {
                let paced = machine.watcher(watcher).every_ms.map(|it| format!("every {}", duration(it)));
                return paced.unwrap_or_else(|| "slowed down".to_owned());
            }
            Cause::Fact(..) => return "a fact changes".to_owned(),
            Cause::Look => return "something changes".to_owned(),
            Cause::Late => return "power is back".to_owned(),
            Cause::Pass => return "time passes".to_owned(),
        };
        match step.fields.is_empty() {
            true => called,
            false => format!("{called} {{ {} }}", script::listed(&step.fields, &fields)),
        }
    }

    fn who(&self, cause: Cause) -> String {
        let machine = self.machine;
        let line = |span: Span| self.sources.line_column(self.file, span).0;
        match cause {
            Cause::Outcome(watcher, _) | Cause::Ask(watcher) => {
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
            Cause::Look | Cause::Pass | Cause::Late => String::new(),
        }
    }

    /// Where the handler stands that a step took.
    pub(super) fn handler_of(&self, step: &Step) -> Option<Span> {
        let machine = self.machine;
        let origin = match step.cause? {
            Cause::After(handler) => return Some(machine.handler(handler).span),
            Cause::Ask(watcher) => return Some(machine.watcher(watcher).name_span),
            Cause::Outcome(watcher, outcome) => Origin::Outcome(watcher, outcome),
            Cause::Signal(signal) => Origin::Signal(signal),
            Cause::Fact(..) | Cause::Look | Cause::Pass | Cause::Late => return None,
        };
        let answers = |it: &&HandlerId| match &machine.handler(**it).trigger {
            Trigger::On(events) => events.iter().any(|it| it.origin == origin),
            _ => false,
        };
        let leads = |it: &&HandlerId| match machine.handler(**it).response {
            Response::Goto { target, .. } => {
                machine.outwards(step.after).any(|it| it == target) || machine.initial_leaf(target) == step.after
            }
            Response::Stay(_) => step.before == step.after,
        };
        let mut handlers = machine.outwards(step.before).flat_map(|it| &machine.state(it).handlers);
        handlers.find(|it| answers(it) && leads(it)).map(|it| machine.handler(*it).span)
    }
}
