//! Whether a machine fits into the memory that a running one may have.
//!
//! How much it needs follows from its table alone ([`Table::memory`]), so only machines that could come near the limit
//! are encoded to find out.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Field, Machine, Type};
use crate::source::FileId;
#[cfg(doc)]
use machine_core::Table;
use machine_core::limits::{MEMORY_MAX, QUEUE_MAX};
use machine_grammar::Span;

/// Whether so much is declared that only its table can tell whether it fits.
pub(crate) fn is_large(machine: &Machine) -> bool {
    // A quarter leaves room for copies, and for texts that are made on the way.
    declared(machine).map(|it| it.0).fold(0, usize::saturating_add) > MEMORY_MAX / 4
}

/// Tells that it does not fit, at the declaration that takes most.
pub(crate) fn refuse(file: FileId, machine: &Machine) -> Diagnostic {
    let headline = format!("the machine `{}` would need more memory than it may have", machine.name);
    let (_, span, name) = declared(machine).max_by_key(|it| it.0).unwrap_or((0, machine.name_span, &machine.name));
    Diagnostic::new(Code::TOO_MUCH_MEMORY, file, span, headline)
        .label(format!("`{name}` takes most of it"))
        .note(format!("all that a machine can remember has its place from the start: at most {MEMORY_MAX} bytes"))
        .help("say how much is needed at most, as in `string up to 64` or `list of string up to 8`")
}

/// Every declaration with the bytes that its values take at most. Those of an event count as often as it can wait.
fn declared(machine: &Machine) -> impl Iterator<Item = (usize, Span, &str)> {
    let data = machine.data.iter().chain(&machine.facts).map(|it| (room(&it.ty), it.span, it.name.as_str()));
    let events = machine.events.iter().map(|it| (fields(&it.fields) * (QUEUE_MAX + 1), it.span, it.name.as_str()));
    data.chain(events)
}

fn fields(fields: &[Field]) -> usize {
    fields.iter().map(|it| room(&it.1)).sum()
}

fn room(ty: &Type) -> usize {
    match ty {
        Type::Text { max } => 8 + usize::from(*max),
        Type::List { of, max } => room(of) * usize::from(*max),
        _ => 8,
    }
}
