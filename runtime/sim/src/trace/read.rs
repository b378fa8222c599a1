//! The inputs of a run, read from its trace. What came of them is not looked at: that is what a replay finds out anew.

use super::write::HEAD;
use super::{Given, Trace, What};
use crate::trace::Entry;
use crate::value::Value;
use crate::world::Room;
use machine_core::{Instant, SignalId, Verdict, WatcherId};

/// A text that is no trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// Which line is wrong, from 1.
    pub line: usize,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {} is not the line of a trace", self.line)
    }
}

impl std::error::Error for ReadError {}

impl Trace {
    /// What a trace says of how the run began and what was given to its machines; nothing of what they did.
    ///
    /// # Errors
    /// When it is no trace.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let mut trace = Self::default();
        for (index, line) in text.lines().enumerate() {
            let mut words = Words { left: line };
            let read = match index {
                0 => (line == HEAD).then_some(()),
                1 => trace.read_head(&mut words),
                _ if line.starts_with("  ") => Some(()),
                _ if line.starts_with("machine ") => trace.read_machine(&mut words),
                _ => trace.read_entry(&mut words),
            };
            read.ok_or(ReadError { line: index + 1 })?;
        }
        Ok(trace)
    }

    fn read_head(&mut self, words: &mut Words<'_>) -> Option<()> {
        words.word("begin")?;
        self.begin = words.number()?;
        words.word("seed")?;
        self.seed = words.number()?;
        Some(())
    }

    fn read_machine(&mut self, words: &mut Words<'_>) -> Option<()> {
        words.word("machine")?;
        self.machines.push((words.next()?.to_owned(), words.next()?.to_owned()));
        Some(())
    }

    fn read_entry(&mut self, words: &mut Words<'_>) -> Option<()> {
        let at = Instant(words.number()?);
        let first = words.next()?;
        let (machine, what) = match first {
            "power" => {
                words.word("off")?;
                (0, What::PowerCut { off_ns: words.number()? })
            }
            "limit" => (words.number()?, What::Limit { limit: words.number()?, room: Room::of(words.next()?)? }),
            "clock" => (0, What::ClockSet { by_ms: words.number()? }),
            machine => (machine.parse().ok()?, What::Given(given(words)?, Verdict::Quiet)),
        };
        self.entries.push(Entry { at, machine, what });
        Some(())
    }
}

fn given(words: &mut Words<'_>) -> Option<Given> {
    Some(match words.next()? {
        "start" => Given::Start,
        "resume" => Given::Resume,
        "tick" => Given::Tick,
        "outcome" => Given::Outcome {
            watcher: WatcherId(words.number()?),
            visit: words.number()?,
            outcome: words.number()?,
            payload: words.values()?.into(),
        },
        "done" => Given::Done { watcher: WatcherId(words.number()?), visit: words.number()? },
        "signal" => Given::Signal { signal: SignalId(words.number()?), payload: words.values()?.into() },
        "fact" => Given::Fact { fact: words.number()?, value: words.values()?.pop()? },
        "condition" => Given::Condition { condition: words.number()?, holds: words.number()? },
        _ => return None,
    })
}

/// What is left of a line.
struct Words<'l> {
    left: &'l str,
}

impl<'l> Words<'l> {
    fn next(&mut self) -> Option<&'l str> {
        let (word, rest) = self.left.split_once(' ').unwrap_or((self.left, ""));
        self.left = rest;
        (!word.is_empty()).then_some(word)
    }

    fn word(&mut self, wanted: &str) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    fn number<T: std::str::FromStr>(&mut self) -> Option<T> {
        self.next()?.parse().ok()
    }

    fn eat(&mut self, mark: char) -> bool {
        let rest = self.left.strip_prefix(mark);
        self.left = rest.unwrap_or(self.left);
        rest.is_some()
    }

    /// Values between brackets.
    fn values(&mut self) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        self.eat('(').then_some(())?;
        while !self.eat(')') {
            self.eat(' ');
            values.push(self.value()?);
        }
        self.eat(' ');
        Some(values)
    }

    fn value(&mut self) -> Option<Value> {
        match self.left.chars().next()? {
            '(' => self.values().map(Value::List),
            '"' => self.text().map(Value::Text),
            '~' => self.plain(1)?.parse().ok().map(Value::Float),
            '+' => self.plain(1)?.parse().ok().map(Value::Duration),
            '@' => self.plain(1)?.parse().ok().map(Value::Time),
            '%' => self.plain(1)?.parse().ok().map(Value::Enum),
            't' | 'f' => self.plain(0)?.parse().ok().map(Value::Bool),
            _ => self.plain(0)?.parse().ok().map(Value::Int),
        }
    }

    /// Up to the next blank or bracket, without so many bytes at the beginning.
    fn plain(&mut self, sign: usize) -> Option<&'l str> {
        let end = self.left.find([' ', ')']).unwrap_or(self.left.len());
        let (word, rest) = self.left.split_at(end);
        self.left = rest;
        word.get(sign..)
    }

    /// A text as Rust writes it for debugging.
    fn text(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut chars = self.left.char_indices().skip(1);
        loop {
            match chars.next()?.1 {
                '"' => break,
                '\\' => text.push(escaped(&mut chars)?),
                char => text.push(char),
            }
        }
        let end = chars.next().map_or(self.left.len(), |it| it.0);
        self.left = self.left.get(end..)?;
        Some(text)
    }
}

fn escaped(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    match chars.next()?.1 {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '0' => Some('\0'),
        'u' => {
            let digits: String = chars.map(|it| it.1).skip(1).take_while(|it| *it != '}').collect();
            u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
        }
        char => Some(char),
    }
}
