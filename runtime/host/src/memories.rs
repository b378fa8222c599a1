//! What drivers remember of a machine's watchers: few, so a short sorted list.

use machine_drivers::Memory;

/// By the number of the watcher.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memories(Box<[(u16, Memory)]>);

impl Memories {
    /// What is remembered of a watcher.
    pub(crate) fn get(&self, watcher: u16) -> Option<&Memory> {
        let index = self.index(watcher).ok()?;
        self.0.get(index).map(|(_, memory)| memory)
    }

    /// Remembers this instead of what was remembered before; whether it is new.
    pub(crate) fn put(&mut self, watcher: u16, memory: Memory) -> bool {
        match self.index(watcher) {
            Ok(index) => match self.0.get_mut(index) {
                Some((_, known)) if *known != memory => *known = memory,
                _ => return false,
            },
            Err(index) => {
                let mut list = std::mem::take(&mut self.0).into_vec();
                list.reserve_exact(1);
                list.insert(index, (watcher, memory));
                self.0 = list.into_boxed_slice();
            }
        }
        true
    }

    /// All of it, in the order of the watchers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u16, &Memory)> {
        self.0.iter().map(|(watcher, memory)| (*watcher, memory))
    }

    fn index(&self, watcher: u16) -> Result<usize, usize> {
        self.0.binary_search_by_key(&watcher, |(it, _)| *it)
    }
}

impl FromIterator<(u16, Memory)> for Memories {
    fn from_iter<I: IntoIterator<Item = (u16, Memory)>>(memories: I) -> Self {
        let mut all = Self::default();
        for (watcher, memory) in memories {
            all.put(watcher, memory);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_each_watcher_is_remembered_and_whether_it_was_new() {
        let mut memories = Memories::default();
        let memory = |text: &str| Memory::from(text.as_bytes());
        assert!(memories.put(3, memory("three")) && memories.put(1, memory("one")));
        assert!(!memories.put(3, memory("three")) && memories.put(3, memory("drei")));
        assert_eq!(memories.get(3), Some(&memory("drei")));
        assert_eq!(memories.get(2), None);
        assert_eq!(memories.iter().map(|(watcher, _)| watcher).collect::<Vec<_>>(), [1, 3]);
    }
}
