//! The machines that do nothing: each watches a file of its own that does not change.

use crate::Outcome;
use machine_core::definition::{Cell, Definition, Kind, Outcome as Flat, Plan, State, Timer, Value, Watcher};
use machine_core::table::crc32c;
use std::fs;
use std::path::Path;

/// The directories that [`write`] makes.
pub(crate) const TABLES: &str = "tables";
const FILES: &str = "files";

/// Writes so many tables and the files that they watch. How many bytes it takes to keep the tables, and beside them the name
/// of each machine and the path of its file.
pub(crate) fn write(dir: &Path, machines: usize, every_ms: Option<u64>) -> Outcome<u64> {
    let (tables, files) = (dir.join(TABLES), dir.join(FILES));
    fs::create_dir(&tables)?;
    fs::create_dir(&files)?;
    let mut bytes = 0;
    for number in 0..machines {
        let file = files.join(number.to_string());
        fs::write(&file, "nothing new\n")?;
        let name = format!("idle_{number}");
        let path = file.to_string_lossy();
        let table = definition(&name, &path, every_ms).encode()?;
        bytes += table.len() + name.len() + path.len();
        fs::write(tables.join(format!("{name}.table")), table)?;
    }
    Ok(bytes as u64)
}

/// Rests until its file changes; goes on resting after eight hours.
fn definition(name: &str, path: &str, every_ms: Option<u64>) -> Definition {
    let state = |name: &str, parent| State { name: name.into(), parent, ..State::default() };
    let outcome = |name: &str, fault| Flat { name: name.into(), fault, ..Flat::default() };
    Definition {
        name: name.into(),
        version: "1.0.0".into(),
        states: vec![state("resting", Some(2)), state("moved", Some(2)), state(name, None)],
        leaves: 2,
        kinds: vec![Kind {
            name: "file".into(),
            signature: crc32c(&[signature().as_bytes()]),
            notified: true,
            outcomes: vec![outcome("changed", false), outcome("present", false), outcome("missing", true)],
            ..Kind::default()
        }],
        watchers: vec![Watcher {
            name: "manifest".into(),
            owner: 2,
            every_ms,
            args: vec![Value::Text(path.into())],
            ..Watcher::default()
        }],
        timers: vec![Timer { owner: 1, slot: 0, ms: 8 * 3_600_000 }],
        timer_slots: 1,
        plans: vec![Plan { near: true, ..Plan::default() }],
        cells: vec![Cell { leaf: 0, event: 0, target: 1, plan: 0 }, Cell { leaf: 1, event: 3, target: 0, plan: 0 }],
        ..Definition::default()
    }
}

/// The signature of the kind `file` on this node.
fn signature() -> &'static str {
    let (answers, _) = tokio::sync::mpsc::unbounded_channel();
    let drivers = machine_drivers::standard(&answers, "n1", None);
    drivers.iter().find(|it| it.kind() == "file").map_or("", |it| it.signature())
}
