//! What drivers remember of a machine's watchers: few, so no map.

use machine_drivers::Memory;

/// By the number of the watcher. Most machines have one that remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Memories {
    #[default]
    None,
    One(u16, Memory),
    /// In the order of the watchers.
    Many(Box<[(u16, Memory)]>),
}

impl Memories {
    /// What is remembered of a watcher.
    pub(crate) fn get(&self, watcher: u16) -> Option<&Memory> {
        self.iter().find(|(it, _)| *it == watcher).map(|(_, memory)| memory)
    }

    /// Remembers this instead of what was remembered before; whether it is new.
    pub(crate) fn put(&mut self, watcher: u16, memory: Memory) -> bool {
        if self.get(watcher) == Some(&memory) {
            return false;
        }
        *self = match std::mem::take(self) {
            Self::None => Self::One(watcher, memory),
            Self::One(only, _) if only == watcher => Self::One(watcher, memory),
            Self::One(other, before) => Self::Many(sorted(vec![(other, before)], watcher, memory)),
            Self::Many(list) => Self::Many(sorted(list.into_vec(), watcher, memory)),
        };
        true
    }

    /// All of it, in the order of the watchers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u16, &Memory)> {
        let (one, many) = match self {
            Self::None => (None, &[][..]),
            Self::One(watcher, memory) => (Some((*watcher, memory)), &[][..]),
            Self::Many(list) => (None, &**list),
        };
        one.into_iter().chain(many.iter().map(|(watcher, memory)| (*watcher, memory)))
    }
}

fn sorted(mut list: Vec<(u16, Memory)>, watcher: u16, memory: Memory) -> Box<[(u16, Memory)]> {
    match list.binary_search_by_key(&watcher, |(it, _)| *it) {
        Ok(index) => list.iter_mut().skip(index).take(1).for_each(|(_, it)| *it = memory.clone()),
        Err(index) => list.insert(index, (watcher, memory)),
    }
    list.into_boxed_slice()
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
