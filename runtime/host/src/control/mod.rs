//! The node's control socket, `STATE/control.sock`: JSON lines, one request and one reply each. Whoever
//! asks to `watch` hears how far the journal is durable until they hang up, and reads the events there.
//!
//! ```text
//! {"fire":{"machine":"hvac","event":"maintenance","fields":{"reason":"filter"}}}
//! {"fired":{"machine":"hvac","event":"maintenance","answered":true,"state_before":"known.idle","state":"paused"}}
//! {"status":{"machine":"hvac"}}
//! {"status":{"node":"n1","version":"0.1.0","machines":[{"name":"hvac","state":"paused", …}]}}
//! {"watch":{}}
//! {"watch":{"durable":4711}}
//! {"watch":{"durable":4712}}
//! {"error":"there is no machine `hvak` on this node","help":"did you mean `hvac`?"}
//! ```
//!
//! Only the user that the runtime runs as may open it. A reply comes once all that it tells of is durable.

pub(crate) mod line;
pub(crate) mod stdin;

mod client;
mod place;

pub(crate) use client::Watching;
pub use client::{ControlError, request};

use crate::journal::Lsn;
use place::Place;
use serde_json::{Value, json};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Semaphore, oneshot, watch};

/// The longest request, in bytes.
const LONGEST: u64 = 64 * 1024;
/// Whoever watches hears no more often than this: a busy node has better things to do.
const BREATH: Duration = Duration::from_millis(50);
/// So many talk to the node at once; the others wait.
const AT_ONCE: usize = 64;

/// Something that the node is asked.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) what: Value,
    pub(crate) reply: oneshot::Sender<Value>,
}

/// How far the journal is durable.
pub(crate) type Durable = watch::Receiver<Lsn>;

/// Where requests go.
pub(crate) type Requests = UnboundedSender<Request>;

/// The socket; it goes with its holder.
#[derive(Debug)]
pub(crate) struct Control {
    place: Place,
    listening: tokio::task::JoinHandle<()>,
}

impl Control {
    /// Opens the socket in a state directory that nobody else uses. Needs a tokio runtime.
    ///
    /// # Errors
    /// When there can be none.
    pub(crate) fn open(state: &Path, requests: Requests, durable: Durable) -> io::Result<Self> {
        let place = Place::open(state)?;
        let listener = place.bind()?;
        let listening = tokio::spawn(listen(listener, requests, durable));
        Ok(Self { place, listening })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.listening.abort();
        self.place.remove();
    }
}

async fn listen(listener: UnixListener, requests: Requests, durable: Durable) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(slot) = room.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let (requests, durable) = (requests.clone(), durable.clone());
                tokio::spawn(async move {
                    // Whoever hangs up has no more questions.
                    let _ = talk(stream, &requests, durable).await;
                    drop(slot);
                });
            }
            // No more descriptors, for example: others may be closed meanwhile.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Answers one line after the other until the other side hangs up.
async fn talk(stream: UnixStream, requests: &Requests, durable: Durable) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut reader = BufReader::new(read);
    loop {
        let mut line = Vec::new();
        let count = (&mut reader).take(LONGEST).read_until(b'\n', &mut line).await?;
        if count == 0 {
            return Ok(());
        }
        let is_whole = line.ends_with(b"\n");
        if is_whole && is_watch(&line) {
            return tell_durable(reader, write, durable).await;
        }
        let answer = if is_whole { ask(requests, &line).await } else { not_whole() };
        write.write_all(format!("{answer}\n").as_bytes()).await?;
        if !is_whole {
            return Ok(());
        }
    }
}

fn is_watch(line: &[u8]) -> bool {
    serde_json::from_slice::<Value>(line).is_ok_and(|it| it.get("watch").is_some())
}

/// Says how far the journal is durable, now and whenever that changes, until the other side hangs up. What it is too slow
/// to hear it does not need: the last number says it all.
async fn tell_durable(
    mut reader: BufReader<OwnedReadHalf>,
    mut write: OwnedWriteHalf,
    mut durable: Durable,
) -> io::Result<()> {
    let mut nothing = [0];
    loop {
        let lsn = durable.borrow_and_update().0;
        write.write_all(format!("{}\n", json!({"watch": {"durable": lsn}})).as_bytes()).await?;
        tokio::time::sleep(BREATH).await;
        tokio::select! {
            changed = durable.changed() => if changed.is_err() { return Ok(()) },
            _ = reader.read(&mut nothing) => return Ok(()),
        }
    }
}

fn not_whole() -> Value {
    let help = format!("a request is one line of at most {LONGEST} bytes, with a line break at its end");
    json!({"error": "the request is not a whole line", "help": help})
}

async fn ask(requests: &Requests, line: &[u8]) -> Value {
    let what = match serde_json::from_slice(line) {
        Ok(what @ Value::Object(_)) => what,
        Ok(_) => return json!({"error": "the request is no JSON object", "help": "begin with `{\"status\":{}}`"}),
        Err(error) => {
            let error = format!("the request is no JSON: {error}");
            return json!({"error": error, "help": "begin with `{\"status\":{}}`"});
        }
    };
    let (reply, answer) = oneshot::channel();
    let is_sent = requests.send(Request { what, reply }).is_ok();
    let ended = || json!({"error": "the runtime ends and answers no more", "help": "ask again when it is back"});
    if !is_sent {
        return ended();
    }
    answer.await.unwrap_or_else(|_| ended())
}

#[cfg(test)]
mod tests;
