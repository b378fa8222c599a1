//! Where a machine is and what it waits for.

use super::events::{self, signature};
use super::tell::{data, facts, since};
use super::why::leads;
use machine_calendar::{rfc3339, shown};
use machine_core::table::Condition;
use machine_core::{Instant, Milliseconds, WatcherId};
use machine_sim::{Clock, Machine, World};

/// All of it, a line a thing.
pub(super) fn status(world: &World, at: u16) -> Vec<String> {
    let Some(machine) = world.machine(at) else { return Vec::new() };
    let (table, instance) = (machine.table(), machine.instance());
    let mut lines = vec![format!("in {}, {} after the start", super::state(machine), since(world))];
    lines.push(format!("time     {}", rfc3339(world.clock().wall())));
    lines.extend(data(&table, instance).into_iter().map(|it| format!("data     {it}")));
    lines.extend(facts(&table, instance).into_iter().map(|it| format!("fact     {it}")));
    lines.extend(conditions(machine));
    let limits = (0..).zip(table.limits());
    lines.extend(limits.map(|(limit, it)| format!("limit    {} is {}", it.name, world.room(at, limit).word())));
    lines.extend(timers(machine, world.clock()));
    let active = |it: &WatcherId| instance.visit_of(*it).is_some();
    lines.extend(table.watchers().filter(active).map(|it| watcher(world, at, machine, it)));
    lines
}

/// So long until then.
fn left(clock: &Clock, until: Instant) -> Milliseconds {
    Milliseconds(until.since(clock.now()).div_ceil(1_000_000))
}

fn conditions(machine: &Machine) -> Vec<String> {
    let one = |(index, it): (usize, Condition<'_>)| {
        let not = if machine.instance().condition(index as u16) { "" } else { "not " };
        format!("node     {} is {not}{}", it.machine, it.state)
    };
    machine.table().conditions().enumerate().map(one).collect()
}

fn timers(machine: &Machine, clock: &Clock) -> Vec<String> {
    let table = machine.table();
    let mut armed: Vec<_> = machine.instance().armed().collect();
    armed.sort_by_key(|it| (it.1, it.0.index()));
    let one = |(timer, deadline)| {
        let (delay, left) = (Milliseconds(table.timer(timer).1), left(clock, deadline));
        format!("timer    after {delay} of {}: in {left}", table.state_name(table.timer_owner(timer)).unwrap_or("?"))
    };
    armed.into_iter().map(one).collect()
}

fn watcher(world: &World, at: u16, machine: &Machine, watcher: WatcherId) -> String {
    let table = machine.table();
    let word = if table.watcher(watcher).once { "run  " } else { "watch" };
    let name = table.watcher_name(watcher).unwrap_or("?");
    let next = machine.instance().next_ask_of(watcher).map(|it| left(world.clock(), it));
    let waits = machine.instance().under_way().any(|it| it == watcher);
    if let Some((due, zone)) = world.next_look(at, watcher) {
        let left = left(world.clock(), world.clock().when(due));
        return format!("{word}    {name} comes in {left}, at {} in {zone}", shown(due, zone));
    }
    if world.waits_for_slot(at, watcher) {
        return format!("{word}    {name} was asked and waits for a slot");
    }
    let what = match (waits, next) {
        (true, _) => "was asked and has not answered".to_owned(),
        (false, Some(left)) => format!("is asked in {left}"),
        (false, None) if table.watcher(watcher).once => "has answered".to_owned(),
        (false, None) => "tells by itself when something changes".to_owned(),
    };
    format!("{word}    {name} {what}")
}

/// What can happen here, and what it leads to.
pub(super) fn events(machine: &Machine) -> Vec<String> {
    let table = machine.table();
    let mut lines = Vec::new();
    for (name, source) in events::all(machine) {
        let Some(leads) = leads(machine, source.event(&table)) else { continue };
        let late = matches!(source, events::Source::Outcome(it, _) if machine.instance().visit_of(it).is_none());
        if !late {
            lines.push(format!("{name}{}  {leads}", signature(&table, &source.fields(&table))));
        }
    }
    if lines.is_empty() { vec!["nothing is answered here but time".to_owned()] } else { lines }
}
