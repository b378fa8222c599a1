//! One of the two machines on the shipped core, and how it reacts.

use super::inputs::{Happens, Source, reporting};
use super::shape::image;
use machine_core::definition::FAULT_REASONS;
use machine_core::table::{Code, Listing, Signal, Type, Value as Argument};
use machine_core::{
    Data, Effect, Effects, EventId, Input, Instance, Instant, StateId, Table, Verdict, WatcherId, step,
};
use machine_value::{Value, json_fields, lend, read};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// What the calendar shows all the time: 2026, the first of January.
const WALL_MS: i64 = 1_767_225_600_000;
/// A machine that has so much to do at once goes round for ever.
const MOST_TICKS: usize = 1_000;

/// A machine.
pub(super) struct Side<'t> {
    pub(super) table: Table<'t>,
    code: Listing<'t>,
    /// By event, the code of all its transitions: what it reads of the event can be seen there.
    read: BTreeMap<u16, String>,
    /// By leaf, what the new table calls it.
    called: Vec<String>,
    /// Watchers that are given something calculated in the same way in both.
    computed: BTreeSet<String>,
}

/// What others see of it when something happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reaction {
    /// An operator is told that nothing answers.
    pub(crate) is_refused: bool,
    /// From leaf to leaf, as the new table calls them.
    pub(crate) moves: Vec<(String, String)>,
    /// What it tells the world, in order: events of the author's own, lines, faults.
    pub(crate) told: Vec<String>,
    /// Which watchers are asked and stopped.
    pub(crate) watchers: BTreeSet<String>,
    /// Where it is then.
    pub(crate) state: String,
}

impl Reaction {
    /// Nobody outside sees anything of it.
    pub(super) fn is_silent(&self) -> bool {
        self.moves.is_empty() && self.told.is_empty() && self.watchers.is_empty()
    }
}

impl<'t> Side<'t> {
    /// Both, so that each is seen in the names of the new one.
    pub(super) fn pair(old: &Table<'t>, new: &Table<'t>) -> [Self; 2] {
        let name = |it: StateId| new.state_name(it).unwrap_or("?").to_owned();
        let gone = |it: StateId| format!("{} (gone)", old.state_name(it).unwrap_or("?"));
        let images = old.leaves().map(|it| image(old, it, new).map_or_else(|| gone(it), name)).collect();
        let mut sides = [Self::new(*old, images), Self::new(*new, new.leaves().map(name).collect())];
        let written = sides.each_ref().map(Self::calculations);
        let both: BTreeSet<_> = written[0].intersection(&written[1]).map(|it| it.0.clone()).collect();
        sides.iter_mut().for_each(|it| it.computed = both.clone());
        sides
    }

    fn new(table: Table<'t>, called: Vec<String>) -> Self {
        let code = Listing::new(table);
        let mut read: BTreeMap<u16, String> = BTreeMap::new();
        for leaf in table.leaves() {
            for (event, first) in table.transitions(leaf) {
                let plans = table.ways(first).map(|it| table.plan(it.plan));
                let pieces = plans.flat_map(|it| [it.guard, it.actions]).flatten();
                let text: String = pieces.flat_map(|it| code.code(it, Some(event)).lines).collect();
                *read.entry(event.0).or_default() += &text;
            }
        }
        Self { table, code, read, called, computed: BTreeSet::new() }
    }

    /// Watchers with something calculated among their arguments, and how that is written.
    fn calculations(&self) -> BTreeSet<(String, String)> {
        let all = self.table.watchers().zip(self.table.arguments());
        let written = all.map(|(watcher, arguments)| {
            let texts: Vec<_> = arguments.map(|it| self.code.value(it)).collect();
            (self.watcher_name(watcher).to_owned(), texts.join(", "))
        });
        written.collect()
    }

    pub(super) fn watcher_name(&self, watcher: WatcherId) -> &'t str {
        self.table.watcher_name(watcher).unwrap_or("?")
    }

    /// Whether some transition of an event looks at a field of it.
    pub(super) fn reads(&self, event: EventId, field: &str) -> bool {
        let name = format!("{}.{field}", self.code.binding());
        self.read.get(&event.0).is_some_and(|it| it.contains(&name))
    }

    /// Something happens, and what is due then is done. Gives the machine as it is afterwards.
    pub(super) fn react(&self, before: &Instance, happens: &Happens) -> (Instance, Reaction) {
        let mut open: BTreeSet<WatcherId> = before.under_way().collect();
        if let Happens::Outcome { watcher, .. } = happens {
            // It has answered, so there is nothing to stop.
            reporting(self, before, watcher).map(|it| open.remove(&it));
        }
        let mut seen = Seen { side: self, open, reaction: Reaction::default(), asked: Vec::new() };
        let mut instance = before.clone();
        instance.set_wall(WALL_MS);
        let now = if let Happens::Time(ns) = happens { Instant(*ns) } else { Instant(0) };
        let verdict = self.give(&mut instance, happens, &mut seen);
        let is_heard = !matches!(verdict, None | Some(Verdict::Unanswered | Verdict::Misfit));
        let is_operators = matches!(happens, Happens::Signal { source: Source::Operator, .. });
        seen.reaction.is_refused = is_operators && !is_heard;
        for _ in 0..MOST_TICKS {
            if instance.deadline().is_none_or(|it| it > now) {
                break;
            }
            step(&self.table, &mut instance, now, Input::Tick, &mut seen);
        }
        let reaction = seen.end(&instance);
        (instance.canonical(&self.table, now), reaction)
    }

    /// What happens, in the numbers of this table; nothing if it means nothing to it.
    fn give(&self, instance: &mut Instance, happens: &Happens, seen: &mut Seen<'_, 't>) -> Option<Verdict> {
        let table = &self.table;
        let mut step = |input: Input<'_>| step(table, instance, Instant(0), input, seen);
        match happens {
            Happens::Time(_) => None,
            Happens::Start => Some(step(Input::Start)),
            Happens::Condition { machine, state, holds } => {
                let at = table.conditions().position(|it| (it.machine, it.state) == (machine, state))?;
                Some(step(Input::Condition { condition: at as u16, holds: *holds }))
            }
            Happens::Fact { name, value } => {
                let (slot, fact) = table.facts().zip(0..).find(|it| it.0.name == name)?;
                let value = read(table, slot.ty, value, "").ok()?;
                lend(&[value], |it| Some(step(Input::Fact { fact, value: *it.first()? })))
            }
            Happens::Outcome { watcher, outcome, fields } => self.report(instance, (watcher, outcome), fields, seen),
            Happens::Signal { name, source, fields } => self.signal(instance, (name, source), fields, seen),
        }
    }

    fn report(
        &self,
        instance: &mut Instance,
        (watcher, outcome): (&str, &str),
        fields: &Map<String, Json>,
        seen: &mut Seen<'_, 't>,
    ) -> Option<Verdict> {
        let watcher = reporting(self, instance, watcher)?;
        let is_it = |it: &u8| self.table.outcome_name_of(watcher, *it) == Some(outcome);
        let outcome = (0..self.table.outcome_count(watcher)).find(is_it)?;
        let visit = instance.visit_of(watcher)?;
        let values = self.values(self.table.payload(watcher, outcome), fields);
        Some(lend(&values, |payload| {
            let input = Input::Outcome { watcher, visit, outcome, payload };
            step(&self.table, instance, Instant(0), input, seen)
        }))
    }

    fn signal(
        &self,
        instance: &mut Instance,
        (name, source): (&str, &Source),
        fields: &Map<String, Json>,
        seen: &mut Seen<'_, 't>,
    ) -> Option<Verdict> {
        let is_it = |it: &Signal<'_>| it.name == name && Source::of(&it.source).as_ref() == Some(source);
        let signal = self.table.signals().find(is_it)?;
        let values = self.values(signal.fields, fields);
        Some(lend(&values, |payload| {
            step(&self.table, instance, Instant(0), Input::Signal { signal: signal.id, payload }, seen)
        }))
    }

    fn values<'f>(&self, fields: impl Iterator<Item = (&'f str, Type<'f>)>, given: &Map<String, Json>) -> Vec<Value> {
        fields.map(|(name, ty)| machine_value::given(&self.table, ty, given.get(name))).collect()
    }

    fn leaf(&self, leaf: StateId) -> String {
        self.called.get(leaf.index()).cloned().unwrap_or_default()
    }

    /// What a watcher is given that is calculated now.
    fn arguments(&self, watcher: WatcherId, instance: &Instance) -> String {
        let arguments = self.table.arguments().nth(watcher.index()).into_iter().flatten();
        let value = |it: Argument<'t>| match it {
            Argument::Computed(code) => Some(self.computed_text(code, instance)),
            _ => None,
        };
        arguments.filter_map(value).collect::<Vec<_>>().join(", ")
    }

    fn computed_text(&self, code: Code, instance: &Instance) -> String {
        let mut text = String::new();
        match instance.compute(&self.table, code, &mut text) {
            Data::Enum(word) => format!("word {word}"),
            other => format!("{:?}", Value::of(other)),
        }
    }
}

/// What a step does, as others see it.
struct Seen<'s, 't> {
    side: &'s Side<'t>,
    /// What was under way before.
    open: BTreeSet<WatcherId>,
    reaction: Reaction,
    asked: Vec<WatcherId>,
}

impl Effects for Seen<'_, '_> {
    fn push(&mut self, effect: Effect) {
        match effect {
            Effect::Moved { from, to, .. } => {
                self.reaction.moves.push((self.side.leaf(from), self.side.leaf(to)));
            }
            Effect::Ask { watcher, .. } => self.asked.push(watcher),
            Effect::Stop { watcher, .. } if self.open.contains(&watcher) => {
                self.reaction.watchers.insert(format!("stops `{}`", self.side.watcher_name(watcher)));
            }
            Effect::Faulted { reason, handled, .. } => {
                let reason = FAULT_REASONS.get(usize::from(reason)).copied().unwrap_or("?");
                let handled = if handled { "" } else { ", which nothing answers" };
                self.reaction.told.push(format!("a calculation fails: {reason}{handled}"));
            }
            _ => {}
        }
    }

    fn emit(&mut self, emit: u16, values: &[Data<'_>]) {
        let Some(emit) = self.side.table.emits().nth(emit.into()) else { return };
        let fields = json_fields(&self.side.table, emit.fields, values);
        let fields: Vec<_> = fields.iter().map(|(name, it)| format!("{name}: {it}")).collect();
        self.reaction.told.push(format!("emits `{}({})`", emit.name, fields.join(", ")));
    }

    fn log(&mut self, text: &str) {
        self.reaction.told.push(format!("logs {text:?}"));
    }
}

impl Seen<'_, '_> {
    fn end(mut self, instance: &Instance) -> Reaction {
        self.reaction.state = self.side.leaf(instance.state());
        for watcher in self.asked {
            let name = self.side.watcher_name(watcher);
            let given = self.side.arguments(watcher, instance);
            let is_told = self.side.computed.contains(name) && !given.is_empty();
            let given = if is_told { format!(" with {given}") } else { String::new() };
            self.reaction.watchers.insert(format!("asks `{name}`{given}"));
        }
        self.reaction
    }
}
