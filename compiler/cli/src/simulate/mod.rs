//! A machine in the hands of its author: what is typed goes to the real step, and what came of it is told, with reasons.
//!
//! [`Session::answer`] takes a line and gives lines; where these come from and go to is the command's matter. `driver` is
//! all that runs the machine, in virtual time.

mod driver;
mod events;
pub(crate) mod prompt;
mod status;
mod tell;
mod value;
mod why;
mod words;

use driver::Driver;
use events::Source;
use machine_compiler::diagnostic::suggest;
use machine_compiler::graph::Chart;
use machine_core::OwnedTable;
use tell::Told;
use value::Literal;
use why::Given;

/// What can be typed, and what it does.
const COMMANDS: [(&str, &str, &str); 12] = [
    ("EVENT", "[FIELD=VALUE …]", "it happens: `air.ok co2=900`, `maintenance reason=\"new filter\"`"),
    ("after", "TIME", "time passes: `after 1m30s`"),
    ("next", "", "time passes until something is due"),
    ("show", "", "where the machine is, its data, timers and watchers"),
    ("events", "", "what is answered here, and what it leads to"),
    ("why", "EVENT [FIELD=VALUE …]", "what would come of it; nothing is done"),
    ("back", "[N]", "undo the last line, or the last N"),
    ("fact", "NAME=VALUE", "the node knows a fact"),
    ("MACHINE", "is [not] STATE", "another machine is there, or not"),
    ("restart", "", "the runtime ends and begins anew"),
    ("help", "", "this list"),
    ("quit", "", "the end"),
];

/// One machine and all that was typed for it.
pub(crate) struct Session {
    driver: Driver,
    chart: Chart,
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
    /// A machine, started, and what it does then.
    pub(crate) fn start(table: OwnedTable, chart: Chart) -> (Self, Vec<String>) {
        let (driver, told) = Driver::start(table);
        let session = Self { driver, chart };
        let mut lines = vec![format!("in {}", session.state())];
        lines.extend(told.lines);
        (session, lines)
    }

    /// The path of the state that the machine is in.
    pub(crate) fn state(&self) -> String {
        self.driver.table().state_name(self.driver.state()).unwrap_or("?").to_owned()
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
            ["show" | "state"] => Ok(status::status(&self.driver)),
            ["events"] => Ok(status::events(&self.driver)),
            ["next"] => self.next(),
            ["after" | "wait", time] => self.after(time),
            ["after" | "wait", ..] => Err("write how much time passes, as in `after 1m30s`".to_owned()),
            ["back"] => self.back("1"),
            ["back", steps] => self.back(steps),
            ["restart"] => Ok(self.did(Driver::restart)),
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
    fn did(&mut self, act: impl FnOnce(&mut Driver) -> Told) -> Vec<String> {
        self.driver.remember();
        let lines = act(&mut self.driver).lines;
        if lines.is_empty() { vec!["nothing follows".to_owned()] } else { lines }
    }

    fn event(&mut self, words: &[String]) -> Answered {
        let (name, source, values) = self.read_event(words)?;
        let leaf = self.driver.state();
        self.driver.remember();
        let told = give(&mut self.driver, source, &values);
        let reasons = self.reasons(&Given { name: &name, source, values: &values, leaf }, &told);
        Ok([reasons, told.lines].concat())
    }

    /// Why an event led where it did: conditions were tried with the values that there were before.
    fn reasons(&mut self, given: &Given<'_>, told: &Told) -> Vec<String> {
        self.driver.swap_with_last();
        let reasons = why::why(&self.driver, &self.chart, given, told);
        self.driver.swap_with_last();
        reasons
    }

    /// The same without doing it.
    fn why(&mut self, words: &[String]) -> Answered {
        let lines = self.event(words)?;
        self.driver.back(1);
        Ok(if lines.is_empty() { vec!["nothing would come of it".to_owned()] } else { lines })
    }

    fn read_event(&self, words: &[String]) -> Result<(String, Source, Vec<Literal>), String> {
        let (name, fields) = match words {
            [machine, enters, state, fields @ ..] if enters == "enters" => {
                (format!("{machine} enters {state}"), fields)
            }
            [name, fields @ ..] => (name.clone(), fields),
            [] => return Err("there is nothing".to_owned()),
        };
        let source = events::named(&self.driver, &name)?;
        let values = events::values(&self.driver.table(), source, &name, fields)?;
        Ok((name, source, values))
    }

    fn after(&mut self, time: &str) -> Answered {
        let ms = value::duration(time).and_then(|it| u64::try_from(it).ok());
        let ms = ms.ok_or_else(|| format!("`{time}` is no duration; write one like `1m30s`"))?;
        Ok(self.did(|it| it.wait(ms)))
    }

    fn next(&mut self) -> Answered {
        match self.driver.next_due_ms() {
            Some(ms) => Ok(self.did(|it| it.wait(ms))),
            None => Err("nothing is due, however long you wait".to_owned()),
        }
    }

    fn back(&mut self, steps: &str) -> Answered {
        let wanted: usize = steps.parse().map_err(|_| format!("`{steps}` is no number; write `back 2`"))?;
        if wanted > self.driver.past() {
            return Err(match self.driver.past() {
                0 => "there is nothing to undo".to_owned(),
                past => format!("there is not so much to undo: write `back {past}` to get to the start"),
            });
        }
        self.driver.back(wanted);
        Ok(vec![format!("back in {}", self.state())])
    }

    fn fact(&mut self, written: &str) -> Answered {
        let (name, text) = written.split_once('=').ok_or("write `fact NAME=VALUE`")?;
        let table = self.driver.table();
        let Some((index, slot)) = table.facts().enumerate().find(|it| it.1.name == name) else {
            let near = suggest::nearest(name, table.facts().map(|it| it.name));
            let near = near.map_or_else(String::new, |it| format!("; did you mean `{it}`?"));
            return Err(format!("the machine asks for no fact `{name}`{near}"));
        };
        let value = Literal::parse(text, slot.ty, &table)
            .ok_or_else(|| format!("`{name}` is {}, and `{text}` is none", value::described(slot.ty, &table)))?;
        Ok(self.did(|it| it.fact(index as u16, value)))
    }

    fn condition(&mut self, machine: &str, state: &str, holds: bool) -> Answered {
        let table = self.driver.table();
        let Some(index) = table.conditions().position(|it| (it.machine, it.state) == (machine, state)) else {
            let all: Vec<_> = table.conditions().map(|it| format!("`{} is {}`", it.machine, it.state)).collect();
            let all = if all.is_empty() {
                "anything of other machines".to_owned()
            } else {
                format!("only {}", all.join(", "))
            };
            let verb = if all.starts_with("only") { "asks" } else { "does not ask" };
            return Err(format!("the machine {verb} {all}"));
        };
        Ok(self.did(|it| it.condition(index as u16, holds)))
    }

    /// What the last word of a line may become.
    pub(crate) fn completions(&self, line: &str) -> Vec<String> {
        let start = line.rfind(' ').map_or(0, |it| it + 1);
        let (before, word) = line.split_at(start);
        let event = before.trim().strip_prefix("why").unwrap_or(before).trim();
        let mut all: Vec<String> = match events::named(&self.driver, event.split(' ').next().unwrap_or("")) {
            Ok(source) => {
                let table = self.driver.table();
                source.fields(&table).iter().map(|it| format!("{}=", it.0)).collect()
            }
            Err(_) if event.is_empty() => events::all(&self.driver).into_iter().map(|it| it.0).collect(),
            Err(_) => Vec::new(),
        };
        if before.is_empty() {
            all.extend(command_words().map(str::to_owned));
        }
        all.retain(|it| it.starts_with(word));
        all.sort();
        all.dedup();
        all
    }
}

fn give(driver: &mut Driver, source: Source, values: &[Literal]) -> Told {
    match source {
        Source::Outcome(watcher, outcome) => driver.outcome(watcher, outcome, values),
        Source::Signal(signal) => driver.signal(signal, values),
    }
}

/// The words that commands begin with.
fn command_words<'w>() -> impl Iterator<Item = &'w str> {
    COMMANDS.iter().map(|it| it.0).filter(|it| it.starts_with(char::is_lowercase))
}

fn help() -> Vec<String> {
    COMMANDS.iter().map(|(name, rest, what)| format!("{:<30}{what}", format!("{name} {rest}"))).collect()
}
