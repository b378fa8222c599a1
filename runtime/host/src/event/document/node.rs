//! Documents of our own about a node's tables.

use super::extension::Extensions;
use super::field::{Attribute, Name, Text};
use super::scene::{OfNode, Scene};
use super::{Data, Document};
use schemars::JsonSchema;
use serde::Serialize;

/// A table runs for the first time, or took over from another.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Activated<'a> {
    #[serde(flatten)]
    of: OfNode<'a>,
    /// The machine in it.
    machine: Name<'a>,
    /// SHA-256 of the table, hexadecimal.
    table: Name<'a>,
}

/// A table was not taken; what ran before still runs.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Refused<'a> {
    #[serde(flatten)]
    of: OfNode<'a>,
    /// The file.
    file: Text<'a>,
    /// Why, and the way out.
    reason: Text<'a>,
}

/// A table is gone, and its machine with it.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Removed<'a> {
    #[serde(flatten)]
    of: OfNode<'a>,
    /// The machine that was in it.
    machine: Name<'a>,
}

/// A table took over.
pub(super) fn activated<'a>(scene: Scene<'a>, machine: &'a str, table: &'a str) -> Document<'a> {
    let of = scene.of_node::<Activated<'_>>();
    let data = Activated { of, machine: machine.into(), table: table.into() };
    Document::with(Data::Activated(data), Extensions { table: Attribute::of(table), ..Extensions::default() })
}

/// A table was refused.
pub(super) fn refused<'a>(scene: Scene<'a>, file: &'a str, reason: &'a str) -> Document<'a> {
    let of = scene.of_node::<Refused<'_>>();
    Document::plain(Data::Refused(Refused { of, file: file.into(), reason: reason.into() }))
}

/// A table is gone.
pub(super) fn removed<'a>(scene: Scene<'a>, machine: &'a str) -> Document<'a> {
    let of = scene.of_node::<Removed<'_>>();
    Document::plain(Data::Removed(Removed { of, machine: machine.into() }))
}
