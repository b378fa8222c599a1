//! A JetStream stream: what it is like, what stands at a place of it, making one.

use crate::connection::Connection;
use async_nats::header;
use async_nats::jetstream::context::RequestErrorKind;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::{self, DiscardPolicy, StorageType};
use async_nats::jetstream::{self, ErrorCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a stream is made like, where the configuration asks for one to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// What it takes in.
    pub subjects: Vec<String>,
    /// How long it keeps a message; zero for ever.
    pub max_age: Duration,
    /// The most bytes it keeps; `None` for no limit.
    pub max_bytes: Option<u64>,
    /// On how many servers of a cluster.
    pub replicas: usize,
    /// For how long it knows a message id again.
    pub duplicate_window: Duration,
}

impl Default for Shape {
    /// No name and no subjects; kept for ever, on one server, ids known again for two minutes.
    fn default() -> Shape {
        let duplicate_window = Duration::from_secs(120);
        let (name, subjects) = (String::new(), Vec::new());
        Shape { name, subjects, max_age: Duration::ZERO, max_bytes: None, replicas: 1, duplicate_window }
    }
}

/// A message of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its place.
    pub sequence: u64,
    /// The id that its publisher gave it; empty if it gave none.
    pub id: String,
    /// Subject.
    pub subject: String,
    /// What is in it.
    pub payload: Box<[u8]>,
}

/// What went wrong with a stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The server has no JetStream, or not for this account.
    #[error("the server has no JetStream for this account")]
    NoJetStream,
    /// There is no stream of this name.
    #[error("there is no stream `{name}`")]
    NoStream {
        /// The name.
        name: String,
    },
    /// No answer came. It may have happened nevertheless.
    #[error("no answer came within {} s", crate::connection::PATIENCE.as_secs())]
    NoAnswer,
    /// Anything else, in the server's words.
    #[error("{text}")]
    Refused {
        /// Those.
        text: String,
        /// The server's number for it; 0 if it has none.
        code: u64,
    },
}

impl Connection {
    /// The stream of this name, as it is now.
    ///
    /// # Errors
    ///
    /// See [`StreamError`].
    pub async fn stream(&self, name: &str) -> Result<stream::Info, StreamError> {
        self.api(&format!("STREAM.INFO.{name}"), &()).await.map_err(|error| error.of(name))
    }

    /// The message at this place of a stream; `None` if there is none (any more).
    ///
    /// # Errors
    ///
    /// See [`StreamError`].
    pub async fn message_at(&self, stream: &str, sequence: u64) -> Result<Option<Stored>, StreamError> {
        let which = Which { sequence: Some(sequence), ..Which::default() };
        Ok(self.message(stream, &which).await?.map(Stored::from))
    }

    /// The last message that a stream has on a subject; `None` if it has none.
    ///
    /// # Errors
    ///
    /// See [`StreamError`].
    pub async fn last_on(&self, stream: &str, subject: &str) -> Result<Option<Stored>, StreamError> {
        Ok(self.last_message(stream, subject).await?.map(Stored::from))
    }

    /// Makes a stream; one of this name that is there already is left as it is.
    ///
    /// # Errors
    ///
    /// See [`StreamError`].
    pub async fn make_stream(&self, shape: &Shape) -> Result<stream::Info, StreamError> {
        let window = shape.duplicate_window;
        let config = stream::Config {
            name: shape.name.clone(),
            subjects: shape.subjects.clone(),
            max_age: shape.max_age,
            max_bytes: shape.max_bytes.and_then(|bytes| i64::try_from(bytes).ok()).unwrap_or(-1),
            num_replicas: shape.replicas.max(1),
            // The server takes no window that is longer than it keeps messages.
            duplicate_window: if shape.max_age.is_zero() { window } else { window.min(shape.max_age) },
            discard: DiscardPolicy::Old,
            storage: StorageType::File,
            allow_direct: true,
            ..stream::Config::default()
        };
        self.make(&config).await
    }

    pub(crate) async fn make(&self, config: &stream::Config) -> Result<stream::Info, StreamError> {
        match self.api(&format!("STREAM.CREATE.{}", config.name), config).await {
            Err(StreamError::Refused { code, .. }) if code == ErrorCode::STREAM_NAME_EXIST.0 => {
                self.stream(&config.name).await
            }
            other => other,
        }
    }

    /// The same with all that it carries. The leader of the stream is asked, never a replica that may lag.
    pub(crate) async fn last_message(&self, stream: &str, subject: &str) -> Result<Option<StreamMessage>, StreamError> {
        self.message(stream, &Which { last_on: Some(subject), ..Which::default() }).await
    }

    async fn message(&self, stream: &str, which: &Which<'_>) -> Result<Option<StreamMessage>, StreamError> {
        let answer = self.api::<Got>(&format!("STREAM.MSG.GET.{stream}"), which).await;
        match answer.map_err(|error| error.of(stream)) {
            Ok(got) => StreamMessage::try_from(got.message).map(Some).map_err(|error| unfit(&error)),
            Err(StreamError::Refused { code, .. }) if code == ErrorCode::NO_MESSAGE_FOUND.0 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One question to JetStream, and its answer.
    async fn api<T: DeserializeOwned>(&self, subject: &str, question: &impl Serialize) -> Result<T, StreamError> {
        // What is asked while there is no connection would be sent later, and answered to nobody.
        if !self.link().up {
            return Err(StreamError::NoAnswer);
        }
        match self.jetstream().request(subject.to_owned(), question).await {
            Ok(Response::Ok(answer)) => Ok(answer),
            Ok(Response::Err { error }) => Err(error.into()),
            Err(error) => Err(match error.kind() {
                RequestErrorKind::NoResponders => StreamError::NoJetStream,
                RequestErrorKind::TimedOut => StreamError::NoAnswer,
                _ => unfit(&error),
            }),
        }
    }
}

/// Which message is asked for.
#[derive(Default, Serialize)]
struct Which<'a> {
    #[serde(rename = "seq", skip_serializing_if = "Option::is_none")]
    sequence: Option<u64>,
    #[serde(rename = "last_by_subj", skip_serializing_if = "Option::is_none")]
    last_on: Option<&'a str>,
}

#[derive(Deserialize)]
struct Got {
    message: stream::RawMessage,
}

impl From<StreamMessage> for Stored {
    fn from(message: StreamMessage) -> Stored {
        let id = message.headers.get(header::NATS_MESSAGE_ID).map(ToString::to_string).unwrap_or_default();
        let payload = message.payload.as_ref().into();
        Stored { sequence: message.sequence, id, subject: message.subject.to_string(), payload }
    }
}

fn unfit(error: &dyn std::fmt::Display) -> StreamError {
    StreamError::Refused { text: error.to_string(), code: 0 }
}

impl From<jetstream::Error> for StreamError {
    fn from(error: jetstream::Error) -> StreamError {
        match error.error_code() {
            ErrorCode::JETSTREAM_NOT_ENABLED | ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT => StreamError::NoJetStream,
            code => StreamError::Refused { text: error.to_string(), code: code.0 },
        }
    }
}

impl StreamError {
    fn of(self, stream: &str) -> StreamError {
        match self {
            StreamError::Refused { code, .. } if code == ErrorCode::STREAM_NOT_FOUND.0 => {
                StreamError::NoStream { name: stream.to_owned() }
            }
            other => other,
        }
    }
}
