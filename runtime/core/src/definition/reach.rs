//! Over which nodes a limit counts, and what is done when those cannot be asked.

use core::fmt;

/// Over which nodes a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This one.
    Node,
    /// All that share a bucket, and what to do when it cannot be asked.
    Fleet(Offline),
}

/// What a watcher does that works under a limit across the fleet while nobody can be asked for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offline {
    /// It waits, as long as it would wait for a slot.
    Wait,
    /// It does not wait: nothing is done.
    Skip,
    /// It goes ahead, and the limit counts on this node alone meanwhile.
    Proceed,
}

impl Offline {
    /// Each of them.
    pub const ALL: [Offline; 3] = [Offline::Wait, Offline::Skip, Offline::Proceed];

    /// How it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Offline::Wait => "wait",
            Offline::Skip => "skip",
            Offline::Proceed => "proceed",
        }
    }
}

impl Reach {
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Reach::Node => 0,
            Reach::Fleet(Offline::Wait) => 1,
            Reach::Fleet(Offline::Skip) => 2,
            Reach::Fleet(Offline::Proceed) => 3,
        }
    }

    pub(crate) const fn of_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Reach::Node),
            1 => Some(Reach::Fleet(Offline::Wait)),
            2 => Some(Reach::Fleet(Offline::Skip)),
            3 => Some(Reach::Fleet(Offline::Proceed)),
            _ => None,
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reach::Node => f.write_str("on node"),
            Reach::Fleet(Offline::Wait) => f.write_str("across fleet"),
            Reach::Fleet(offline) => write!(f, "across fleet offline {}", offline.word()),
        }
    }
}
