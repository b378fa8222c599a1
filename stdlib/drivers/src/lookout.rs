//! Follows one key: reads it, is told of changes, and reads it again from time to time and after each reconnection.

use std::time::Duration;

use machine_nats::bucket::{Bucket, BucketError, Entry, Watch, stream_of};
use machine_nats::stream::StreamError;
use machine_nats::{Backoff, Connection, Link};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::entry::{Address, Found, Seen};

/// How often a key is read if the source does not say: what changes is told at once, so this is for what is not told.
pub(crate) const PACE: Duration = Duration::from_secs(30);
/// Changes within this time are one.
const TICK: Duration = Duration::from_millis(100);
/// So long a connection may take before that is said.
const PATIENCE: Duration = Duration::from_secs(3);
/// No question takes longer.
const ANSWER: Duration = Duration::from_secs(6);

/// What became of a look.
pub(crate) enum Report {
    Seen(Seen),
    /// Nothing can be looked at, and why.
    Trouble(String),
}

/// Where reports go.
type Reports = UnboundedSender<(Address, Report)>;

/// Follows a key for ever; what it holds may be read this often.
pub(crate) async fn follow(connection: Connection, address: Address, pace: Duration, reports: Reports) {
    let mut backoff = Backoff::default();
    let report = |it: Report| _ = reports.send((address.clone(), it));
    loop {
        match begin(&connection, &address).await {
            Ok((bucket, made)) => {
                backoff.worked();
                let follower = Follower { connection: &connection, bucket: &bucket, address: &address, made, pace };
                if let Err(why) = follower.follow(&report).await {
                    report(Report::Trouble(why));
                }
            }
            Err(BucketError::NoBucket { .. }) => {
                report(Report::Seen(Seen { made: 0, found: Found::NoBucket }));
                sleep(pace.min(PACE)).await;
                continue;
            }
            Err(error) => report(Report::Trouble(said(&connection, &error))),
        }
        if connection.link().up {
            sleep(backoff.wait()).await;
        } else {
            connection.up().await;
        }
    }
}

/// Opens the bucket, and tells when it was made.
async fn begin(connection: &Connection, address: &Address) -> Result<(Bucket, i64), BucketError> {
    if timeout(PATIENCE, connection.up()).await.is_err() {
        return Err(BucketError::Offline);
    }
    let bucket = Bucket::open(connection, &address.bucket).await?;
    Ok((bucket, made(connection, &address.bucket).await?))
}

/// When the bucket was made, in milliseconds since 1970.
async fn made(connection: &Connection, bucket: &str) -> Result<i64, BucketError> {
    match connection.stream(&stream_of(bucket)).await {
        Ok(info) => Ok(i64::try_from(info.created.unix_timestamp_nanos() / 1_000_000).unwrap_or_default()),
        Err(StreamError::NoStream { .. }) => Err(BucketError::NoBucket { name: bucket.to_owned() }),
        Err(error) => Err(BucketError::Unknown { text: error.to_string() }),
    }
}

fn said(connection: &Connection, error: &BucketError) -> String {
    match (error, connection.link().trouble) {
        (BucketError::Offline, Some(trouble)) => format!("no key can be looked at: {trouble}"),
        (error, _) => format!("no key can be looked at: {error}"),
    }
}

/// A key over one connection.
struct Follower<'a> {
    connection: &'a Connection,
    bucket: &'a Bucket,
    address: &'a Address,
    made: i64,
    pace: Duration,
}

impl Follower<'_> {
    /// Follows until the connection is another one, or the bucket is; the error says why nothing is known any more.
    async fn follow(&self, report: &(impl Fn(Report) + Sync)) -> Result<(), String> {
        let mut link = self.connection.changes();
        let first = link.borrow_and_update().made;
        // The watch is begun first, so that nothing falls between it and the look. Without one, looks have to do.
        let mut watch = self.bucket.watch(&self.address.key).await.ok();
        self.look(report).await?;
        let mut next = Instant::now() + self.pace;
        loop {
            tokio::select! {
                entry = next_of(&mut watch) => match entry {
                    Some(entry) => report(Report::Seen(self.seen(last_of(entry, &mut watch).await))),
                    // It has ended: perhaps the bucket is gone.
                    None => return self.look(report).await,
                },
                why = broken(&mut link, first) => return Err(format!("no key can be looked at: {why}")),
                () = sleep_until(next) => {
                    if made(self.connection, &self.address.bucket).await.ok() != Some(self.made) {
                        return Ok(());
                    }
                    self.look(report).await?;
                    next = Instant::now() + self.pace;
                }
            }
        }
    }

    async fn look(&self, report: &(impl Fn(Report) + Sync)) -> Result<(), String> {
        let found = match timeout(ANSWER, self.bucket.get(&self.address.key)).await {
            Ok(Ok(Some(entry))) => {
                report(Report::Seen(self.seen(entry)));
                return Ok(());
            }
            Ok(Ok(None)) => Found::NoKey,
            Ok(Err(BucketError::NoBucket { .. })) => Found::NoBucket,
            Ok(Err(error)) => return Err(said(self.connection, &error)),
            Err(_) => return Err("no key can be looked at: the server does not answer".to_owned()),
        };
        report(Report::Seen(Seen { made: self.made, found }));
        Ok(())
    }

    fn seen(&self, entry: Entry) -> Seen {
        let found = match entry.value {
            Some(value) => Found::Value(entry.revision, value.into()),
            None => Found::Deleted(entry.revision),
        };
        Seen { made: self.made, found }
    }
}

/// Waits until the connection is not the one of this number any more; why.
async fn broken(link: &mut watch::Receiver<Link>, number: u64) -> String {
    let changed = link.wait_for(|it| !it.up || it.made != number).await;
    let why = changed.ok().and_then(|it| it.trouble.clone());
    why.unwrap_or_else(|| "the connection broke".to_owned())
}

/// The next change; `None` if the watch has ended, never anything if there is none.
async fn next_of(watch: &mut Option<Watch>) -> Option<Entry> {
    match watch {
        Some(changes) => next(changes).await?.ok(),
        None => std::future::pending().await,
    }
}

/// The last of the changes that come right behind this one.
async fn last_of(first: Entry, watch: &mut Option<Watch>) -> Entry {
    let (mut last, until) = (first, Instant::now() + TICK);
    loop {
        tokio::select! {
            biased;
            () = sleep_until(until) => return last,
            Some(entry) = next_of(watch) => last = entry,
        }
    }
}

async fn next(watch: &mut Watch) -> Option<Result<Entry, BucketError>> {
    std::future::poll_fn(|context| watch.as_mut().poll_next(context)).await
}
