//! When what was done in some order can be done, if all that counts is to lie close together: a net of least times between
//! deeds, and its least solution (simple temporal networks; Dechter, Meiri and Pearl, 1991).
//!
//! Times are such that virtual time keeps the order by itself: there answers come before what is due at the same time, and
//! what others do comes behind that.

use super::Replay;
use super::deed::{Act, Deed, Due, Source};
use crate::prove::event::Cause;
use std::collections::BTreeMap;

/// Deeds beyond which no times are looked for.
const MOST: usize = 2_000;
/// Rounds in which the times of a net settle, if they do.
const ROUNDS: usize = 200;

/// By event, of which 0 is the start and then each deed is one, when it comes, if the second of these two is to come within
/// so much time from the first. `again` has started.
pub(super) fn times(again: Replay<'_, '_>, deeds: &[Deed], within: (usize, usize), ms: u64) -> Option<Vec<u64>> {
    if deeds.len() > MOST {
        return None;
    }
    let mut net = Net::of(again);
    for deed in deeds {
        net.add(deed)?;
    }
    net.later(within.1, within.0, -ms.cast_signed());
    net.least()
}

/// What an event is to virtual time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A watcher answers what it was asked at this event.
    Answer(usize),
    /// Something is due.
    Tick,
    /// Others do something.
    Line,
}

/// The second event comes so much later than the first, or later still.
struct Later {
    first: usize,
    second: usize,
    ms: i64,
}

struct Net<'r, 'm> {
    again: Replay<'r, 'm>,
    all: Vec<Later>,
    events: usize,
    /// The last event that is more than an answer of nothing, and what it was.
    last: (usize, Kind),
    /// By what comes at its time, from which event on that counts, and how long.
    bases: BTreeMap<Source, (usize, i64)>,
}

impl<'r, 'm> Net<'r, 'm> {
    fn of(again: Replay<'r, 'm>) -> Self {
        let bases = again.dues().iter().map(|it| (it.source, (0, it.at.cast_signed()))).collect();
        Self { again, all: Vec::new(), events: 1, last: (0, Kind::Line), bases }
    }

    fn later(&mut self, first: usize, second: usize, ms: i64) {
        self.all.push(Later { first, second, ms });
    }

    /// One more event: what is known of its time, and what it does to the times of others.
    fn add(&mut self, deed: &Deed) -> Option<()> {
        let (event, dues, kind) = (self.events, self.again.dues(), self.kind(deed.act)?);
        let ticked = dues.iter().min_by_key(|it| it.at).filter(|_| kind == Kind::Tick).map(|it| it.source);
        let (before, last) = self.last;
        let at_once = match (kind, last) {
            (Kind::Answer(asked), _) => asked == before,
            (Kind::Tick, Kind::Line) => before == 0,
            _ => true,
        };
        self.later(before, event, i64::from(!at_once));
        if let (Kind::Answer(asked), Some(ms)) = (kind, self.longest(deed.act)) {
            self.later(event, asked, -ms.cast_signed());
        }
        let mut is_ahead = true;
        for it in &dues {
            let (base, ms) = *self.bases.get(&it.source)?;
            if ticked == Some(it.source) {
                self.later(base, event, ms);
                is_ahead = false;
            }
            // What is due at the same time comes first, if it stands ahead of this.
            let comes_first = kind == Kind::Line || kind == Kind::Tick && is_ahead;
            self.later(event, base, i64::from(comes_first) - ms);
        }
        self.again.now = deed.at;
        self.again.perform(deed.act)?;
        self.learn(&dues, ticked);
        if !matches!(deed.act, Act::Nothing(_)) {
            self.last = (event, kind);
        }
        self.events += 1;
        Some(())
    }

    /// How long a node waits for an answer.
    fn longest(&self, act: Act) -> Option<u64> {
        let graph = self.again.graph;
        let watcher = match act {
            Act::Nothing(watcher) => watcher,
            Act::Step(step) => match graph.cause(&step)? {
                Cause::Outcome(watcher, _) => watcher,
                _ => return None,
            },
            Act::Ask => return None,
        };
        graph.space.machine.timeout_of(watcher)
    }

    fn kind(&self, act: Act) -> Option<Kind> {
        let answer = |it: usize| self.again.open.get(&it).map_or(Kind::Line, |it| Kind::Answer(it.event));
        Some(match act {
            Act::Ask => Kind::Tick,
            Act::Nothing(watcher) => answer(watcher.0),
            Act::Step(step) => match self.again.graph.cause(&step)? {
                Cause::After(_) => Kind::Tick,
                Cause::Outcome(watcher, _) => answer(watcher.0),
                _ => Kind::Line,
            },
        })
    }

    /// From when on times count after the event at hand. A pace goes on from where it was.
    fn learn(&mut self, before: &[Due], ticked: Option<Source>) {
        let (event, now) = (self.events, self.again.now.cast_signed());
        for it in self.again.dues() {
            let anew = (event, it.at.cast_signed() - now);
            let old = before.iter().find(|old| old.source == it.source && old.visit == it.visit);
            let old = old.filter(|_| !self.again.armed.contains(&it.source));
            let base = match (old, self.bases.get(&it.source)) {
                (Some(old), Some(base)) if old.at == it.at => *base,
                (Some(old), Some((base, ms))) if ticked == Some(it.source) => {
                    (*base, ms + it.at.cast_signed() - old.at.cast_signed())
                }
                _ => anew,
            };
            self.bases.insert(it.source, base);
        }
    }

    /// The least times at which all comes as late as it has to; nothing if there are none.
    fn least(&self) -> Option<Vec<u64>> {
        let mut times = vec![0_i64; self.events];
        for _ in 0..ROUNDS {
            let mut is_settled = true;
            for it in &self.all {
                let least = times[it.first] + it.ms;
                if times[it.second] < least {
                    times[it.second] = least;
                    is_settled = false;
                }
            }
            if times[0] > 0 {
                return None;
            }
            if is_settled {
                return Some(times.into_iter().map(i64::cast_unsigned).collect());
            }
        }
        None
    }
}
