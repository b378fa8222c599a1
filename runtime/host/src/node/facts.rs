//! Facts of the node: read from a file, told to the machines that ask for them, and told again when they change.

use super::Node;
use crate::error::NodeError;
use crate::event::happening::What;
use crate::machine::Loaded;
use crate::watched::Watched;
use machine_core::table::Slot;
use machine_core::{Input, Instance, Table, Verdict};
use machine_value::{self as value, Value, lend};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the node knows.
#[derive(Debug, Default)]
pub(super) struct Facts {
    file: Option<Watched>,
    known: Map<String, Json>,
    /// What was said of the file last.
    fault: Option<String>,
    /// What was said last of a fact, by machine and fact.
    said: BTreeMap<(String, String), String>,
}

impl Facts {
    /// The facts of a file, which has to be there and to be in order.
    ///
    /// # Errors
    /// When it is not.
    pub(super) fn open(path: &Path) -> Result<Self, NodeError> {
        let refused = |reason: String| NodeError::Facts { file: path.to_owned(), reason };
        let mut file = Watched::new(path).map_err(|error| refused(format!("it cannot be found: {error}")))?;
        let known = file.look().map_err(refused)?;
        Ok(Self { file: Some(file), known, ..Self::default() })
    }

    /// Waits until the file may have changed.
    pub(super) async fn changed(&mut self) {
        match &mut self.file {
            Some(file) => file.changed().await,
            None => std::future::pending().await,
        }
    }
}

impl Node {
    /// The file that `WATCHER_FACTS` names.
    pub(super) fn facts_file(&self) -> PathBuf {
        self.facts.file.as_ref().map_or_else(|| self.shared.facts.clone(), |it| it.path().to_owned())
    }

    /// Reads the facts again and tells the machines what is new. A file that is not in order changes nothing.
    pub(super) fn look_at_facts(&mut self) -> Result<(), NodeError> {
        let Some(file) = &mut self.facts.file else {
            return Ok(());
        };
        match file.look() {
            Ok(known) => {
                self.facts.fault = None;
                if known == self.facts.known {
                    return Ok(());
                }
                self.facts.known = known;
                for number in self.fleet.numbers() {
                    self.tell_facts(number)?;
                    self.say_facts(number)?;
                }
                self.pass_on()
            }
            Err(reason) => {
                let text = format!("{reason}; what was known before still counts");
                let about = format!("file of facts `{}`", file.path().display());
                if self.facts.fault.as_ref() == Some(&text) {
                    return Ok(());
                }
                self.facts.fault = Some(text.clone());
                self.tell(What::NodeWarning { about, text })
            }
        }
    }

    /// Tells a machine all facts that it does not know as they are.
    pub(super) fn tell_facts(&mut self, number: u32) -> Result<(), NodeError> {
        let Some(loaded) = self.reader_of_facts(number) else {
            return Ok(());
        };
        let table = loaded.table.table();
        let begun = Instance::new(&table);
        for (index, slot) in (0..).zip(table.facts()) {
            let (value, _) = self.fact(&table, &slot, Value::of(begun.fact(&table, index)));
            let known = self.fleet.get(number).map(|it| Value::of(it.instance.fact(&table, index)));
            if known.as_ref() != Some(&value) {
                self.tell_fact(number, (index, &slot), &value)?;
            }
        }
        Ok(())
    }

    /// Tells a machine one fact. What it knows at its start is said with that.
    fn tell_fact(&mut self, number: u32, (index, slot): (u16, &Slot<'_>), value: &Value) -> Result<(), NodeError> {
        let runs = self.fleet.get(number).is_some_and(|it| it.instance.visit() > 0);
        lend(std::slice::from_ref(value), |data| {
            let Some(value) = data.first().copied() else { return Ok(()) };
            let told = |loaded: &Loaded, verdict| {
                let json = value::json(&loaded.table.table(), slot.ty, value);
                let facts = Map::from_iter([(slot.name.to_owned(), json)]);
                (runs && verdict != Verdict::Misfit).then_some(What::Facts { facts })
            };
            self.feed_with(number, Input::Fact { fact: index, value }, None, told).map(drop)
        })
    }

    /// Says which facts of a machine the node does not know, or knows as something else.
    pub(super) fn say_facts(&mut self, number: u32) -> Result<(), NodeError> {
        let Some(loaded) = self.reader_of_facts(number) else {
            return Ok(());
        };
        let table = loaded.table.table();
        let begun = Instance::new(&table);
        for (index, slot) in (0..).zip(table.facts()) {
            let (_, fault) = self.fact(&table, &slot, Value::of(begun.fact(&table, index)));
            self.say_fact(number, table.name(), &slot, fault)?;
        }
        Ok(())
    }

    fn reader_of_facts(&self, number: u32) -> Option<Arc<Loaded>> {
        let machine = self.fleet.get(number)?;
        machine.table().facts().next()?;
        Some(machine.loaded.clone())
    }

    /// What a fact is for a machine: its default, if the node does not know it or knows something else.
    fn fact(&self, table: &Table<'_>, slot: &Slot<'_>, default: Value) -> (Value, Option<String>) {
        let counts = |default: &Value| {
            let shown = lend(std::slice::from_ref(default), |it| {
                it.first().map(|it| value::json(table, slot.ty, *it).to_string()).unwrap_or_default()
            });
            format!("its default counts: {shown}")
        };
        match self.facts.known.get(slot.name) {
            Some(found) => match value::read(table, slot.ty, found, "") {
                Ok(value) => (value, None),
                Err(misfit) => {
                    let text = format!("{misfit}; {}", counts(&default));
                    (default, Some(text))
                }
            },
            None => {
                let text = format!(
                    "wanted {}, and this node does not know it; {}",
                    value::wanted(table, slot.ty),
                    counts(&default)
                );
                (default, Some(text))
            }
        }
    }

    /// Said once, until it is something else.
    fn say_fact(
        &mut self,
        number: u32,
        machine: &str,
        slot: &Slot<'_>,
        fault: Option<String>,
    ) -> Result<(), NodeError> {
        let entry = (machine.to_owned(), slot.name.to_owned());
        let Some(text) = fault else {
            self.facts.said.remove(&entry);
            return Ok(());
        };
        if self.facts.said.get(&entry) == Some(&text) {
            return Ok(());
        }
        self.facts.said.insert(entry, text.clone());
        let about = format!("fact `{}`", slot.name);
        self.warn_machine(number, about, text)
    }

    /// Warns of something about a machine.
    pub(super) fn warn_machine(&mut self, number: u32, about: String, text: String) -> Result<(), NodeError> {
        self.tell_machine(number, What::Warning { about, text })
    }
}
