//! Writes down what a step does, and keeps what has to be done about it.

use crate::coverage::Coverage;
use crate::trace::{Entry, What};
use crate::value::{Payload, Value};
use machine_core::{Data, Effect, Effects, EventId, Instant, StateId, WatcherId};

/// What a world has to do after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Ask { watcher: WatcherId, visit: u32, first: bool },
    Interrupted { watcher: WatcherId, visit: u32 },
}

/// Takes the effects of one step.
pub(super) struct Recorder<'w> {
    pub(super) at: Instant,
    pub(super) machine: u16,
    pub(super) entries: &'w mut Vec<Entry>,
    pub(super) acts: &'w mut Vec<Act>,
    pub(super) path: &'w mut Vec<(Instant, StateId)>,
    pub(super) emitted: &'w mut Vec<(Instant, u16, Payload)>,
    pub(super) coverage: Option<&'w mut Coverage>,
}

impl Recorder<'_> {
    fn write(&mut self, what: What) {
        self.entries.push(Entry { at: self.at, machine: self.machine, what });
    }
}

impl Effects for Recorder<'_> {
    fn push(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { watcher, visit, first } => self.acts.push(Act::Ask { watcher, visit, first }),
            Effect::Interrupted { watcher, visit } => self.acts.push(Act::Interrupted { watcher, visit }),
            Effect::Moved { to, .. } => self.path.push((self.at, to)),
            _ => {}
        }
        if let Some(coverage) = &mut self.coverage {
            coverage.happened(effect);
        }
        self.write(What::Effect(effect));
    }

    fn emit(&mut self, emit: u16, values: &[Data<'_>]) {
        let values: Payload = values.iter().map(|it| Value::of(*it)).collect();
        self.emitted.push((self.at, emit, values.clone()));
        self.write(What::Emit { emit, values });
    }

    fn log(&mut self, text: &str) {
        self.write(What::Log(text.into()));
    }

    fn chose(&mut self, leaf: StateId, event: EventId, refused: u16, taken: bool) {
        if let Some(coverage) = &mut self.coverage {
            coverage.chose(leaf, event, refused, taken);
        }
    }
}
