//! A dispatcher while it is made.

use super::{NONE, Way};
use crate::table::code::{ENTRY_ADD, ENTRY_CLASS, ENTRY_SET, Entry};
use crate::table::{Code, Table, Transition};
use alloc::vec::Vec;

/// What is known of a table's ways so far.
pub(super) struct Preparation<'p, 't> {
    table: &'p Table<'t>,
    pub(super) ways: Vec<Way>,
}

/// What guards come to: a way, or the two that one comparison chooses from, which may yet be joined with another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    Way(Way),
    Between(Comparison, [Way; 2]),
}

/// Whether a word is not less than a constant.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Comparison {
    slot: u8,
    constant: i16,
}

impl<'p, 't> Preparation<'p, 't> {
    /// `ways` has room for all leaves and events.
    pub(super) fn new(table: &'p Table<'t>, ways: Vec<Way>) -> Self {
        Self { table, ways }
    }

    /// What becomes of a transition and its alternatives; nothing if that takes too much room.
    pub(super) fn way(&mut self, first: Transition) -> Option<Way> {
        let transitions: Vec<Transition> = self.table.ways(first).collect();
        let mut choice = Choice::Way(Way::UNANSWERED);
        for transition in transitions.into_iter().rev() {
            let taken = Choice::Way(self.taken(transition)?);
            choice = match self.table.plan(transition.plan).guard {
                None => taken,
                Some(guard) => self.guarded(guard, taken, choice)?,
            };
        }
        self.placed(choice)
    }

    /// What a transition does whose guard holds.
    fn taken(&mut self, transition: Transition) -> Option<Way> {
        let plan = self.table.plan(transition.plan);
        let target = if plan.stay { Way::STAYS } else { transition.target.0 };
        match plan.actions {
            _ if plan.history => Some(Way::WHOLE),
            None => Some(Way::to(target)),
            Some(actions) => match changes(self.table, actions) {
                Some(changes) => self.changed(&changes, target),
                None => Some(Way::WHOLE),
            },
        }
    }

    /// The way that makes all changes, one after the other.
    fn changed(&mut self, changes: &[Way], target: u16) -> Option<Way> {
        let Some((last, others)) = changes.split_last() else {
            return Some(Way::to(target));
        };
        let mut way = Way { target, ..*last };
        for change in others.iter().rev() {
            let target = self.place([*change, way])?;
            way = Way { slot: NONE, other: NONE, ..Way::to(target) };
        }
        Some(way)
    }

    /// The choice that asks the comparisons of a guard.
    fn guarded(&mut self, guard: Code, holds: Choice, fails: Choice) -> Option<Choice> {
        let Some(entries) = self.table.entries(guard) else {
            return Some(Choice::Way(Way::WHOLE));
        };
        let entries: Vec<Entry> = entries.collect();
        entries.into_iter().rev().try_fold(holds, |holds, entry| self.compared(entry, holds, fails))
    }

    fn compared(&mut self, entry: Entry, holds: Choice, fails: Choice) -> Option<Choice> {
        let [less, equal, greater] = [0, 1, 2].map(|place| if entry.head >> place & 1 == 1 { holds } else { fails });
        let Entry { slot, constant, .. } = entry;
        if slot == NONE {
            return Some(Choice::Way(Way::WHOLE));
        }
        let not_less = match constant.checked_add(1) {
            _ if equal == greater => equal,
            // The greater ones begin at the next constant.
            Some(next) if less == equal => return self.chosen(Comparison { slot, constant: next }, less, greater),
            Some(next) => self.chosen(Comparison { slot, constant: next }, equal, greater)?,
            None => Choice::Way(Way::WHOLE),
        };
        self.chosen(Comparison { slot, constant }, less, not_less)
    }

    /// What a comparison chooses, or what comes of it anyway. A comparison that one of both begins with is joined with it.
    fn chosen(&mut self, first: Comparison, less: Choice, not_less: Choice) -> Option<Choice> {
        let less = less.known(|it| it.slot == first.slot && it.constant >= first.constant, 0);
        let not_less = not_less.known(|it| it.slot == first.slot && it.constant <= first.constant, 1);
        let second = match (less, not_less) {
            _ if less == not_less => return Some(less),
            (Choice::Between(second, _), _) | (_, Choice::Between(second, _)) => second,
            _ => first,
        };
        if second == first || !first.is_short() && !second.is_short() {
            return Some(Choice::Between(first, [self.placed(less)?, self.placed(not_less)?]));
        }
        let [low, high] = [self.sides(less, second)?, self.sides(not_less, second)?];
        self.pair(first, second, [low[0], high[0], low[1], high[1]]).map(Choice::Way)
    }

    /// What is chosen when this comparison does not hold, and when it does.
    fn sides(&mut self, choice: Choice, by: Comparison) -> Option<[Way; 2]> {
        match choice {
            Choice::Between(it, ways) if it == by => Some(ways),
            it => self.placed(it).map(|way| [way; 2]),
        }
    }

    /// The way that makes this choice.
    fn placed(&mut self, choice: Choice) -> Option<Way> {
        match choice {
            Choice::Way(way) => Some(way),
            Choice::Between(it, [less, not_less]) => {
                // Whatever comes of a second comparison.
                self.pair(it, Comparison { constant: 0, ..it }, [less, not_less, less, not_less])
            }
        }
    }

    /// The way that two comparisons choose, one of them with a short constant: neither holds, the first, the second, both.
    fn pair(&mut self, first: Comparison, second: Comparison, [a, b, c, d]: [Way; 4]) -> Option<Way> {
        let Ok(keeps) = i8::try_from(second.constant) else {
            return self.pair(second, first, [a, c, b, d]);
        };
        let target = self.place([a, b, c, d])?;
        let Comparison { slot: other, constant: plus } = first;
        Some(Way { target, plus, keeps, slot: NONE, other, second: second.slot })
    }

    /// Where these ways stand from now on; nothing if there are too many.
    fn place<const COUNT: usize>(&mut self, ways: [Way; COUNT]) -> Option<u16> {
        let place = u16::try_from(self.ways.len()).ok()?;
        self.ways.extend(ways);
        Some(place)
    }
}

impl Choice {
    /// What is left of it where the outcome of some comparisons is known.
    fn known(self, is_known: impl Fn(Comparison) -> bool, outcome: usize) -> Self {
        match self {
            Self::Between(it, ways) if is_known(it) => Self::Way(ways[outcome]),
            it => it,
        }
    }
}

impl Comparison {
    /// Two comparisons are joined if the constant of one takes no more than a byte.
    fn is_short(self) -> bool {
        i8::try_from(self.constant).is_ok()
    }
}

/// What actions come to that only set words, the first maybe increasing one: ways without a target.
fn changes(table: &Table<'_>, actions: Code) -> Option<Vec<Way>> {
    let mut changes: Vec<Way> = Vec::new();
    for Entry { head, slot, constant } in table.entries(actions)? {
        let keeps = match head & ENTRY_CLASS {
            _ if slot == NONE => return None,
            ENTRY_ADD => -1,
            ENTRY_SET => 0,
            // The sum has to be looked at.
            _ => return None,
        };
        let change = Way { plus: constant, slot, keeps, other: slot, ..Way::to(0) };
        match changes.last_mut().and_then(|before| Some((joined(*before, change)?, before))) {
            Some((both, before)) => *before = both,
            None => changes.push(change),
        }
    }
    Some(changes)
}

/// Two changes as one, if one of them does nothing but set another word to 0.
fn joined(before: Way, change: Way) -> Option<Way> {
    let is_zero = |it: Way| it.keeps == 0 && it.plus == 0 && it.other == it.slot;
    if before.slot == change.slot || before.other != before.slot {
        return None;
    }
    match change {
        _ if is_zero(change) => Some(Way { other: change.slot, ..before }),
        _ if is_zero(before) => Some(Way { other: before.slot, ..change }),
        _ => None,
    }
}
