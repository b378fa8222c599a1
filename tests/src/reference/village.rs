//! Machines of one node that hear one another ([page 16 of the manual](../../spec/16-other-machines.md)).

use super::calculate::Values;
use super::machine::Machine;
use super::told::{Effect, Event, Input, Verdict};
use super::tree::{MACHINE, events};
use machine_compiler::ast::{EventRef, File, ModifierKind, Path};
use std::collections::{BTreeSet, VecDeque};

/// So many machines in a row tell something because of the one before.
const IN_A_ROW: u32 = 64;
/// For so many milliseconds they rest then.
const REST: u64 = 1_000;

/// What a machine told, and has not reached everybody yet.
#[derive(Clone, Debug)]
struct Letter {
    from: usize,
    told: Told,
    /// How many told something before it, each because of the one before.
    hops: u32,
}

#[derive(Clone, Debug)]
enum Told {
    /// It entered these states.
    Entered(Vec<String>),
    Emitted(String, Values),
}

/// What the machines are told next, one after the other.
#[derive(Clone, Debug)]
enum News {
    /// Where this one is.
    Where(usize),
    Letter(Letter),
}

/// All machines of a file, on one node.
pub struct Village<'a> {
    machines: Vec<Machine<'a>>,
    names: Vec<&'a str>,
    begun: BTreeSet<usize>,
    letters: VecDeque<Letter>,
    /// Who still has to be told the news.
    round: VecDeque<(usize, News)>,
    /// What the one who is told just now is given.
    given: VecDeque<(usize, Input)>,
    /// Who is not where it was; all, for one that begins.
    moved: BTreeSet<usize>,
    hops: u32,
    rests_until: Option<u64>,
}

impl<'a> Village<'a> {
    /// None of them has begun yet. `text` is their file, called `file`.
    #[must_use]
    pub fn new(tree: &'a File<'a>, file: &'a str, text: &'a str) -> Self {
        Self {
            machines: tree.machines.iter().map(|it| Machine::of(it, tree, file, text)).collect(),
            names: tree.machines.iter().map(|it| it.name.text).collect(),
            begun: BTreeSet::new(),
            letters: VecDeque::new(),
            round: VecDeque::new(),
            given: VecDeque::new(),
            moved: BTreeSet::new(),
            hops: 0,
            rests_until: None,
        }
    }

    /// One of them, by its number in the source.
    #[must_use]
    pub fn machine(&self, number: usize) -> Option<&Machine<'a>> {
        self.machines.get(number)
    }

    /// Whether one of them has this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    /// One of them takes an input to its end; what it tells is kept for the others.
    pub fn step(&mut self, number: usize, time: u64, wall: i64, input: &Input) -> (Verdict, Vec<Effect>) {
        let Some(machine) = self.machines.get_mut(number) else { return (Verdict::Quiet, Vec::new()) };
        let done = machine.step(time, wall, input);
        if *input == Input::Start && self.begun.insert(number) {
            self.moved.extend(0..self.names.len());
        }
        for effect in &done.1 {
            let told = match effect {
                Effect::Moved(from, to, ..) => Told::Entered(machine.entered(from, to)),
                Effect::Emit(name, values) => Told::Emitted(name.clone(), values.clone()),
                _ => continue,
            };
            if matches!(told, Told::Entered(_)) {
                self.moved.insert(number);
            }
            self.letters.push_back(Letter { from: number, told, hops: self.hops });
        }
        done
    }

    /// Who is told what next; `None` if there is nothing to be told now.
    pub fn next(&mut self, time: u64) -> Option<(usize, Input)> {
        loop {
            if let Some(given) = self.given.pop_front() {
                return Some(given);
            }
            match self.round.pop_front() {
                Some((listener, news)) => self.tell(listener, &news),
                None if self.begin_round(time) => {}
                None => {
                    self.hops = 0;
                    return None;
                }
            }
        }
    }

    /// Where machines are comes before what they told.
    fn begin_round(&mut self, time: u64) -> bool {
        if self.rests_until.is_some() {
            return false;
        }
        if self.letters.front().is_some_and(|it| it.hops > IN_A_ROW) {
            self.rests_until = Some(time + REST);
            return false;
        }
        let mut all: Vec<usize> = (0..self.machines.len()).collect();
        all.sort_by_key(|it| self.names[*it]);
        let moved = std::mem::take(&mut self.moved);
        let news: Vec<News> = if !moved.is_empty() {
            all.iter().filter(|it| moved.contains(it)).map(|it| News::Where(*it)).collect()
        } else if let Some(letter) = self.letters.pop_front() {
            vec![News::Letter(letter)]
        } else {
            return false;
        };
        self.round = news.iter().flat_map(|news| all.iter().map(|it| (*it, news.clone()))).collect();
        true
    }

    fn tell(&mut self, listener: usize, news: &News) {
        let given: Vec<Input> = match news {
            // Who begins later does not hear of it, and learns then where the others are.
            _ if !self.begun.contains(&listener) => Vec::new(),
            News::Where(other) => self.changes(listener, *other),
            News::Letter(letter) => self.heard(listener, letter),
        };
        self.hops = if let News::Letter(letter) = news { letter.hops + 1 } else { 0 };
        self.given = given.into_iter().map(|it| (listener, it)).collect();
    }

    /// Where another one is not any more, or is now.
    fn changes(&self, listener: usize, other: usize) -> Vec<Input> {
        let machine = &self.machines[listener];
        let mut all = Vec::new();
        for (name, state) in machine.cares_about().into_iter().filter(|it| it.0 == self.names[other]) {
            let there = &self.machines[other];
            let holds = self.begun.contains(&other) && there.tree.is_inside(there.leaf(), &state);
            let key = (name, state);
            if machine.life.conditions.get(&key).copied().unwrap_or(false) != holds {
                all.push(Input::Condition(key.0, key.1, holds));
            }
        }
        all
    }

    fn heard(&self, listener: usize, letter: &Letter) -> Vec<Input> {
        let from = self.names[letter.from];
        let is_meant = |it: &Event| match (it, &letter.told) {
            (Event::Enters(machine, state), Told::Entered(states)) => machine == from && states.contains(state),
            (Event::Emitted(machine, event), Told::Emitted(name, _)) => machine == from && event == name,
            _ => false,
        };
        let values = if let Told::Emitted(_, values) = &letter.told { values.clone() } else { Values::new() };
        let meant = self.machines[listener].listens_to().into_iter().filter(is_meant);
        meant.map(|it| Input::Event(it, values.clone())).collect()
    }

    /// Until when those rest who never stop telling one another things.
    #[must_use]
    pub fn rests_until(&self) -> Option<u64> {
        self.rests_until
    }

    /// They have rested.
    pub fn go_on(&mut self) {
        self.rests_until = None;
        self.letters.iter_mut().for_each(|it| it.hops = 0);
    }

    /// Time has come to here for one of them.
    pub fn pass(&mut self, number: usize, time: u64) {
        if let Some(machine) = self.machines.get_mut(number) {
            machine.pass(time);
        }
    }
}

impl Machine<'_> {
    /// What a move enters: where it was outside, and is inside now. Who goes to the leaf where it is, enters that.
    fn entered(&self, from: &str, to: &str) -> Vec<String> {
        let is_new = |it: &String| *it != MACHINE && (from == to && *it == to || !self.tree.is_inside(from, it));
        self.tree.outwards(to).into_iter().filter(is_new).collect()
    }

    /// What it waits for of other machines, in the order in which its source names it first.
    fn listens_to(&self) -> Vec<Event> {
        let mut all = Vec::new();
        for place in &self.tree.order {
            for written in self.tree.place(place).body.handlers.iter().flat_map(events) {
                let event = match written {
                    EventRef::Enters { machine, state } => Event::Enters(machine.text.to_owned(), joined(state)),
                    EventRef::Named { path, .. } => match path.names.as_slice() {
                        [of, event] if self.tree.watcher(place, of.text).is_none() => {
                            Event::Emitted(of.text.to_owned(), event.text.to_owned())
                        }
                        _ => continue,
                    },
                };
                if !all.contains(&event) {
                    all.push(event);
                }
            }
        }
        all
    }

    /// The states of other machines that a `while` names, in the order of the source.
    fn cares_about(&self) -> Vec<(String, String)> {
        let watchers = self.tree.order.iter().flat_map(|it| &self.tree.place(it).body.watchers);
        let mut all = Vec::new();
        for modifier in watchers.flat_map(|it| &it.modifiers) {
            if let ModifierKind::While { machine, state } = &modifier.kind {
                let one = (machine.text.to_owned(), joined(state));
                if !all.contains(&one) {
                    all.push(one);
                }
            }
        }
        all
    }
}

fn joined(path: &Path<'_>) -> String {
    path.names.iter().map(|it| it.text).collect::<Vec<_>>().join(".")
}
