//! One bucket: whether it is there, keeps what it takes, and lets the node read, watch and write.

use super::{Finding, stream};
use machine_nats::Connection;
use machine_nats::async_nats::jetstream::stream::Info;
use machine_nats::bucket::{Bucket, BucketError, stream_of};
use machine_nats::stream::StreamError;
use std::time::Duration;

/// The key of a slot that nobody ever has.
const NO_SLOT: &str = "limit.machined-doctor";
/// No bucket has ever seen so many writes.
const NO_REVISION: u64 = 1 << 53;
/// The most that a slot takes in a message, headers included.
const SLOT: i32 = 512;

/// What is looked at, and how it is called.
pub(super) struct Place<'p> {
    pub(super) connection: &'p Connection,
    pub(super) bucket: &'p str,
}

impl Place<'_> {
    /// What stands behind the bucket, or what is said because there is none. `why` tells who wants it.
    pub(super) async fn info(&self, why: &str) -> Result<Info, Finding> {
        let name = self.bucket;
        let error = match self.connection.stream(&stream_of(name)).await {
            Ok(info) => return Ok(info),
            Err(error) => error,
        };
        Err(match error {
            StreamError::NoStream { .. } => {
                Finding::fault("bucket", format!("there is no bucket `{name}`, {why}")).help(add(name))
            }
            StreamError::NoJetStream => Finding::fault("jetstream", error).help(stream::JETSTREAM),
            StreamError::NoAnswer => self
                .refused("bucket", &format!("look at the bucket `{name}`"))
                .help(format!("allow the node's user to publish `$JS.API.STREAM.INFO.{}`", stream_of(name))),
            StreamError::Refused { .. } => Finding::fault("bucket", error).help("see what the server's log says"),
        })
    }

    /// That it is there, and what it is like.
    pub(super) fn there(&self, info: &Info) -> Finding {
        let history = machine_value::counted(info.config.max_messages_per_subject, "value");
        let age = match info.config.max_age {
            Duration::ZERO => "for ever".to_owned(),
            age => format!("for {}", stream::words(age)),
        };
        Finding::ok("bucket", format!("`{}` is there, and keeps {history} of a key {age}", self.bucket))
    }

    /// Whether the node may read this key.
    pub(super) async fn reads(&self, bucket: &Bucket, key: &str) -> Finding {
        match bucket.get(key).await {
            Ok(_) | Err(BucketError::Key { .. }) => {
                Finding::ok("permissions", format!("the node may read `{}`", self.bucket))
            }
            Err(_) => self
                .refused("permissions", &format!("read `{}`", self.bucket))
                .help(format!("allow the node's user to publish `$JS.API.STREAM.MSG.GET.{}`", stream_of(self.bucket))),
        }
    }

    /// Whether it is told of changes. To see that, a consumer is made, which the server forgets by itself.
    pub(super) async fn watches(&self, bucket: &Bucket, key: &str) -> Option<Finding> {
        match bucket.watch(key).await {
            Ok(_) | Err(BucketError::Key { .. }) => None,
            Err(_) => {
                let text = format!("the node may not watch `{}`, so changes are seen only when it looks", self.bucket);
                let help = format!(
                    "allow the node's user to publish `$JS.API.CONSUMER.CREATE.{0}` and `$JS.API.CONSUMER.CREATE.{0}.>`",
                    stream_of(self.bucket)
                );
                Some(Finding::warning("permissions", text).help(help))
            }
        }
    }

    /// Whether the node may write slots. Writes what the server has to refuse, so nothing is stored.
    pub(super) async fn writes(&self, bucket: &Bucket) -> Finding {
        match bucket.update(NO_SLOT, b"", NO_REVISION).await {
            Ok(_) | Err(BucketError::Changed) => {
                Finding::ok("permissions", format!("the node may write `{}`", self.bucket))
            }
            Err(_) => self
                .refused("permissions", &format!("write `{}`, so it gets no slot", self.bucket))
                .help(format!("allow the node's user to publish `$KV.{}.limit.>`", self.bucket)),
        }
    }

    fn refused(&self, what: &str, deed: &str) -> Finding {
        let words = self.connection.link().denied.unwrap_or_else(|| "no answer".to_owned());
        Finding::fault(what, format!("the node may not {deed}: {words}"))
    }
}

/// Whether slots fit into it, and stay there for as long as they are held.
pub(super) fn holds_slots(name: &str, info: &Info, ttl: Duration) -> Vec<Finding> {
    let config = &info.config;
    let edit = format!("nats stream edit {}", config.name);
    let mut findings = Vec::new();
    if !config.max_age.is_zero() && config.max_age < ttl {
        let (age, ttl) = (stream::words(config.max_age), stream::words(ttl));
        let text = format!("`{name}` forgets values after {age}, and a slot is held for {ttl}, so nobody gets one");
        findings.push(Finding::fault("age", text).help(format!("{edit} --max-age 0s")));
    }
    if (0..SLOT).contains(&config.max_message_size) {
        let text = format!("`{name}` takes {} bytes a value, and a slot has up to {SLOT}", config.max_message_size);
        findings.push(Finding::fault("size", text).help(format!("{edit} --max-msg-size {SLOT}")));
    }
    let room = u64::try_from(config.max_bytes).ok().filter(|it| *it > 0);
    if let Some(room) = room.filter(|it| info.state.bytes >= *it) {
        let text = format!("`{name}` is full: {} of {room} bytes", info.state.bytes);
        findings.push(Finding::fault("room", text).help(format!("{edit} --max-bytes={}", room * 2)));
    }
    findings
}

/// Whether values that machines are told stay there until something else is written.
pub(super) fn holds_values(name: &str, info: &Info) -> Option<Finding> {
    let age = info.config.max_age;
    let text =
        format!("`{name}` forgets values after {}: then machines are told that there is none", stream::words(age));
    let help = format!("nothing, if that is meant; or: nats stream edit {} --max-age 0s", info.config.name);
    (!age.is_zero()).then(|| Finding::warning("age", text).help(help))
}

/// The command that makes it.
pub(super) fn add(name: &str) -> String {
    format!("nats kv add {name}")
}
