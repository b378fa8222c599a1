//! Tells what a key of a NATS key-value bucket holds, and when that changes.
//!
//! One task for all keys of a node, on the thread of the connection, and one for each key that is watched, however many
//! machines watch it. Many updates within a moment are one: the last. What is told is decided by `entry`, which knows no
//! network.

use std::collections::BTreeMap;

use machine_nats::{Connection, Worker};
use serde_json::{Map, json};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;

use crate::arguments::{Arguments, Mismatch};
use crate::door::{Answer, Answers, Ask, Driver, Key};
use crate::entry::{Address, Outcome, Seen, Sight};
use crate::lookout::{self, Report};

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

/// The driver of `kv`.
pub struct Keys {
    answers: Answers,
    worker: Option<Worker>,
    requests: UnboundedSender<Request>,
    /// What the task will work on, until it is started.
    idle: Option<UnboundedReceiver<Request>>,
    /// It was said that there is no connection to be had.
    is_said: bool,
}

impl Keys {
    pub(crate) fn new(answers: Answers, worker: Option<Worker>) -> Self {
        let (requests, received) = unbounded_channel();
        Self { answers, worker, requests, idle: Some(received), is_said: false }
    }

    /// Nothing is known of any key, and never will be.
    fn silent(&mut self, ask: &Ask, why: &str) {
        let why = if std::mem::replace(&mut self.is_said, true) { "" } else { why };
        let nowhere = Address { bucket: String::new(), key: String::new() };
        let answer = nowhere.answer(ask.key, None, Map::new(), why);
        // The node may have gone; then nobody wants to know.
        _ = self.answers.send(Answer { run_id: ask.run_id.clone(), ..answer });
    }

    /// Starts the task if it does not run yet.
    fn begin(&mut self) -> Result<(), String> {
        let Some(worker) = &self.worker else {
            return Err("no key can be looked at, because no NATS server is configured".to_owned());
        };
        let Some(requests) = self.idle.take() else { return Ok(()) };
        let answers = self.answers.clone();
        let started = worker.spawn(move |connection| Keeper::new(connection, answers).run(requests));
        started.map_err(|error| format!("no key can be looked at: {error}"))
    }
}

impl Driver for Keys {
    fn kind(&self) -> &'static str {
        "kv"
    }

    fn signature(&self) -> &'static str {
        "kv(bucket: string, key: string) { outcome changed, outcome present, fault absent, fault deleted }"
    }

    fn ask(&mut self, ask: Ask) {
        match self.begin() {
            // The task ends with this driver and never before it.
            Ok(()) => _ = self.requests.send(Request::Ask(Box::new(ask))),
            Err(why) => self.silent(&ask, &why),
        }
    }

    fn stop(&mut self, key: Key) {
        _ = self.requests.send(Request::Stop(key));
    }
}

enum Request {
    Ask(Box<Ask>),
    Stop(Key),
}

/// A report, and what it is about.
type About = (Address, Report);

/// What the task works on.
struct Keeper {
    connection: Connection,
    answers: Answers,
    watchers: BTreeMap<Key, Watcher>,
    places: BTreeMap<Address, Place>,
    reports: (UnboundedSender<About>, UnboundedReceiver<About>),
    /// It was said that nothing can be looked at.
    is_troubled: bool,
}

/// Somebody who is told of a key.
struct Watcher {
    address: Address,
    sight: Option<Sight>,
    /// Its first look is still to come, and always has something to tell.
    is_fresh: bool,
    once: bool,
    run_id: String,
    wants_output: bool,
}

/// A key that is watched.
struct Place {
    /// What it holds, as long as that is certain.
    seen: Option<Seen>,
    pace: Duration,
    task: AbortHandle,
}

impl Keeper {
    fn new(connection: Connection, answers: Answers) -> Self {
        let (watchers, places) = (BTreeMap::new(), BTreeMap::new());
        Self { connection, answers, watchers, places, reports: unbounded_channel(), is_troubled: false }
    }

    async fn run(mut self, mut requests: UnboundedReceiver<Request>) {
        loop {
            tokio::select! {
                biased;
                request = requests.recv() => match request {
                    Some(Request::Ask(ask)) => self.ask(*ask),
                    Some(Request::Stop(key)) => self.forget(key),
                    None => break,
                },
                Some((address, report)) = self.reports.1.recv() => self.reported(&address, report),
            }
        }
        self.places.values().for_each(|it| it.task.abort());
    }

    fn ask(&mut self, mut ask: Ask) {
        let address = match read(&mut ask) {
            Ok(address) => address,
            Err((address, why)) => return self.refuse(&ask, &address, &why),
        };
        let known = self.watchers.remove(&ask.key);
        let is_asked_again = known.is_some();
        let sight = known.map_or_else(|| ask.memory.as_deref().and_then(Sight::recall), |it| it.sight);
        let is_fresh = ask.once || ask.first && !ask.resumed;
        let (once, run_id, wants_output) = (ask.once, ask.run_id, ask.wants_output);
        let watcher = Watcher { address: address.clone(), sight, is_fresh, once, run_id, wants_output };
        self.watchers.insert(ask.key, watcher);
        self.follow(&address, ask.every.unwrap_or(lookout::PACE));
        let seen = self.places.get(&address).and_then(|it| it.seen.clone());
        match seen {
            Some(seen) => self.tell(ask.key, &seen, true),
            // It is told as soon as something is known; a `run` waits for that.
            None if !once || is_asked_again => self.nothing(ask.key, ""),
            None => {}
        }
    }

    fn refuse(&self, ask: &Ask, address: &Address, why: &str) {
        let fields = Map::from_iter([("reason".to_owned(), json!("bad_name"))]);
        let answer = address.answer(ask.key, Some(Outcome::Absent), fields, why);
        self.send(Answer { run_id: ask.run_id.clone(), ..answer });
    }

    /// Sees to it that a key is watched, and looked at this often.
    fn follow(&mut self, address: &Address, pace: Duration) {
        if let Some(place) = self.places.get(address) {
            if place.pace <= pace {
                return;
            }
            place.task.abort();
        }
        let (at, reports) = (address.clone(), self.reports.0.clone());
        let task = tokio::spawn(lookout::follow(self.connection.clone(), at, pace, reports));
        let seen = self.places.remove(address).and_then(|it| it.seen);
        self.places.insert(address.clone(), Place { seen, pace, task: task.abort_handle() });
    }

    fn forget(&mut self, key: Key) {
        let Some(Watcher { address, .. }) = self.watchers.remove(&key) else { return };
        if self.watchers.values().all(|it| it.address != address)
            && let Some(place) = self.places.remove(&address)
        {
            place.task.abort();
        }
    }

    fn reported(&mut self, address: &Address, report: Report) {
        let Some(place) = self.places.get_mut(address) else { return };
        match report {
            Report::Seen(seen) => {
                self.is_troubled = false;
                place.seen = Some(seen.clone());
                let is_its = |it: &(&Key, &Watcher)| it.1.address == *address;
                let keys: Vec<_> = self.watchers.iter().filter(is_its).map(|it| *it.0).collect();
                keys.into_iter().for_each(|key| self.tell(key, &seen, false));
            }
            Report::Trouble(why) => {
                // What it holds now nobody knows.
                place.seen = None;
                let first = self.watchers.iter().find(|it| it.1.address == *address && !it.1.once).map(|it| *it.0);
                if let Some(key) = first.filter(|_| !std::mem::replace(&mut self.is_troubled, true)) {
                    self.nothing(key, &why);
                }
            }
        }
    }

    /// Tells a watcher what is seen; `is_asked`: it waits for an answer, even if there is nothing to tell.
    fn tell(&mut self, key: Key, seen: &Seen, is_asked: bool) {
        let Some(watcher) = self.watchers.get_mut(&key) else { return };
        let judged = seen.judge(watcher.sight, watcher.is_fresh);
        let Some((outcome, sight)) = judged else {
            return if is_asked {
                self.nothing(key, "")
            };
        };
        let is_news = watcher.sight != Some(sight);
        if outcome.is_none() && !is_news && !is_asked {
            return;
        }
        (watcher.sight, watcher.is_fresh) = (Some(sight), false);
        let answer = watcher.address.tell(key, outcome, seen, watcher.wants_output);
        let run_id = std::mem::take(&mut watcher.run_id);
        let (once, memory) = (watcher.once, is_news.then(|| sight.remember()));
        self.send(Answer { run_id, memory, ..answer });
        if once {
            self.forget(key);
        }
    }

    fn nothing(&mut self, key: Key, why: &str) {
        let Some(watcher) = self.watchers.get_mut(&key) else { return };
        let run_id = std::mem::take(&mut watcher.run_id);
        let answer = watcher.address.answer(key, None, Map::new(), why);
        self.send(Answer { run_id, ..answer });
    }

    fn send(&self, answer: Answer) {
        // The node may have gone; then nobody wants to know.
        _ = self.answers.send(answer);
    }
}

/// Which key is asked about, or why there can be none.
fn read(ask: &mut Ask) -> Result<Address, (Address, String)> {
    let mut arguments = Arguments::new(std::mem::take(&mut ask.args));
    let mut read = || Ok::<_, Mismatch>(Address { bucket: arguments.text("bucket")?, key: arguments.text("key")? });
    let nowhere = || Address { bucket: String::new(), key: String::new() };
    let address = read().map_err(|mismatch| (nowhere(), mismatch.to_string()))?;
    match address.fault() {
        Some(why) => Err((address, why)),
        None => Ok(address),
    }
}
