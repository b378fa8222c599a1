//! Kinds of a user's own: a program tells the outcomes, one JSON object a line.
//!
//! A watcher with a pace, and a `run`, has its program run once an ask, and the last line counts. One without a pace is
//! told of changes: its program stays, each line is an outcome, and when it ends it is started again, later each time.
//! Whatever goes wrong is told as a fault of the kind; only a kind without faults has no word for it, and then the node
//! is told without an outcome.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value as Json, json};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::child::Ended;
use crate::commands::{self, Commands, Launcher, Order};
use crate::door::{Answer, Answers, Ask, Driver, Key, Notice, Program, Value};
use crate::ending::Ending;
use crate::launch::Command;
use crate::lines::{Line, Lines};
use crate::output::Output;
use crate::words::{last_line, one_line};

mod follower;
#[cfg(test)]
mod tests;

use follower::Follower;

/// How long a program may run for one ask, unless its watcher has a `timeout`.
const LIMIT: Duration = Duration::from_secs(10);
/// How long it takes until a program that ended is started again: at first, and at most.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// The driver of all kinds that a program implements.
pub struct Programs {
    commands: Commands,
    pause: (Duration, Duration),
}

impl Programs {
    pub(crate) fn new(answers: Answers, launcher: Arc<Launcher>) -> Self {
        Self { commands: Commands::new(answers, launcher), pause: PAUSE }
    }
}

impl Driver for Programs {
    fn kind(&self) -> &'static str {
        "program"
    }

    fn signature(&self) -> &'static str {
        ""
    }

    fn ask(&mut self, ask: Ask) {
        let Some(program) = ask.program.clone() else { return };
        let command = command(&program, ask.args.clone());
        if let Some(every) = ask.every.filter(|_| program.paces_itself && !ask.once) {
            let order = Order { shown: command.shown(), command, timeout: LIMIT, tell };
            return self.commands.begin(ask, move |launcher, ask, mut stopped, answers| async move {
                keep_pace(&launcher, &ask, (order, every), &mut stopped, answers).await;
            });
        }
        if ask.once || ask.every.is_some() {
            let order = Order { shown: command.shown(), command, timeout: LIMIT, tell };
            return self.commands.ask(ask, |_| Ok(order));
        }
        let pause = self.pause;
        self.commands.begin(ask, move |launcher, ask, stopped, answers| async move {
            let mut follower = Follower { launcher: &launcher, ask: &ask, program: &program, answers, stopped };
            follower.follow(&command, pause).await;
        });
    }

    fn stop(&mut self, key: Key) {
        self.commands.stop(key);
    }
}

fn command(program: &Program, args: Vec<Value>) -> Command {
    let mut argv = program.argv.iter().cloned();
    Command {
        program: argv.next().unwrap_or_default(),
        args: argv.collect(),
        env: Vec::new(),
        dir: ".".to_owned(),
        watcher_args: Some(program.params.iter().cloned().zip(args).collect()),
    }
}

/// Runs a program again and again until it is stopped; a turn that would come while it runs is left out.
async fn keep_pace(
    launcher: &Launcher,
    ask: &Ask,
    (order, every): (Order, Duration),
    stopped: &mut oneshot::Receiver<()>,
    answers: Answers,
) {
    let begun = Instant::now();
    let mut turn = 0;
    while let Some(mut answer) = commands::answer(launcher, ask, Ok(order.clone()), stopped).await {
        if turn > 0 {
            // The node gives a name to what it did not ask for.
            answer.run_id = String::new();
        }
        if answers.send(answer).is_err() || stopped.is_terminated() {
            return;
        }
        turn = begun.elapsed().as_nanos() / every.as_nanos().max(1) + 1;
        let next = every.saturating_mul(u32::try_from(turn).unwrap_or(u32::MAX));
        if timeout(next.saturating_sub(begun.elapsed()), &mut *stopped).await.is_ok() {
            return;
        }
    }
}

/// What a program that ran for one ask has told.
fn tell(ask: &Ask, _: &str, ending: &Ending, took: Duration, output: Option<&mut Output>) -> Answer {
    let nobody = Program::default();
    let program = ask.program.as_deref().unwrap_or(&nobody);
    let (line, stderr) = output.map(|it| (it.lines().and_then(Lines::next), it.err())).unwrap_or_default();
    let why = ending.why(last_line(&stderr));
    match (ending, line) {
        (Ending::ByItself(Ended::Exit(_)), Some(line)) => {
            outcome(ask, program, &line, took).unwrap_or_else(|why| problem(ask, program, took, None, &why))
        }
        (Ending::ByItself(Ended::Exit(_)), None) => {
            problem(ask, program, took, Some(ending), &format!("it told no outcome: {why}"))
        }
        _ => problem(ask, program, took, Some(ending), &why),
    }
}

/// The outcome that a line tells.
fn outcome(ask: &Ask, program: &Program, line: &Line, took: Duration) -> Result<Answer, String> {
    let (number, fields) = read(program, line)?;
    Ok(Answer {
        key: ask.key,
        run_id: ask.run_id.clone(),
        outcome: Some(number),
        took,
        memory: None,
        fields,
        notice: notice(),
        why: String::new(),
        output: None,
    })
}

/// Number and fields of the outcome in a line.
fn read(program: &Program, line: &Line) -> Result<(u8, Map<String, Json>), String> {
    let bytes = match line {
        Line::Whole(bytes) | Line::Half(bytes) => bytes,
        Line::TooLong => return Err(format!("a line is longer than {} KiB", crate::lines::LONGEST / 1024)),
    };
    let mut fields = match serde_json::from_slice(bytes) {
        Ok(Json::Object(fields)) => fields,
        Ok(_) => return Err(format!("a line is no JSON object: {}", quoted(bytes))),
        Err(_) if matches!(line, Line::Half(_)) => {
            return Err(format!("its last line is not complete: {}", quoted(bytes)));
        }
        Err(error) => return Err(format!("a line is no JSON: {error}: {}", quoted(bytes))),
    };
    let known = || program.outcomes.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    let name = match fields.remove("outcome") {
        Some(Json::String(name)) => name,
        Some(other) => return Err(format!("`outcome` is {other}, and has to be one of {}", known())),
        None => return Err(format!("a line has no `outcome`, which has to be one of {}", known())),
    };
    let number = program.outcomes.iter().position(|it| *it == name).and_then(|it| u8::try_from(it).ok());
    let number = number.ok_or_else(|| format!("there is no outcome {:?}, only {}", name, known()))?;
    Ok((number, fields))
}

/// The beginning of what cannot be understood.
fn quoted(bytes: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(bytes).chars().take(60).collect();
    format!("`{}`", one_line(&text))
}

/// What went wrong, as a fault of the kind: how its command ended, or, without that, that it told something that cannot
/// be understood. The fields are what a fault of `exec` has, for whatever of them the kind declares.
fn problem(ask: &Ask, program: &Program, took: Duration, ending: Option<&Ending>, why: &str) -> Answer {
    let why = one_line(why);
    let mut fields = ending.unwrap_or(&Ending::ByItself(Ended::Exit(-1))).fields(why.clone());
    fields.extend(["why", "message", "error"].map(|name| (name.to_owned(), json!(why))));
    if ending.is_none() {
        fields.insert("reason".to_owned(), json!("invalid"));
    }
    Answer {
        key: ask.key,
        run_id: ask.run_id.clone(),
        outcome: program.fault,
        took,
        memory: None,
        fields,
        notice: notice(),
        why,
        output: None,
    }
}

fn notice() -> Notice {
    Notice { kind: "program", members: Map::new() }
}
