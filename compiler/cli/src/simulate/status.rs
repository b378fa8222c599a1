//! Where a machine is and what it waits for.

use super::driver::Driver;
use super::events::{self, signature};
use super::tell::{data, facts};
use super::why::leads;
use machine_core::{Milliseconds, WatcherId};

/// All of it, a line a thing.
pub(super) fn status(driver: &Driver) -> Vec<String> {
    let table = driver.table();
    let state = table.state_name(driver.state()).unwrap_or("?");
    let mut lines = vec![format!("in {state}, {} after the start", Milliseconds(driver.passed_ms()))];
    lines.extend(data(&table, driver.instance()).into_iter().map(|it| format!("data     {it}")));
    lines.extend(facts(&table, driver.instance()).into_iter().map(|it| format!("fact     {it}")));
    lines.extend(conditions(driver));
    lines.extend(timers(driver));
    let active = |it: &WatcherId| driver.instance().visit_of(*it).is_some();
    lines.extend(table.watchers().filter(active).map(|it| watcher(driver, it)));
    lines
}

fn conditions(driver: &Driver) -> Vec<String> {
    let one = |(index, it): (usize, machine_core::table::Condition<'_>)| {
        let not = if driver.instance().condition(index as u16) { "" } else { "not " };
        format!("node     {} is {not}{}", it.machine, it.state)
    };
    driver.table().conditions().enumerate().map(one).collect()
}

fn timers(driver: &Driver) -> Vec<String> {
    let table = driver.table();
    let mut armed: Vec<_> = driver.instance().armed().collect();
    armed.sort_by_key(|it| (it.1, it.0.index()));
    let one = |(timer, deadline)| {
        let (delay, left) = (Milliseconds(table.timer(timer).1), Milliseconds(driver.left_ms(deadline)));
        format!("timer    after {delay} of {}: in {left}", table.state_name(table.timer_owner(timer)).unwrap_or("?"))
    };
    armed.into_iter().map(one).collect()
}

fn watcher(driver: &Driver, watcher: WatcherId) -> String {
    let table = driver.table();
    let word = if table.watcher(watcher).once { "run  " } else { "watch" };
    let name = table.watcher_name(watcher).unwrap_or("?");
    let next = driver.instance().next_ask_of(watcher).map(|it| Milliseconds(driver.left_ms(it)));
    let waits = driver.instance().under_way().any(|it| it == watcher);
    let what = match (waits, next) {
        (true, _) => "was asked and has not answered".to_owned(),
        (false, Some(left)) => format!("is asked in {left}"),
        (false, None) if table.watcher(watcher).once => "has answered".to_owned(),
        (false, None) => "tells by itself when something changes".to_owned(),
    };
    format!("{word}    {name} {what}")
}

/// What can happen here, and what it leads to.
pub(super) fn events(driver: &Driver) -> Vec<String> {
    let table = driver.table();
    let mut lines = Vec::new();
    for (name, source) in events::all(driver) {
        let Some(leads) = leads(driver, source.event(&table)) else { continue };
        let late = matches!(source, events::Source::Outcome(it, _) if driver.instance().visit_of(it).is_none());
        if !late {
            lines.push(format!("{name}{}  {leads}", signature(&table, &source.fields(&table))));
        }
    }
    if lines.is_empty() { vec!["nothing is answered here but time".to_owned()] } else { lines }
}
