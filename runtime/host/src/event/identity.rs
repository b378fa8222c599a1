//! Who an event is about: its `source`, its `id`, and the names in its document.

use super::error::EventError;
use super::happening::{MachineOrigin, Origin, What, Whom};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The `source` of the life cycle events of a node: Choria's clients take no other.
pub(super) const LIFECYCLE: &str = "io.choria.lifecycle";

/// The longest name of a node, a machine or an instance, in bytes.
const LONGEST_NAME: usize = 255;

/// All that RFC 3986 calls unreserved stays as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// As [`SEGMENT`], but without the dot, which separates the parts of an id.
const PART: &AsciiSet = &SEGMENT.add(b'.');

/// Whom one event is about, checked: the origin names what such an event needs, and the names can be used.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    /// One machine of a node.
    Machine(&'a str, &'a MachineOrigin),
    /// The node itself.
    Node(&'a str),
}

impl<'a> About<'a> {
    /// Checks that `origin` is one that `what` can happen to.
    pub(super) fn new(origin: &'a Origin, what: &What) -> Result<Self, EventError> {
        check("node name", &origin.node)?;
        match (&origin.machine, what.whom()) {
            (None, Whom::Node | Whom::Either) => Ok(About::Node(&origin.node)),
            (Some(machine), Whom::Machine | Whom::Either) => About::machine(&origin.node, machine),
            (None, Whom::Machine) => Err(EventError::NeedsMachine { what: what.name() }),
            (Some(machine), Whom::Node) => {
                Err(EventError::NeedsNode { what: what.name(), machine: machine.name.clone() })
            }
        }
    }

    /// The same for a machine.
    pub(super) fn machine(node: &'a str, machine: &'a MachineOrigin) -> Result<Self, EventError> {
        check("machine name", &machine.name)?;
        check("machine version", &machine.version)?;
        check("machine instance", &machine.instance)?;
        Ok(About::Machine(node, machine))
    }

    /// The node's name.
    pub(super) fn node(self) -> &'a str {
        match self {
            About::Machine(node, _) | About::Node(node) => node,
        }
    }

    /// A relative reference that names the node and, if there is one, the machine.
    pub(super) fn source(self) -> String {
        match self {
            About::Machine(node, machine) => {
                format!("/machines/{}/{}", segment(node), segment(&machine.name))
            }
            About::Node(node) => format!("/machines/{}", segment(node)),
        }
    }

    /// An id that no other event has: `NODE.MACHINE.EPOCH.SEQUENCE`, with `@` for the machine if the event is about
    /// the node.
    ///
    /// Read from the right, the parts can be told apart: the last three have no dot inside, since a dot in a
    /// machine's name is written `%2E`. And no machine can take the node's place: an `@` in a name is written `%40`.
    pub(super) fn id(self, epoch: u64, sequence: u64) -> String {
        let node = segment(self.node());
        match self {
            About::Machine(_, machine) => {
                format!("{node}.{}.{epoch}.{sequence}", utf8_percent_encode(&machine.name, PART))
            }
            About::Node(_) => format!("{node}.@.{epoch}.{sequence}"),
        }
    }
}

/// A name as a part of a URI where the dot separates nothing.
pub(super) fn escaped(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

fn segment(name: &str) -> String {
    match name {
        // As a whole segment of a path, these would mean "here" and "one up".
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        name => utf8_percent_encode(name, SEGMENT).to_string(),
    }
}

fn check(what: &'static str, name: &str) -> Result<(), EventError> {
    match name.len() {
        0 => Err(EventError::Empty { what }),
        1..=LONGEST_NAME => Ok(()),
        length => Err(EventError::TooLong { what, length, limit: LONGEST_NAME }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::samples;
    use std::collections::BTreeSet;

    #[test]
    fn a_source_is_a_uri_reference() {
        let check = |node: &str, machine: &str, source: &str| {
            assert_eq!(About::Machine(node, &samples::machine(machine)).source(), source);
        };
        check("n1", "hvac", "/machines/n1/hvac");
        check("n1.example.net", "hvac_lab", "/machines/n1.example.net/hvac_lab");
        check("n/1", "2 hours on?", "/machines/n%2F1/2%20hours%20on%3F");
        check("größe", "50%", "/machines/gr%C3%B6%C3%9Fe/50%25");
        check("..", ".", "/machines/%2E%2E/%2E");
        assert_eq!(About::Node("n1").source(), "/machines/n1");
    }

    #[test]
    fn an_id_names_node_machine_epoch_and_number() {
        let hvac = samples::machine("hvac");
        assert_eq!(About::Machine("n1", &hvac).id(1767225600000, 7), "n1.hvac.1767225600000.7");
        assert_eq!(About::Node("n1.example.net").id(1767225600000, 7), "n1.example.net.@.1767225600000.7");
    }

    /// Nodes and machines whose names are made of the very signs that an id is made of.
    #[test]
    fn no_two_origins_share_an_id() {
        let names = ["a", "b", "a.b", "a.", ".a", "@", "%40", "%2E", "1", "a.1", "1.1", "a.@", "@.1", "..", "a%2Eb"];
        let mut ids = BTreeSet::new();
        for node in names {
            for (epoch, sequence) in [(1, 1), (1, 11), (11, 1)] {
                assert!(ids.insert(About::Node(node).id(epoch, sequence)));
                for machine in names {
                    let id = About::Machine(node, &samples::machine(machine)).id(epoch, sequence);
                    assert!(ids.insert(id.clone()), "{id} was there before");
                }
            }
        }
    }

    #[test]
    fn names_are_checked() {
        let long = "n".repeat(256);
        let check_error = |node: &str, machine: Option<&str>, what: &What, error: &str| {
            let origin = samples::origin(node, machine);
            assert_eq!(About::new(&origin, what).err().map(|e| e.to_string()).as_deref(), Some(error));
        };
        check_error("", None, &What::Shutdown, "an event cannot be made: the node name is empty");
        check_error("n1", Some(""), &samples::transition(), "an event cannot be made: the machine name is empty");
        check_error(
            &long,
            None,
            &What::Shutdown,
            "an event cannot be made: the node name has 256 bytes, and 255 are allowed",
        );
        check_error(
            "n1",
            None,
            &samples::transition(),
            "an event cannot be made: only a machine has a `transition`, and none is named",
        );
        check_error(
            "n1",
            Some("hvac"),
            &What::Shutdown,
            "an event cannot be made: only a node has a `shutdown`, and it is said of the machine `hvac`",
        );
        assert!(About::new(&samples::origin(&long[..255], None), &What::Shutdown).is_ok());
    }
}
