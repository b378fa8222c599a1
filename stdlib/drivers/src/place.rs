//! One path that is looked at again and again, and what there is to tell of it. A node has thousands: they are small.

use std::fs;
use std::io::{self, Read};
use std::num::NonZeroU32;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use serde_json::{Map, Value as Json, json};

use crate::arguments::Arguments;
use crate::door::{Answer, Ask, Key, Memory, Notice, OUTPUT_MAX, Raw};
use crate::look::{Seen, look};
use crate::words::one_line;

/// A path, and what was seen there last.
#[derive(Debug)]
pub(crate) struct Place {
    /// Ends with the path as the source has it.
    path: Box<Path>,
    /// Where the path as the source has it begins. No path is longer than the system allows, 4,096 bytes.
    shown_at: u16,
    /// What was seen last, in the bytes that the node keeps as well.
    seen: Option<Memory>,
    /// The pace of the source in milliseconds; one that is longer than they can count, seven weeks, is kept short.
    pace: Option<NonZeroU32>,
    /// What is in the file is told, too.
    wants_output: bool,
}

/// The outcomes in the order of the declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Changed = 0,
    Present = 1,
    Missing = 2,
}

/// A look that found something new, or that has to say that there is nothing.
struct Finding<'p> {
    place: &'p Place,
    before: Option<&'p Seen>,
    now: &'p Seen,
    error: Option<io::Error>,
    outcome: Outcome,
}

impl Place {
    /// What is asked about.
    ///
    /// # Errors
    /// The answer, if the arguments are not those of this kind.
    pub(crate) fn new(ask: &mut Ask) -> Result<Self, Box<Answer>> {
        let shown = match Arguments::new(std::mem::take(&mut ask.args)).text("path") {
            Ok(shown) => shown,
            Err(mismatch) => return Err(Box::new(refusal(ask, &mismatch.to_string()))),
        };
        let path = ask.context.dir.join(&shown).into_boxed_path();
        let shown_at = path.as_os_str().len().saturating_sub(shown.len());
        let shown_at = u16::try_from(shown_at).unwrap_or(0);
        // What cannot be read is no memory.
        let seen = ask.memory.take().filter(|memory| Seen::recall(memory).is_some());
        let pace = ask.every.and_then(millis);
        Ok(Self { path, shown_at, seen, pace, wants_output: ask.wants_output })
    }

    /// The pace of the source.
    pub(crate) fn pace(&self) -> Option<Duration> {
        self.pace.map(|millis| Duration::from_millis(millis.get().into()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The look that was asked for, which is always answered.
    pub(crate) fn answer(&mut self, key: Key, is_fresh: bool) -> Answer {
        self.look(key, is_fresh).unwrap_or_else(|took| Answer {
            key,
            run_id: String::new(),
            outcome: None,
            took,
            memory: None,
            fields: Map::new(),
            notice: Notice { kind: "file", members: Map::new() },
            why: String::new(),
            output: None,
        })
    }

    /// A look that nobody asked for: only news are told.
    pub(crate) fn news(&mut self, key: Key) -> Option<Answer> {
        self.look(key, false).ok()
    }

    /// The answer, or how long it took to find nothing new.
    fn look(&mut self, key: Key, is_fresh: bool) -> Result<Answer, Duration> {
        let begun = Instant::now();
        let before = self.seen.as_deref().and_then(Seen::recall);
        let (now, error) = look(&self.path, before.as_ref());
        let took = begun.elapsed();
        let outcome = judge(before.as_ref(), &now, is_fresh);
        let memory = if before.as_ref() == Some(&now) { None } else { Some(now.remember()) };
        if outcome.is_none() && memory.is_none() {
            return Err(took);
        }
        let (mut fields, mut members, mut why) = (Map::new(), Map::new(), String::new());
        if let Some(outcome) = outcome {
            let finding = Finding { place: self, before: before.as_ref(), now: &now, error, outcome };
            (fields, members, why) = (finding.fields(), members_of(&self.path, outcome), finding.why());
        }
        if memory.is_some() {
            self.seen.clone_from(&memory);
        }
        let notice = Notice { kind: "file", members };
        let output = (self.wants_output && outcome.is_some() && now.is_there()).then(|| content(&self.path));
        let outcome = outcome.map(|outcome| outcome as u8);
        Ok(Answer { key, run_id: String::new(), outcome, took, memory, fields, notice, why, output })
    }

    /// The path as the source has it.
    fn shown(&self) -> String {
        let bytes = self.path.as_os_str().as_encoded_bytes();
        let shown = bytes.get(usize::from(self.shown_at)..).unwrap_or(bytes);
        String::from_utf8_lossy(shown).into_owned()
    }
}

impl Finding<'_> {
    fn fields(&self) -> Map<String, Json> {
        let (name, value) = match self.outcome {
            Outcome::Missing if *self.now == Seen::Absent => ("reason", "absent".to_owned()),
            Outcome::Missing => ("reason", "unreadable".to_owned()),
            Outcome::Changed | Outcome::Present => ("path", self.place.shown()),
        };
        [(name.to_owned(), json!(value))].into_iter().collect()
    }

    fn why(&self) -> String {
        let what = match (self.outcome, self.now, self.before) {
            (_, Seen::Absent, _) => "is not there".to_owned(),
            (_, Seen::Unreadable, _) => format!("cannot be read: {}", cause(self.error.as_ref())),
            (Outcome::Changed, _, None) => "is seen for the first time".to_owned(),
            (Outcome::Changed, _, Some(before)) if !before.is_there() => "has appeared".to_owned(),
            (Outcome::Changed, _, _) => "has changed".to_owned(),
            _ => "is as it was".to_owned(),
        };
        one_line(&format!("`{}` {what}", self.place.shown()))
    }
}

fn millis(pace: Duration) -> Option<NonZeroU32> {
    NonZeroU32::new(u32::try_from(pace.as_millis()).unwrap_or(u32::MAX))
}

/// What `now` means after `before`. `is_fresh`: the visit's first look, which always has something to tell; later
/// only news are outcomes, and a loss is one once.
fn judge(before: Option<&Seen>, now: &Seen, is_fresh: bool) -> Option<Outcome> {
    let was_there = before.is_none_or(Seen::is_there);
    if !now.is_there() {
        return (is_fresh || was_there).then_some(Outcome::Missing);
    }
    if before.is_some_and(|before| now.is_same(before)) {
        return is_fresh.then_some(Outcome::Present);
    }
    Some(Outcome::Changed)
}

/// Nothing was looked at, and why.
pub(crate) fn refusal(ask: &Ask, why: &str) -> Answer {
    Answer {
        key: ask.key,
        run_id: ask.run_id.clone(),
        outcome: Some(Outcome::Missing as u8),
        took: Duration::ZERO,
        memory: None,
        fields: [("reason".to_owned(), json!("unreadable"))].into_iter().collect(),
        notice: Notice { kind: "file", members: members_of(Path::new(""), Outcome::Missing) },
        why: one_line(why),
        output: None,
    }
}

/// What is in a file. Anything but a file might keep its reader waiting for ever. What is written after the look is
/// seen by the next one.
fn content(path: &Path) -> Raw {
    let read = || {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = fs::File::from(rustix::fs::open(path, flags, Mode::empty())?);
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        let mut bytes = Vec::new();
        file.take(OUTPUT_MAX as u64 + 1).read_to_end(&mut bytes)?;
        let count = metadata.len().max(bytes.len() as u64);
        Ok(if bytes.len() > OUTPUT_MAX { Raw::TooLarge(count) } else { Raw::Whole(bytes) })
    };
    read().unwrap_or_else(|error| Raw::Unreadable(cause(Some(&error))))
}

fn members_of(path: &Path, outcome: Outcome) -> Map<String, Json> {
    let previous = match outcome {
        Outcome::Changed => "changed",
        Outcome::Present => "unchanged",
        Outcome::Missing => "error",
    };
    let members = [("path", path.display().to_string()), ("previous_outcome", previous.to_owned())];
    members.map(|(name, value)| (name.to_owned(), json!(value))).into_iter().collect()
}

fn cause(error: Option<&io::Error>) -> String {
    let text = error.map(ToString::to_string).unwrap_or_default();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}
