//! One message: from here to the server, and its answer back.

use super::answer::Answer;
use super::message::{Expect, Message};
use super::obstacle::Obstacle;
use crate::event::binding;
use bytes::Bytes;
use futures_util::FutureExt;
use machine_nats::Connection;
use machine_nats::async_nats::header::{self, HeaderName, IntoHeaderName};
use machine_nats::async_nats::{self, HeaderMap, HeaderValue, PublishError, StatusCode, Subject, Subscriber};
use std::pin::pin;
use std::time::Duration;

/// How long an answer may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How an event stands in a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The whole event in the body, as the journal holds it.
    #[default]
    Structured,
    /// Its attributes in headers, its `data` in the body.
    Binary,
}

/// Where messages are sent from, and answers come in.
#[derive(Debug)]
pub(super) struct Wire {
    connection: Connection,
    mode: Mode,
    inbox: String,
    /// The headers of every message that has a whole event in it.
    whole: Vec<(HeaderName, HeaderValue)>,
    pub(super) answers: Subscriber,
}

impl Wire {
    pub(super) async fn new(connection: Connection, mode: Mode) -> Result<Wire, async_nats::SubscribeError> {
        let inbox = connection.client().new_inbox();
        let answers = connection.client().subscribe(format!("{inbox}.*")).await?;
        let whole = binding::nats::structured(&[]).headers;
        let whole =
            whole.into_iter().map(|(name, value)| (name.into_header_name(), HeaderValue::from(value))).collect();
        Ok(Wire { connection, mode, inbox, whole, answers })
    }

    /// Sends a message, if the server takes one of its size.
    ///
    /// # Errors
    /// If it does not, or does not read any more.
    pub(super) async fn send(&self, message: Message) -> Result<(), Obstacle> {
        let (subject, token) = (message.subject.clone(), message.is_asked.then_some(message.token));
        let (headers, body) = self.dressed(message)?;
        let (bytes, limit) = (size(&headers) + body.len(), self.connection.max_payload());
        if bytes > limit {
            return Err(Obstacle::TooLarge(bytes, Some(limit)));
        }
        let mut sending = pin!(self.publish(subject, token, headers, body));
        // Nearly always there is room at once, and no need of a clock.
        let sent = match sending.as_mut().now_or_never() {
            Some(sent) => Ok(sent),
            None => tokio::time::timeout(PATIENCE, sending).await,
        };
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Obstacle::Other(error.to_string())),
            Err(_) => Err(Obstacle::NoAnswer),
        }
    }

    async fn publish(
        &self,
        subject: Subject,
        token: Option<u64>,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<(), PublishError> {
        let client = self.connection.client();
        let Some(token) = token else { return client.publish_with_headers(subject, headers, body).await };
        let reply = [&*self.inbox, ".", &token.to_string()].concat();
        client.publish_with_reply_and_headers(subject, reply, headers, body).await
    }

    /// The token of what is answered, and the answer.
    pub(super) fn read(message: &async_nats::Message) -> Option<(u64, Answer<'_>)> {
        let (_, token) = message.subject.rsplit_once('.')?;
        let no_responders = message.status == Some(StatusCode::NO_RESPONDERS);
        Some((token.parse().ok()?, Answer::read(no_responders, &message.payload)))
    }

    fn dressed(&self, message: Message) -> Result<(HeaderMap, Bytes), Obstacle> {
        let mut headers = HeaderMap::new();
        headers.insert(header::NATS_MESSAGE_ID, message.id);
        match message.expect {
            Expect::Anything => {}
            Expect::Place(place) => {
                headers.insert(header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, HeaderValue::from(place));
            }
            Expect::Id(id) => headers.insert(header::NATS_EXPECTED_LAST_MESSAGE_ID, id),
        }
        if self.mode == Mode::Structured {
            self.whole.iter().for_each(|(name, value)| headers.insert(name.clone(), value.clone()));
            return Ok((headers, message.json));
        }
        let bound = binding::nats::binary(&message.json).map_err(|error| Obstacle::Other(error.to_string()))?;
        for (name, value) in bound.headers {
            headers.insert(name.as_ref(), value);
        }
        Ok((headers, bound.body.into_owned().into()))
    }
}

/// How many bytes headers take on the wire.
fn size(headers: &HeaderMap) -> usize {
    const FRAME: usize = "NATS/1.0\r\n\r\n".len();
    let value = |name: &str, values: &[HeaderValue]| {
        values.iter().map(|it| name.len() + it.as_str().len() + ": \r\n".len()).sum::<usize>()
    };
    headers.iter().map(|(name, values)| value(name.as_ref(), values)).sum::<usize>() + FRAME
}
