//! Tells whether a file or directory is there, and when it changes.
//!
//! One thread looks at all paths of a node, so that a file system that does not answer holds up other looks but
//! never the node. It sleeps until it is asked, until the notification reports something, or, for paths where
//! there is neither notification nor a pace of the source, until it is time to look again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use serde_json::{Map, Value as Json, json};

use crate::arguments::Arguments;
use crate::door::{Answer, Answers, Ask, Driver, Key, Notice, OUTPUT_MAX, Raw};
use crate::inbox::Inbox;
use crate::look::{Seen, look};
use crate::watches::Watches;
use crate::words::one_line;

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

/// The driver of `file`.
pub struct File {
    inbox: Arc<Inbox<Request>>,
    /// What the thread will work on, until it is started.
    idle: Option<Lookout>,
}

/// So many answers at most are handed over together: each wakes a node that sleeps, so one by one they would wake it
/// for each look.
const TOGETHER: usize = 64;

/// How soon and how often is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    /// After the first report of a change, before the look: changes come in bursts.
    settle: Duration,
    /// Between two looks at a path of which nothing is reported.
    poll: Duration,
    /// Whether to ask the system for reports.
    is_notified: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self { settle: Duration::from_millis(100), poll: Duration::from_secs(10), is_notified: true }
    }
}

impl File {
    pub(crate) fn new(answers: Answers, pace: Pace) -> Self {
        let inbox = Arc::new(Inbox::default());
        let idle = Some(Lookout::new(Arc::clone(&inbox), answers, pace));
        Self { inbox, idle }
    }
}

impl Driver for File {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn signature(&self) -> &'static str {
        "file(path: path) { outcome changed, outcome present, fault missing }"
    }

    fn ask(&mut self, ask: Ask) {
        self.inbox.request(Request::Ask(ask));
        if let Some(lookout) = self.idle.take() {
            // The only reason to fail is a system without room for a thread: the same that ends a process.
            _ = thread::Builder::new().name("files".to_owned()).spawn(move || lookout.run());
        }
    }

    fn stop(&mut self, key: Key) {
        self.inbox.request(Request::Stop(key));
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.inbox.close();
    }
}

enum Request {
    Ask(Ask),
    Stop(Key),
}

/// What the thread works on.
struct Lookout {
    inbox: Arc<Inbox<Request>>,
    answers: Answers,
    pace: Pace,
    watches: Watches<Request>,
    /// The paths that are looked at until they are stopped.
    places: BTreeMap<Key, Box<Place>>,
    /// When to look at those of which something was reported.
    due: BTreeMap<Key, Instant>,
    /// Those of which nothing is reported, and when to look at them next.
    polled: BTreeSet<Key>,
    poll_at: Option<Instant>,
    /// Answers that are not sent yet.
    told: Vec<Answer>,
}

/// A path, and what was seen there last.
struct Place {
    /// As the source has it.
    shown: String,
    path: PathBuf,
    seen: Option<Seen>,
    /// The name of the run that asked last.
    run_id: String,
    /// The node asks again and again, at the pace of the source.
    is_paced: bool,
    /// What is in the file is told, too.
    wants_output: bool,
}

impl Lookout {
    fn new(inbox: Arc<Inbox<Request>>, answers: Answers, pace: Pace) -> Self {
        let watches = Watches::new(Arc::clone(&inbox), pace.is_notified);
        let (places, due, polled) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { inbox, answers, pace, watches, places, due, polled, poll_at: None, told: Vec::new() }
    }

    fn run(mut self) {
        loop {
            let next = self.due.values().copied().chain(self.poll_at).min();
            let mail = self.inbox.wait(next);
            if mail.is_closed {
                return;
            }
            mail.requests.into_iter().for_each(|request| self.handle(request));
            for (path, is_gone) in mail.touched {
                let keys = self.watches.touched(&path, is_gone);
                self.look_soon(keys);
            }
            if mail.is_lost {
                self.watches.distrust();
                self.look_soon(self.places.keys().copied().collect());
            }
            self.look_at_due(Instant::now());
            self.send();
        }
    }

    fn handle(&mut self, request: Request) {
        match request {
            Request::Ask(ask) => self.ask(ask),
            Request::Stop(key) => self.forget(key),
        }
    }

    /// The look that was asked for: the first of many, or one more at the pace of the source.
    fn ask(&mut self, ask: Ask) {
        let (key, is_fresh) = (ask.key, ask.first && !ask.resumed);
        let mut place = match self.place_of(ask) {
            Ok(place) => place,
            Err(finding) => return self.tell(*finding),
        };
        if !self.watches.is_followed(key) {
            self.follow(key, &place);
        }
        let finding = place.look(key, is_fresh);
        self.tell(finding);
        self.places.insert(key, place);
    }

    /// What is asked about. What was seen there is known here first: the node may be about to hear of it.
    fn place_of(&mut self, ask: Ask) -> Result<Box<Place>, Box<Finding>> {
        if let Some(mut place) = self.places.remove(&ask.key) {
            place.run_id = ask.run_id;
            return Ok(place);
        }
        let shown = match Arguments::new(ask.args).text("path") {
            Ok(shown) => shown,
            Err(mismatch) => return Err(Box::new(Finding::refusal(ask.key, ask.run_id, &mismatch.to_string()))),
        };
        let path = ask.context.dir.join(&shown);
        let seen = ask.memory.as_deref().and_then(Seen::recall);
        let (is_paced, wants_output) = (ask.every.is_some(), ask.wants_output);
        Ok(Box::new(Place { shown, path, seen, run_id: ask.run_id, is_paced, wants_output }))
    }

    fn forget(&mut self, key: Key) {
        self.places.remove(&key);
        self.due.remove(&key);
        self.polled.remove(&key);
        self.watches.leave(key);
    }

    /// Sees to it that changes will be reported, or else looked for: by the node if the source has a pace.
    fn follow(&mut self, key: Key, place: &Place) {
        if self.watches.follow(key, &place.path) || place.is_paced {
            self.polled.remove(&key);
        } else {
            self.polled.insert(key);
            self.poll_at.get_or_insert_with(|| Instant::now() + self.pace.poll);
        }
    }

    fn look_soon(&mut self, keys: BTreeSet<Key>) {
        let at = Instant::now() + self.pace.settle;
        for key in keys {
            self.due.entry(key).or_insert(at);
        }
    }

    fn look_at_due(&mut self, now: Instant) {
        let mut keys: BTreeSet<Key> = self.due.extract_if(.., |_, at| *at <= now).map(|(key, _)| key).collect();
        if self.poll_at.is_some_and(|at| at <= now) {
            keys.extend(&self.polled);
            self.poll_at = (!self.polled.is_empty()).then(|| now + self.pace.poll);
        }
        for key in keys {
            self.look_again(key);
        }
    }

    /// A look that nobody asked for: only news are told.
    fn look_again(&mut self, key: Key) {
        let Some(mut place) = self.places.remove(&key) else {
            return;
        };
        self.follow(key, &place);
        let finding = place.look(key, false);
        if finding.is_news {
            self.tell(finding);
        }
        self.places.insert(key, place);
    }

    fn tell(&mut self, finding: Finding) {
        self.told.push(finding.answer);
        if self.told.len() >= TOGETHER {
            self.send();
        }
    }

    /// Hands over what there is to tell.
    fn send(&mut self) {
        for answer in self.told.drain(..) {
            // The node may have gone; then nobody wants to know.
            _ = self.answers.send(answer);
        }
    }
}

/// The outcomes in the order of the declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Changed = 0,
    Present = 1,
    Missing = 2,
}

/// What a look has to tell.
struct Finding {
    answer: Answer,
    /// There is an outcome, or something new to remember.
    is_news: bool,
}

impl Place {
    fn look(&mut self, key: Key, is_fresh: bool) -> Finding {
        let begun = Instant::now();
        let (seen, error) = look(&self.path, self.seen.as_ref());
        let took = begun.elapsed();
        let outcome = judge(self.seen.as_ref(), &seen, is_fresh);
        let is_new = self.seen.as_ref() != Some(&seen);
        // Most looks find nothing new, and nobody hears of them: they go without words.
        let mut answer = Answer {
            key,
            run_id: self.run_id.clone(),
            outcome: outcome.map(|outcome| outcome as u8),
            took,
            memory: is_new.then(|| seen.remember()),
            fields: Map::new(),
            notice: Notice { kind: "file", members: Map::new() },
            why: String::new(),
            output: None,
        };
        if let Some(outcome) = outcome {
            answer.output = (self.wants_output && seen.is_there()).then(|| content(&self.path));
            answer.fields = self.fields(outcome, &seen);
            answer.notice = notice(&self.path.display().to_string(), outcome);
            answer.why = one_line(&self.why(outcome, &seen, error));
        }
        self.seen = Some(seen);
        Finding { answer, is_news: outcome.is_some() || is_new }
    }

    fn fields(&self, outcome: Outcome, seen: &Seen) -> Map<String, Json> {
        let (name, value) = match outcome {
            Outcome::Missing => ("reason", if *seen == Seen::Absent { "absent" } else { "unreadable" }),
            Outcome::Changed | Outcome::Present => ("path", self.shown.as_str()),
        };
        [(name.to_owned(), json!(value))].into_iter().collect()
    }

    fn why(&self, outcome: Outcome, seen: &Seen, error: Option<std::io::Error>) -> String {
        let what = match (outcome, seen, &self.seen) {
            (_, Seen::Absent, _) => "is not there".to_owned(),
            (_, Seen::Unreadable, _) => format!("cannot be read: {}", cause(error)),
            (Outcome::Changed, _, None) => "is seen for the first time".to_owned(),
            (Outcome::Changed, _, Some(before)) if !before.is_there() => "has appeared".to_owned(),
            (Outcome::Changed, _, _) => "has changed".to_owned(),
            _ => "is as it was".to_owned(),
        };
        format!("`{}` {what}", self.shown)
    }
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

impl Finding {
    /// Nothing was looked at: the arguments are not those of this kind.
    fn refusal(key: Key, run_id: String, why: &str) -> Self {
        let fields = [("reason".to_owned(), json!("unreadable"))].into_iter().collect();
        let answer = Answer {
            key,
            run_id,
            outcome: Some(Outcome::Missing as u8),
            took: Duration::ZERO,
            memory: None,
            fields,
            notice: notice("", Outcome::Missing),
            why: one_line(why),
            output: None,
        };
        Self { answer, is_news: true }
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
    read().unwrap_or_else(|error| Raw::Unreadable(cause(Some(error))))
}

fn notice(path: &str, outcome: Outcome) -> Notice {
    let previous = match outcome {
        Outcome::Changed => "changed",
        Outcome::Present => "unchanged",
        Outcome::Missing => "error",
    };
    let members = [("path", path), ("previous_outcome", previous)];
    Notice { kind: "file", members: members.map(|(name, value)| (name.to_owned(), json!(value))).into_iter().collect() }
}

fn cause(error: Option<std::io::Error>) -> String {
    let text = error.map(|error| error.to_string()).unwrap_or_default();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}
