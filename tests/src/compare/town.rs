//! Several machines that hear one another, each of which lives twice, and the first difference.
//!
//! The core's live in a [`World`], which passes on what they tell; the reference's in a [`Village`], which says who is
//! told what next. So it is compared, too, who hears what, and in what order.

use super::build::{Divergence, FILE, quietly};
use super::convert::{Given as Lent, value, with_data};
use super::inputs::View;
use super::pair::Op;
use super::real::known;
use super::same::{same_effects, same_state};
use super::seen::{Names, Seen, Shown, signal_name};
use crate::reference::machine::EPOCH;
use crate::reference::{Effect, Event, Id, Input, Machine, Value, Values, Village};
use machine_compiler::ast;
use machine_core::table::{SignalSource, Type};
use machine_core::{OwnedTable, Table, Verdict, WatcherId};
use machine_sim::World;
use machine_sim::trace::{Entry, Given, What};
use machine_sim::value::{Payload, Value as Plain, lend};
use machine_sim::world::Answering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The machines of a source, twice.
pub struct Town<'a> {
    world: World,
    village: Village<'a>,
    houses: Vec<House>,
    /// How much of what happened has been compared, and until when.
    compared: usize,
    time: u64,
    /// Steps that were compared.
    pub steps: u64,
    /// Those of them in which a machine was told something by another one, or where it is.
    pub heard: u64,
}

/// What is known of a machine besides.
struct House {
    table: Arc<OwnedTable>,
    names: Names,
    under_way: BTreeSet<WatcherId>,
    /// The visits in which each watcher was asked last and before that.
    visits: BTreeMap<Id, (u32, u32)>,
}

impl<'a> Town<'a> {
    /// All machines, begun.
    ///
    /// # Errors
    /// What differs from the start.
    pub fn new(tables: &[Vec<u8>], file: &'a ast::File<'a>, text: &'a str) -> Result<Self, Divergence> {
        let village = Village::new(file, FILE, text);
        let mut houses = Vec::new();
        for (number, table) in tables.iter().enumerate() {
            let machine = village.machine(number).ok_or("a table of no machine")?;
            let table = OwnedTable::verify(table.as_slice().into()).map_err(|error| error.to_string())?;
            let names = Names::of(&table.table(), &|state| machine.timers(state));
            let (under_way, visits) = (BTreeSet::new(), BTreeMap::new());
            houses.push(House { table: Arc::new(table), names, under_way, visits });
        }
        let mut world = World::new(houses.iter().map(|it| it.table.clone()).collect(), 1, EPOCH);
        world.answer_by(Answering::Nobody);
        let mut town = Self { world, village, houses, compared: 0, time: 0, steps: 0, heard: 0 };
        town.world.start();
        town.follow("start", None)?;
        Ok(town)
    }

    /// How many machines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.houses.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.houses.is_empty()
    }

    /// What can happen to one of them is drawn from this.
    #[must_use]
    pub fn view(&self, number: usize) -> Option<View<'_>> {
        let House { table, names, .. } = self.houses.get(number)?;
        Some(View { table: table.table(), watchers: &names.watchers, reference: self.village.machine(number)? })
    }

    /// Does something to one of them, or to all.
    ///
    /// # Errors
    /// The first difference.
    pub fn apply(&mut self, number: usize, op: &Op) -> Result<(), Divergence> {
        quietly(|| self.does(number, op))?
    }

    fn does(&mut self, number: usize, op: &Op) -> Result<(), Divergence> {
        match op {
            Op::Wait(ms) | Op::Oversleep(ms) => self.wait(*ms),
            Op::Snapshot => Ok(()),
            Op::Restart(ms) => {
                self.world.restart(ms * 1_000_000);
                self.follow("resume", None)?;
                self.wait(0)
            }
            Op::Report(id, outcome, payload) => self.report(number, id, (outcome, payload)),
            Op::Late(id, outcome, payload) => {
                let now = self.visit(number, id);
                let visits = self.houses.get(number).and_then(|it| it.visits.get(id));
                let visit = visits.map_or(0, |it| if now == Some(it.0) { it.1 } else { it.0 });
                if visit == 0 { Ok(()) } else { self.outcome(number, id, (visit, 0), (outcome, payload)) }
            }
            // What they tell one another, and where they are, is not made up.
            Op::Send(Event::Emitted(of, _) | Event::Enters(of, _), _) | Op::Condition(of, ..)
                if self.village.has(of) =>
            {
                Ok(())
            }
            Op::Send(event, payload) => {
                let Some(given) = self.signal(number, event, payload) else { return Ok(()) };
                self.give(number, given, Input::Event(event.clone(), payload.clone()))
            }
            Op::Fact(name, value) => {
                let Some(given) = self.fact(number, name, value) else { return Ok(()) };
                self.give(number, given, Input::Fact(name.clone(), value.clone()))
            }
            Op::Condition(of, state, holds) => {
                let Some(house) = self.houses.get(number) else { return Ok(()) };
                let is_meant = |it: machine_core::table::Condition<'_>| (it.machine, it.state) == (of, state);
                let Some(condition) = house.table.table().conditions().position(is_meant) else { return Ok(()) };
                let given = Given::Condition { condition: condition as u16, holds: *holds };
                self.give(number, given, Input::Condition(of.clone(), state.clone(), *holds))
            }
        }
    }

    fn visit(&self, number: usize, id: &Id) -> Option<u32> {
        let watcher = *self.houses.get(number)?.names.watchers.get(id)?;
        self.world.machine(number as u16)?.instance().visit_of(watcher)
    }

    fn report(&mut self, number: usize, id: &Id, told: (&str, &Values)) -> Result<(), Divergence> {
        let Some(machine) = self.village.machine(number) else { return Ok(()) };
        match (self.visit(number, id), machine.visit_of(id)) {
            (Some(visit), Some((reference, _))) if machine.may_report(id) => {
                self.outcome(number, id, (visit, reference), told)
            }
            (Some(_), Some(_)) | (None, None) => Ok(()),
            visits => Err(format!("active or not: {id:?}: {visits:?}")),
        }
    }

    /// A watcher reports, in a visit as the core and as the reference number it.
    fn outcome(
        &mut self,
        number: usize,
        id: &Id,
        (visit, reference): (u32, u64),
        (outcome, payload): (&str, &Values),
    ) -> Result<(), Divergence> {
        let Some(house) = self.houses.get(number) else { return Ok(()) };
        let Some(&watcher) = house.names.watchers.get(id) else { return Ok(()) };
        let table = house.table.table();
        let is_meant = |it: &u8| table.outcome_name_of(watcher, *it) == Some(outcome);
        let Some(code) = (0..table.outcome_count(watcher)).find(is_meant) else { return Ok(()) };
        let values = lent(&table, table.payload(watcher, code), payload);
        let given = Given::Outcome { watcher, visit, outcome: code, payload: values };
        let (watcher, outcome, payload) = (id.clone(), outcome.to_owned(), payload.clone());
        self.give(number, given, Input::Outcome { watcher, visit: reference, outcome, payload })
    }

    fn signal(&self, number: usize, event: &Event, payload: &Values) -> Option<Given> {
        let House { table, names, .. } = self.houses.get(number)?;
        let signal = *names.signals.get(&signal_name(event))?;
        let payload = lent(&table.table(), table.table().signal(signal).fields, payload);
        Some(Given::Signal { signal, payload })
    }

    fn fact(&self, number: usize, name: &str, value: &Value) -> Option<Given> {
        let table = self.houses.get(number)?.table.table();
        let (index, slot) = table.facts().enumerate().find(|it| it.1.name == name)?;
        let value = with_data(&[Lent::new(value, slot.ty, &table)], |data| data.first().map(|it| Plain::of(*it)))?;
        Some(Given::Fact { fact: index as u16, value })
    }

    fn give(&mut self, number: usize, given: Given, input: Input) -> Result<(), Divergence> {
        self.world.give(number as u16, given);
        self.follow("input", Some(input))
    }

    fn wait(&mut self, ms: u64) -> Result<(), Divergence> {
        let until = self.world.clock().now().after_ms(ms);
        while self.world.run(until, &mut |_, _, _| true) {
            self.follow("time", None)?;
        }
        let until = until.0 / 1_000_000;
        for number in 0..self.houses.len() {
            self.village.pass(number, until);
            if self.village.machine(number).is_some_and(|it| it.is_due(until)) {
                return Err(format!(
                    "in the reference something is due at {until} ms for {number}, in the core nothing"
                ));
            }
        }
        Ok(())
    }

    /// Compares what has happened since. What came from outside, if it is not told by what happened, is `input`.
    fn follow(&mut self, what: &str, mut input: Option<Input>) -> Result<(), Divergence> {
        let now = self.world.clock().now().0 / 1_000_000;
        if self.village.rests_until().is_some_and(|it| it <= now) {
            self.village.go_on();
        }
        let entries = self.world.trace().entries.get(self.compared..).unwrap_or_default().to_vec();
        self.compared += entries.len();
        let mut rest = entries.as_slice();
        while let [entry, after @ ..] = rest {
            let end = after.iter().position(|it| matches!(it.what, What::Given(..))).unwrap_or(after.len());
            let (effects, later) = after.split_at(end);
            rest = later;
            if let What::Given(given, verdict) = &entry.what {
                self.compare(what, (entry, given, *verdict), effects, &mut input)?;
            }
        }
        if let Some((number, input)) = self.village.next(now) {
            return Err(format!("in the reference {number} is given {input:?} after {what}, in the core nothing"));
        }
        self.time = now;
        self.note_visits();
        self.same_states(what)
    }

    /// Compares one step: what was given, and what was done.
    fn compare(
        &mut self,
        what: &str,
        (entry, given, verdict): (&Entry, &Given, Verdict),
        effects: &[Entry],
        input: &mut Option<Input>,
    ) -> Result<(), Divergence> {
        let (number, time) = (usize::from(entry.machine), entry.at.0 / 1_000_000);
        let done = self.done(number, given, verdict, effects);
        let outside = match given {
            Given::Start => Some(Input::Start),
            Given::Resume => Some(Input::Resume),
            // A turn of a watcher that has not answered is passed over, which nobody sees.
            Given::Tick if done.is_empty() => return Ok(()),
            Given::Tick => Some(self.turn(number, time, &done)?),
            _ => input.take(),
        };
        let next = self.village.next(time);
        let input = match (outside, next) {
            (Some(input), None) => input,
            (None, Some((listener, input))) if listener == number => {
                self.same_news(number, given, &input)?;
                self.heard += 1;
                input
            }
            (_, next) => return Err(format!("{what} at {time} ms: core gives {number} {given:?}, reference {next:?}")),
        };
        let expected = self.village.step(number, time, EPOCH + time.cast_signed(), &input);
        self.steps += 1;
        let what = format!("{what}, {number} at {time} ms");
        same_effects(&what, &input, (known(verdict)?, done), expected)
    }

    /// What a machine of the core did, by names.
    fn done(&mut self, number: usize, given: &Given, verdict: Verdict, effects: &[Entry]) -> Vec<Effect> {
        let Some(house) = self.houses.get_mut(number) else { return Vec::new() };
        if let Given::Outcome { watcher, .. } = given
            && verdict != Verdict::Late
        {
            house.under_way.remove(watcher);
        }
        let under_way = std::mem::take(&mut house.under_way);
        let mut seen = Seen { table: house.table.table(), names: &house.names, under_way, effects: Vec::new() };
        effects.iter().for_each(|it| seen.entry(&it.what));
        house.under_way = seen.under_way;
        seen.effects
    }

    /// The turn of a timer or a watcher; before it, nothing was due, unless the power was off.
    fn turn(&mut self, number: usize, time: u64, done: &[Effect]) -> Result<Input, Divergence> {
        if time > self.time && self.village.machine(number).is_some_and(|it| it.is_due(time - 1)) {
            return Err(format!("the core waits until {time} ms, in the reference something is due before"));
        }
        self.village.pass(number, time);
        let fired = done.iter().any(|it| matches!(it, Effect::Disarmed(_, true)));
        let asked = done.iter().find_map(|it| if let Effect::Ask(it, _) = it { Some(it.clone()) } else { None });
        Ok(Input::Tick(asked.filter(|_| !fired), true))
    }

    /// Compares what a machine is told of others.
    fn same_news(&self, number: usize, given: &Given, input: &Input) -> Result<(), Divergence> {
        let Some(house) = self.houses.get(number) else { return Ok(()) };
        let table = house.table.table();
        let is_same = match (given, input) {
            (Given::Condition { condition, holds }, Input::Condition(machine, state, expected)) => {
                let meant = table.conditions().nth(usize::from(*condition));
                holds == expected && meant.is_some_and(|it| (it.machine, it.state) == (machine, state))
            }
            (Given::Signal { signal, payload }, Input::Event(event, expected)) => {
                let signal = table.signal(*signal);
                let told = match signal.source {
                    SignalSource::Emitted { machine, event } => Event::Emitted(machine.to_owned(), event.to_owned()),
                    SignalSource::Enters { machine, state } => Event::Enters(machine.to_owned(), state.to_owned()),
                    _ => return Err(format!("{number} is given its own {}", signal.name)),
                };
                let carried = lend(payload, |data| {
                    let named = signal.fields.zip(data).map(|((name, ty), it)| (name, value(*it, ty, &table)));
                    named.into_iter().all(|(name, it)| expected.get(name) == Some(&it))
                });
                told == *event && carried
            }
            _ => false,
        };
        if is_same { Ok(()) } else { Err(format!("news for {number}: core {given:?}, reference {input:?}")) }
    }

    fn same_states(&self, what: &str) -> Result<(), Divergence> {
        for (number, house) in self.houses.iter().enumerate() {
            let core = self.world.machine(number as u16).ok_or("a machine that is not there")?;
            let reference: &Machine<'_> = self.village.machine(number).ok_or("a machine that is not there")?;
            let shown = Shown::of(&house.table.table(), core.instance());
            same_state(&format!("{what}, {number}"), &shown, reference)?;
        }
        Ok(())
    }

    fn note_visits(&mut self) {
        for (number, house) in (0..).zip(&mut self.houses) {
            let Some(machine) = self.world.machine(number) else { continue };
            for (id, watcher) in &house.names.watchers {
                let Some(now) = machine.instance().visit_of(*watcher) else { continue };
                let known = house.visits.entry(id.clone()).or_insert((now, 0));
                if known.0 != now {
                    *known = (now, known.0);
                }
            }
        }
    }
}

/// Values as the core takes them.
fn lent<'t>(table: &Table<'_>, fields: impl Iterator<Item = (&'t str, Type<'t>)>, payload: &Values) -> Payload {
    let none = Value::Bool(false);
    let given: Vec<Lent> = fields.map(|(name, ty)| Lent::new(payload.get(name).unwrap_or(&none), ty, table)).collect();
    with_data(&given, |data| data.iter().map(|it| Plain::of(*it)).collect())
}
