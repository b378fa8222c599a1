//! Draws a run: answers for watchers that have none, and what interferes while time passes.

use super::value::payload;
use super::{Drawn, Taste};
use crate::script::{Line, Script};
use crate::value::Value;
use crate::world::{Answer, Room, Series, goes_by_calendar};
use fastrand::Rng;
use machine_core::definition::Reach;
use machine_core::table::{SignalSource, Type, Value as Constant};
use machine_core::{Table, WatcherId};
use std::collections::BTreeSet;

/// Most answers in a series, and how often one of them is given at most.
const MOST_ANSWERS: usize = 6;
const MOST_TIMES: u32 = 20;
/// What a command may take of which it is not known before it runs.
const TIMEOUT_MS: u64 = 10_000;
/// Most of what interferes while one line passes.
const MOST_EVENTS: usize = 4;
/// How long the power is off, in milliseconds.
const OFF_MS: [u64; 5] = [0, 2_000, 60_000, 3_600_000, 100_000_000];

/// What may interfere in one run. Each run has some of it only, so that each is also met without the others.
struct Menu<'t> {
    signals: Vec<machine_core::table::Signal<'t>>,
    conditions: u16,
    has_power_cuts: bool,
    /// Limits that nothing is said of, each with whether it counts across the fleet.
    limits: Vec<(u16, bool)>,
}

/// A run of a script in which everything that it leaves open is drawn.
#[must_use]
pub fn draw(table: &Table<'_>, script: &Script, taste: &Taste, rng: &mut Rng) -> Drawn {
    let scripted: BTreeSet<u16> = script.lines.iter().flat_map(watchers).map(|it| it.0).collect();
    // What a calendar says cannot be drawn.
    let open = table.watchers().filter(|it| !scripted.contains(&it.0) && !goes_by_calendar(table, *it));
    let answers = open.map(|it| Line::Answers { watchers: vec![it], series: series(table, it, taste, rng) });
    let mut lines: Vec<(Line, Option<usize>)> = answers.map(|it| (it, None)).collect();
    let menu = menu(table, script, rng);
    for it in &menu.limits {
        if rng.u8(0..3) == 0 {
            lines.push((limit(*it, rng), None));
        }
    }
    for (index, line) in script.lines.iter().enumerate() {
        match line {
            Line::Advance { ms } => interfere(table, &menu, (*ms, index), taste, rng, &mut lines),
            other => lines.push((other.clone(), Some(index))),
        }
    }
    let (lines, origin) = lines.into_iter().unzip();
    Drawn { script: Script { lines, ..script.clone() }, origin }
}

fn watchers(line: &Line) -> &[WatcherId] {
    match line {
        Line::Answers { watchers, .. } => watchers,
        _ => &[],
    }
}

fn menu<'t>(table: &Table<'t>, script: &Script, rng: &mut Rng) -> Menu<'t> {
    let is_sent = |it: &machine_core::table::Signal<'_>| match it.source {
        SignalSource::Declared { operator } => operator,
        SignalSource::Emitted { .. } | SignalSource::Enters { .. } => true,
        SignalSource::When | SignalSource::Fault => false,
    };
    let signals = table.signals().filter(is_sent).filter(|_| rng.bool()).collect();
    let conditions = if rng.bool() { table.conditions().count() as u16 } else { 0 };
    Menu { signals, conditions, has_power_cuts: rng.bool(), limits: open_limits(table, script) }
}

/// The limits that no line of the script is about.
fn open_limits(table: &Table<'_>, script: &Script) -> Vec<(u16, bool)> {
    let is_said = |index: u16| script.lines.iter().any(|it| matches!(it, Line::Limit { limit, .. } if *limit == index));
    let limits = (0..).zip(table.limits()).filter(|it| !is_said(it.0));
    limits.map(|(index, it)| (index, matches!(it.reach, Reach::Fleet(_)))).collect()
}

/// Others take all slots, or leave them, or cannot be asked.
fn limit((limit, is_fleet): (u16, bool), rng: &mut Rng) -> Line {
    let count = if is_fleet { Room::ALL.len() } else { Room::ALL.len() - 1 };
    Line::Limit { limit, room: Room::ALL[rng.usize(0..count)] }
}

/// Time passes, and now and then something happens.
fn interfere(
    table: &Table<'_>,
    menu: &Menu<'_>,
    (ms, index): (u64, usize),
    taste: &Taste,
    rng: &mut Rng,
    lines: &mut Vec<(Line, Option<usize>)>,
) {
    let mut times: Vec<u64> = (0..rng.usize(0..=MOST_EVENTS)).map(|_| rng.u64(0..=ms)).collect();
    times.sort_unstable();
    let mut passed = 0;
    for at in times {
        if let Some(line) = event(table, menu, taste, rng) {
            lines.push((Line::Advance { ms: at - passed }, Some(index)));
            lines.push((line, None));
            passed = at;
        }
    }
    lines.push((Line::Advance { ms: ms - passed }, Some(index)));
}

fn event(table: &Table<'_>, menu: &Menu<'_>, taste: &Taste, rng: &mut Rng) -> Option<Line> {
    // A machine without limits is drawn as if there were none.
    match rng.u8(0..3 + u8::from(!menu.limits.is_empty())) {
        3 => rng.choice(&menu.limits).map(|it| limit(*it, rng)),
        0 => rng
            .choice(&menu.signals)
            .map(|it| Line::Send { signal: it.id, payload: payload(table, it.fields, taste, rng) }),
        1 if menu.conditions > 0 => Some(Line::Condition { condition: rng.u16(0..menu.conditions), holds: rng.bool() }),
        2 if menu.has_power_cuts => Some(Line::PowerOff { ms: rng.choice(OFF_MS).unwrap_or(0) }),
        _ => None,
    }
}

/// Outcomes come in stretches: what works goes on to work for a while, and what is broken is so for a while.
fn series(table: &Table<'_>, watcher: WatcherId, taste: &Taste, rng: &mut Rng) -> Series {
    let count = rng.usize(1..=MOST_ANSWERS);
    let mut answers: Vec<_> = (0..count).map(|_| answer(table, watcher, taste, rng)).collect();
    answers.last_mut().into_iter().for_each(|it| it.times = None);
    Series(answers)
}

fn answer(table: &Table<'_>, watcher: WatcherId, taste: &Taste, rng: &mut Rng) -> Answer {
    // Whether it is skipped, its limit says.
    let outcomes = table.skipped_outcome(watcher).unwrap_or(table.outcome_count(watcher));
    let outcome = rng.u8(0..outcomes.max(1));
    let is_notified = table.kind(table.watcher(watcher).kind).notified;
    let after_ms = match rng.u8(0..4) {
        // Changes come when they like.
        0 if is_notified => rng.u64(0..=3_600_000),
        0 => rng.u64(0..=timeout(table, watcher)),
        _ => 0,
    };
    let drawn = payload(table, table.payload(watcher, outcome), taste, rng);
    let fields = table.payload(watcher, outcome).zip(drawn.iter());
    let payload = fields.map(|(field, value)| plausible(table, field, value, after_ms)).collect();
    Answer { outcome: Some(outcome), payload, times: Some(rng.u32(1..=MOST_TIMES)), after_ms }
}

/// What a command may take: as long as its last argument says, and no longer than its watcher waits.
fn timeout(table: &Table<'_>, watcher: WatcherId) -> u64 {
    let last = table.arguments().nth(watcher.index()).into_iter().flatten().last();
    let own = match last {
        Some(Constant::Duration(ms)) => ms,
        _ => TIMEOUT_MS,
    };
    table.modifiers(watcher).timeout_ms.map_or(own, |it| it.min(own))
}

/// How long it took is known, and that it was interrupted is said by the node alone, after a restart.
fn plausible(table: &Table<'_>, (name, ty): (&str, Type<'_>), value: &Value, after_ms: u64) -> Value {
    match (name, ty, value) {
        ("took", Type::Duration, _) => Value::Duration(after_ms.cast_signed()),
        ("reason", Type::Enum(of), Value::Enum(word)) if table.word(of, *word) == "interrupted" => Value::Enum(0),
        _ => value.clone(),
    }
}
