//! The small numbers by which a table names its parts. Each is in range for the table that it came from.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);

        impl $name {
            /// As an index.
            #[must_use]
            pub fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    )*};
}

ids! {
    /// A state. Leaves (states without inner states) come first, then the others, the machine itself last.
    StateId
    /// An event: the outcomes of the watchers in their order, then the timer slots, then the signals.
    EventId
    /// A watcher or run; sorted by the state that it stands in.
    WatcherId
    /// A kind of watcher.
    KindId
    /// An `after`; sorted by the state that it stands in.
    TimerId
    /// How a transition is carried out.
    PlanId
    /// An event that is neither an outcome nor a timer.
    SignalId
}
