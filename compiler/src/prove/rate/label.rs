//! The times at which a configuration can be come to.

/// When something can come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// Of a watcher the next ask, of one that is told of changes the next report, of a timer its time.
    pub(super) at: i64,
    /// It was asked and can answer at any time.
    pub(super) open: bool,
}

impl Due {
    /// Of what does not count.
    pub(super) const IDLE: Self = Self { at: 0, open: false };

    fn is_ahead_of(self, other: Self) -> bool {
        self.at <= other.at && self.open >= other.open
    }
}

/// The times at which a configuration can be come to with so many transitions or commands.
#[derive(Clone)]
pub(super) struct Label {
    pub(super) at: i64,
    /// What the transitions so far have cost.
    pub(super) pace: i64,
    /// By source, when it can come next.
    pub(super) dues: Vec<Due>,
    /// The last step there; nothing at the beginning.
    pub(super) came: Option<usize>,
}

impl Label {
    /// Whether nothing can come sooner from the other one.
    pub(super) fn is_ahead_of(&self, other: &Self) -> bool {
        let mut dues = self.dues.iter().zip(&other.dues);
        self.at <= other.at && self.pace <= other.pace && dues.all(|(a, b)| a.is_ahead_of(*b))
    }

    /// Where each ask is seen together with its answer, only times tell labels apart.
    pub(super) fn forget_asks(&mut self) {
        self.dues.iter_mut().for_each(|it| it.open = false);
    }

    /// Becomes the least of both in everything.
    pub(super) fn lower(&mut self, other: &Self) {
        if other.at < self.at {
            (self.at, self.came) = (other.at, other.came);
        }
        self.pace = self.pace.min(other.pace);
        for (a, b) in self.dues.iter_mut().zip(&other.dues) {
            *a = Due { at: a.at.min(b.at), open: a.open | b.open };
        }
    }
}
