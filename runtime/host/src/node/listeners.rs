//! Which machines of a node listen to which others, and whom they miss.

use machine_core::Table;
use machine_core::table::{Signal, SignalSource};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who listens to whom.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    /// By the name of the machine that is listened to: the names of those that listen.
    pub(super) listeners: BTreeMap<String, BTreeSet<Arc<str>>>,
    /// The other way round.
    heard: BTreeMap<Arc<str>, BTreeSet<String>>,
    /// Machines of which it was said that they are missing: who misses, whom.
    missed: BTreeSet<(Arc<str>, String)>,
}

impl Neighbours {
    /// Notes whom a machine listens to.
    pub(super) fn note(&mut self, table: &Table<'_>) {
        let name: Arc<str> = table.name().into();
        self.forget(&name);
        for other in others(table) {
            self.listeners.entry(other.to_owned()).or_default().insert(name.clone());
            self.heard.entry(name.clone()).or_default().insert(other.to_owned());
        }
    }

    /// A machine does not listen any more.
    pub(super) fn forget(&mut self, name: &str) {
        let Some((name, heard)) = self.heard.remove_entry(name) else {
            return;
        };
        for other in heard {
            if let Some(listeners) = self.listeners.get_mut(&other) {
                listeners.remove(&name);
                if listeners.is_empty() {
                    self.listeners.remove(&other);
                }
            }
            self.missed.remove(&(name.clone(), other));
        }
    }

    /// Those that listen to a machine.
    pub(super) fn of(&self, other: &str) -> Vec<Arc<str>> {
        self.listeners.get(other).map(|it| it.iter().cloned().collect()).unwrap_or_default()
    }

    /// Somebody listens to a machine.
    pub(super) fn are_there(&self, other: &str) -> bool {
        self.listeners.contains_key(other)
    }

    /// Who misses whom now, or does not any more.
    pub(super) fn news(&mut self, is_there: impl Fn(&str) -> bool) -> Vec<(Arc<str>, String, bool)> {
        let mut news = Vec::new();
        for (other, listeners) in &self.listeners {
            let present = is_there(other);
            for listener in listeners {
                let entry = (listener.clone(), other.clone());
                let is_news = if present { self.missed.remove(&entry) } else { self.missed.insert(entry) };
                if is_news {
                    news.push((listener.clone(), other.clone(), present));
                }
            }
        }
        news
    }
}

/// The other machines that a table names.
pub(super) fn others<'t>(table: &Table<'t>) -> impl Iterator<Item = &'t str> {
    let of_signal = |it: Signal<'t>| match it.source {
        SignalSource::Emitted { machine, .. } | SignalSource::Enters { machine, .. } => Some(machine),
        SignalSource::Declared { .. } | SignalSource::When | SignalSource::Fault => None,
    };
    table.signals().filter_map(of_signal).chain(table.conditions().map(|it| it.machine))
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine_core::definition::Condition;
    use machine_core::{Definition, OwnedTable};

    fn table(name: &str, others: &[&str]) -> OwnedTable {
        let mut machine = Definition { name: name.into(), ..Definition::example() };
        machine.states[2].name = name.into();
        let condition = |it: &&str| Condition { machine: (*it).into(), state: "lit".into() };
        machine.conditions = others.iter().map(condition).collect();
        OwnedTable::verify(machine.encode().unwrap().into()).unwrap()
    }

    #[test]
    fn listeners_come_and_go_and_miss_each_machine_once() {
        let mut neighbours = Neighbours::default();
        neighbours.note(&table("b", &["door", "lamp"]).table());
        neighbours.note(&table("a", &["door"]).table());
        assert_eq!(neighbours.of("door").iter().map(|it| &**it).collect::<Vec<_>>(), ["a", "b"]);
        let mut news = |there: &[&str]| neighbours.news(|it| there.contains(&it)).len();
        assert_eq!([news(&["lamp"]), news(&["lamp"]), news(&["lamp", "door"]), news(&[])], [2, 0, 2, 3]);
        neighbours.note(&table("b", &["lamp"]).table());
        neighbours.forget("a");
        assert!(!neighbours.are_there("door") && neighbours.are_there("lamp"));
    }
}
