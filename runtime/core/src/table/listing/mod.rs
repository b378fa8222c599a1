//! Code told back in the language that it was made from.
//!
//! A table is no source: comments, the names that handlers give to what an event carries, and brackets that change
//! nothing are gone. What comes back compiles to the same code where the same names are declared.

mod entries;
mod names;
mod part;
mod stack;

use names::Names;
pub use names::quoted;
use part::Part;

use super::code::Form;
use super::read::Reader;
use super::{Code, EventSource, Table, Value};
use crate::id::{EventId, SignalId, StateId};
use crate::table::layout::{CODE_UNIT, NO_CODE};
use alloc::{format, string::String, string::ToString, vec::Vec};

/// Tells the code of a table back. Names are collected once: in the table, finding one takes a walk over others.
pub struct Listing<'t> {
    table: Table<'t>,
    names: Names<'t>,
}

/// A piece of code as the language writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The expression; of actions each by itself.
    pub lines: Vec<String>,
    /// It uses what the event carries, under the name [`Listing::binding`].
    pub reads_fields: bool,
}

impl<'t> Listing<'t> {
    /// For the code of this table.
    #[must_use]
    pub fn new(table: Table<'t>) -> Self {
        Self { table, names: Names::new(table) }
    }

    /// What code calls that which an event carries. The table does not keep the name that the source gave it.
    #[must_use]
    pub fn binding(&self) -> &str {
        &self.names.binding
    }

    /// A condition, a calculation or actions. `event` is what leads there, for the names of its fields.
    #[must_use]
    pub fn code(&self, code: Code, event: Option<EventId>) -> Written {
        let fields = event.map_or_else(Vec::new, |it| self.fields(it));
        let mut reader = Reader::new(self.table.extra.code);
        reader.take(usize::from(code.0) * CODE_UNIT);
        let form = Reader::u8(&mut reader.clone()).and_then(Form::of);
        match form {
            Some(Form::Compare) => self.only(self.names.conditions(&mut reader)),
            Some(Form::Set) => Written { lines: self.names.changes(&mut reader), reads_fields: false },
            Some(Form::Expr | Form::Actions { .. }) => {
                reader.u8();
                stack::written(&self.names, &fields, &mut reader)
            }
            // Verified code has a form.
            None => self.only(String::new()),
        }
    }

    fn only(&self, line: String) -> Written {
        Written { lines: [line].into(), reads_fields: false }
    }

    /// A condition, or another calculation.
    #[must_use]
    pub fn calculation(&self, code: Code, event: Option<EventId>) -> String {
        self.code(code, event).lines.join(" ")
    }

    /// An argument of a watcher, on one line.
    #[must_use]
    pub fn value(&self, value: Value<'t>) -> String {
        match value {
            Value::List(items) => format!("[{}]", joined(items.map(|it| self.value(it)))),
            Value::Map(entries) => {
                let entry = |(key, it)| format!("{}: {}", part::text(key), self.value(it));
                format!("{{{}}}", joined(entries.map(entry)))
            }
            Value::Secret(it) => self.secret(it),
            Value::Computed(code) => self.calculation(code, None),
            Value::Enum(of, word) => self.names.word(of, word),
            Value::Bool(it) => it.to_string(),
            Value::Int(it) => Part::int(it).text,
            Value::Float(it) => Part::float(it).text,
            Value::Duration(it) => Part::duration(it.cast_signed()).text,
            Value::Time(it) => Part::time(it).text,
            Value::Text(it) => part::text(it),
        }
    }

    /// The name of a secret.
    #[must_use]
    pub fn secret(&self, secret: u16) -> String {
        self.names.secrets.get(usize::from(secret)).map_or_else(|| format!("secret {secret}"), |it| quoted(it))
    }

    /// The names of what an event carries.
    fn fields(&self, event: EventId) -> Vec<(&'t str, bool)> {
        let field = |(name, ty): (&'t str, super::Type<'t>)| (name, matches!(ty, super::Type::List { .. }));
        match self.table.source(event) {
            EventSource::Outcome(watcher, outcome) => self.table.payload(watcher, outcome).map(field).collect(),
            EventSource::Signal(signal) => self.table.signal(signal).fields.map(field).collect(),
            EventSource::Timer(_) => Vec::new(),
        }
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

impl<'t> Table<'t> {
    /// What is done when a state is entered.
    #[must_use]
    pub fn enter(&self, state: StateId) -> Option<Code> {
        self.block_of(state).map(|it| it[1]).filter(|it| *it != NO_CODE).map(Code)
    }

    /// What is done when a state is left.
    #[must_use]
    pub fn exit(&self, state: StateId) -> Option<Code> {
        self.block_of(state).map(|it| it[2]).filter(|it| *it != NO_CODE).map(Code)
    }

    /// The condition of a `when`, if the signal is one.
    #[must_use]
    pub fn condition_of(&self, signal: SignalId) -> Option<Code> {
        self.whens().find(|it| it.signal == signal).map(|it| Code(it.guard))
    }
}
