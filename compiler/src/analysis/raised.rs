//! Events that a machine raises to itself: what they lead to at once, and whether they raise one another for ever.
//!
//! What is raised waits in a queue, first in, first out, and is taken before anything else happens. So where it leads is
//! found by letting the queue run empty, in each of the ways that guards leave open.

use super::reaction::{Raise, Reaction, all_raises, beginning, each_taken};
use super::subject::Subject;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Origin, SignalId, SignalSource, StateId};
use machine_core::limits::QUEUE_MAX;
use machine_grammar::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What declared events do in each leaf.
pub(super) struct Raised {
    ways: BTreeMap<(StateId, usize), Vec<Reaction>>,
    /// The leaves that are not left again at once by what is raised on the way to them.
    rests: BTreeSet<StateId>,
}

impl Raised {
    /// Nothing if the machine raises nothing.
    pub(super) fn of(subject: &Subject<'_>) -> Option<Self> {
        all_raises(subject).next()?;
        let (mut ways, mut covered) = (BTreeMap::<_, Vec<Reaction>>::new(), BTreeSet::new());
        each_taken(subject, |handler, leaf, event, covers| {
            let Some(event) = event.and_then(|it| declared(subject, it)) else { return };
            ways.entry((leaf, event)).or_default().extend(Reaction::all(subject, handler, leaf));
            covered.extend(covers.then_some((leaf, event)));
        });
        // Where each has a condition, none may be taken.
        let open = ways.iter_mut().filter(|it| !covered.contains(it.0));
        open.for_each(|((leaf, _), all)| all.push(Reaction { to: *leaf, domain: *leaf, raises: Vec::new() }));
        let mut raised = Self { ways, rests: BTreeSet::new() };
        raised.find_rests(subject);
        Some(raised)
    }

    fn find_rests(&mut self, subject: &Subject<'_>) {
        let mut leads: BTreeMap<StateId, Vec<Reaction>> = BTreeMap::new();
        each_taken(subject, |handler, leaf, _, _| {
            leads.entry(leaf).or_default().extend(Reaction::all(subject, handler, leaf));
        });
        let mut ends = self.ends(subject, &beginning(subject));
        while let Some((leaf, _)) = ends.pop() {
            if self.rests.insert(leaf) {
                let leads = leads.get(&leaf).into_iter().flatten();
                ends.extend(leads.flat_map(|it| self.ends(subject, it)));
            }
        }
    }

    /// Whether the machine can be in a leaf when nothing waits any more that was raised.
    pub(super) fn rests_in(&self, leaf: StateId) -> bool {
        self.rests.contains(&leaf)
    }

    /// The leaves where a reaction ends with all that it raises, each with the innermost state that is not left on the way.
    pub(super) fn ends(&self, subject: &Subject<'_>, first: &Reaction) -> Vec<(StateId, StateId)> {
        self.follow(subject, first).ends
    }

    fn follow<'s>(&'s self, subject: &'s Subject<'s>, first: &Reaction) -> Following<'s> {
        let mut following = Following {
            raised: self,
            subject,
            seen: BTreeSet::new(),
            steps: Vec::new(),
            ends: Vec::new(),
            circle: None,
        };
        following.go(first.to, first.domain, &first.raises);
        following
    }
}

fn declared(subject: &Subject<'_>, event: Origin) -> Option<usize> {
    let Origin::Signal(SignalId(id)) = event else { return None };
    match subject.machine.signals[id].source {
        SignalSource::Declared(event) => Some(event),
        _ => None,
    }
}

/// The queue of a reaction on its way to its end.
struct Following<'s> {
    raised: &'s Raised,
    subject: &'s Subject<'s>,
    seen: BTreeSet<(StateId, StateId, Vec<usize>)>,
    /// What was taken on the way to here.
    steps: Vec<Step>,
    ends: Vec<(StateId, StateId)>,
    circle: Option<Vec<Step>>,
}

/// An event that was taken in a leaf, with what waited then, itself the first, and what it raised.
#[derive(Clone)]
struct Step {
    leaf: StateId,
    queue: Vec<usize>,
    raises: Vec<Raise>,
}

impl Step {
    fn event(&self) -> usize {
        self.queue[0]
    }
}

/// So many different queues are looked at for one reaction; real ones have a few.
const TRIED: usize = 1_000;

impl Following<'_> {
    fn go(&mut self, leaf: StateId, domain: StateId, queue: &[Raise]) {
        let Some(((event, _), rest)) = queue.split_first() else {
            if !self.ends.contains(&(leaf, domain)) {
                self.ends.push((leaf, domain));
            }
            return;
        };
        let events: Vec<usize> = queue.iter().map(|it| it.0).collect();
        let is_full = events.len() > QUEUE_MAX;
        // A queue that grows comes round to the same event, in the same leaf.
        let is_same = |it: &Step| it.leaf == leaf && if is_full { it.event() == *event } else { it.queue == events };
        if let Some(start) = self.steps.iter().position(is_same) {
            self.circle.get_or_insert_with(|| self.steps[start..].to_vec());
            return;
        }
        if is_full || self.seen.len() > TRIED || !self.seen.insert((leaf, domain, events.clone())) {
            return;
        }
        let (raised, unanswered) = (self.raised, [Reaction { to: leaf, domain: leaf, raises: Vec::new() }]);
        for way in raised.ways.get(&(leaf, *event)).map_or(&unanswered[..], Vec::as_slice) {
            self.steps.push(Step { leaf, queue: events.clone(), raises: way.raises.clone() });
            let outer = if self.subject.contains(domain, way.domain) { domain } else { way.domain };
            self.go(way.to, outer, &[rest, &way.raises].concat());
            self.steps.pop();
        }
    }
}

/// Tells circles of events that raise one another, each once.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    let Some(raised) = Raised::of(subject) else { return };
    let mut told = BTreeSet::new();
    let mut look = |reaction: &Reaction| {
        let Some(circle) = raised.follow(subject, reaction).circle else { return };
        let links = links(&circle);
        let mut spans: Vec<_> = links.iter().map(|it| it.span).collect();
        spans.sort_unstable();
        if !links.is_empty() && told.insert(spans) {
            sink.push(tell(subject, &links));
        }
    };
    look(&beginning(subject));
    each_taken(subject, |handler, leaf, _, _| {
        if raised.rests_in(leaf) {
            Reaction::all(subject, handler, leaf).iter().filter(|it| it.is_raising()).for_each(&mut look);
        }
    });
}

/// An event raises the next one of a circle.
struct Link {
    event: usize,
    raised: usize,
    span: Span,
}

/// Those that keep the circle going, from the event that is declared first.
fn links(circle: &[Step]) -> Vec<Link> {
    let is_taken = |it: &&Raise| circle.iter().any(|step| step.event() == it.0);
    let link = |step: &Step| {
        let (raised, span) = *step.raises.iter().find(is_taken)?;
        Some(Link { event: step.event(), raised, span })
    };
    let mut links: Vec<Link> = Vec::new();
    for link in circle.iter().filter_map(link) {
        if links.iter().all(|it| it.span != link.span) {
            links.push(link);
        }
    }
    let first = (0..links.len()).min_by_key(|it| (links[*it].event, links[*it].span));
    links.rotate_left(first.unwrap_or(0));
    links
}

fn tell(subject: &Subject<'_>, circle: &[Link]) -> Diagnostic {
    let machine = subject.machine;
    let name = |it: usize| crate::check::wording::name(&machine.events[it].name);
    let start = &circle[0];
    let headline = match circle.len() {
        1 => format!("the event `{}` raises itself again and again", name(start.event)),
        _ => format!("the event `{}` comes back to itself without a wait", name(start.event)),
    };
    let step = |it: &Link| format!("`{}` raises `{}` here", name(it.event), name(it.raised));
    let mut told = subject.diagnostic(Code::INSTANT_CYCLE, start.span, headline).label(step(start));
    for it in &circle[1..] {
        told = told.also(subject.file, it.span, step(it));
    }
    told.note("what is raised is taken at once, so nothing slows this down")
        .help("raise one of them from an `after` or from the outcome of a `watch`, which comes at a pace")
}
