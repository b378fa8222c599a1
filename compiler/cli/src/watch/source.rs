//! One subject of one stream.

use super::{News, Plan, SUBJECTS};
use futures_util::StreamExt;
use machine_host::event::binding;
use machine_nats::Connection;
use machine_nats::async_nats::HeaderMap;
use machine_nats::async_nats::jetstream::Message;
use machine_nats::async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use machine_nats::async_nats::jetstream::consumer::{Consumer, DeliverPolicy};
use machine_nats::async_nats::jetstream::context::GetStreamByNameErrorKind;
use machine_nats::stream::StreamError;
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// What did not work is tried again after so long.
const AGAIN: Duration = Duration::from_secs(1);
/// So often in a row, by whoever wants to see no more than there is.
const TRIES: u32 = 3;

/// See the module.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) stream: String,
    pub(super) subject: String,
    /// The number that the stream gave to the last message that was read; what comes next has a higher one.
    last: u64,
    /// It is known where to begin.
    is_begun: bool,
}

/// Why reading stopped.
enum Stop {
    /// The connection is another one now: what was asked of the server is gone with the one before.
    Cut,
    /// All that was asked for has been read, or nobody listens.
    Done,
    /// The stream or the connection; it is tried again.
    Broken(String),
}

/// What is wrong, and the way out.
type Failure = (String, String);

/// The streams that have events.
pub(super) async fn find(plan: &Plan, connection: &Connection) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    let subjects: Vec<_> = match plan.subjects.as_slice() {
        [] => SUBJECTS.map(str::to_owned).to_vec(),
        given => given.to_vec(),
    };
    for subject in subjects {
        let stream = match &plan.stream {
            Some(stream) => Some(stream.clone()),
            None => stream_of(connection, &subject).await?,
        };
        sources.extend(stream.map(|stream| Source { stream, subject, last: 0, is_begun: false }));
    }
    // Before it is told that they are watched: whatever comes after that is shown.
    for source in sources.iter_mut().filter(|_| plan.since.is_none()) {
        if let Ok(info) = connection.stream(&source.stream).await {
            (source.last, source.is_begun) = (info.state.last_sequence, true);
        }
    }
    if sources.is_empty() {
        let subjects = if plan.subjects.is_empty() { "machines.>".to_owned() } else { plan.subjects.join(" ") };
        let help = "make one, `nats stream add MACHINES --subjects 'machines.>' --defaults`, or name its subjects with `--subject`";
        return Err((format!("no stream on this server has the subjects `{subjects}`"), help.to_owned()));
    }
    Ok(sources)
}

async fn stream_of(connection: &Connection, subject: &str) -> Result<Option<String>, Failure> {
    let found = connection.jetstream().stream_by_subject(subject).await;
    match found {
        Ok(stream) => Ok(Some(stream)),
        Err(error) if error.kind() == GetStreamByNameErrorKind::NotFound => Ok(None),
        Err(error) => {
            let help = "the server needs JetStream, and this user the right to ask for `$JS.API.STREAM.NAMES`; or name the stream with `--stream`";
            Err((format!("the streams of the server cannot be looked up: {error}"), help.to_owned()))
        }
    }
}

impl Source {
    /// Reads for ever, or all that there is; goes on after every break.
    pub(super) async fn read(mut self, plan: &Plan, connection: &Connection, to: &Sender<News>) {
        let (mut was_told, mut tries) = (false, 0);
        loop {
            let before = self.last;
            let why = match self.read_once(plan, connection, to).await {
                Stop::Done => return,
                Stop::Cut => {
                    connection.up().await;
                    continue;
                }
                Stop::Broken(why) => why,
            };
            was_told &= self.last == before;
            tries = if self.last == before { tries + 1 } else { 1 };
            if tries == TRIES && !plan.follows {
                let what = format!("the stream {} cannot be read: {why}", self.stream);
                let help = "see to `--stream` and `--subject`, and to what this user may do".to_owned();
                // Nobody listens: that is as good.
                let _ = to.send(News::Failed { what, help }).await;
                return;
            }
            let text = format!("the stream {} cannot be read: {why}; trying on", self.stream);
            // While there is no connection, that has been said.
            let is_worth_it = connection.link().up && !std::mem::replace(&mut was_told, true);
            if to.is_closed() || (is_worth_it && to.send(News::Note(text)).await.is_err()) {
                return;
            }
            tokio::time::sleep(AGAIN).await;
            connection.up().await;
        }
    }

    async fn read_once(&mut self, plan: &Plan, connection: &Connection, to: &Sender<News>) -> Stop {
        let (mut changes, made) = (connection.changes(), connection.link().made);
        let consumer = match self.consumer(plan, connection, to).await {
            Ok(consumer) => consumer,
            Err(why) => return Stop::Broken(why),
        };
        if !plan.follows && consumer.cached_info().num_pending == 0 {
            return Stop::Done;
        }
        let mut messages: Ordered = match consumer.messages().await {
            Ok(messages) => messages,
            Err(error) => return Stop::Broken(error.to_string()),
        };
        loop {
            let message = tokio::select! {
                message = messages.next() => message,
                // The server may take its time to say that it knows nothing of us any more.
                _ = changes.wait_for(|it| !it.up || it.made != made) => return Stop::Cut,
            };
            let message = match message {
                Some(Ok(message)) => message,
                Some(Err(error)) => return Stop::Broken(error.to_string()),
                None => return Stop::Broken("the server ended it".to_owned()),
            };
            let Some(pending) = self.hand_on(&message, to).await else { return Stop::Done };
            if pending == 0 && !plan.follows {
                return Stop::Done;
            }
        }
    }

    /// Hands a message on; how many there are behind it, unless nobody listens.
    async fn hand_on(&mut self, message: &Message, to: &Sender<News>) -> Option<u64> {
        let (number, pending) = message.info().map_or((self.last, 1), |it| (it.stream_sequence, it.pending));
        self.last = number;
        let news = match event(message) {
            Ok(event) => News::Event(event),
            Err(why) => News::Note(format!("message {number} of the stream {} is no event: {why}", self.stream)),
        };
        to.send(news).await.ok().map(|()| pending)
    }

    async fn consumer(
        &mut self,
        plan: &Plan,
        connection: &Connection,
        to: &Sender<News>,
    ) -> Result<Consumer<OrderedConfig>, String> {
        self.notice_regress(plan, connection, to).await?;
        let deliver_policy = match (self.last, plan.since) {
            (0, Some(since)) => DeliverPolicy::ByStartTime { start_time: since.into() },
            (last, _) => DeliverPolicy::ByStartSequence { start_sequence: last + 1 },
        };
        let config = OrderedConfig { filter_subject: self.subject.clone(), deliver_policy, ..OrderedConfig::default() };
        let made = connection.jetstream().create_consumer_on_stream(config, &self.stream).await;
        made.map_err(|error| error.to_string())
    }

    /// A stream that was wiped begins anew; so do we.
    async fn notice_regress(&mut self, plan: &Plan, connection: &Connection, to: &Sender<News>) -> Result<(), String> {
        let info = connection.stream(&self.stream).await.map_err(|error: StreamError| error.to_string())?;
        let last = info.state.last_sequence;
        if !std::mem::replace(&mut self.is_begun, true) && plan.since.is_none() {
            // From here on, not from some later moment when the consumer is made again.
            self.last = last;
        }
        if self.last > last {
            let text = format!("the stream {} lost messages: it had {}, and has {last} now", self.stream, self.last);
            // Nobody listens: that is seen soon enough.
            let _ = to.send(News::Note(text)).await;
            self.last = 0;
        }
        Ok(())
    }
}

/// The event in a message, in either mode.
fn event(message: &Message) -> Result<Box<str>, String> {
    let none = HeaderMap::new();
    let headers = message.headers.as_ref().unwrap_or(&none);
    let pairs = headers.iter().flat_map(|(name, values)| {
        let name: &str = name.as_ref();
        values.iter().map(move |value| (name, value.as_str()))
    });
    let read = binding::nats::read(pairs, &message.payload);
    read.map(|event| event.get().into()).map_err(|error| error.to_string())
}
