//! The thread that figures are read through.

use super::asked::Answer;
use super::{Book, Places, server, textfile};
use crate::control::{Request, Requests};
use crate::node::say;
use crate::otlp::Push;
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// A node that does not answer for so long is not well.
const PATIENCE: Duration = Duration::from_secs(5);

/// The thread, as the node holds it: it ends with its holder.
#[derive(Debug)]
pub(crate) struct Reading {
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What whoever reads is told from.
#[derive(Debug)]
pub(crate) struct Desk {
    book: Arc<Book>,
    requests: Requests,
}

impl Reading {
    /// Begins to answer, and to push if there is somebody to push to. What cannot be had is said and tried again: machines run without it.
    pub(crate) fn begin(places: Places, push: Option<Push>, book: Arc<Book>, requests: Requests) -> Self {
        let (end, ended) = oneshot::channel();
        let desk = Arc::new(Desk { book, requests });
        let run = move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(read(places, push, desk, ended)),
            Err(error) => say(&error),
        };
        let thread = thread::Builder::new().name("metrics".to_owned()).spawn(run);
        let nobody = |error| say(&io::Error::other(format!("nobody can read the metrics of this node: {error}")));
        Self { end: Some(end), thread: thread.map_err(nobody).ok() }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // It can only have panicked, and has said so on standard error.
            let _ = thread.join();
        }
    }
}

async fn read(places: Places, push: Option<Push>, desk: Arc<Desk>, ended: oneshot::Receiver<()>) {
    let serving = async {
        match places.listen {
            Some(address) => server::serve(address, &desk).await,
            None => std::future::pending().await,
        }
    };
    let writing = async {
        match &places.textfile {
            Some(file) => textfile::keep(file, &desk).await,
            None => std::future::pending().await,
        }
    };
    let pushing = async {
        match &push {
            Some(push) => push.keep(&desk).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = ended => {}
        () = serving => {}
        () = writing => {}
        () = pushing => {}
    }
    if let Some(file) = &places.textfile {
        textfile::remove(file);
    }
}

impl Desk {
    #[cfg(test)]
    pub(crate) fn new(book: Arc<Book>, requests: Requests) -> Self {
        Self { book, requests }
    }

    /// Everything, by the way that `write` knows, with what the node's loop says now.
    pub(crate) async fn figures(&self, write: fn(&Book) -> Result<String, std::fmt::Error>) -> Option<String> {
        let answer = self.ask(json!({"figures": {}})).await;
        let answer = answer.and_then(|it| serde_json::from_value::<Answer>(it.get("figures")?.clone()).ok());
        self.book.asked.put(answer);
        write(&self.book).ok()
    }

    /// Counts what became of figures that were sent somewhere.
    pub(crate) fn note_push(&self, is_taken: bool) {
        self.book.note_push(is_taken);
    }

    /// The node's loop answers.
    pub(super) async fn is_well(&self) -> bool {
        self.ask(json!({"figures": {}})).await.is_some()
    }

    /// How all machines are, as `machined status --json` shows it.
    pub(super) async fn status(&self) -> Option<Value> {
        self.ask(json!({"status": {}})).await?.get("status").cloned()
    }

    /// Asks the node's loop; nothing when it does not answer in time.
    async fn ask(&self, what: Value) -> Option<Value> {
        let (reply, answer) = oneshot::channel();
        let sent: Result<(), mpsc::error::SendError<Request>> = self.requests.send(Request { what, reply });
        sent.ok()?;
        tokio::time::timeout(PATIENCE, answer).await.ok()?.ok()
    }
}
