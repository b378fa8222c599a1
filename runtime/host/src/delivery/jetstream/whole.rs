//! Before anything is sent over a new connection: whether the stream is as it was left. What it lost is sent again.

use super::probe::{Mark, Seen, Verdict, probe};
use super::session::{Leave, Session};
use crate::delivery::Position;
use crate::event::happening::What;
use machine_nats::stream::StreamError;

impl Session {
    /// Asks the stream whether it holds what it acknowledged; what it lost comes again.
    pub(super) async fn probe(&mut self) -> Result<bool, Leave> {
        let (created, mut is_whole) = (self.stream().await?, true);
        for mark in self.marks.clone() {
            let verdict = self.verdict(&mark).await.map_err(|error| Leave::Obstacle(error.into()))?;
            if let Verdict::Lost { from, to } = verdict {
                self.repair(&mark.stream, from, to);
                is_whole = false;
                break;
            }
        }
        self.window.is_whole();
        let stream = &self.options.stream;
        if let Some(mark) = self.marks.iter_mut().find(|it| it.stream == *stream) {
            mark.created = created;
        } else {
            self.marks.push(Mark { stream: stream.clone(), created, ..Mark::default() });
        }
        Ok(is_whole)
    }

    /// When the stream was made; it is made if that is wanted and it is not there.
    async fn stream(&self) -> Result<String, Leave> {
        let there = match (self.connection.stream(&self.options.stream).await, &self.options.create) {
            (Err(StreamError::NoStream { .. }), Some(shape)) => self.connection.make_stream(shape).await,
            (there, _) => there,
        };
        there.map(|info| info.created.to_string()).map_err(|error| Leave::Obstacle(error.into()))
    }

    async fn verdict(&self, mark: &Mark) -> Result<Verdict, StreamError> {
        if mark.sequence == 0 {
            return Ok(Verdict::Holds);
        }
        let info = match self.connection.stream(&mark.stream).await {
            Err(StreamError::NoStream { .. }) => return Ok(Verdict::Lost { from: mark.sequence, to: 0 }),
            info => info?,
        };
        let message = self.connection.message_at(&mark.stream, mark.sequence).await?;
        let created = if mark.created.is_empty() { String::new() } else { info.created.to_string() };
        let (first, last) = (info.state.first_sequence, info.state.last_sequence);
        Ok(probe(mark, &Seen { created, first, last, at_mark: message.map(|it| it.id) }))
    }

    /// Takes everything from the journal again that it still holds; what the stream still has is found and left out.
    pub(super) fn repair(&mut self, stream: &str, acknowledged: u64, held: u64) {
        let text = "what it lost and the journal still holds is sent again".to_owned();
        let (sink, stream) = ("nats".to_owned(), stream.to_owned());
        self.backlog.tell(None, What::StreamRegressed { sink, stream, acknowledged, held, text });
        self.window.forget(self.backlog.epochs());
        self.marks.clear();
        self.backlog.go_to(Position::START);
        self.write_down();
    }

    /// The state directory is not the only one that has given out its numbers: other numbers begin, which nobody has.
    pub(super) async fn begin_anew(&mut self, event: String) -> Leave {
        if !self.backlog.fork().await {
            return Leave::Ended;
        }
        let text = "this node goes on with other numbers; what it told under the old ones and the stream does not have \
                    yet is named as dropped";
        self.backlog.say(&format!("somebody else has given out numbers of this node ({event}): {text}"));
        let (sink, stream) = ("nats".to_owned(), self.options.stream.clone());
        self.backlog.tell(None, What::IdentityConflict { sink, stream, event, text: text.to_owned() });
        self.window.forget(self.backlog.epochs());
        let from = self.backlog.delivered_to().after();
        self.backlog.go_to(from);
        Leave::Worked
    }
}
