//! Every event, held against the rules of CloudEvents, the tables of Choria's documents, and its picture.

mod choria;
mod conformity;
mod events;
mod lines;
mod schemas;
mod sizes;
mod vectors;
mod wire;

use super::happening::{Happening, What};
use super::{event, everything, samples};
use serde_json::Value;

/// The event in JSON, as it goes out.
fn json(happening: &Happening) -> String {
    event(&samples::origin_of(&happening.what), happening).unwrap().json.get().to_owned()
}

/// The event in JSON, read back.
fn value(what: What) -> Value {
    serde_json::from_str(&json(&samples::caused(what))).unwrap()
}
