//! What is done over one connection: look whether the stream holds what it acknowledged, then send, and take answers.

use super::JetStream;
use super::address::{Addresses, Layout};
use super::lane::{Found, Judgement};
use super::message::{News, Step};
use super::obstacle::Obstacle;
use super::probe::Mark;
use super::window::Window;
use super::wire::{Mode, PATIENCE, Wire};
use crate::delivery::{Backlog, End};
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use machine_nats::async_nats::{self, Subject};
use machine_nats::stream::{Stored, StreamError};
use machine_nats::{Connection, Link};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// How many bytes of events are taken from the journal at once.
pub(super) const BITE: usize = 64 * 1024;
/// How many answers are taken at once.
const ANSWERS: usize = 512;

/// Why a session is over.
#[derive(Debug)]
pub(super) enum Leave {
    /// The node ends.
    Ended,
    /// The connection is gone, after nothing was stored.
    Lost,
    /// The connection is gone, or the stream has to be looked at again; until then, it worked.
    Worked,
    /// Something is in the way.
    Obstacle(Obstacle),
    /// Somebody else has given out numbers of this node: the id of the other's event.
    Forked(String),
    /// Somebody else writes under the name of this node.
    Fenced {
        /// The id of the other's event.
        event: String,
        /// What is wrong, and the way out.
        text: String,
    },
}

/// What is remembered beside the mark of the backlog.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Notes {
    marks: Vec<Mark>,
}

/// What a look at the end of a subject brought.
type Look = (usize, Subject, Result<Option<Stored>, StreamError>);

/// All that lasts from one connection to the next.
pub(super) struct Session {
    pub(super) options: JetStream,
    pub(super) backlog: Backlog,
    pub(super) connection: Connection,
    pub(super) addresses: Addresses,
    wire: Wire,
    pub(super) window: Window,
    pub(super) marks: Vec<Mark>,
    looks: FuturesUnordered<LocalBoxFuture<'static, Look>>,
    /// What the server refused; nothing more is sent until the answers to all that was sent are there.
    refused: Option<Obstacle>,
    pub(super) is_ended: bool,
    has_worked: bool,
    /// It was told that somebody else writes under this name and gives way.
    pub(super) has_rival: bool,
}

impl Session {
    pub(super) async fn new(
        options: JetStream,
        connection: Connection,
        backlog: Backlog,
    ) -> Result<Session, async_nats::SubscribeError> {
        let wire = Wire::new(connection.clone(), options.mode).await?;
        let addresses = Addresses::new(options.layout, &options.prefix, &options.node);
        let mut notes: Notes = serde_json::from_value(backlog.notes()).unwrap_or_default();
        // What went to another stream before the configuration was changed is that stream's.
        notes.marks.retain(|it| options.layout == Layout::Choria || it.stream == options.stream);
        Ok(Session {
            options,
            connection,
            addresses,
            wire,
            window: Window::new(backlog.epochs()),
            backlog,
            marks: notes.marks,
            looks: FuturesUnordered::new(),
            refused: None,
            is_ended: false,
            has_worked: false,
            has_rival: false,
        })
    }

    /// Works until the connection is gone, or something is in the way.
    pub(super) async fn run(&mut self, link: &Link, end: &End) -> Leave {
        (self.has_worked, self.refused) = (false, None);
        let leave = match self.probe().await {
            Ok(_) => self.work(link, end).await,
            Err(leave) => leave,
        };
        self.window.give_up();
        self.looks.clear();
        match leave {
            Leave::Obstacle(Obstacle::NoAnswer) => self.silent().await,
            Leave::Lost if self.has_worked => Leave::Worked,
            Leave::Forked(event) => self.begin_anew(event).await,
            leave => leave,
        }
    }

    /// The server does not answer: because it must not, or because nobody is there at the other end any more.
    async fn silent(&mut self) -> Leave {
        let link = self.connection.link();
        match link.denied {
            Some(words) => Leave::Obstacle(Obstacle::Denied(words)),
            None if link.up => {
                self.connection.again().await;
                Leave::Obstacle(Obstacle::NoAnswer)
            }
            None => Leave::Lost,
        }
    }

    async fn work(&mut self, link: &Link, end: &End) -> Leave {
        let mut changes = self.connection.changes();
        loop {
            if let Err(leave) = self.send_all().await {
                return leave;
            }
            if self.window.is_empty() && self.is_ended {
                return Leave::Ended;
            }
            let since = self.window.waits_since();
            if let Some(obstacle) = self.refused.take_if(|_| since.is_none()) {
                return if end.has_come() { Leave::Ended } else { Leave::Obstacle(obstacle) };
            }
            let is_hungry = self.refused.is_none() && !self.is_ended && self.window.is_hungry();
            let bite = self.window.room().min(BITE);
            let late = since.map_or_else(Instant::now, |it| it + PATIENCE);
            let result = tokio::select! {
                answer = self.wire.answers.next() => self.answers(answer),
                changed = changes.changed() => match changed {
                    Ok(()) => self.still(link),
                    Err(_) => Err(Leave::Ended),
                },
                Some(look) = self.looks.next() => self.looked(look).await,
                parcels = self.backlog.next(bite), if is_hungry => self.take_all(parcels).await,
                () = tokio::time::sleep_until(late.into()), if since.is_some() => Err(Leave::Obstacle(Obstacle::NoAnswer)),
            };
            if let Err(leave) = result.and_then(|()| self.is_met()) {
                return leave;
            }
        }
    }

    /// What the stream has under our numbers is in our journal, as far as is known by now.
    fn is_met(&self) -> Result<(), Leave> {
        let claim = if self.backlog.is_drained() { self.window.claim() } else { None };
        claim.map_or(Ok(()), |id| Err(Leave::Forked(id)))
    }

    fn still(&self, link: &Link) -> Result<(), Leave> {
        let now = self.connection.link();
        if now.up && now.made == link.made { Ok(()) } else { Err(Leave::Lost) }
    }

    async fn send_all(&mut self) -> Result<(), Leave> {
        if self.refused.is_some() {
            return Ok(());
        }
        while let Some(step) = self.window.next(Instant::now()) {
            match step {
                Step::Look { lane, subject } => self.look(lane, subject),
                Step::Send(message) => self.wire.send(message).await.map_err(Leave::Obstacle)?,
            }
        }
        Ok(())
    }

    fn look(&self, lane: usize, subject: Subject) {
        let (connection, stream) = (self.connection.clone(), self.options.stream.clone());
        let look = async move {
            let found = connection.last_on(&stream, &subject).await;
            (lane, subject, found)
        };
        self.looks.push(look.boxed_local());
    }

    async fn looked(&mut self, (lane, subject, found): Look) -> Result<(), Leave> {
        let found = found.map_err(|error| Leave::Obstacle(error.into()))?;
        let is_whole = self.options.mode == Mode::Structured;
        let found = found.map(|it| Found { place: it.sequence, id: it.id, json: is_whole.then_some(it.payload) });
        match self.window.looked(lane, found.as_ref()) {
            Ok(()) => {
                self.settle();
                self.window.rival().into_iter().for_each(|event| self.tell_rival(&subject, event));
                Ok(())
            }
            Err(Judgement::Lost) => {
                let stream = self.options.stream.clone();
                let acknowledged = self.mark(&stream).sequence;
                self.repair(&stream, acknowledged, found.map_or(0, |it| it.place));
                Err(Leave::Worked)
            }
            Err(Judgement::Gone) if self.probe().await? => {
                self.window.went_in_order(lane);
                Ok(())
            }
            Err(Judgement::Gone) => Err(Leave::Worked),
            Err(Judgement::Fork) => Err(Leave::Forked(found.map(|it| it.id).unwrap_or_default())),
            Err(_) => Err(self.fenced(&subject, found.map(|it| it.id).unwrap_or_default())),
        }
    }

    fn answers(&mut self, first: Option<async_nats::Message>) -> Result<(), Leave> {
        let Some(first) = first else { return Err(Leave::Ended) };
        let mut result = self.answer(&first);
        for _ in 0..ANSWERS {
            let Some(Some(more)) = self.wire.answers.next().now_or_never() else { break };
            result = result.and(self.answer(&more));
        }
        self.settle();
        self.write_down();
        result
    }

    /// # Errors
    /// If the stream has to be looked at again: it stores in places that it had come past.
    fn answer(&mut self, message: &async_nats::Message) -> Result<(), Leave> {
        let Some((token, answer)) = Wire::read(message) else { return Ok(()) };
        let mut result = Ok(());
        match self.window.answered(token, answer) {
            News::None => {}
            News::Stored { stream, place, id, is_new } => {
                let mark = self.mark(stream);
                if place > mark.sequence {
                    (mark.sequence, mark.id) = (place, id);
                } else if is_new {
                    result = Err(Leave::Worked);
                }
                if !std::mem::replace(&mut self.has_worked, true) {
                    self.backlog.fine();
                }
            }
            News::Refused { refusal, subject, bytes } => {
                self.refused = Some(Obstacle::refused(refusal, &self.options.stream, &subject, bytes));
            }
        }
        result
    }

    fn mark(&mut self, stream: &str) -> &mut Mark {
        let index = self.marks.iter().position(|it| it.stream == stream).unwrap_or_else(|| {
            self.marks.push(Mark { stream: stream.to_owned(), ..Mark::default() });
            self.marks.len() - 1
        });
        &mut self.marks[index]
    }

    pub(super) fn settle(&mut self) {
        if let Some(position) = self.window.delivered() {
            self.backlog.delivered(position);
        }
    }

    pub(super) fn write_down(&self) {
        self.backlog.note(serde_json::json!({ "marks": self.marks }));
    }
}
