//! Which declared events does nothing answer?

use super::subject::Subject;
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostics};
use crate::model::SignalSource;

/// Warns of events that an operator sends, or the machine raises, and that no handler names.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    let machine = subject.machine;
    for (id, event) in machine.events.iter().enumerate() {
        let is_heard = machine.signals.iter().any(|it| it.source == SignalSource::Declared(id));
        // What is emitted is for others to hear.
        let is_emitted = machine.emits.iter().any(|it| it.declared == Some(id));
        if is_heard || is_emitted && !event.operator {
            continue;
        }
        let name = wording::name(&event.name);
        let from = if event.operator { "an operator can send it" } else { "the machine raises it" };
        sink.push(
            subject
                .diagnostic(Code::UNHEARD_EVENT, event.span, format!("nothing answers the event `{}`", event.name))
                .label(format!("{from}, and no handler names it"))
                .help(format!("add `on {name} -> STATE` where it matters, or leave the event out")),
        );
    }
}
