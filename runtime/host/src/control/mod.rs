//! The node's control socket, `STATE/control.sock`: JSON lines, one request and one reply each.
//!
//! ```text
//! {"fire":{"machine":"hvac","event":"maintenance","fields":{"reason":"filter"}}}
//! {"fired":{"machine":"hvac","event":"maintenance","answered":true,"state_before":"known.idle","state":"paused"}}
//! {"status":{"machine":"hvac"}}
//! {"status":{"node":"n1","version":"0.1.0","machines":[{"name":"hvac","state":"paused", …}]}}
//! {"error":"there is no machine `hvak` on this node","help":"did you mean `hvac`?"}
//! ```
//!
//! Only the user that the runtime runs as may open it. A reply comes once all that it tells of is durable.

pub(crate) mod line;
pub(crate) mod stdin;

mod client;
mod place;

pub use client::{ControlError, request};

use place::Place;
use serde_json::{Value, json};
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Semaphore, oneshot};

/// The longest request, in bytes.
const LONGEST: u64 = 64 * 1024;
/// So many talk to the node at once; the others wait.
const AT_ONCE: usize = 64;

/// Something that the node is asked.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) what: Value,
    pub(crate) reply: oneshot::Sender<Value>,
}

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
    pub(crate) fn open(state: &Path, requests: Requests) -> io::Result<Self> {
        let place = Place::open(state)?;
        let listener = place.bind()?;
        let listening = tokio::spawn(listen(listener, requests));
        Ok(Self { place, listening })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.listening.abort();
        self.place.remove();
    }
}

async fn listen(listener: UnixListener, requests: Requests) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(slot) = room.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let requests = requests.clone();
                tokio::spawn(async move {
                    // Whoever hangs up has no more questions.
                    let _ = talk(stream, &requests).await;
                    drop(slot);
                });
            }
            // No more descriptors, for example: others may be closed meanwhile.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
        }
    }
}

/// Answers one line after the other until the other side hangs up.
async fn talk(stream: UnixStream, requests: &Requests) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut reader = BufReader::new(read);
    loop {
        let mut line = Vec::new();
        let count = (&mut reader).take(LONGEST).read_until(b'\n', &mut line).await?;
        if count == 0 {
            return Ok(());
        }
        let is_whole = line.ends_with(b"\n");
        let answer = if is_whole { ask(requests, &line).await } else { not_whole() };
        write.write_all(format!("{answer}\n").as_bytes()).await?;
        if !is_whole {
            return Ok(());
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
