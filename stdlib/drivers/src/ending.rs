//! What is told of a command that has ended: outcome, fields, Choria's words, and one line for people.

use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use crate::child::{Ended, signal_name};
use crate::door::{Answer, Ask, Notice};
use crate::launch::Unstartable;
use crate::output::Output;
use crate::words::{last_line, one_line, span};

/// The outcomes of `exec` and `shell` in the order of their declarations.
const OK: u8 = 0;
const FAILED: u8 = 1;

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Without being made to.
    ByItself(Ended),
    /// It was ended after it had run for this long.
    Timeout(Duration),
    /// It was never started.
    Unstartable(Unstartable),
    /// It was ended because nobody waits for it any more.
    Interrupted,
}

/// The answer to an ask, of a command that is called `shown`.
pub(crate) fn tell(ask: &Ask, shown: &str, ending: &Ending, took: Duration, output: Option<&mut Output>) -> Answer {
    let is_ok = ending.is_ok();
    let raw = output.as_ref().filter(|_| is_ok && ask.wants_output).map(|output| output.raw());
    let said = output.filter(|_| !is_ok).map(|output| (output.err(), output.out())).unwrap_or_default();
    Answer {
        key: ask.key,
        run_id: ask.run_id.clone(),
        outcome: Some(if is_ok { OK } else { FAILED }),
        took,
        memory: None,
        why: ending.why(last_line(&said.0).or(last_line(&said.1))),
        fields: if is_ok { Map::new() } else { ending.fields(said.0) },
        notice: notice(shown, is_ok, took),
        output: raw,
    }
}

impl Ending {
    /// It did what it should.
    pub(crate) fn is_ok(&self) -> bool {
        *self == Self::ByItself(Ended::Exit(0))
    }

    /// What the fault `failed` carries, but for the time that it took.
    pub(crate) fn fields(&self, stderr: String) -> Map<String, Json> {
        let (code, signal) = match self {
            Self::ByItself(Ended::Exit(code)) => (*code, String::new()),
            Self::ByItself(Ended::Signal(number)) => (-1, signal_name(*number)),
            _ => (-1, String::new()),
        };
        let fields = [
            ("reason", json!(self.reason())),
            ("code", json!(code)),
            ("signal", json!(signal)),
            ("stderr", json!(stderr)),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::ByItself(Ended::Exit(_)) => "exit",
            Self::ByItself(Ended::Signal(_)) => "signal",
            Self::Timeout(_) => "timeout",
            Self::Unstartable(_) => "unstartable",
            Self::Interrupted => "interrupted",
        }
    }

    /// One line: what happened, and the last thing that the command said about it.
    pub(crate) fn why(&self, said: Option<&str>) -> String {
        let what = match self {
            Self::ByItself(Ended::Exit(code)) => format!("exit {code}"),
            Self::ByItself(Ended::Signal(number)) => format!("ended by {}", signal_name(*number)),
            Self::Timeout(limit) => format!("not done after {}", span(*limit)),
            Self::Unstartable(cause) => format!("not started: {cause}"),
            Self::Interrupted => "interrupted".to_owned(),
        };
        one_line(&said.map_or(what.clone(), |said| format!("{what}: {said}")))
    }
}

fn notice(shown: &str, is_ok: bool, took: Duration) -> Notice {
    let members = [
        ("command", json!(shown)),
        ("previous_outcome", json!(if is_ok { "success" } else { "error" })),
        ("previous_run_time", json!(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX))),
    ];
    Notice { kind: "exec", members: members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
}
