//! Which runs begin at the same moment, so that chance decides where the machine goes?

use super::subject::{Answer, Subject};
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Origin, Response, StateId, WatcherId};

/// Tells two runs of one state whose successes lead out of it to different states. A `watch` comes again, and of two
/// failures each may be the end, so with those the order is no matter.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    for state in &subject.machine.states {
        let runs: Vec<WatcherId> =
            state.watchers.iter().copied().filter(|it| subject.machine.watcher(*it).once).collect();
        for (at, first) in runs.iter().enumerate() {
            let ends = ends(subject, *first);
            let other = runs[at + 1..].iter().find_map(|second| {
                let others = self::ends(subject, *second);
                ends.iter().find_map(|a| Some((*a, *others.iter().find(|b| b.1 != a.1)?)))
            });
            if let Some((a, b)) = other {
                sink.push(tell(subject, a, b));
            }
        }
    }
}

/// A success that leads out of the state of its run, and where to.
type End = (Answer, StateId, Origin);

fn ends(subject: &Subject<'_>, run: WatcherId) -> Vec<End> {
    let machine = subject.machine;
    let owner = machine.watcher(run).owner;
    let is_success: Vec<bool> = machine.outcomes(run).map(|it| !it.fault && it.name != crate::model::SKIPPED).collect();
    // An outcome that a broken modifier would have brought has an answer, and is none of the watcher's.
    let is_success = |it: &Answer| is_success.get(it.outcome).copied().unwrap_or(false);
    let leading = subject.answers_to(run).iter().filter(|it| it.owner == owner && it.certain && is_success(it));
    let found = leading.filter_map(|it| match machine.handler(it.handler).response {
        Response::Goto { target, .. } if !subject.contains(owner, target) => {
            Some((*it, machine.initial_leaf(target), Origin::Outcome(run, it.outcome)))
        }
        _ => None,
    });
    found.collect()
}

fn tell(subject: &Subject<'_>, (a, to_a, first): End, (b, to_b, second): End) -> Diagnostic {
    let [first, second] = [first, second].map(|it| subject.event_name(it));
    let [to_a, to_b] = [to_a, to_b].map(|it| wording::name(subject.state_name(it)));
    subject
        .diagnostic(
            Code::RACE,
            a.span,
            format!("whether `{first}` or `{second}` comes first decides where the machine goes"),
        )
        .label(format!("leads to `{to_a}`, if it is first"))
        .also(subject.file, b.span, format!("leads to `{to_b}`, if this is first"))
        .note("both runs begin when the state is entered; the one that has not answered by then is ended")
        .help("do them one after the other, in states of their own, or let one only be noted with `stay`")
}
