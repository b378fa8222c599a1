//! A key-value bucket: get, create, update and delete with revisions, watch.
//!
//! A revision is the place of a value in the bucket: each write has a higher one than all before it. A write that names
//! the revision that it replaces fails with [`BucketError::Changed`] if somebody else wrote first; so it can be repeated
//! after [`BucketError::Unknown`], when an answer was lost and the write may have happened or may still happen. Read the
//! key to learn which.
//!
//! A [`Bucket`] costs one question to the server when it is opened. It stays good over reconnections; open it again
//! when it says [`BucketError::NoBucket`].

use crate::connection::Connection;
use crate::stream::StreamError;
use async_nats::header::NATS_MARKER_REASON;
use async_nats::jetstream::kv::{self, CreateErrorKind, Operation, UpdateErrorKind};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{Config, DiscardPolicy};
use futures_util::future::ready;
use futures_util::{Stream, StreamExt};
use std::pin::Pin;
use std::time::Duration;

/// What a bucket is made like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Making {
    /// How many values of a key are kept, the latest among them; 1 to 64.
    pub history: u8,
    /// How long a value is kept; zero for ever.
    pub max_age: Duration,
    /// On how many servers of a cluster.
    pub replicas: usize,
}

impl Default for Making {
    fn default() -> Making {
        Making { history: 1, max_age: Duration::ZERO, replicas: 1 }
    }
}

/// What a key holds, or that it was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Its value; `None` if it was deleted.
    pub value: Option<Box<[u8]>>,
    /// The revision of the value, or of its deletion.
    pub revision: u64,
}

/// What went wrong with a bucket.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BucketError {
    /// There is no connection; nothing was sent.
    #[error("there is no connection to NATS")]
    Offline,
    /// The server has no JetStream, which buckets are made of.
    #[error("the server has no JetStream for this account")]
    NoJetStream,
    /// There is no such bucket.
    #[error("there is no bucket `{name}`")]
    NoBucket {
        /// Its name.
        name: String,
    },
    /// The key is not one that a bucket takes.
    #[error("`{key}` is not a key: letters, digits and `-/_=.` are allowed, and no `.` at either end")]
    Key {
        /// It.
        key: String,
    },
    /// The key is not at the revision that was named.
    #[error("the key was changed by somebody else")]
    Changed,
    /// No answer came: a write may have happened, or may still happen.
    #[error("no answer came: {text}")]
    Unknown {
        /// Why, as far as is known.
        text: String,
    },
}

/// A watch: what the keys hold now, then every change. It goes on over reconnections and never says the same revision
/// twice. An error ends it: begin again. If the bucket is deleted it says nothing any more, so whoever has to know looks
/// now and then with [`Bucket::get`].
pub type Watch = Pin<Box<dyn Stream<Item = Result<Entry, BucketError>> + Send>>;

/// A bucket of one connection.
#[derive(Clone, Debug)]
pub struct Bucket {
    connection: Connection,
    store: kv::Store,
}

impl Bucket {
    /// Opens a bucket that is there.
    ///
    /// # Errors
    ///
    /// [`BucketError::NoBucket`] if it is not, and as above.
    pub async fn open(connection: &Connection, name: &str) -> Result<Bucket, BucketError> {
        online(connection)?;
        let stream = connection.stream(&stream_of(name)).await;
        stream.map_err(|error| of_stream(error, name))?;
        let store = connection.jetstream().get_key_value(name).await.map_err(unknown)?;
        Ok(Bucket { connection: connection.clone(), store })
    }

    /// Opens a bucket, which is made if it is not there. One that is there is left as it is.
    ///
    /// It is made as a stream: the call of async-nats for it fails with servers before 2.10.
    ///
    /// # Errors
    ///
    /// As above.
    pub async fn open_or_make(connection: &Connection, name: &str, making: &Making) -> Result<Bucket, BucketError> {
        match Bucket::open(connection, name).await {
            Err(BucketError::NoBucket { .. }) => {}
            other => return other,
        }
        connection.make(&config(name, making)).await.map_err(|error| of_stream(error, name))?;
        Bucket::open(connection, name).await
    }

    /// What a key holds; `None` if it never held anything, or nobody knows any more.
    ///
    /// # Errors
    ///
    /// As above.
    pub async fn get(&self, key: &str) -> Result<Option<Entry>, BucketError> {
        online(&self.connection)?;
        let subject = format!("$KV.{}.{}", self.store.name, checked(key)?);
        let last = self.connection.last_message(&self.store.stream_name, &subject).await;
        Ok(last.map_err(|error| of_stream(error, &self.store.name))?.map(|message| entry(key, &message)))
    }

    /// Writes a value, whatever the key holds; its revision. Not for anything that more than one may write.
    ///
    /// # Errors
    ///
    /// As above.
    pub async fn put(&self, key: &str, value: &[u8]) -> Result<u64, BucketError> {
        online(&self.connection)?;
        self.store.put(checked(key)?, value.to_vec().into()).await.map_err(unknown)
    }

    /// Writes a value if the key holds none (any more); its revision.
    ///
    /// # Errors
    ///
    /// [`BucketError::Changed`] if it holds one, and as above.
    pub async fn create(&self, key: &str, value: &[u8]) -> Result<u64, BucketError> {
        online(&self.connection)?;
        self.store.create(checked(key)?, value.to_vec().into()).await.map_err(|error| match error.kind() {
            CreateErrorKind::AlreadyExists => BucketError::Changed,
            _ => unknown(error),
        })
    }

    /// Writes a value if the key still is at this revision; the new revision.
    ///
    /// # Errors
    ///
    /// [`BucketError::Changed`] if it is not, and as above.
    pub async fn update(&self, key: &str, value: &[u8], revision: u64) -> Result<u64, BucketError> {
        online(&self.connection)?;
        self.store.update(checked(key)?, value.to_vec().into(), revision).await.map_err(|error| match error.kind() {
            UpdateErrorKind::WrongLastRevision => BucketError::Changed,
            _ => unknown(error),
        })
    }

    /// Deletes a key if it still is at this revision.
    ///
    /// # Errors
    ///
    /// [`BucketError::Changed`] if it is not, and as above.
    pub async fn delete(&self, key: &str, revision: u64) -> Result<(), BucketError> {
        online(&self.connection)?;
        self.store.delete_expect_revision(checked(key)?, Some(revision)).await.map_err(|error| match error.kind() {
            UpdateErrorKind::WrongLastRevision => BucketError::Changed,
            _ => unknown(error),
        })
    }

    /// Watches a key, or several by wildcards (`hvac.*`, `>`): what they hold now, deletions included, then each change.
    ///
    /// # Errors
    ///
    /// As above.
    pub async fn watch(&self, keys: &str) -> Result<Watch, BucketError> {
        online(&self.connection)?;
        let watch = self.store.watch_with_history(keys).await.map_err(unknown)?;
        let lasting = watch.filter(|entry| ready(!entry.as_ref().is_err_and(is_passing)));
        Ok(lasting.map(|entry| entry.map(Entry::from).map_err(unknown)).boxed())
    }
}

impl From<kv::Entry> for Entry {
    fn from(entry: kv::Entry) -> Entry {
        let value = (entry.operation == Operation::Put).then(|| entry.value.as_ref().into());
        Entry { key: entry.key, value, revision: entry.revision }
    }
}

fn entry(key: &str, message: &StreamMessage) -> Entry {
    let is_deletion = message.headers.get("KV-Operation").is_some_and(|operation| operation.as_str() != "PUT");
    // What a server from 2.11 on writes by itself over a value whose time is over.
    let is_gone = is_deletion || message.headers.get(NATS_MARKER_REASON).is_some();
    let value = (!is_gone).then(|| message.payload.as_ref().into());
    Entry { key: key.to_owned(), value, revision: message.sequence }
}

/// The stream that a bucket is made of.
#[must_use]
pub fn stream_of(bucket: &str) -> String {
    format!("KV_{bucket}")
}

fn config(name: &str, making: &Making) -> Config {
    Config {
        name: stream_of(name),
        subjects: vec![format!("$KV.{name}.>")],
        max_messages_per_subject: i64::from(making.history.clamp(1, 64)),
        max_age: making.max_age,
        max_bytes: -1,
        max_messages: -1,
        max_message_size: -1,
        max_consumers: -1,
        num_replicas: making.replicas.max(1),
        discard: DiscardPolicy::New,
        allow_rollup: true,
        deny_delete: true,
        allow_direct: true,
        ..Config::default()
    }
}

/// The watch has already begun to mend this by itself when it says so.
fn is_passing(error: &kv::WatcherError) -> bool {
    error.to_string().contains("missed idle heartbeat")
}

/// The client would keep what is asked while there is no connection, and send it whenever there is one again.
fn online(connection: &Connection) -> Result<(), BucketError> {
    if connection.link().up { Ok(()) } else { Err(BucketError::Offline) }
}

fn checked(key: &str) -> Result<&str, BucketError> {
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-/_=.".contains(&byte);
    let good = !key.is_empty() && key.bytes().all(fit) && key.split('.').all(|token| !token.is_empty());
    if good { Ok(key) } else { Err(BucketError::Key { key: key.to_owned() }) }
}

fn of_stream(error: StreamError, bucket: &str) -> BucketError {
    match error {
        StreamError::NoJetStream => BucketError::NoJetStream,
        StreamError::NoStream { .. } => BucketError::NoBucket { name: bucket.to_owned() },
        StreamError::NoAnswer | StreamError::Refused { .. } => unknown(error),
    }
}

fn unknown(error: impl ToString) -> BucketError {
    BucketError::Unknown { text: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_checked_before_they_are_sent() {
        for good in ["a", "hvac/lab", "limit.fans.0", "a=b_c-D"] {
            assert_eq!(checked(good), Ok(good));
        }
        for bad in ["", ".a", "a.", "a..b", "a b", "a*", ">", "ä", "a\r\nPUB"] {
            assert!(checked(bad).is_err(), "{bad}");
        }
    }
}
