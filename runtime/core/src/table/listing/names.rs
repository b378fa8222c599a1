//! What the numbers in code stand for.

use crate::table::{Table, Type};
use alloc::{format, string::String, string::ToString, vec::Vec};

/// All names that code can mean, by number.
pub(super) struct Names<'t> {
    /// Data, then facts.
    pub(super) slots: Vec<(&'t str, Type<'t>)>,
    pub(super) secrets: Vec<&'t str>,
    pub(super) emits: Vec<(&'t str, Vec<&'t str>)>,
    pub(super) signals: Vec<(&'t str, Vec<&'t str>)>,
    pub(super) watchers: Vec<Option<&'t str>>,
    pub(super) others: Vec<String>,
    enums: Vec<Vec<&'t str>>,
    /// How what an event carries is called.
    pub(super) binding: String,
}

impl<'t> Names<'t> {
    pub(super) fn new(table: Table<'t>) -> Self {
        let slots: Vec<_> = table.data().chain(table.facts()).map(|it| (it.name, it.ty)).collect();
        let others = table.conditions().map(|it| format!("{} is {}", quoted(it.machine), path(it.state)));
        Self {
            secrets: table.secrets().map(|it| it.name).collect(),
            emits: table.emits().map(|it| (it.name, it.fields.map(|it| it.0).collect())).collect(),
            signals: table.signals().map(|it| (it.name, it.fields.map(|it| it.0).collect())).collect(),
            watchers: table.watchers().map(|it| table.watcher_name(it)).collect(),
            others: others.collect(),
            enums: (0..table.enums()).map(|it| table.words(it as u16).collect()).collect(),
            binding: binding(&slots),
            slots,
        }
    }

    pub(super) fn word(&self, of: u16, word: u16) -> String {
        let found = self.enums.get(usize::from(of)).and_then(|it| it.get(usize::from(word)));
        // Words of enums stand in no backticks.
        found.map_or_else(|| format!("word {word}"), |it| (*it).to_string())
    }

    pub(super) fn slot(&self, slot: usize) -> String {
        self.slots.get(slot).map_or_else(|| format!("data {slot}"), |it| quoted(it.0))
    }

    /// The name of a watcher, or its number where the names were stripped.
    pub(super) fn watcher(&self, watcher: u16) -> String {
        let found = self.watchers.get(usize::from(watcher)).copied().flatten();
        found.map_or_else(|| format!("#{watcher}"), quoted)
    }
}

/// A name that no data and no fact has: those cannot be the name of what an event carries.
fn binding(slots: &[(&str, Type<'_>)]) -> String {
    let names = core::iter::once("it".to_string()).chain((2_u32..).map(|it| format!("it{it}")));
    let is_free = |name: &String| slots.iter().all(|it| it.0 != name);
    names.into_iter().find(is_free).unwrap_or_default()
}

fn path(path: &str) -> String {
    path.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

/// A name as a source writes it: between backticks where it would be something else without.
#[must_use]
pub fn quoted(name: &str) -> String {
    let is_plain = name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    let begins_well = name.bytes().next().is_some_and(|it| !it.is_ascii_digit());
    if is_plain && begins_well && !WORDS.contains(&name) { name.to_string() } else { format!("`{name}`") }
}

/// Words that are no names without backticks, or not everywhere in a calculation.
const WORDS: [&str; 29] = [
    "after", "again", "and", "as", "data", "event", "every", "extern", "fact", "false", "final", "in", "initial",
    "limit", "machine", "not", "on", "or", "require", "run", "secret", "state", "stay", "test", "true", "use", "watch",
    "watcher", "when",
];
