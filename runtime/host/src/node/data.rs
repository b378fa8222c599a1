//! The files that `WATCHER_DATA` names: what a machine remembers, as JSON, for its commands.

use super::{Node, say};
use crate::machine::Machine;
use machine_core::Table;
use machine_value::json;
use serde_json::{Map, Value};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

impl Node {
    /// Where a machine's data is; one that has none shares an empty file with all the others.
    pub(super) fn data_file(&self, machine: &Machine) -> PathBuf {
        let table = machine.table();
        if table.data().next().is_none() {
            return self.shared.data.clone();
        }
        self.shared.dir.join("data").join(format!("{}.json", table.name()))
    }

    /// A machine ends: its data goes with it.
    pub(super) fn remove_data(&self, number: u32) {
        if let Some(machine) = self.fleet.get(number).filter(|it| it.table().data().next().is_some()) {
            // There is none if no command ever needed it.
            _ = fs::remove_file(self.data_file(machine));
        }
    }

    /// Writes a machine's data, if it is not what was written last.
    pub(super) fn write_data(&mut self, number: u32) {
        let Some(machine) = self.fleet.get(number).filter(|it| it.table().data().next().is_some()) else {
            return;
        };
        let text = format!("{}\n", Value::Object(data(&machine.table(), machine)));
        let mark = mark(&text);
        if machine.extra.as_ref().is_some_and(|it| it.data == mark) {
            return;
        }
        let file = self.data_file(machine);
        match replace(&file, &text) {
            Ok(()) => self.fleet.get_mut(number).into_iter().for_each(|it| it.extra().data = mark),
            Err(error) => {
                let text = format!("the data of a machine cannot be written to `{}`: {error}", file.display());
                say(&io::Error::other(text));
            }
        }
    }
}

/// What a machine remembers, by name.
pub(super) fn data(table: &Table<'_>, machine: &Machine) -> Map<String, Value> {
    let slot = |(index, slot): (u16, machine_core::table::Slot<'_>)| {
        (slot.name.to_owned(), json(table, slot.ty, machine.instance.data(table, index)))
    };
    (0..).zip(table.data()).map(slot).collect()
}

/// Tells texts apart; never 0, which stands for none.
fn mark(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish().max(1)
}

/// Nobody reads half a file.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let part = file.with_extension("part");
    file.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(&part, text)?;
    fs::rename(part, file)
}
