//! What a step did, in the words of a page.

use machine_core::{Effect, Instance, StateId, Table, Verdict, WatcherId};

/// Puts the effects of one step into words.
pub(super) struct Teller<'t> {
    table: Table<'t>,
    /// Watchers that had not answered yet when the step began.
    under_way: Vec<WatcherId>,
    told: Vec<String>,
}

impl<'t> Teller<'t> {
    /// For a step that begins here; `answered` is the watcher that it is about.
    pub(super) fn new(table: Table<'t>, instance: &Instance, answered: Option<WatcherId>) -> Self {
        let under_way = instance.under_way().filter(|it| Some(*it) != answered).collect();
        Self { table, under_way, told: Vec::new() }
    }

    /// Timers are not told of, nor that a watcher is stopped that does nothing just then.
    pub(super) fn effect(&mut self, effect: Effect) {
        let name = |watcher| self.table.watcher_name(watcher).unwrap_or("?");
        let told = match effect {
            Effect::Moved { to, label, .. } => self.moved(to, label),
            Effect::Ask { watcher, .. } => format!("asks {}", name(watcher)),
            Effect::Stop { watcher, .. } if self.under_way.contains(&watcher) => format!("stops {}", name(watcher)),
            Effect::Interrupted { watcher, .. } => format!("{} was interrupted", name(watcher)),
            Effect::Slowed { .. } => "slowed".to_owned(),
            Effect::Stop { .. } | Effect::Armed { .. } | Effect::Disarmed { .. } => return,
        };
        self.told.push(told);
    }

    fn moved(&self, to: StateId, label: Option<u16>) -> String {
        let to = self.table.state_name(to).unwrap_or("?");
        match label.and_then(|it| self.table.label(it)) {
            Some(label) => format!("-> {to} as {label}"),
            None => format!("-> {to}"),
        }
    }

    /// All of it, in order.
    pub(super) fn told(mut self, verdict: Verdict) -> Vec<String> {
        match verdict {
            Verdict::Stayed => self.told.insert(0, "stays".to_owned()),
            Verdict::Unanswered => self.told.insert(0, "unanswered".to_owned()),
            Verdict::Late => self.told.insert(0, "late".to_owned()),
            Verdict::Moved | Verdict::Quiet => {}
        }
        self.told
    }
}
