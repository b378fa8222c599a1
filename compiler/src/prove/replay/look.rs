//! What the core is in, in the words of the model.

use super::{Replay, Told, core};
use crate::model::eval::Value;
use crate::model::{Constant, StateId, WatcherId};
use crate::prove::Step;
use crate::prove::event::Cause;
use crate::prove::relevant::Held;
use crate::prove::space::{Config, Variable};
use crate::prove::values::value as value_of;

impl Replay<'_, '_> {
    pub(super) fn note(
        &mut self,
        cause: Option<Cause>,
        before: StateId,
        fields: Vec<(String, Constant)>,
        known: &[Value],
        own: Option<&Told>,
    ) {
        let now = self.data();
        let changed = known.iter().zip(&now).enumerate().filter(|(_, (a, b))| a != b);
        let changed = changed.map(|(at, (_, it))| (at, it.clone())).collect();
        let asks = own.filter(|_| self.counts_asks).map(|it| it.asks.as_slice()).unwrap_or_default();
        let asked = asks.iter().filter_map(|it| self.model(it.0)).collect();
        let (at_ms, after, moves) = (Some(self.now), self.leaf(), own.map_or(0, |it| it.moves));
        self.happened += usize::from(!matches!(cause, Some(Cause::Ask(_))));
        self.seen.push(Step { cause, at_ms, before, after, fields, changed, moves, asked });
    }

    /// Whether the core is in this configuration.
    pub(super) fn is_at(&self, config: Config) -> bool {
        let fits = |it: &Variable| {
            let value = match it.held {
                Held::Data(at) => self.instance.data(&self.table, at as u16),
                Held::Fact(at) => self.instance.fact(&self.table, at as u16),
            };
            it.cells.has(it.bits.get(config), &value_of(value))
        };
        self.leaf() == self.space().leaf_of(config) && self.space().variables.iter().all(fits)
    }

    pub(super) fn leaf(&self) -> StateId {
        let at = self.table.leaves().position(|it| it == self.instance.state());
        self.space().leaves[at.unwrap_or(0)]
    }

    pub(super) fn data(&self) -> Vec<Value> {
        let count = self.space().machine.data.len();
        (0..count).map(|at| value_of(self.instance.data(&self.table, at as u16))).collect()
    }

    /// The core's number of a watcher.
    pub(super) fn core(&self, watcher: WatcherId) -> Option<core::WatcherId> {
        self.table.watchers().find(|it| self.model(*it) == Some(watcher))
    }

    pub(super) fn model(&self, watcher: core::WatcherId) -> Option<WatcherId> {
        let machine = self.space().machine;
        let (name, owner) = (self.table.watcher_name(watcher)?, self.table.owner(watcher));
        let path = if owner == self.table.machine() { "" } else { self.table.state_name(owner)? };
        let is_it = |it: &crate::model::Watcher| it.name == name && machine.state(it.owner).path == path;
        machine.watchers.iter().position(is_it).map(WatcherId)
    }
}
