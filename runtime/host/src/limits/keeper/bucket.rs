//! The bucket of limits: which one it is, how old it is, and what it answers.

use crate::limits::pool::Answer;
use crate::limits::slot::{Found, Stamp, key};
use crate::limits::{FleetLimits, Terms};
use chrono::{DateTime, Utc};
use machine_core::Instant;
use machine_nats::bucket::{Bucket, BucketError, Making, stream_of};
use machine_nats::{Backoff, Connection};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::pin::Pin;
use std::time::Duration;

/// A question to the bucket is given up after this time, or after a sixth of a lease.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause before it is looked at again because an answer was lost, or a thirtieth of a lease.
const SOON: Duration = Duration::from_millis(250);
/// A connection that is not there after this time is not there: shorter than the node has
/// those wait that ask for a slot and do not wait.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A bucket as it was found, or why there is none.
pub(super) type Seen = Result<Opened, String>;

/// A bucket as it was found.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    bucket: Bucket,
    /// When it was made, by the server's clock, in milliseconds since 1970.
    made: i64,
    /// How old it was then, if the server says.
    age: Option<Duration>,
    /// Over which connection.
    link: u64,
}

/// Where slots are kept.
pub(super) struct Place {
    connection: Connection,
    settings: FleetLimits,
    found: Option<Opened>,
    /// From here on, keys that were never written are free.
    pub(super) known: Instant,
    in_doubt: bool,
    /// The look that is under way.
    looking: Option<Pin<Box<dyn Future<Output = Seen> + Send>>>,
    /// How long to wait before the next one.
    pause: Duration,
    backoff: Backoff,
}

impl Place {
    pub(super) fn new(connection: Connection, settings: &FleetLimits) -> Self {
        let settings = settings.clone();
        Self {
            connection,
            settings,
            found: None,
            known: Instant::NEVER,
            in_doubt: true,
            looking: None,
            pause: Duration::ZERO,
            backoff: Backoff::default(),
        }
    }

    /// An answer was lost, or the bucket is another one: it is looked at again.
    pub(super) fn doubt(&mut self) {
        if !std::mem::replace(&mut self.in_doubt, true) {
            // Not more often than that, however many answers are lost.
            (self.looking, self.pause) = (None, SOON.min(self.settings.ttl / 30));
        }
    }

    /// Waits until it has to be looked at, and looks; for ever while nobody wants anything of it. Can be given up and
    /// called again.
    pub(super) async fn look(&mut self, is_wanted: bool) -> Seen {
        let looking = match &mut self.looking {
            Some(looking) => looking,
            None if is_wanted => {
                let link = self.found.as_ref().map_or(0, |it| it.link).min(if self.in_doubt { 0 } else { u64::MAX });
                let look = look(self.connection.clone(), self.settings.clone(), link, self.pause);
                self.looking.insert(Box::pin(look))
            }
            None => return std::future::pending().await,
        };
        let seen = looking.await;
        self.looking = None;
        seen
    }

    /// Takes what was seen; whether it is another bucket than before.
    pub(super) fn take(&mut self, seen: &Seen, terms: Terms, now: Instant) -> bool {
        self.in_doubt = seen.is_err();
        let Ok(found) = seen else {
            // A slot may be wanted soon after the connection is back.
            self.pause = self.backoff.wait().min(self.settings.ttl / 10);
            return false;
        };
        self.backoff.worked();
        self.pause = Duration::ZERO;
        let is_same = self.found.as_ref().is_some_and(|it| it.made == found.made);
        if !is_same {
            let age = u64::try_from(found.age.unwrap_or_default().as_nanos()).unwrap_or(u64::MAX);
            self.known = now.after_ns(terms.ttl.saturating_sub(age));
        }
        self.found = Some(found.clone());
        !is_same
    }

    pub(super) fn read(&self, limit: &str, slot: u32) -> impl Future<Output = Answer> + Send + use<> {
        let (found, key) = self.at(limit, slot);
        patient(self.patience(), async move {
            let Some(it) = found else { return Answer::Unknown };
            match it.bucket.get(&key).await {
                Ok(None) => Answer::Holds(Found { revision: 0, stamp: None }),
                Ok(Some(entry)) => {
                    let stamp = entry.value.as_deref().map(Stamp::read);
                    Answer::Holds(Found { revision: entry.revision, stamp })
                }
                Err(_) => Answer::Unknown,
            }
        })
    }

    pub(super) fn write(
        &self,
        limit: &str,
        slot: u32,
        value: Vec<u8>,
        over: u64,
    ) -> impl Future<Output = Answer> + Send + use<> {
        let (found, key) = self.at(limit, slot);
        let (connection, name) = (self.connection.clone(), self.settings.bucket.clone());
        patient(self.patience(), async move {
            let Some(it) = found else { return Answer::Unknown };
            let written = match it.bucket.update(&key, &value, over).await {
                Ok(revision) => Answer::Wrote(revision),
                Err(error) => return refused(&error),
            };
            // It may have been made anew meanwhile, and then this key means nothing.
            let is_same =
                over > 0 || info(&connection, &name).await.is_some_and(|now| now.created.timestamp_millis() == it.made);
            if is_same { written } else { Answer::Unknown }
        })
    }

    pub(super) fn free(&self, limit: &str, slot: u32, over: u64) -> impl Future<Output = Answer> + Send + use<> {
        let (found, key) = self.at(limit, slot);
        patient(self.patience(), async move {
            let Some(it) = found else { return Answer::Unknown };
            it.bucket.delete(&key, over).await.map_or_else(|error| refused(&error), |()| Answer::Freed)
        })
    }

    fn at(&self, limit: &str, slot: u32) -> (Option<Opened>, String) {
        let made = self.found.as_ref().map_or(0, |it| it.made);
        (self.found.clone(), key(limit, slot, made))
    }

    fn patience(&self) -> Duration {
        PATIENCE.min(self.settings.ttl / 6)
    }
}

/// Looks at the bucket after a pause, and over another connection than this one.
async fn look(connection: Connection, settings: FleetLimits, looked_at: u64, pause: Duration) -> Seen {
    tokio::time::sleep(pause).await;
    let mut changes = connection.changes();
    if looked_at > 0 {
        let _ = changes.wait_for(|it| it.made != looked_at).await;
    }
    // What cannot be reached at once is said; then it is waited for.
    if tokio::time::timeout(AT_ONCE, connection.up()).await.is_err() {
        let trouble = connection.link().trouble.unwrap_or_else(|| "no answer yet".to_owned());
        return Err(format!("there is no connection to NATS: {trouble}"));
    }
    find(&connection, &settings).await
}

async fn find(connection: &Connection, settings: &FleetLimits) -> Seen {
    let FleetLimits { bucket: name, ttl, create } = settings;
    let link = connection.link().made;
    let opened = match create {
        true => Bucket::open_or_make(connection, name, &Making::default()).await,
        false => Bucket::open(connection, name).await,
    };
    let bucket = opened.map_err(|error| said(&error, name))?;
    let info = info(connection, name).await.ok_or_else(|| format!("the bucket `{name}` does not answer"))?;
    let max_age = Duration::from_nanos(info.config.max_age);
    if !max_age.is_zero() && max_age < *ttl {
        return Err(format!("the bucket `{name}` forgets values sooner than leases end; let it keep them for ever"));
    }
    let age = info.ts.and_then(|it| it.signed_duration_since(info.created).to_std().ok());
    Ok(Opened { bucket, made: info.created.timestamp_millis(), age, link })
}

/// No answer in time is none.
async fn patient(patience: Duration, question: impl Future<Output = Answer> + Send + 'static) -> Answer {
    tokio::time::timeout(patience, question).await.unwrap_or(Answer::Unknown)
}

fn refused(error: &BucketError) -> Answer {
    if *error == BucketError::Changed { Answer::Refused } else { Answer::Unknown }
}

fn said(error: &BucketError, name: &str) -> String {
    match error {
        BucketError::NoBucket { .. } => format!("there is no bucket `{name}`; `nats kv add {name}` makes one"),
        other => other.to_string(),
    }
}

/// What a server says of the stream behind a bucket.
#[derive(Deserialize)]
struct Info {
    config: Limits,
    #[serde(deserialize_with = "time")]
    created: DateTime<Utc>,
    /// The time it is by the server's clock; servers before 2.10 do not say.
    #[serde(default, deserialize_with = "some_time")]
    ts: Option<DateTime<Utc>>,
}

fn time<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(from)?;
    DateTime::parse_from_rfc3339(&text).map(|it| it.to_utc()).map_err(D::Error::custom)
}

fn some_time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    time(from).map(Some)
}

#[derive(Deserialize)]
struct Limits {
    #[serde(default)]
    max_age: u64,
}

async fn info(connection: &Connection, bucket: &str) -> Option<Info> {
    let subject = format!("STREAM.INFO.{}", stream_of(bucket));
    let answer = connection.jetstream().request::<_, _, serde_json::Value>(subject, &()).await.ok()?;
    serde_json::from_value(answer).ok()
}
