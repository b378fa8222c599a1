//! Where an event goes: the subject it is published on.

use super::super::Parcel;
use machine_nats::async_nats::Subject;
use machine_nats::subject;
use serde::Deserialize;
use std::collections::HashMap;

/// How subjects are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// One subject a machine: `machines.NODE.MACHINE`, and `machines.NODE.@` for the node itself. Each subject has one
    /// writer, so the server itself can keep the order, and another writer is noticed.
    #[default]
    Machine,
    /// Choria's subjects, which all machines of all nodes share, for its tools; what Choria has no event for goes where
    /// it would go otherwise.
    Choria,
}

/// What subjects are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Addresses {
    layout: Layout,
    /// `machines.NODE`, the name as a token.
    node: String,
    /// Those of the node itself and of its machines, as far as they were needed.
    own: HashMap<Option<String>, Subject>,
}

/// Where one event goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) subject: Subject,
    /// Nobody else publishes there.
    pub(super) is_own: bool,
}

impl Addresses {
    /// For a node, below a prefix.
    pub(super) fn new(layout: Layout, prefix: &str, node: &str) -> Self {
        Self { layout, node: format!("{prefix}.{}", subject::token(node)), own: HashMap::new() }
    }

    /// Where this event goes.
    pub(super) fn of(&mut self, parcel: &Parcel) -> Address {
        let shared = if self.layout == Layout::Choria { choria(parcel) } else { None };
        match shared {
            Some(subject) => Address { subject: subject.into(), is_own: false },
            None => Address { subject: self.own(&parcel.machine), is_own: self.layout == Layout::Machine },
        }
    }

    fn own(&mut self, machine: &Option<String>) -> Subject {
        if let Some(subject) = self.own.get(machine) {
            return subject.clone();
        }
        // No name becomes this token: in a name, `@` is percent-encoded.
        let token = machine.as_deref().map_or_else(|| "@".to_owned(), subject::token);
        let subject = Subject::from(format!("{}.{token}", self.node));
        self.own.insert(machine.clone(), subject.clone());
        subject
    }
}

/// The subject of Choria for this type of event, if it has one.
fn choria(parcel: &Parcel) -> Option<String> {
    if parcel.kind == "io.choria.machine.v1.transition" {
        return Some("choria.machine.transition".to_owned());
    }
    if let Some(kind) = between(&parcel.kind, "io.choria.machine.watcher.", ".v1.state") {
        return Some(format!("choria.machine.watcher.{}.state", subject::token(kind)));
    }
    let what = parcel.kind.strip_prefix("io.choria.lifecycle.v1.")?;
    Some(format!("choria.lifecycle.event.{}.{}", subject::token(what), subject::token(&component(&parcel.json))))
}

/// The part of the node that a life cycle event is about.
fn component(json: &[u8]) -> String {
    #[derive(Default, Deserialize)]
    struct Event {
        data: Data,
    }
    #[derive(Default, Deserialize)]
    struct Data {
        component: String,
    }
    serde_json::from_slice::<Event>(json).map_or_else(|_| "server".to_owned(), |event| event.data.component)
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.strip_prefix(start)?.strip_suffix(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::Position;

    fn parcel(machine: Option<&str>, kind: &str, json: &str) -> Parcel {
        Parcel {
            position: Position::START,
            machine: machine.map(str::to_owned),
            sequence: 1,
            id: "n1.hvac.1.1".to_owned(),
            kind: kind.to_owned(),
            json: json.as_bytes().into(),
            again: false,
        }
    }

    #[test]
    fn each_machine_has_a_subject_of_its_own() {
        let check = |node: &str, machine: Option<&str>, expected: &str| {
            let mut addresses = Addresses::new(Layout::Machine, "machines", node);
            let found = addresses.of(&parcel(machine, "io.choria.machine.v1.transition", "{}"));
            assert_eq!(found, Address { subject: expected.into(), is_own: true });
        };
        check("n1", Some("hvac"), "machines.n1.hvac");
        check("n1.example.net", None, "machines.n1%2Eexample%2Enet.@");
        check("n1", Some("@"), "machines.n1.%40");
        check("*", Some("a.>"), "machines.%2A.a%2E%3E");
    }

    #[test]
    fn choria_has_its_own_subjects() {
        let check = |kind: &str, json: &str, expected: &str, is_own: bool| {
            let mut addresses = Addresses::new(Layout::Choria, "machines", "n1");
            let found = addresses.of(&parcel(Some("hvac"), kind, json));
            assert_eq!(found, Address { subject: expected.into(), is_own });
        };
        check("io.choria.machine.v1.transition", "{}", "choria.machine.transition", false);
        check("io.choria.machine.watcher.exec.v1.state", "{}", "choria.machine.watcher.exec.state", false);
        let server = r#"{"data":{"component":"server"}}"#;
        check("io.choria.lifecycle.v1.startup", server, "choria.lifecycle.event.startup.server", false);
        let odd = r#"{"data":{"component":"a.b"}}"#;
        check("io.choria.lifecycle.v1.governor", odd, "choria.lifecycle.event.governor.a%2Eb", false);
        check("io.choria.lifecycle.v1.alive", "{}", "choria.lifecycle.event.alive.server", false);
        check("machine.v1.fault", "{}", "machines.n1.hvac", false);
    }
}
