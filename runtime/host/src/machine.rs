//! One machine on the node: its table, its instance, and what is remembered beside them.

use crate::event::happening::{Cause, MachineOrigin};
use crate::record::{Kept, Running, Saved};
use machine_core::table::Value as Constant;
use machine_core::{Instance, Instant, OwnedTable, Table, WatcherId};
use machine_drivers::{Context, Memory, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A table that a machine can run, and where it runs.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) table: OwnedTable,
    /// SHA-256 of the table, hexadecimal.
    pub(crate) hash: String,
    pub(crate) context: Arc<Context>,
}

/// A machine that runs.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) loaded: Arc<Loaded>,
    /// What takes over as soon as nothing is under way that must not be done twice.
    pub(crate) next: Option<Arc<Loaded>>,
    pub(crate) instance: Instance,
    /// Names this run of this table.
    pub(crate) id: String,
    /// The number of its last event.
    pub(crate) sequence: u64,
    /// What led to the current visit.
    pub(crate) cause: Option<Cause>,
    /// What drivers remember, by watcher.
    pub(crate) memory: BTreeMap<u16, Memory>,
    /// The runs under way, by watcher.
    pub(crate) runs: BTreeMap<u16, String>,
    /// The deadline that stands in the node's agenda.
    pub(crate) scheduled: Option<Instant>,
}

impl Machine {
    /// One that has not begun.
    pub(crate) fn new(loaded: Arc<Loaded>, id: String, sequence: u64) -> Self {
        let instance = Instance::new(&loaded.table.table());
        let (memory, runs) = (BTreeMap::new(), BTreeMap::new());
        Self { loaded, next: None, instance, id, sequence, cause: None, memory, runs, scheduled: None }
    }

    /// The one that was written down, carried over to `now`; nothing if it does not belong to this table.
    pub(crate) fn restore(loaded: Arc<Loaded>, kept: &Kept, boot: &str, wall_ns: u64, now: Instant) -> Option<Self> {
        let running = kept.saved.running.as_ref()?;
        let mut instance = Instance::read(&loaded.table.table(), &hex::decode(&running.instance).ok()?).ok()?;
        if let Some((then, elapsed_ns)) = kept.elapsed(boot, wall_ns) {
            instance.rebase(then, elapsed_ns, now);
        }
        let remember = |(watcher, text): (&u16, &String)| Some((*watcher, hex::decode(text).ok()?.into()));
        let mut machine = Self::new(loaded, running.id.clone(), kept.saved.sequence);
        machine.instance = instance;
        machine.cause = running.cause.clone();
        machine.memory = running.memory.iter().filter_map(remember).collect();
        Some(machine)
    }

    /// All that the journal keeps of it.
    pub(crate) fn saved(&self) -> Saved {
        let mut instance = Vec::new();
        self.instance.write(&mut instance);
        let memory = self.memory.iter().map(|(watcher, bytes)| (*watcher, hex::encode(bytes)));
        let running = Running {
            table: self.loaded.hash.clone(),
            id: self.id.clone(),
            instance: hex::encode(instance),
            cause: self.cause.clone(),
            memory: memory.collect(),
        };
        Saved { sequence: self.sequence, running: Some(running) }
    }

    /// Its table.
    pub(crate) fn table(&self) -> Table<'_> {
        self.loaded.table.table()
    }

    /// How events name it.
    pub(crate) fn origin(&self) -> MachineOrigin {
        let table = self.table();
        MachineOrigin { name: table.name().to_owned(), version: table.version().to_owned(), instance: self.id.clone() }
    }

    /// Path of the state that it is in.
    pub(crate) fn state(&self) -> String {
        crate::chronicle::state_name(&self.table(), self.instance.state())
    }

    /// Takes over what drivers remember, from watcher to watcher of the same name, kind and arguments.
    pub(crate) fn inherit_memory(&mut self, old: &Loaded, memory: &BTreeMap<u16, Memory>) {
        let (old, loaded) = (old.table.table(), self.loaded.clone());
        let new = loaded.table.table();
        let likeness = |table: &Table<'_>, it: WatcherId| {
            let kind = table.kind(table.watcher(it).kind).name.to_owned();
            (table.watcher_name(it).map(str::to_owned), kind, arguments(table, it))
        };
        for (watcher, bytes) in memory {
            let wanted = likeness(&old, WatcherId(*watcher));
            if let Some(heir) = new.watchers().find(|it| likeness(&new, *it) == wanted) {
                self.memory.insert(heir.0, bytes.clone());
            }
        }
    }
}

/// The arguments of a watcher as drivers take them.
pub(crate) fn arguments(table: &Table<'_>, watcher: WatcherId) -> Vec<Value> {
    table.arguments().nth(watcher.index()).into_iter().flatten().map(argument).collect()
}

fn argument(it: Constant<'_>) -> Value {
    match it {
        Constant::Bool(it) => Value::Bool(it),
        Constant::Int(it) => Value::Int(it),
        Constant::Float(it) => Value::Float(it),
        Constant::Duration(ms) => Value::Duration(Duration::from_millis(ms)),
        Constant::Text(it) => Value::Str(it.to_owned()),
        Constant::List(items) => Value::List(items.map(argument).collect()),
        Constant::Map(entries) => Value::Map(entries.map(|(key, it)| (key.to_owned(), argument(it))).collect()),
    }
}

/// Whether a machine's name can be part of file names, subjects and event ids.
pub(crate) fn is_usable_name(name: &str) -> bool {
    let is_first = |it: u8| it.is_ascii_alphabetic() || it == b'_';
    let is_rest = |it: u8| is_first(it) || it.is_ascii_digit() || it == b'-';
    name.len() <= 63 && name.bytes().next().is_some_and(is_first) && name.bytes().all(is_rest)
}

/// The directory that a machine's commands run in: one of its own beside its table if there is one, else the table's.
pub(crate) fn home(beside: &Path, name: &str) -> std::path::PathBuf {
    let own = beside.join(name);
    if own.is_dir() { own } else { beside.to_owned() }
}
