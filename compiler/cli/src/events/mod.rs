//! The catalogue of a machine's events: what it may tell, and with which fields.

mod asyncapi;
mod own;
mod schema;
mod shape;
mod text;

pub(crate) use asyncapi::asyncapi;
pub(crate) use schema::{json_schema, named};
pub(crate) use text::{kinds, text};

use machine_core::Table;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// All that a machine may tell.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// The machine.
    pub(crate) machine: String,
    /// Its version.
    pub(crate) version: String,
    /// Its doc comment.
    pub(crate) doc: String,
    /// Its events: first the author's own, then what is special to this machine, then what all machines have.
    pub(crate) events: Vec<Told>,
}

/// One event that a machine may tell.
#[derive(Debug)]
pub(crate) struct Told {
    /// Names it among those of the machine: `page`, `transition`, `watcher-air`.
    pub(crate) name: String,
    /// Its type.
    pub(crate) ty: String,
    /// What it tells.
    pub(crate) about: String,
    /// What it carries, in a few words.
    pub(crate) carries: String,
    /// The name of the schema of its `data`.
    pub(crate) dataschema: String,
    /// The schema of its `data`, as it is for all machines.
    pub(crate) data: Value,
    /// What is narrower in this machine: of the fields of `data`, and of attributes.
    pub(crate) narrower: Narrower,
    /// Every machine may tell it.
    pub(crate) is_general: bool,
}

/// Schemas of fields and of attributes that hold besides.
#[derive(Debug, Default)]
pub(crate) struct Narrower {
    pub(crate) fields: Map<String, Value>,
    pub(crate) attributes: Map<String, Value>,
    /// For each outcome, what it carries, where that differs.
    pub(crate) either: Vec<Value>,
}

impl Catalogue {
    /// The catalogue of a table.
    pub(crate) fn of(table: &Table<'_>) -> Self {
        let mut events = own::emitted(table);
        let own = events.len();
        events.extend(shape::special(table));
        events.extend(shape::general(table));
        tell_apart(&mut events, own);
        Self {
            machine: table.name().to_owned(),
            version: table.version().to_owned(),
            doc: table.state_doc(table.machine()).to_owned(),
            events,
        }
    }
}

/// Gives each event a name of its own. Two states may have a watcher of the same name each, and an author may call an
/// event `transition`: then the runtime's keep their names, and the first `own` ones and later watchers get a number.
fn tell_apart(events: &mut [Told], own: usize) {
    let mut taken = BTreeSet::new();
    let (emitted, others) = events.split_at_mut(own.min(events.len()));
    for told in others.iter_mut().chain(emitted) {
        let plain = told.name.clone();
        let mut number = 1;
        while !taken.insert(asyncapi::key(&told.name)) {
            number += 1;
            told.name = format!("{plain}-{number}");
        }
    }
}
