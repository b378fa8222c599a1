//! A stream as its consumer sees it.

use crate::{Server, run, until};
use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use futures_util::StreamExt;

/// A stream of a server, by its name. It is asked anew each time, past every proxy.
#[derive(Debug)]
pub struct Stream<'s> {
    server: &'s Server,
    name: String,
}

/// One message that a stream holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Message {
    /// Its number in the stream.
    pub position: u64,
    /// Where it was published.
    pub subject: String,
    /// Names as they came, and values.
    pub headers: Vec<(String, String)>,
    /// What it carries.
    pub body: Vec<u8>,
}

impl Message {
    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl<'s> Stream<'s> {
    pub(crate) fn new(server: &'s Server, name: &str) -> Self {
        Self { server, name: name.into() }
    }

    /// How many messages it holds; none if it is not there.
    pub fn len(&self) -> u64 {
        self.info().map_or(0, |it| it.state.messages)
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the server says about it, if it is there.
    pub fn info(&self) -> Option<jetstream::stream::Info> {
        run(async {
            let stream = self.context().await.get_stream(&self.name).await.ok()?;
            Some(stream.cached_info().clone())
        })
    }

    /// Everything that it holds, in its order.
    ///
    /// # Panics
    /// When it is not there.
    pub fn read(&self) -> Vec<Message> {
        run(async {
            let stream = self.context().await.get_stream(&self.name).await.expect("the stream is there");
            let all = pull::Config { ack_policy: AckPolicy::None, ..Default::default() };
            read(&stream.create_consumer(all).await.expect("a consumer")).await
        })
    }

    /// Waits until what it holds is so.
    ///
    /// # Panics
    /// When it never is.
    pub fn until(&self, what: &str, mut is_so: impl FnMut(&[Message]) -> bool) -> Vec<Message> {
        let mut read = None;
        until(what, || {
            let state = self.info()?.state;
            let now = Some((state.messages, state.last_sequence));
            // Read again only if there is something new to read.
            (read != now).then(|| read = now)?;
            Some(self.read()).filter(|it| is_so(it))
        })
    }

    /// Publishes something that no node did.
    ///
    /// # Panics
    /// When the stream does not take it.
    pub fn publish(&self, subject: &str, body: &[u8]) {
        run(async {
            let context = self.context().await;
            let stored = context.publish(subject.to_owned(), body.to_vec().into()).await;
            stored.expect("a connection").await.expect("it is stored");
        });
    }

    /// Deletes it.
    ///
    /// # Panics
    /// When the server does not want to.
    pub fn delete(&self) {
        run(async { self.context().await.delete_stream(&self.name).await.expect("it can be deleted") });
    }

    /// Empties it; its numbers go on.
    ///
    /// # Panics
    /// When the server does not want to.
    pub fn purge(&self) {
        run(async {
            let stream = self.context().await.get_stream(&self.name).await.expect("the stream is there");
            stream.purge().await.expect("it can be emptied");
        });
    }

    /// Changes how it is set up.
    ///
    /// # Panics
    /// When the server does not want to.
    pub fn change(&self, change: impl FnOnce(&mut jetstream::stream::Config)) {
        let mut config = self.info().expect("the stream is there").config;
        change(&mut config);
        run(async { self.context().await.update_stream(config).await.expect("it can be changed") });
    }

    async fn context(&self) -> jetstream::Context {
        jetstream::new(self.server.client().await)
    }
}

async fn read(consumer: &PullConsumer) -> Vec<Message> {
    let wanted = consumer.cached_info().num_pending as usize;
    let mut read = Vec::with_capacity(wanted);
    while read.len() < wanted {
        let mut batch = consumer.fetch().max_messages(1_000).messages().await.expect("a batch");
        let before = read.len();
        while let Some(message) = batch.next().await {
            read.push(convert(&message.expect("a message")));
        }
        // What was there when the reading began may have been removed since.
        if read.len() == before {
            break;
        }
    }
    read
}

fn convert(message: &jetstream::Message) -> Message {
    let headers = message.headers.iter().flat_map(async_nats::HeaderMap::iter);
    let headers = headers.flat_map(|(name, values)| values.iter().map(|it| (name.to_string(), it.to_string())));
    Message {
        position: message.info().expect("a message of a stream").stream_sequence,
        subject: message.subject.to_string(),
        headers: headers.collect(),
        body: message.payload.to_vec(),
    }
}
