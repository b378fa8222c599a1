//! Everything that a node remembers, as a checkpoint keeps it: the JSON of [`Remembered`](crate::record::Remembered),
//! made while it is written, machine by machine. Of ten thousand machines it has many megabytes.

use super::Node;
use super::start::VERSION;
use crate::journal::Lsn;
use crate::record::Kept;
use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// See the module.
pub(super) struct Everything<'n>(pub(super) &'n Node);

/// The machines that do not run, then those that do.
struct Machines<'n>(&'n Node);

/// Events that wait to be handed on.
struct Waiting<'n>(&'n Node);

/// As [`Unpublished`](crate::record::Unpublished).
#[derive(Serialize)]
struct Unpublished<'n> {
    lsn: u64,
    event: &'n RawValue,
}

impl Serialize for Everything<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let node = self.0;
        let mut fields = serializer.serialize_struct("Remembered", 11)?;
        fields.serialize_field("node", &node.name)?;
        fields.serialize_field("epoch", &node.epoch)?;
        fields.serialize_field("sequence", &node.sequence)?;
        fields.serialize_field("published", &node.outbox.let_out().0)?;
        fields.serialize_field("machines", &Machines(node))?;
        fields.serialize_field("boot", node.clock.boot())?;
        fields.serialize_field("version", VERSION)?;
        fields.serialize_field("place", &node.place)?;
        fields.serialize_field("former", &node.former)?;
        fields.serialize_field("mail", &node.mail)?;
        fields.serialize_field("unpublished", &Waiting(node))?;
        fields.end()
    }
}

impl Serialize for Machines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let node = self.0;
        let (at, wall, boot) = (node.clock.now().0, node.clock.wall_ns(), node.clock.boot());
        let mut machines = serializer.serialize_map(Some(node.memory.len() + node.fleet.len()))?;
        for (name, kept) in &node.memory {
            machines.serialize_entry(name, kept)?;
        }
        for machine in node.fleet.iter() {
            let kept = Kept { saved: machine.saved(node.on_node()), at, wall, boot: boot.to_owned() };
            machines.serialize_entry(machine.loaded.name(), &kept)?;
        }
        machines.end()
    }
}

impl Serialize for Waiting<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut waiting = serializer.serialize_seq(None)?;
        for (Lsn(lsn), event) in self.0.outbox.events() {
            waiting.serialize_element(&Unpublished { lsn, event: &event.json })?;
        }
        waiting.end()
    }
}
