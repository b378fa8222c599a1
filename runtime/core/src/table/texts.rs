//! Names and doc comments; a table may come without.

use super::Table;
use super::read::Reader;
use crate::id::{KindId, StateId, WatcherId};

impl<'t> Table<'t> {
    /// Path of a state, `known.idle`; the machine's name for the machine; `None` when the names were stripped.
    #[must_use]
    pub fn state_name(&self, state: StateId) -> Option<&'t str> {
        if state == self.machine() { Some(self.name) } else { self.nth_name(state.index()) }
    }

    /// Name of a watcher; `None` when the names were stripped.
    #[must_use]
    pub fn watcher_name(&self, watcher: WatcherId) -> Option<&'t str> {
        self.nth_name(self.counts.states - 1 + watcher.index())
    }

    /// Text of a label; `None` when the names were stripped.
    #[must_use]
    pub fn label(&self, label: u16) -> Option<&'t str> {
        self.nth_name(self.counts.states - 1 + self.counts.watchers + usize::from(label))
    }

    /// Name of an outcome; `None` when the names were stripped.
    #[must_use]
    pub fn outcome_name(&self, kind: KindId, outcome: u8) -> Option<&'t str> {
        let before: usize = self.kinds().take(kind.index()).map(|it| usize::from(it.outcomes)).sum();
        let names = self.counts.states - 1 + self.counts.watchers + self.counts.labels;
        self.nth_name(names + before + usize::from(outcome))
    }

    /// All names in one walk: of the states but the machine, the watchers, the labels, then the outcomes of each kind.
    /// Nothing when they were stripped.
    pub fn names(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        texts(self.names, 0)
    }

    /// All doc comments of states and watchers in one walk: of the machine, the other states, the watchers. Nothing when
    /// they were stripped.
    pub fn docs(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        texts(self.docs, 0).take(self.counts.states + self.counts.watchers)
    }

    fn nth_name(&self, index: usize) -> Option<&'t str> {
        nth_text(self.names?, index)
    }

    /// Doc comment of a state or of the machine; empty when there is none or they were stripped.
    #[must_use]
    pub fn state_doc(&self, state: StateId) -> &'t str {
        let index = if state == self.machine() { 0 } else { 1 + state.index() };
        self.docs.and_then(|docs| nth_text(docs, index)).unwrap_or("")
    }

    /// Doc comment of a watcher; empty when there is none or they were stripped.
    #[must_use]
    pub fn watcher_doc(&self, watcher: WatcherId) -> &'t str {
        self.docs.and_then(|docs| nth_text(docs, self.counts.states + watcher.index())).unwrap_or("")
    }
}

/// Texts one after the other, from the one with this index on.
pub(crate) fn texts<'t>(bytes: Option<&'t [u8]>, first: usize) -> impl Iterator<Item = &'t str> + use<'t> {
    let mut reader = Reader::new(bytes.unwrap_or(&[]));
    core::iter::from_fn(move || reader.text()).skip(first)
}

pub(crate) fn nth_text(bytes: &[u8], index: usize) -> Option<&str> {
    let mut reader = Reader::new(bytes);
    (0..index).try_for_each(|_| reader.text().map(drop))?;
    reader.text()
}
