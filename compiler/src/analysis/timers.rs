//! Which timers never fire, because something else always ends their state before?

use super::subject::Subject;
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Constant, Handler, Origin, Response, StateId, Trigger, WatcherId};
use machine_grammar::Span;

/// How long a command has if nobody says otherwise, in milliseconds.
const DEFAULT_MS: u64 = 10_000;

/// Tells timers that one of a state around them always beats, and those that the default timeout of a watcher does.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    for handler in &subject.machine.handlers {
        let Trigger::After { ms, span } = handler.trigger else { continue };
        if !subject.is_reached(handler.owner) {
            continue;
        }
        if let Some(outer) = beaten(subject, handler.owner, ms) {
            sink.push(too_late(subject, span, outer, handler.owner));
        } else if let Some(watcher) = watcher_before(subject, handler.owner, ms) {
            sink.push(timed_out(subject, span, watcher));
        }
    }
}

/// A timer of a state around `owner` that ends before so many milliseconds are over, or just then, and leaves that state: it
/// was armed no later.
fn beaten<'m>(subject: &Subject<'m>, owner: StateId, ms: u64) -> Option<&'m Handler> {
    let machine = subject.machine;
    let around =
        machine.outwards(owner).skip(1).flat_map(|it| &machine.state(it).handlers).map(|it| machine.handler(*it));
    // With the same deadline, those of outer states come first.
    let mut beating = around.filter(|it| matches!(it.trigger, Trigger::After { ms: outer, .. } if outer <= ms));
    beating.find(|it| it.guard.is_none() && leaves(subject, it, it.owner))
}

/// Whether a handler always ends the visit of `owner`, which it stands in or further out.
fn leaves(subject: &Subject<'_>, handler: &Handler, owner: StateId) -> bool {
    match handler.response {
        Response::Goto { target, again, .. } if subject.contains(target, owner) => again,
        Response::Goto { target, .. } => !subject.contains(owner, target),
        Response::Stay(_) => false,
    }
}

/// A watcher of the state, or of one around it, of which every answer ends that state, and which has answered long before: it
/// was asked no later than the timer was armed.
fn watcher_before(subject: &Subject<'_>, owner: StateId, ms: u64) -> Option<WatcherId> {
    let machine = subject.machine;
    let mut around = machine.outwards(owner).flat_map(|it| machine.state(it).watchers.iter().map(move |id| (*id, it)));
    let is_before = |it: &(WatcherId, StateId)| {
        answered_after(subject, it.0).is_some_and(|bound| bound < ms) && always_leaves(subject, it.0, it.1)
    };
    around.find(is_before).map(|it| it.0)
}

/// When a watcher has answered at the latest, if nobody has thought of that.
fn answered_after(subject: &Subject<'_>, id: WatcherId) -> Option<u64> {
    let machine = subject.machine;
    let (watcher, kind) = (machine.watcher(id), machine.kind_of(id));
    let waits = watcher.modifiers.condition.is_some() || watcher.modifiers.under.is_some();
    if waits || kind.notified || watcher.modifiers.timeout_ms.is_some() {
        return None;
    }
    let place = kind.params.iter().position(|it| it == "timeout")?;
    let is_default = watcher.args.get(place) == Some(&Constant::Duration(DEFAULT_MS));
    is_default.then(|| DEFAULT_MS + watcher.modifiers.splay_ms.unwrap_or(0))
}

/// Whether in each leaf of the state the first handler of each outcome ends its visit, whatever holds.
fn always_leaves(subject: &Subject<'_>, watcher: WatcherId, owner: StateId) -> bool {
    let machine = subject.machine;
    let mut leaves_of = subject.reached_leaves(subject.interval(owner));
    leaves_of.all(|leaf| {
        (0..machine.outcomes(watcher).count()).all(|outcome| {
            let origin = Origin::Outcome(watcher, outcome);
            let handlers = machine.outwards(leaf).flat_map(|it| &machine.state(it).handlers);
            let mut answering = handlers.map(|it| machine.handler(*it)).filter(|it| match &it.trigger {
                Trigger::On(events) => events.iter().any(|it| it.origin == origin),
                Trigger::After { .. } | Trigger::When(_) => false,
            });
            answering.next().is_some_and(|it| it.guard.is_none() && leaves(subject, it, owner))
        })
    })
}

fn too_late(subject: &Subject<'_>, span: Span, outer: &Handler, owner: StateId) -> Diagnostic {
    let (inner, around) = (subject.state_name(owner), subject.state_name(outer.owner));
    subject
        .diagnostic(Code::UNREACHABLE_HANDLER, span, "this `after` never comes to its end")
        .label(format!("`{inner}` has been left by then, with `{around}` around it"))
        .also(subject.file, outer.span, format!("`{around}` is left here already"))
        .help("leave it out, or make it shorter than the other one")
}

fn timed_out(subject: &Subject<'_>, span: Span, watcher: WatcherId) -> Diagnostic {
    let machine = subject.machine;
    let it = machine.watcher(watcher);
    let name = wording::name(&it.name);
    let state = subject.state_name(it.owner);
    subject
        .diagnostic(Code::IDLE_TIMER, span, format!("this `after` never fires: `{name}` answers before"))
        .label(format!("`{state}` has been left by then"))
        .also(
            subject.file,
            it.name_span,
            format!(
                "`{name}` has {} to answer, then it has failed; all that it can answer leads out of `{state}`",
                wording::duration(DEFAULT_MS)
            ),
        )
        .help("give the command the time that it needs, such as `timeout: 1h`, or leave the `after` out")
}
