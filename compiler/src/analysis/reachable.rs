//! Which states can the machine never be in?

use super::subject::{Row, Subject};
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Handler, Response, StateId};

/// Tells states that nothing leads to: of a state and what is inside it the state only, and of several that could be
/// reached from one another the one that the others hang on.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    if subject.reached().iter().all(|it| *it) {
        return;
    }
    let mut reached: Row<bool> = subject.reached().iter().copied().collect();
    let led_to = led_to_from_outside(subject);
    // First those that nothing at all leads to, with all that hangs on them; what is left goes round in circles.
    for only_roots in [true, false] {
        for id in (0..reached.len()).map(StateId) {
            if is_unreached(subject, &reached, id) && !(only_roots && led_to[id.0].is_some()) {
                sink.push(tell(subject, id, led_to[id.0]));
                reached = subject.reached_from(id, reached);
            }
        }
    }
}

fn is_unreached(subject: &Subject<'_>, reached: &[bool], id: StateId) -> bool {
    let around = subject.machine.state(id).parent;
    !reached[id.0] && around.is_some_and(|it| reached[it.0])
}

/// For each state a handler that leads to it or into it and does not stand inside it.
fn led_to_from_outside<'m>(subject: &Subject<'m>) -> Vec<Option<&'m Handler>> {
    let mut led_to = vec![None; subject.machine.states.len()];
    for handler in &subject.machine.handlers {
        let Response::Goto { target, .. } = handler.response else { continue };
        for id in subject.machine.outwards(target) {
            if subject.contains(id, handler.owner) {
                break;
            }
            led_to[id.0].get_or_insert(handler);
        }
    }
    led_to
}

fn tell(subject: &Subject<'_>, id: StateId, led_to: Option<&Handler>) -> Diagnostic {
    let name = subject.state_name(id);
    let state = subject.machine.state(id);
    let written = wording::name(&state.name);
    let it = subject
        .diagnostic(Code::UNREACHABLE_STATE, state.name_span, format!("the machine can never be in `{name}`"))
        .help(format!("add a handler that ends in `-> {written}`, or leave the state out"));
    match led_to {
        None => it.label("nothing leads to this state"),
        Some(handler) => {
            let from = subject.state_name(handler.owner);
            it.label("nothing that can happen leads to this state").also(
                subject.file,
                handler.span,
                format!("this leads to it, but nothing leads to `{from}` either"),
            )
        }
    }
}
