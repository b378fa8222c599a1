//! Machines in the hands of their author: what is typed goes to the real step, and what came of it is told, with reasons.
//!
//! [`Session::answer`] takes a line and gives lines; where these come from and go to is the command's matter. What runs
//! the machines is the world that tests run in too; all that is done to it is a [`Deed`].

mod complete;
mod events;
mod outside;
pub(crate) mod prompt;
mod status;
mod tell;
mod value;
mod why;
mod words;

use events::Source;
use machine_compiler::diagnostic::suggest;
use machine_compiler::graph::Chart;
use machine_core::OwnedTable;
use machine_sim::hand::Deed;
use machine_sim::trace::Given;
use machine_sim::{Hand, Machine, Value};
use std::sync::Arc;
use tell::{Teller, Told};
use why::Asked;

/// What can be typed, and what it does.
const COMMANDS: [(&str, &str, &str); 16] = [
    ("EVENT", "[FIELD=VALUE …]", "it happens: `air.ok co2=900`, `maintenance reason=\"new filter\"`"),
    ("after", "TIME", "time passes: `after 1m30s`"),
    ("next", "", "time passes until something is due"),
    ("show", "", "where the machine is, its data, timers and watchers"),
    ("events", "", "what is answered here, and what it leads to"),
    ("why", "EVENT [FIELD=VALUE …]", "what would come of it; nothing is done"),
    ("back", "[N]", "undo the last line, or the last N"),
    ("fact", "NAME=VALUE", "the node knows a fact"),
    ("MACHINE", "is [not] STATE", "another machine is there, or not"),
    ("LIMIT", "is full|free|offline", "what others leave of it"),
    ("machine", "NAME", "what follows is for this one of the machines"),
    ("restart", "", "the runtime ends and begins anew"),
    ("off", "TIME", "the power goes, and is back after so long"),
    ("clock", "[-]TIME", "somebody sets the calendar, forward or back"),
    ("help", "", "this list"),
    ("quit", "", "the end"),
];

/// Machines and all that was typed for them.
pub(crate) struct Session {
    hand: Hand,
    /// What the source says of each machine.
    charts: Vec<Chart>,
    /// The machine that lines are for.
    at: u16,
}

/// What a line is answered with.
pub(crate) enum Answer {
    /// Lines to be shown.
    Lines(Vec<String>),
    /// The end.
    End,
}

type Answered = Result<Vec<String>, String>;

impl Session {
    /// Machines, started at a time by the calendar, and what they do then. There is at least one, and each is drawn.
    pub(crate) fn start(machines: Vec<(OwnedTable, Chart)>, begin: i64) -> (Self, Vec<String>) {
        let (tables, charts): (Vec<_>, Vec<_>) = machines.into_iter().map(|it| (Arc::new(it.0), it.1)).unzip();
        let fresh: Vec<_> = tables.iter().map(|it| Machine::new(it.clone(), 0)).collect();
        let mut teller = Teller::of(fresh.iter());
        let hand = Hand::start(tables, begin, &mut |world, seen| teller.look(world, seen));
        let session = Self { hand, charts, at: 0 };
        let mut lines = session.places();
        lines.extend(teller.told().lines);
        (session, lines)
    }

    /// `in STATE` for each machine.
    fn places(&self) -> Vec<String> {
        let one = |at: u16| format!("{}in {}", self.name_of(at), state(self.machine_at(at)?)).into();
        (0..self.charts.len() as u16).filter_map(one).collect()
    }

    /// `pump: ` if there are several machines.
    fn name_of(&self, machine: u16) -> String {
        let chart = self.charts.get(usize::from(machine)).filter(|_| self.charts.len() > 1);
        chart.map_or_else(String::new, |it| format!("{}: ", it.name))
    }

    fn machine_at(&self, at: u16) -> Option<&Machine> {
        self.hand.world().machine(at)
    }

    /// The machine that lines are for.
    fn machine(&self) -> Result<&Machine, String> {
        self.machine_at(self.at).ok_or_else(|| "there is no machine".to_owned())
    }

    /// What stands before a line: the path of the state that the machine is in, and which one if there are several.
    pub(crate) fn place(&self) -> String {
        let name = self.name_of(self.at);
        self.machine().map_or_else(|why| why, |it| format!("{}{}", name.trim_end(), state(it)))
    }

    /// What a typed line leads to.
    pub(crate) fn answer(&mut self, line: &str) -> Answer {
        let words = match words::words(line) {
            Ok(words) => words,
            Err(why) => return Answer::Lines(vec![why]),
        };
        if matches!(words.first().map(String::as_str), Some("quit" | "exit")) {
            return Answer::End;
        }
        Answer::Lines(self.command(&words).unwrap_or_else(|why| vec![why]))
    }

    fn command(&mut self, words: &[String]) -> Answered {
        let texts: Vec<&str> = words.iter().map(String::as_str).collect();
        match texts.as_slice() {
            [] => Ok(Vec::new()),
            ["help" | "?"] => Ok(help()),
            ["show" | "state"] => Ok(status::status(self.hand.world(), self.at)),
            ["events"] => Ok(status::events(self.machine()?)),
            ["next"] => self.next(),
            ["after" | "advance" | "wait", time] => self.after(time),
            ["after" | "advance" | "wait", ..] => Err("write how much time passes, as in `after 1m30s`".to_owned()),
            ["back"] => self.back("1"),
            ["back", steps] => self.back(steps),
            ["restart"] => Ok(self.does(Deed::PowerOff { ms: 0 })),
            ["off", time] => self.off(time),
            ["clock", time] => self.clock(time),
            ["machine", name] => self.turn_to(name),
            ["fact", fact] => self.fact(fact),
            ["fact", ..] => Err("write `fact NAME=VALUE`".to_owned()),
            ["why", rest @ ..] if !rest.is_empty() => self.why(&words[1..]),
            ["why"] => Err("write an event behind it, as in `why air.ok`".to_owned()),
            [machine, "is", "not", state] => self.condition(machine, state, false),
            [machine, "is", state] => self.condition(machine, state, true),
            _ => self.event(words),
        }
    }

    /// Does something that can be undone.
    fn does(&mut self, deed: Deed) -> Vec<String> {
        let lines = self.act(deed).lines;
        if lines.is_empty() { vec!["nothing follows".to_owned()] } else { lines }
    }

    fn act(&mut self, deed: Deed) -> Told {
        let mut teller = Teller::before(self.hand.world(), &deed);
        let done = self.hand.act(deed, &mut |world, seen| teller.look(world, seen));
        let mut told = teller.told();
        told.verdict = done.verdict;
        told.lines.extend(done.left_ms.map(|left| tell::enough(self.hand.world(), left)));
        told.lines
            .extend(self.hand.world().trouble().map(|_| "nothing can go on from here; `back` leads away".to_owned()));
        told
    }

    fn event(&mut self, words: &[String]) -> Answered {
        let (name, source, values) = self.read_event(words)?;
        let before = self.machine()?.clone();
        let given = match source {
            Source::Outcome(watcher, outcome) => self.hand.outcome(self.at, watcher, outcome, values.clone().into()),
            Source::Signal(signal) => Given::Signal { signal, payload: values.clone().into() },
        };
        let told = self.act(Deed::Give(vec![(self.at, given)]));
        let chart = &self.charts[usize::from(self.at)];
        // Conditions were tried with the values that there were before.
        let asked = Asked { name: &name, source, values: &values, machine: &before, chart };
        Ok([why::why(&asked, &told), told.lines].concat())
    }

    /// The same without doing it.
    fn why(&mut self, words: &[String]) -> Answered {
        let lines = self.event(words)?;
        self.hand.back(1);
        Ok(if lines.is_empty() { vec!["nothing would come of it".to_owned()] } else { lines })
    }

    fn read_event(&self, words: &[String]) -> Result<(String, Source, Vec<Value>), String> {
        let (name, fields) = match words {
            [machine, enters, state, fields @ ..] if enters == "enters" => {
                (format!("{machine} enters {state}"), fields)
            }
            [name, fields @ ..] => (name.clone(), fields),
            [] => return Err("there is nothing".to_owned()),
        };
        let machine = self.machine()?;
        let source = events::named(machine, &name)?;
        self.comes_from_outside(machine, source)?;
        let values = events::values(&machine.table(), source, &name, fields)?;
        Ok((name, source, values))
    }

    fn back(&mut self, steps: &str) -> Answered {
        let wanted: usize = steps.parse().map_err(|_| format!("`{steps}` is no number; write `back 2`"))?;
        if wanted > self.hand.deeds() {
            return Err(match self.hand.deeds() {
                0 => "there is nothing to undo".to_owned(),
                past => format!("there is not so much to undo: write `back {past}` to get to the start"),
            });
        }
        self.hand.back(wanted);
        Ok(self.places().into_iter().map(|it| it.replacen("in ", "back in ", 1)).collect())
    }

    fn turn_to(&mut self, name: &str) -> Answered {
        let names = || self.charts.iter().map(|it| it.name.as_str());
        let Some(at) = names().position(|it| it == name) else {
            let near = suggest::nearest(name, names());
            let near = near.map_or_else(|| names().collect::<Vec<_>>().join("`, `"), str::to_owned);
            return Err(format!("no machine is called `{name}`; there is `{near}`"));
        };
        self.at = at as u16;
        Ok(Vec::new())
    }
}

/// The path of the state that a machine is in.
fn state(machine: &Machine) -> String {
    machine.table().state_name(machine.instance().state()).unwrap_or("?").to_owned()
}

/// The words that commands begin with.
fn command_words<'w>() -> impl Iterator<Item = &'w str> {
    COMMANDS.iter().map(|it| it.0).filter(|it| it.starts_with(char::is_lowercase))
}

fn help() -> Vec<String> {
    COMMANDS.iter().map(|(name, rest, what)| format!("{:<30}{what}", format!("{name} {rest}"))).collect()
}
