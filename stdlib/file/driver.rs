//! Tells whether a file or directory is there, and when it changes.
//!
//! One thread looks at all paths of a node, so that a file system that does not answer holds up other looks but
//! never the node. It sleeps until it is asked, until the notification reports something, or until it is time for a
//! round: at the pace of the source, or, where there is neither that nor notification, at its own. What a round finds
//! unchanged wakes nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::door::{Answer, Answers, Ask, Driver, Key};
use crate::inbox::Inbox;
use crate::place::{Place, refusal};
use crate::rounds::Rounds;
use crate::watches::Watches;

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

/// The driver of `file`.
pub struct File {
    inbox: Arc<Inbox<Request>>,
    answers: Answers,
    pace: Pace,
    /// Starts the thread; `None` when it runs.
    start: Option<Start>,
}

type Start = fn(Lookout) -> io::Result<()>;

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
        Self { inbox: Arc::default(), answers, pace, start: Some(start) }
    }

    /// Starts the thread if it does not run yet.
    fn begin(&mut self) -> io::Result<()> {
        if let Some(start) = self.start {
            start(Lookout::new(Arc::clone(&self.inbox), self.answers.clone(), self.pace))?;
            self.start = None;
        }
        Ok(())
    }
}

fn start(lookout: Lookout) -> io::Result<()> {
    thread::Builder::new().name("files".to_owned()).spawn(move || lookout.run()).map(drop)
}

impl Driver for File {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn signature(&self) -> &'static str {
        "file(path: path) { outcome changed, outcome present, fault missing }"
    }

    fn ask(&mut self, ask: Ask) {
        match self.begin() {
            Ok(()) => self.inbox.request(Request::Ask(ask)),
            // It is tried again with the next ask. The node may have gone; then nobody wants to know.
            Err(error) => _ = self.answers.send(refusal(&ask, &format!("no thread can be started: {error}"))),
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
    /// Those that are looked at from time to time: at the pace of the source, or because nothing is reported of them.
    rounds: Rounds,
    /// Answers that are not sent yet.
    told: Vec<Answer>,
}

impl Lookout {
    fn new(inbox: Arc<Inbox<Request>>, answers: Answers, pace: Pace) -> Self {
        let watches = Watches::new(Arc::clone(&inbox), pace.is_notified);
        let (places, due, rounds) = (BTreeMap::new(), BTreeMap::new(), Rounds::default());
        Self { inbox, answers, pace, watches, places, due, rounds, told: Vec::new() }
    }

    fn run(mut self) {
        loop {
            let next = self.due.values().copied().chain(self.rounds.next()).min();
            let mail = self.inbox.wait(next);
            if mail.is_closed {
                return;
            }
            mail.requests.into_iter().for_each(|request| self.handle(request));
            for (path, is_gone) in mail.touched {
                let places = &self.places;
                let keys = self.watches.touched(&path, is_gone, |key| places.get(&key).map(|it| it.path()));
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

    /// The look that was asked for: the only one of a `run`, else the first of many.
    fn ask(&mut self, mut ask: Ask) {
        let (key, is_fresh) = (ask.key, ask.once || ask.first && !ask.resumed);
        // What was seen at a path is known here first: the node may be about to hear of it.
        let known = self.places.remove(&key).map_or_else(|| Place::new(&mut ask).map(Box::new), Ok);
        let mut place = match known {
            Ok(place) => place,
            Err(answer) => return self.tell(*answer),
        };
        if !ask.once && !self.watches.is_followed(key, place.path()) {
            self.follow(key, &place);
        }
        let answer = place.answer(key, is_fresh);
        self.tell(Answer { run_id: ask.run_id, ..answer });
        if !ask.once {
            self.places.insert(key, place);
        }
    }

    fn forget(&mut self, key: Key) {
        if let Some(place) = self.places.remove(&key) {
            self.due.remove(&key);
            self.rounds.leave(key, place.pace().unwrap_or(self.pace.poll));
            self.watches.leave(key, place.path());
        }
    }

    /// Sees to it that changes will be reported, or else looked for.
    fn follow(&mut self, key: Key, place: &Place) {
        let is_reported = self.watches.follow(key, place.path());
        match place.pace() {
            Some(pace) => self.rounds.join(key, pace, Instant::now()),
            None if is_reported => self.rounds.leave(key, self.pace.poll),
            None => self.rounds.join(key, self.pace.poll, Instant::now()),
        }
    }

    fn look_soon(&mut self, keys: BTreeSet<Key>) {
        let at = Instant::now() + self.pace.settle;
        for key in keys {
            self.due.entry(key).or_insert(at);
        }
    }

    fn look_at_due(&mut self, now: Instant) {
        let mut reported: BTreeSet<Key> = self.due.extract_if(.., |_, at| *at <= now).map(|(key, _)| key).collect();
        let mut keys = BTreeSet::new();
        self.rounds.take_due(now, &mut keys);
        keys.retain(|key| !reported.contains(key));
        // The way to what was reported, or to what nothing is reported of, may be another one by now.
        let places = &self.places;
        reported.extend(
            keys.extract_if(.., |key| {
                places.get(key).is_some_and(|place| !self.watches.is_followed(*key, place.path()))
            }),
        );
        reported.into_iter().for_each(|key| self.look_anew(key));
        keys.into_iter().for_each(|key| self.look_again(key));
    }

    /// A look at what is perhaps somewhere else now.
    fn look_anew(&mut self, key: Key) {
        if let Some(place) = self.places.remove(&key) {
            self.follow(key, &place);
            self.places.insert(key, place);
            self.look_again(key);
        }
    }

    /// A look that nobody asked for.
    fn look_again(&mut self, key: Key) {
        if let Some(answer) = self.places.get_mut(&key).and_then(|place| place.news(key)) {
            self.tell(answer);
        }
    }

    fn tell(&mut self, answer: Answer) {
        self.told.push(answer);
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
