//! What happens to a machine, by chance.

use super::pair::Op;
use super::random::Random;
use crate::reference::{Event, Id, Machine, Value, Values};
use machine_core::table::{Signal, SignalSource, Type};
use machine_core::{Table, WatcherId};
use std::collections::BTreeMap;

/// A machine, as far as is needed to draw what happens to it.
pub struct View<'p> {
    pub(super) table: Table<'p>,
    pub(super) watchers: &'p BTreeMap<Id, WatcherId>,
    pub(super) reference: &'p Machine<'p>,
}

/// Draws one input after the other.
pub struct Inputs(Random);

impl Inputs {
    /// Draws from here.
    #[must_use]
    pub fn new(random: Random) -> Self {
        Self(random)
    }

    /// Something that can happen to the machine now.
    pub fn next(&mut self, of: &View<'_>) -> Op {
        let drawn = match self.0.below(100) {
            0..38 => self.report(of),
            38..76 => self.send(of),
            76..80 => self.fact(of),
            80..84 => self.condition(of),
            84..87 => self.late(of),
            87..89 => Some(Op::Oversleep(self.time())),
            89..91 => Some(Op::Restart(self.time())),
            91..93 => Some(Op::Snapshot),
            _ => None,
        };
        drawn.unwrap_or_else(|| Op::Wait(self.time()))
    }

    fn time(&mut self) -> u64 {
        *self.0.pick(&[0, 10, 999, 1_000, 1_000, 2_500, 5_000, 10_000, 10_000, 30_000, 60_000, 60_001, 300_000])
    }

    fn report(&mut self, of: &View<'_>) -> Option<Op> {
        let able = of.reference.watchers().map(|it| it.0).filter(|it| of.reference.may_report(it));
        let able: Vec<Id> = able.cloned().collect();
        let (id, outcome, payload) = self.outcome(of, &able)?;
        Some(Op::Report(id, outcome, payload))
    }

    fn late(&mut self, of: &View<'_>) -> Option<Op> {
        let all: Vec<Id> = of.reference.watchers().map(|it| it.0.clone()).collect();
        let (id, outcome, payload) = self.outcome(of, &all)?;
        Some(Op::Late(id, outcome, payload))
    }

    fn outcome(&mut self, of: &View<'_>, able: &[Id]) -> Option<(Id, String, Values)> {
        let id = able.get(self.0.below(able.len()))?;
        let watcher = *of.watchers.get(id)?;
        let table = &of.table;
        let outcome = self.0.below(usize::from(table.outcome_count(watcher))) as u8;
        let name = table.outcome_name_of(watcher, outcome)?.to_owned();
        let fields = table.payload(watcher, outcome).map(|(name, ty)| (name.to_owned(), self.value(ty, table)));
        Some((id.clone(), name, fields.collect()))
    }

    fn send(&mut self, of: &View<'_>) -> Option<Op> {
        let table = &of.table;
        let sent: Vec<(Event, Signal<'_>)> =
            table.signals().filter_map(|it| Some((sent(it.source, it.name)?, it))).collect();
        let (event, signal) = sent.get(self.0.below(sent.len()))?;
        let fields = signal.fields.map(|(name, ty)| (name.to_owned(), self.value(ty, table)));
        Some(Op::Send(event.clone(), fields.collect()))
    }

    fn fact(&mut self, of: &View<'_>) -> Option<Op> {
        let table = &of.table;
        let facts: Vec<_> = table.facts().collect();
        let fact = facts.get(self.0.below(facts.len()))?;
        Some(Op::Fact(fact.name.to_owned(), self.value(fact.ty, table)))
    }

    fn condition(&mut self, of: &View<'_>) -> Option<Op> {
        let table = &of.table;
        let all: Vec<_> = table.conditions().collect();
        let it = all.get(self.0.below(all.len()))?;
        Some(Op::Condition(it.machine.to_owned(), it.state.to_owned(), self.0.chance(50)))
    }

    /// A value of a type; the ends of its range more often than others.
    fn value(&mut self, ty: Type<'_>, table: &Table<'_>) -> Value {
        let random = &mut self.0;
        match ty {
            Type::Bool => Value::Bool(random.chance(50)),
            Type::Int { min, max } => Value::Int(match random.below(8) {
                0 => min,
                1 => max,
                2 => 0.clamp(min, max),
                _ => random.between(min.max(-1_000), max.min(1_000).max(min.max(-1_000))).clamp(min, max),
            }),
            Type::Float => Value::Float(match random.below(10) {
                0 => 1.0e300,
                1 => 0.0,
                _ => random.between(-4_000, 4_000) as f64 / 8.0,
            }),
            Type::Text { max } => Value::Text(self.text(usize::from(max))),
            Type::Duration => Value::Duration(random.between(-10_000, 10_000_000)),
            Type::Time => Value::Time(random.between(0, 4_000_000_000_000)),
            Type::Enum(of) => {
                let words: Vec<_> = table.words(of).collect();
                Value::Word((*random.pick(&words)).to_owned())
            }
            Type::List { of, max } => {
                let count = random.below(usize::from(max.min(6)) + 1);
                Value::List((0..count).map(|_| self.value(of.ty(), table)).collect())
            }
        }
    }

    fn text(&mut self, max: usize) -> String {
        const TEXTS: [&str; 10] =
            ["", "a", "b", "42", "-7", "2.5", "grün", "Kitchen-12", "a longer text than most", "*"];
        let text = *self.0.pick(&TEXTS);
        let text = if self.0.chance(5) { text.repeat(200) } else { text.to_owned() };
        text.chars()
            .scan(0, |bytes, it| Some((*bytes += it.len_utf8(), it, *bytes)))
            .take_while(|it| it.2 <= max)
            .map(|it| it.1)
            .collect()
    }
}

/// The event that can be sent as this signal from outside.
fn sent(source: SignalSource<'_>, name: &str) -> Option<Event> {
    match source {
        SignalSource::Declared { operator: true } => Some(Event::Declared(name.to_owned())),
        SignalSource::Emitted { machine, event } => Some(Event::Emitted(machine.to_owned(), event.to_owned())),
        SignalSource::Enters { machine, state } => Some(Event::Enters(machine.to_owned(), state.to_owned())),
        SignalSource::Declared { operator: false } | SignalSource::When | SignalSource::Fault => None,
    }
}
