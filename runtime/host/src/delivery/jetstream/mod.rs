//! Events on their way to a JetStream stream: at least once, stored once, each machine's in their order.
//!
//! After every connection the stream is asked whether it still holds what it acknowledged; what it lost is taken from the
//! journal and sent again. Whoever else writes under the same name is noticed, and then nothing is published any more.
//!
//! | | |
//! | --- | --- |
//! | [`JetStream`] | the carrier: from one connection to the next |
//! | `session` | what is done over one connection |
//! | `whole`, `reading` | … whether the stream is as it was left, and what is taken from the journal |
//! | `rival` | … and somebody else who writes under the same name |
//! | `wire` | one message, from here to the server and its answer back |
//! | `window`, `lane` | all that is on its way, and one machine's part of it: a state machine without I/O |
//! | `flights`, `slots` | the messages on their way, by the tokens of their answers, and the events in the journal's order |
//! | `message` | what passes between the window and those who do its work |
//! | `answer` | what the server answers |
//! | `address` | the subject that an event is published on |
//! | `probe` | whether the stream still holds what it acknowledged |
//! | `obstacle` | what can be in the way, and the way out |

mod address;
mod answer;
mod flights;
mod lane;
mod message;
mod obstacle;
mod probe;
mod reading;
mod rival;
mod session;
mod slots;
#[cfg(test)]
mod tests;
mod whole;
mod window;
mod wire;

pub use address::Layout;
pub use wire::Mode;

use super::{Backlog, Carrier, Carrying, End};
use crate::event::happening::What;
use machine_nats::stream::Shape;
use machine_nats::{Backoff, Connection, Link, Shared};
use obstacle::Obstacle;
use session::{Leave, Session};
use std::time::Duration;
use tokio::time::timeout;

/// A connection that is back within this time was never missed.
const GRACE: Duration = Duration::from_secs(2);

/// The carrier to a JetStream stream.
#[derive(Clone, Debug)]
pub struct JetStream {
    /// The connection.
    pub connection: Shared,
    /// The node's name.
    pub node: String,
    /// The stream.
    pub stream: String,
    /// How subjects are laid out.
    pub layout: Layout,
    /// What the subjects of the node begin with: `machines`.
    pub prefix: String,
    /// How an event stands in a message.
    pub mode: Mode,
    /// What the stream is made like if it is not there; it is never made without.
    pub create: Option<Shape>,
}

impl Carrier for JetStream {
    fn name(&self) -> &'static str {
        "nats"
    }

    fn carry(self: Box<Self>, backlog: Backlog, end: End) -> Carrying {
        Box::pin(carry(*self, backlog, end))
    }
}

async fn carry(options: JetStream, backlog: Backlog, mut end: End) {
    let connection = match options.connection.get().await {
        Ok(connection) => connection,
        Err(error) => return give_up(&backlog, &format!("{error}: {}", error.help()), end).await,
    };
    let Ok(mut session) = Session::new(options, connection.clone(), backlog).await else { return };
    let mut backoff = Backoff::default();
    while let Some(link) = up(&connection, &session.backlog, &mut end).await {
        match session.run(&link, &end).await {
            Leave::Ended => return,
            Leave::Lost => {}
            Leave::Worked | Leave::Forked(_) => backoff.worked(),
            Leave::Fenced { event, text } => {
                let (sink, stream) = ("nats".to_owned(), session.options.stream.clone());
                let told = text.clone();
                session.backlog.tell(None, What::IdentityConflict { sink, stream, event, text: told });
                return give_up(&session.backlog, &text, end).await;
            }
            Leave::Obstacle(obstacle) => {
                session.backlog.trouble(&obstacle.text());
                if end.has_come() || timeout(backoff.wait(), end.come()).await.is_ok() {
                    return;
                }
            }
        }
    }
}

/// Nothing can be done before the node is started anew.
async fn give_up(backlog: &Backlog, text: &str, mut end: End) {
    backlog.give_up(text);
    end.come().await;
}

/// Waits for the connection; nothing if the node ends first. One that is away for longer is told.
async fn up(connection: &Connection, backlog: &Backlog, end: &mut End) -> Option<Link> {
    let mut changes = connection.changes();
    let there = tokio::select! {
        link = connection.up() => Some(link),
        () = end.come() => return None,
        () = tokio::time::sleep(GRACE) => None,
    };
    if there.is_some() {
        return there;
    }
    loop {
        let link = changes.borrow_and_update().clone();
        if link.up {
            return Some(link);
        }
        backlog.trouble(&Obstacle::Offline(link.trouble).text());
        tokio::select! {
            changed = changes.changed() => changed.ok()?,
            () = end.come() => return None,
        }
    }
}
