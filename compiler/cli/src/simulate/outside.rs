//! What comes from outside beside events: time, the calendar, power, facts, and machines that are not here.

use super::events::Source;
use super::{Answered, Session, value};
use machine_compiler::diagnostic::suggest;
use machine_core::definition::Reach;
use machine_core::table::SignalSource;
use machine_sim::Machine;
use machine_sim::hand::Deed;
use machine_sim::trace::Given;
use machine_sim::world::Room;

impl Session {
    pub(super) fn after(&mut self, time: &str) -> Answered {
        let ms = length(time)?;
        Ok(self.does(Deed::Wait { ms }))
    }

    pub(super) fn next(&mut self) -> Answered {
        match self.hand.due_ms() {
            Some(ms) => Ok(self.does(Deed::Wait { ms })),
            None => Err("nothing is due, however long you wait".to_owned()),
        }
    }

    pub(super) fn off(&mut self, time: &str) -> Answered {
        let ms = length(time)?;
        Ok(self.does(Deed::PowerOff { ms }))
    }

    pub(super) fn clock(&mut self, time: &str) -> Answered {
        let by_ms = value::duration(time.strip_prefix('+').unwrap_or(time));
        let by_ms = by_ms.ok_or_else(|| format!("`{time}` is no duration; write one like `1h` or `-1h`"))?;
        Ok(self.does(Deed::SetClock { by_ms }))
    }

    /// What a node knows is the same for all of its machines.
    pub(super) fn fact(&mut self, written: &str) -> Answered {
        let (name, text) = written.split_once('=').ok_or("write `fact NAME=VALUE`")?;
        let here = given_fact(self.machine()?, name, text)?;
        let others = (0..self.charts.len() as u16).filter(|it| *it != self.at);
        let others = others.filter_map(|it| Some((it, given_fact(self.machine_at(it)?, name, text).ok()?)));
        let all = others.chain([(self.at, here)]).collect();
        Ok(self.does(Deed::Give(all)))
    }

    pub(super) fn condition(&mut self, machine: &str, state: &str, holds: bool) -> Answered {
        if let Some(done) = self.limit(machine, state, holds) {
            return done;
        }
        let table = self.machine()?.table();
        let Some(index) = table.conditions().position(|it| (it.machine, it.state) == (machine, state)) else {
            let all: Vec<_> = table.conditions().map(|it| format!("`{} is {}`", it.machine, it.state)).collect();
            return Err(match all.as_slice() {
                [] => "the machine does not ask anything of other machines".to_owned(),
                all => format!("the machine asks only {}", all.join(", ")),
            });
        };
        self.is_elsewhere(machine)?;
        Ok(self.does(Deed::Give(vec![(self.at, Given::Condition { condition: index as u16, holds })])))
    }

    /// What others leave of a limit; nothing if there is none of this name.
    fn limit(&mut self, name: &str, word: &str, holds: bool) -> Option<Answered> {
        let (machine, limit, reach) = (0..self.charts.len() as u16).find_map(|at| {
            let limits = self.machine_at(at)?.table().limits();
            (0..).zip(limits).find(|it| it.1.name == name).map(|(limit, it)| (at, limit, it.reach))
        })?;
        let room = Room::of(word).filter(|it| *it != Room::Offline || reach != Reach::Node);
        Some(match (room, holds) {
            (None, _) if reach == Reach::Node => Err(format!("`{name}` can be `full` or `free`")),
            (None, _) => Err(format!("`{name}` can be `full`, `free` or `offline`")),
            (Some(Room::Free), false) => Ok(self.does(Deed::Limit { machine, limit, room: Room::Full })),
            (Some(_), false) => Ok(self.does(Deed::Limit { machine, limit, room: Room::Free })),
            (Some(room), true) => Ok(self.does(Deed::Limit { machine, limit, room })),
        })
    }

    /// Refuses what a machine tells by itself that is here.
    pub(super) fn comes_from_outside(&self, machine: &Machine, source: Source) -> Result<(), String> {
        let Source::Signal(signal) = source else { return Ok(()) };
        match machine.table().signal(signal).source {
            SignalSource::Emitted { machine, .. } | SignalSource::Enters { machine, .. } => self.is_elsewhere(machine),
            _ => Ok(()),
        }
    }

    fn is_elsewhere(&self, name: &str) -> Result<(), String> {
        match self.charts.iter().find(|it| it.name == name) {
            Some(_) => Err(format!("`{name}` is here and tells that by itself: `machine {name}` turns to it")),
            None => Ok(()),
        }
    }
}

/// A span of time that was typed.
fn length(time: &str) -> Result<u64, String> {
    let ms = value::duration(time).and_then(|it| u64::try_from(it).ok());
    ms.ok_or_else(|| format!("`{time}` is no duration; write one like `1m30s`"))
}

fn given_fact(machine: &Machine, name: &str, text: &str) -> Result<Given, String> {
    let table = machine.table();
    let Some((index, slot)) = table.facts().enumerate().find(|it| it.1.name == name) else {
        let near = suggest::nearest(name, table.facts().map(|it| it.name));
        let near = near.map_or_else(String::new, |it| format!("; did you mean `{it}`?"));
        return Err(format!("the machine asks for no fact `{name}`{near}"));
    };
    let value = value::parse(text, slot.ty, &table)
        .ok_or_else(|| format!("`{name}` is {}, and `{text}` is none", value::described(slot.ty, &table)))?;
    Ok(Given::Fact { fact: index as u16, value })
}
