//! How often a machine can go from state to state in some time, and how many commands it can give.
//!
//! Counted is what it does by itself: what operators, other machines and facts bring about is theirs, and so is what is
//! reported by who watches for changes, its first answer excepted. For each number the least time is looked for in which
//! there can be so many, from wherever the machine can be (`search`): timers take what they take, watchers keep their
//! pace, and what is asked on entry waits when the machine goes round too fast (`follow`). Of ways that meet, all are kept
//! that are ahead of the others in something, up to a few; beyond, the least of each time (`label`), so what is found is
//! never more than what it really takes.

mod bound;
mod doing;
mod follow;
mod label;
mod search;
mod source;
mod stay;

use super::graph::Graph;
use super::trace::Found;
use crate::model::Counted;
use machine_core::limits::{BURST, BURST_REFILL_NS};
use search::Search;

/// Configurations up to which it is looked at so closely.
pub(super) const MOST: usize = 1 << 11;
/// Transitions that meet of which each is kept; where that is too much work, one.
const KEPT: [usize; 2] = [8, 1];
/// The same for commands, which come in more orders.
const KEPT_OF_COMMANDS: [usize; 2] = [64, 8];
/// One more transition is earned in this time.
const EARNED_MS: i64 = (BURST_REFILL_NS / 1_000_000).cast_signed();
/// So much of it can be saved.
const SAVED_MS: i64 = BURST.cast_signed() * EARNED_MS;
/// Others have to bring it about.
const NEVER: i64 = i64::MAX / 4;

/// What is found.
pub(super) enum Rate {
    /// At most so many.
    AtMost(u64),
    /// There can be more than was asked for, on each of these ways; the plainest first.
    More(Vec<Found>),
    /// It is too much work.
    Unknown,
}

/// The most transitions or commands in so many milliseconds, up to `enough`.
pub(super) fn most(graph: &Graph<'_>, of: Counted, enough: u64, per_ms: u64) -> Rate {
    let Some(edges) = &graph.edges else { return Rate::Unknown };
    let search = |kept| Search::new(graph, edges, of, kept, per_ms);
    // Commands come in so many ways that the least times of all of them together would say nothing.
    let tries = if of == Counted::Commands { KEPT_OF_COMMANDS } else { KEPT };
    let mut tries = tries.into_iter().map(|kept| (kept, search(kept).beginning_anywhere().most(enough)));
    match tries.find(|it| !matches!(it.1, Rate::Unknown)) {
        Some((kept, Rate::More(found))) => {
            // A way that counts from the start on is easier to follow, and its times are known.
            let first = search(kept).beginning_at_start().most(enough);
            let first = if let Rate::More(it) = first { it } else { Vec::new() };
            Rate::More(first.into_iter().chain(found).collect())
        }
        tried => tried.map_or(Rate::Unknown, |it| it.1),
    }
}

/// Whether there can be more than `count`. Where it is too much work to look for all ways to so many commands, one is looked
/// for on which the machine stays; if there is none, no more is said than what transitions and paces allow.
pub(super) fn beyond(graph: &Graph<'_>, of: Counted, count: u64, per_ms: u64) -> Rate {
    let bound = bound(graph, of, per_ms);
    if bound <= count {
        return Rate::AtMost(bound);
    }
    match most(graph, of, count, per_ms) {
        Rate::Unknown if of == Counted::Commands => match stay::staying(graph, count, per_ms) {
            found if found.is_empty() => Rate::AtMost(bound),
            found => Rate::More(found),
        },
        Rate::Unknown => Rate::AtMost(bound),
        known => known,
    }
}

fn bound(graph: &Graph<'_>, of: Counted, per_ms: u64) -> u64 {
    match of {
        Counted::Transitions => bound::transitions(graph, per_ms),
        Counted::Commands => bound::commands(graph, per_ms),
    }
}

/// The most, as far as it can be said.
pub(super) fn figure(graph: &Graph<'_>, of: Counted, per_ms: u64) -> u64 {
    let bound = bound(graph, of, per_ms);
    let enough = if of == Counted::Transitions { bound.min(bound::COUNTED) } else { bound };
    match most(graph, of, enough, per_ms) {
        Rate::AtMost(it) => it.min(bound),
        Rate::More(_) | Rate::Unknown => bound,
    }
}
