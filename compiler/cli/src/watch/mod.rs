//! The events of a fleet, from the streams of a NATS server.
//!
//! Each subject is read by an ordered consumer, which keeps nothing on the server when we are gone, from a moment on or
//! from now on. Reading goes on after every break where it was: by the number that the stream gave to a message.

mod source;

use machine_nats::{Connection, Link, Settings};
use std::thread;
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Where events of nodes are: in the layout of one subject a machine, and in Choria's.
pub(crate) const SUBJECTS: [&str; 3] = ["machines.>", "choria.machine.>", "choria.lifecycle.>"];

/// So many messages wait for whoever reads; then the server waits, too.
const AHEAD: usize = 256;
/// A server that cannot be had for so long is worth a word.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is to be watched.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) settings: Settings,
    /// Subjects; those of [`SUBJECTS`] that some stream has, if there are none.
    pub(crate) subjects: Vec<String>,
    /// The stream, if its name is known.
    pub(crate) stream: Option<String>,
    pub(crate) since: Option<SystemTime>,
    pub(crate) follows: bool,
}

/// What comes of it.
#[derive(Debug)]
pub(crate) enum News {
    /// An event, as JSON.
    Event(Box<str>),
    Note(String),
    /// Time has passed.
    Tick,
    /// Nothing can be watched: what is wrong, and the way out.
    Failed {
        what: String,
        help: String,
    },
}

/// Begins to read, on a thread of its own: however slowly the news are taken, the connection stays alive.
pub(crate) fn begin(plan: Plan) -> std::io::Result<Receiver<News>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (sender, news) = channel(AHEAD);
    thread::Builder::new().name("nats".to_owned()).spawn(move || runtime.block_on(read(plan, sender)))?;
    Ok(news)
}

async fn read(plan: Plan, to: Sender<News>) {
    let failed = match Connection::begin(&plan.settings, "machinec watch").await {
        Ok(connection) => read_over(&plan, &connection, &to).await.err(),
        Err(error) => Some((error.to_string(), error.help().to_owned())),
    };
    if let Some((what, help)) = failed {
        // Nobody is there to hear it.
        let _ = to.send(News::Failed { what, help }).await;
    }
}

async fn read_over(plan: &Plan, connection: &Connection, to: &Sender<News>) -> Result<(), (String, String)> {
    let telling = tell_link(connection, to.clone());
    let ticking = tick(to.clone());
    let reading = async {
        connected(plan, connection).await?;
        let sources = source::find(plan, connection).await?;
        let told = sources.iter().map(|it| format!("`{}` of the stream {}", it.subject, it.stream));
        if plan.follows {
            let text = format!("watching {}", told.collect::<Vec<_>>().join(", "));
            let _ = to.send(News::Note(text)).await;
        }
        let reading = sources.into_iter().map(|it| it.read(plan, connection, to));
        futures_util::future::join_all(reading).await;
        Ok(())
    };
    tokio::select! {
        () = telling => Ok(()),
        () = ticking => Ok(()),
        result = reading => result,
    }
}

/// Waits for the connection; whoever wants to see no more than there is does not wait for ever.
async fn connected(plan: &Plan, connection: &Connection) -> Result<(), (String, String)> {
    let limit = if plan.follows { Duration::MAX } else { 3 * PATIENCE };
    if tokio::time::timeout(limit, connection.up()).await.is_ok() {
        return Ok(());
    }
    let trouble = connection.link().trouble;
    let help = way_in(trouble.as_deref().unwrap_or_default());
    let why = trouble.map_or_else(String::new, |it| format!(": {it}"));
    Err((format!("there is no connection to the server{why}"), help.to_owned()))
}

/// The way out, by what was in the way.
fn way_in(why: &str) -> &'static str {
    let is = |part: &str| why.to_lowercase().contains(part);
    if why.starts_with('`') {
        "put that file right, or name another one"
    } else if is("authorization") {
        "say who you are with `--creds`, with `--nkey`, or with `--user` and `--password-file`"
    } else if is("certificate") || is("tls") {
        "see to `--ca`, to `--certificate` with `--key`, and to the server's certificate"
    } else {
        "see to `--server`, and whether it runs"
    }
}

/// Whoever waits for something looks again from time to time.
async fn tick(to: Sender<News>) {
    loop {
        tokio::time::sleep(PATIENCE).await;
        if to.send(News::Tick).await.is_err() {
            return;
        }
    }
}

/// Says when the server is gone and when it is back, each once; ends when nobody listens.
async fn tell_link(connection: &Connection, to: Sender<News>) {
    let mut changes = connection.changes();
    let mut was_told = false;
    // Most servers answer at once.
    let _ = tokio::time::timeout(PATIENCE, connection.up()).await;
    loop {
        let Link { up, trouble, denied, .. } = changes.borrow_and_update().clone();
        let text = match (up, was_told) {
            (true, true) => Some("connected again".to_owned()),
            (true, false) => denied.map(|it| format!("the server refuses something: {it}")),
            (false, true) => None,
            (false, false) => {
                let why = trouble.map_or_else(String::new, |it| format!(": {it}"));
                Some(format!("no connection to the server{why}; trying on"))
            }
        };
        was_told = !up;
        let is_heard = match text {
            Some(text) => to.send(News::Note(text)).await.is_ok(),
            None => !to.is_closed(),
        };
        let is_over = tokio::select! {
            changed = changes.changed() => changed.is_err(),
            () = to.closed() => true,
        };
        if is_over || !is_heard {
            return;
        }
    }
}
