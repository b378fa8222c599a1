//! Which handlers lead to the state that the machine is in already?

use super::subject::{Subject, is_idle};
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Handler, Response, Trigger};
use machine_grammar::Span;

/// Tells each handler `-> S` that stands in `S` or further in, without `again`.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    let idle = subject.machine.handlers.iter().filter(|it| is_idle(subject, it));
    sink.extend(idle.filter_map(|it| tell(subject, it)));
    for handler in &subject.machine.handlers {
        if let (Trigger::When(_), Response::Stay(span), true) =
            (&handler.trigger, &handler.response, handler.actions.is_empty())
        {
            sink.push(without_effect(subject, *span));
        }
    }
}

fn tell(subject: &Subject<'_>, handler: &Handler) -> Option<Diagnostic> {
    let Response::Goto { target, span, .. } = handler.response else { return None };
    let name = subject.state_name(target);
    let written = wording::name(&subject.machine.state(target).name);
    let headline = format!("this leads to `{name}`, where the machine is already");
    let it = subject.diagnostic(Code::IDLE_TRANSITION, span, headline);
    let it = match target == handler.owner {
        true => it.label(format!("this handler stands in `{name}` itself")),
        false => it.label(format!("the machine is in `{name}` already whenever this handler is looked at")).also(
            subject.file,
            subject.machine.state(target).name_span,
            format!("`{name}` is around it"),
        ),
    };
    Some(it.help(format!("write `stay` to go on as before, or `-> {written} again` to leave it and enter it anew")))
}

/// `when … stay` without actions.
fn without_effect(subject: &Subject<'_>, span: Span) -> Diagnostic {
    subject
        .diagnostic(Code::IDLE_CONDITION, span, "nothing is done when this becomes true")
        .label("the machine stays where it is")
        .help("write `-> STATE`, or what is to be done between braces: `stay { log \"…\" }`")
}
