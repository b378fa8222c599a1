//! What a deed led to, in words.

use super::value::show;
use machine_core::definition::FAULT_REASONS;
use machine_core::table::{SignalSource, Slot, Type};
use machine_core::{Data, Effect, Instance, Milliseconds, StateId, Table, Verdict, WatcherId};
use machine_sim::hand::Deed;
use machine_sim::trace::{Entry, Given, What};
use machine_sim::value::lend;
use machine_sim::{Machine, Value, World};
use std::collections::BTreeSet;

/// What came of a deed.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// What became of what was given.
    pub(super) verdict: Verdict,
    pub(super) lines: Vec<String>,
    /// Where the first transition led, and its label.
    pub(super) moved: Option<(StateId, Option<u16>)>,
}

/// Puts all that happens into words, step by step.
pub(super) struct Teller {
    names: Vec<String>,
    /// Watchers that were asked and have not answered yet, each with its machine.
    under_way: BTreeSet<(u16, WatcherId)>,
    /// Those of them that wait for a slot.
    waiting: BTreeSet<(u16, WatcherId)>,
    /// The data of each machine, as it was told last.
    data: Vec<Vec<String>>,
    /// What comes first was typed, so it is no news.
    is_typed: bool,
    /// Each line says when it happened.
    is_timed: bool,
    lines: Vec<String>,
    moved: Option<(StateId, Option<u16>)>,
}

impl Teller {
    /// For machines that begin.
    pub(super) fn of<'m>(machines: impl Iterator<Item = &'m Machine> + Clone) -> Self {
        let under_way =
            (0..).zip(machines.clone()).flat_map(|(at, it)| it.instance().under_way().map(move |it| (at, it)));
        Self {
            names: machines.clone().map(|it| it.table().name().to_owned()).collect(),
            under_way: under_way.collect(),
            waiting: BTreeSet::new(),
            data: machines.map(|it| data(&it.table(), it.instance())).collect(),
            is_typed: false,
            is_timed: false,
            lines: Vec::new(),
            moved: None,
        }
    }

    /// For something that is about to be done.
    pub(super) fn before(world: &World, deed: &Deed) -> Self {
        let machines = (0..).map_while(|it| world.machine(it));
        let is_timed = matches!(deed, Deed::Wait { .. } | Deed::PowerOff { ms: 1.. });
        let teller = Self { is_typed: matches!(deed, Deed::Give(_)), is_timed, ..Self::of(machines) };
        let waits = |it: &&(u16, WatcherId)| world.waits_for_slot(it.0, it.1);
        Self { waiting: teller.under_way.iter().filter(waits).copied().collect(), ..teller }
    }

    /// A step was taken, or several that follow from one another; at last comes the data that changed.
    pub(super) fn look(&mut self, world: &World, seen: &[Entry]) {
        for entry in seen {
            let Some(machine) = world.machine(entry.machine) else { continue };
            if let Some(line) = self.entry(&machine.table(), entry) {
                let line = line + self.waits(world, entry);
                self.line(world, entry.machine, &line);
            }
        }
        self.slots(world);
        for (at, then) in (0..).zip(std::mem::take(&mut self.data)) {
            let now = world.machine(at).map_or_else(Vec::new, |it| data(&it.table(), it.instance()));
            for (now, _) in now.iter().zip(&then).filter(|(now, then)| now != then) {
                self.line(world, at, now);
            }
            self.data.push(now);
        }
    }

    /// What is to be said beside of a watcher that was asked and gets no slot.
    fn waits(&mut self, world: &World, entry: &Entry) -> &'static str {
        match entry.what {
            What::Effect(Effect::Ask { watcher, .. }) if world.waits_for_slot(entry.machine, watcher) => {
                self.waiting.insert((entry.machine, watcher));
                ", which waits for a slot"
            }
            _ => "",
        }
    }

    /// Those that have a slot at last.
    fn slots(&mut self, world: &World) {
        let over: Vec<_> = self.waiting.extract_if(.., |it| !world.waits_for_slot(it.0, it.1)).collect();
        for (at, watcher) in over.into_iter().filter(|it| self.under_way.contains(it)).collect::<Vec<_>>() {
            let Some(machine) = world.machine(at) else { continue };
            let line = format!("{} has a slot", name(&machine.table(), watcher));
            self.line(world, at, &line);
        }
    }

    /// All of it.
    pub(super) fn told(self) -> Told {
        Told { verdict: Verdict::Quiet, lines: self.lines, moved: self.moved }
    }

    fn line(&mut self, world: &World, machine: u16, line: &str) {
        let time = if self.is_timed { format!("at {}: ", since(world)) } else { String::new() };
        let name = self.names.get(usize::from(machine)).filter(|_| self.names.len() > 1);
        let name = name.map_or_else(String::new, |it| format!("{it}: "));
        self.lines.push(format!("{time}{name}{line}"));
    }

    fn entry(&mut self, table: &Table<'_>, entry: &Entry) -> Option<String> {
        match &entry.what {
            What::Given(given, verdict) => self.given(table, entry.machine, given, *verdict),
            What::Effect(effect) => self.effect(table, entry.machine, *effect),
            What::Emit { emit, values } => {
                let it = table.emits().nth(usize::from(*emit))?;
                Some(format!("emits {}{}", it.name, fields(table, it.fields, values)))
            }
            What::Log(text) => Some(format!("logs {text:?}")),
            What::PowerCut { .. } | What::ClockSet { .. } | What::Limit { .. } => None,
        }
    }

    /// What schedules and other machines told by themselves.
    fn given(&mut self, table: &Table<'_>, machine: u16, given: &Given, verdict: Verdict) -> Option<String> {
        if let Given::Outcome { watcher, .. } | Given::Done { watcher, .. } = given {
            self.under_way.remove(&(machine, *watcher));
        }
        if std::mem::take(&mut self.is_typed) {
            return None;
        }
        let told = match given {
            Given::Outcome { watcher, outcome, payload, .. } => {
                let outcome_name = table.outcome_name_of(*watcher, *outcome).unwrap_or("?");
                let carries = fields(table, table.payload(*watcher, *outcome), payload);
                format!("{} tells {outcome_name}{carries}", name(table, *watcher))
            }
            Given::Signal { signal, payload } => {
                let it = table.signal(*signal);
                // How a state is entered is nothing that anybody sees.
                let carries = match it.source {
                    SignalSource::Enters { .. } => String::new(),
                    _ => fields(table, it.fields, payload),
                };
                format!("hears {}{carries}", it.name)
            }
            Given::Condition { condition, holds } => {
                let it = table.conditions().nth(usize::from(*condition))?;
                format!("sees that {} is {}{}", it.machine, if *holds { "" } else { "not " }, it.state)
            }
            Given::Start | Given::Resume | Given::Tick | Given::Done { .. } | Given::Fact { .. } => return None,
        };
        Some(told + if verdict == Verdict::Unanswered { ", which nothing answers here" } else { "" })
    }

    /// Timers are shown by `show`; that a watcher is stopped which does nothing just then is no news.
    fn effect(&mut self, table: &Table<'_>, machine: u16, effect: Effect) -> Option<String> {
        Some(match effect {
            Effect::Moved { to, label, .. } => {
                self.moved.get_or_insert((to, label));
                moved(table, to, label)
            }
            Effect::Ask { watcher, .. } => {
                self.under_way.insert((machine, watcher));
                format!("asks {}", name(table, watcher))
            }
            Effect::Stop { watcher, .. } => {
                return self.under_way.remove(&(machine, watcher)).then(|| format!("stops {}", name(table, watcher)));
            }
            Effect::Slowed { until } => {
                let at = Milliseconds(until.0 / 1_000_000);
                format!("goes round too fast: its watchers are asked only at {at}")
            }
            // Its outcome follows.
            Effect::Interrupted { .. } => return None,
            Effect::Armed { .. } | Effect::Disarmed { .. } => return None,
            Effect::Faulted { reason, line, column, handled, .. } => {
                let reason = FAULT_REASONS.get(usize::from(reason)).unwrap_or(&"?");
                let answered = if handled { "" } else { ", and nothing answers `fault`" };
                format!("could not be calculated: {reason} in line {line}, column {column}; all was undone{answered}")
            }
        })
    }
}

fn name<'t>(table: &Table<'t>, watcher: WatcherId) -> &'t str {
    table.watcher_name(watcher).unwrap_or("?")
}

fn moved(table: &Table<'_>, to: StateId, label: Option<u16>) -> String {
    let to = table.state_name(to).unwrap_or("?");
    match label.and_then(|it| table.label(it)) {
        Some(label) => format!("-> {to} as {label}"),
        None => format!("-> {to}"),
    }
}

/// So long after the start.
pub(super) fn since(world: &World) -> Milliseconds {
    Milliseconds(world.clock().now().0 / 1_000_000)
}

/// That a wait was cut short.
pub(super) fn enough(world: &World, left_ms: u64) -> String {
    format!("at {}: that is enough at once; `after {}` goes on", since(world), Milliseconds(left_ms))
}

fn fields<'t>(table: &Table<'t>, fields: impl Iterator<Item = (&'t str, Type<'t>)>, values: &[Value]) -> String {
    let fields: Vec<_> = fields.collect();
    let one = |((name, ty), value): (&(&str, Type<'_>), &Data<'_>)| format!("{name}: {}", show(*value, *ty, table));
    let shown: Vec<_> = lend(values, |data| fields.iter().zip(data).map(one).collect());
    if shown.is_empty() { String::new() } else { format!("({})", shown.join(", ")) }
}

/// All data as `NAME = VALUE`.
pub(super) fn data(table: &Table<'_>, instance: &Instance) -> Vec<String> {
    let one = |(index, slot): (usize, Slot<'_>)| {
        format!("{} = {}", slot.name, show(instance.data(table, index as u16), slot.ty, table))
    };
    table.data().enumerate().map(one).collect()
}

/// All facts as `NAME = VALUE`.
pub(super) fn facts(table: &Table<'_>, instance: &Instance) -> Vec<String> {
    let one = |(index, slot): (usize, Slot<'_>)| {
        format!("{} = {}", slot.name, show(instance.fact(table, index as u16), slot.ty, table))
    };
    table.facts().enumerate().map(one).collect()
}
