//! What the machines of a directory need of NATS, for whoever looks whether it is there.

use crate::tables::{self, Change};
use machine_core::Table;
use machine_core::definition::Reach;
use machine_core::table::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What they need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The buckets that they watch, by name. One whose name is calculated is not among them.
    pub buckets: BTreeMap<String, Watched>,
    /// The limits that count across the fleet, each with the machines that name it.
    pub limits: BTreeMap<String, BTreeSet<String>>,
}

/// What is watched of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// By which machines.
    pub machines: BTreeSet<String>,
    /// Its keys, without those that are calculated.
    pub keys: BTreeSet<String>,
}

/// Reads what tables need; what is no table needs nothing.
///
/// # Errors
/// When the directory cannot be read.
pub fn needs(dir: &Path) -> io::Result<Needs> {
    let mut needs = Needs::default();
    let files: Vec<PathBuf> = fs::read_dir(dir)?.map(|it| Ok(it?.path())).collect::<io::Result<_>>()?;
    for file in files.into_iter().filter(|it| it.extension().is_some_and(|it| it == "table")) {
        if let Change::Table(_, table) = tables::read(&file.into()) {
            needs.add(&table.table());
        }
    }
    Ok(needs)
}

impl Needs {
    fn add(&mut self, table: &Table<'_>) {
        let machine = table.name();
        for (watcher, mut arguments) in table.watchers().zip(table.arguments()) {
            if table.kind(table.watcher(watcher).kind).name != "kv" {
                continue;
            }
            if let Some(Value::Text(bucket)) = arguments.next() {
                let watched = self.buckets.entry(bucket.to_owned()).or_default();
                watched.machines.insert(machine.to_owned());
                watched.keys.extend(arguments.next().and_then(text).map(str::to_owned));
            }
        }
        for limit in table.limits().filter(|it| it.reach != Reach::Node) {
            self.limits.entry(limit.name.to_owned()).or_default().insert(machine.to_owned());
        }
    }
}

fn text(value: Value<'_>) -> Option<&str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}
