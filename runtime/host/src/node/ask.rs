//! Towards the drivers: watchers are asked and stopped, once what led to it is durable.

use super::Node;
use super::leases::Waiting;
use super::outbox::{Asking, Out};
use super::window::Window;
use crate::chronicle::{Act, watcher_name};
use crate::error::NodeError;
use crate::journal::Lsn;
use crate::machine::{Loaded, Machine, arguments};
use crate::payload::fault_of;
use crate::secrets;
use machine_core::definition::Reach;
use machine_core::table::{Kind, Limit, Value as Constant};
use machine_core::{Data, Effect, Table, WatcherId};
use machine_drivers::{Answer, Ask, Context, Key, Notice, Program, Value};
use serde_json::{Map, json};
use std::sync::Arc;
use std::time::Duration;

impl Node {
    /// Does what a step asks for, or has it done once the step is durable.
    pub(super) fn act(&mut self, number: u32, loaded: &Loaded, act: Act) -> Result<(), NodeError> {
        match act {
            Act::Ask { watcher, visit, first, resumed } => {
                let asking = Asking { machine: number, watcher, visit, first, resumed };
                self.outbox.put(self.appended, Out::Ask(asking));
            }
            Act::Stop { watcher, visit } => self.stop(number, loaded, watcher, visit),
            Act::Interrupted { watcher, visit } => {
                let run_id = self.fleet.get(number).map(|it| it.run_id(self.epoch, watcher, visit));
                let answer =
                    interrupted(&loaded.table.table(), key(number, watcher, visit), run_id.unwrap_or_default());
                self.feed_answer(number, answer)?;
            }
        }
        Ok(())
    }

    /// Has a watcher stopped.
    pub(super) fn stop(&mut self, number: u32, loaded: &Loaded, watcher: WatcherId, visit: u32) {
        if let Some(driver) = self.driver_of(&loaded.table.table(), watcher) {
            self.outbox.put(self.appended, Out::Stop { driver, key: key(number, watcher, visit) });
        }
    }

    /// Has all watchers stopped that another table leaves behind.
    pub(super) fn stop_all(&mut self, number: u32, loaded: &Loaded, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Stop { watcher, visit } = *effect {
                self.stop(number, loaded, watcher, visit);
            }
        }
    }

    /// Lets out everything that is durable: first what has to be done, then what may be known.
    pub(super) fn let_out(&mut self) {
        let (mut events, mut replies) = (Vec::new(), Vec::new());
        while let Some(out) = self.outbox.next() {
            match out {
                Out::Event(event) => events.push(event),
                Out::Ask(asking) => self.ask(asking),
                Out::Begin(asking) => self.ask_in_turn(asking),
                Out::Stop { driver, key } => self.stop_now(driver, key),
                Out::Reply { to, reply } => replies.push((to, reply)),
            }
        }
        if !events.is_empty() {
            self.sinks.publish(&events);
        }
        for (to, reply) in replies {
            // Whoever asked may have gone.
            let _ = to.send(reply);
        }
    }

    /// Waits until everything up to a record is durable, and lets it out.
    ///
    /// # Errors
    /// When the journal has failed.
    pub(super) fn catch_up(&mut self, lsn: Lsn) -> Result<(), NodeError> {
        if let Some(journal) = &self.journal {
            journal.wait(lsn)?;
            self.outbox.is_durable(lsn);
            // Left alone, the reports would pile up until all of many machines have started.
            self.take_progress()?;
        }
        self.let_out();
        Ok(())
    }

    fn stop_now(&mut self, driver: usize, key: Key) {
        if let Some(driver) = self.drivers.get_mut(driver) {
            driver.stop(key);
        }
        self.leases.leave(key);
        self.give_back(key);
        self.make_room(key);
    }

    /// Asks a watcher, unless its visit is over by now; one that works under a limit may have to wait for a slot.
    fn ask(&mut self, asking: Asking) {
        let Some(loaded) = self.asked_machine(asking).map(|it| it.loaded.clone()) else {
            return;
        };
        let table = loaded.table.table();
        let under = table.modifiers(asking.watcher).under;
        let now = self.clock.now();
        let limit = under.and_then(|it| Some((table.limits().nth(it.limit.into())?, now.after_ms(it.wait_ms))));
        match limit {
            Some((Limit { name, reach: Reach::Fleet(offline), .. }, until)) if self.leases.are_kept() => {
                self.leases.want(Waiting { asking, limit: name.to_owned(), until, offline }, now);
                self.go_ahead_offline();
            }
            Some((limit, until)) if !self.limits.take(limit.name, asking, until) => {}
            _ => self.ask_in_turn(asking),
        }
    }

    pub(super) fn asked_machine(&self, asking: Asking) -> Option<&Machine> {
        let is_current = |it: &&Machine| it.instance.visit_of(asking.watcher) == Some(asking.visit);
        self.fleet.get(asking.machine).filter(is_current)
    }

    /// A watcher has answered or was stopped: its slot goes to whoever waits for one.
    pub(super) fn give_back(&mut self, key: Key) {
        self.hand_on(key);
        self.go_ahead_offline();
    }

    fn hand_on(&mut self, key: Key) {
        for next in self.limits.give_back(key) {
            if self.asked_machine(next).is_some() {
                self.ask_in_turn(next);
            } else {
                self.hand_on(next.key());
            }
        }
    }

    /// Asks a watcher, or has it wait until its driver has answered others.
    pub(super) fn ask_in_turn(&mut self, asking: Asking) {
        let machine = self.fleet.get(asking.machine);
        let driver = machine.and_then(|it| self.driver_of(&it.table(), asking.watcher));
        if let Some(index) = driver
            && let Some(window) = self.windows.get_mut(index)
        {
            window.wait(asking);
            self.ask_waiting(index);
        }
    }

    /// A watcher was answered or stopped: others have their turn.
    pub(super) fn make_room(&mut self, key: Key) {
        for index in 0..self.windows.len() {
            self.windows.iter_mut().skip(index).take(1).for_each(|window| window.is_over(key));
            self.ask_waiting(index);
        }
    }

    fn ask_waiting(&mut self, driver: usize) {
        while let Some(asking) = self.windows.get_mut(driver).and_then(Window::next) {
            self.hand_over(driver, asking);
        }
    }

    /// Hands a watcher to its driver.
    fn hand_over(&mut self, driver: usize, asking: Asking) {
        self.write_data(asking.machine);
        let Some(machine) = self.asked_machine(asking) else {
            return;
        };
        let ask = self.question(machine, asking);
        let ask = Ask { lease: self.leases.take(ask.key), ..ask };
        // A program that stays may have nothing to tell for weeks.
        let stays = ask.program.is_some() && !ask.once && ask.every.is_none();
        if let (Some(driver), Some(window)) = (self.drivers.get_mut(driver), self.windows.get_mut(driver)) {
            if !stays {
                window.asked(ask.key);
            }
            driver.ask(ask);
        }
    }

    /// What a driver is asked. Made anew each time: most machines are asked once in a long while, and there may be
    /// thousands.
    fn question(&self, machine: &Machine, asking: Asking) -> Ask {
        let (table, watcher) = (machine.table(), asking.watcher);
        let (row, modifiers) = (table.watcher(watcher), table.modifiers(watcher));
        let mut run_id = machine.run_id(self.epoch, watcher, asking.visit);
        if !row.once {
            // Each answer is an event, so no two asks have its number in common.
            run_id = format!("{run_id}.{}", machine.sequence);
        }
        let trace = machine.cause.map(|it| it.run(&run_id));
        let context = Context {
            machine: table.name().to_owned(),
            dir: machine.loaded.home(),
            data: self.data_file(machine),
            facts: self.facts_file(),
        };
        Ask {
            key: asking.key(),
            args: self.arguments(machine, watcher),
            context: Arc::new(context),
            watcher: watcher_name(&table, watcher).into(),
            run_id,
            trace,
            once: row.once,
            first: asking.first,
            resumed: asking.resumed,
            memory: machine.memory.get(watcher.0).cloned(),
            every: row.every_ms.map(Duration::from_millis),
            timeout: modifiers.timeout_ms.map(Duration::from_millis),
            user: modifiers.user.map(Arc::from),
            wants_output: table.returns(watcher).next().is_some(),
            program: program(&table, watcher).map(Arc::new),
            lease: None,
        }
    }

    /// The arguments as they are now: calculated, and with the secrets that the node finds.
    fn arguments(&self, machine: &Machine, watcher: WatcherId) -> Vec<Value> {
        let table = machine.table();
        let mut text = String::new();
        arguments(&table, watcher, &mut |it| match it {
            Constant::Secret(id) => Value::Secret(secrets::find(&table, id, &machine.loaded.home())),
            Constant::Computed(code) => value(machine.instance.compute(&table, code, &mut text)),
            _ => Value::Bool(false),
        })
    }

    /// The place of a watcher's kind among the drivers.
    fn driver_of(&self, table: &Table<'_>, watcher: WatcherId) -> Option<usize> {
        let kind = table.kind(table.watcher(watcher).kind);
        let name = if is_program(&kind) { "program" } else { kind.name };
        self.drivers.iter().position(|it| it.kind() == name)
    }
}

/// A kind of a user's own.
pub(super) fn is_program(kind: &Kind<'_>) -> bool {
    kind.program().next().is_some()
}

/// What implements a watcher's kind, if that is a user's own.
fn program(table: &Table<'_>, watcher: WatcherId) -> Option<Program> {
    let kind_id = table.watcher(watcher).kind;
    let kind = table.kind(kind_id);
    let name = |outcome| crate::chronicle::outcome_name(table, watcher, outcome);
    let outcomes: Vec<_> = (0..kind.outcomes).map(name).collect();
    is_program(&kind).then(|| Program {
        kind: kind.name.to_owned(),
        argv: kind.program().map(str::to_owned).collect(),
        params: kind.params().map(str::to_owned).collect(),
        fault: fault_of(table, watcher),
        paces_itself: kind.notified,
        outcomes,
    })
}

/// A calculated value as drivers take it.
fn value(data: Data<'_>) -> Value {
    match data {
        Data::Bool(it) => Value::Bool(it),
        Data::Int(it) | Data::Time(it) => Value::Int(it),
        Data::Float(it) => Value::Float(it),
        Data::Text(it) => Value::Str(it.to_owned()),
        Data::Duration(ms) => Value::Duration(Duration::from_millis(u64::try_from(ms).unwrap_or(0))),
        Data::Enum(it) => Value::Int(it.into()),
        Data::List(items) => Value::List(items.iter().map(value).collect()),
    }
}

pub(super) fn key(machine: u32, watcher: WatcherId, visit: u32) -> Key {
    Key { machine, watcher: watcher.0, visit }
}

/// What a `run` reports that was under way when the runtime died.
fn interrupted(table: &Table<'_>, key: Key, run_id: String) -> Answer {
    let watcher = WatcherId(key.watcher);
    let why = "interrupted: the runtime ended while it was under way";
    let fields = [("reason", json!("interrupted")), ("code", json!(-1)), ("why", json!(why))];
    Answer {
        key,
        run_id,
        outcome: fault_of(table, watcher),
        took: Duration::ZERO,
        memory: None,
        fields: fields.map(|(name, it)| (name.to_owned(), it)).into_iter().collect(),
        notice: Notice { kind: "exec", members: Map::from_iter([("previous_outcome".to_owned(), json!("error"))]) },
        why: why.to_owned(),
        output: None,
    }
}
