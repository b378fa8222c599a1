//! How many watchers a driver is asked about at once. What waits for its turn here takes a few bytes; inside a driver,
//! and answered and not taken in yet, it would take a hundred times that, for each of ten thousand machines that start
//! together.

use super::outbox::Asking;
use machine_drivers::Key;
use std::collections::{BTreeSet, VecDeque};

/// More than a driver works on at once, so that none ever waits for the node.
const AT_ONCE: usize = 128;

/// The asks of one driver.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// Asked and neither answered nor stopped.
    under_way: BTreeSet<Key>,
    /// In the order in which they came.
    waiting: VecDeque<Asking>,
}

impl Window {
    /// Adds one to those that wait for their turn.
    pub(super) fn wait(&mut self, asking: Asking) {
        self.waiting.push_back(asking);
    }

    /// The next one whose turn it is.
    pub(super) fn next(&mut self) -> Option<Asking> {
        let next = if self.under_way.len() < AT_ONCE { self.waiting.pop_front() } else { None };
        if next.is_none() && self.waiting.is_empty() {
            // Many wait once, when a node begins.
            self.waiting.shrink_to(AT_ONCE);
        }
        next
    }

    /// It was asked.
    pub(super) fn asked(&mut self, key: Key) {
        self.under_way.insert(key);
    }

    /// It was answered or stopped.
    pub(super) fn is_over(&mut self, key: Key) {
        self.under_way.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine_core::WatcherId;

    fn asking(machine: u32) -> Asking {
        Asking { machine, watcher: WatcherId(0), visit: 1, first: true, resumed: false }
    }

    fn key(machine: u32) -> Key {
        Key { machine, watcher: 0, visit: 1 }
    }

    /// The machines that have their turn now.
    fn turns(window: &mut Window) -> Vec<u32> {
        std::iter::from_fn(|| {
            let machine = window.next()?.machine;
            window.asked(key(machine));
            Some(machine)
        })
        .collect()
    }

    #[test]
    fn all_have_their_turn_in_order_and_few_at_once() {
        let mut window = Window::default();
        let count = AT_ONCE as u32 + 3;
        (0..count).for_each(|machine| window.wait(asking(machine)));
        assert_eq!(turns(&mut window), (0..AT_ONCE as u32).collect::<Vec<_>>());
        window.is_over(key(count + 1));
        assert_eq!(turns(&mut window), [0; 0], "of nobody who was asked");
        window.is_over(key(7));
        window.is_over(key(7));
        assert_eq!(turns(&mut window), [count - 3]);
        (0..2).for_each(|machine| window.is_over(key(machine)));
        assert_eq!(turns(&mut window), [count - 2, count - 1]);
    }
}
