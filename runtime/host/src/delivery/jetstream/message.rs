//! What passes between the window and those who do its work: steps one way, news the other.

use super::answer::Refusal;
use bytes::Bytes;
use machine_nats::async_nats::Subject;

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Look what this subject ends with.
    Look {
        /// Whose subject it is.
        lane: usize,
        /// The subject.
        subject: Subject,
    },
    /// Send this.
    Send(Message),
}

/// A message to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// What its answer is known by.
    pub(super) token: u64,
    pub(super) subject: Subject,
    pub(super) id: String,
    pub(super) expect: Expect,
    /// The server has to answer. Of messages that follow each other the answer to a later one will do.
    pub(super) is_asked: bool,
    pub(super) json: Bytes,
}

/// What the server has to find, or else it stores nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// Anything.
    Anything,
    /// The last message of the subject is at this place.
    Place(u64),
    /// The last message of the stream has this id.
    Id(String),
}

/// What an answer brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News<'m> {
    /// Nothing that matters.
    None,
    /// A message is stored.
    Stored {
        /// Its stream.
        stream: &'m str,
        /// Its place.
        place: u64,
        /// Its id.
        id: String,
        /// It was not there before.
        is_new: bool,
    },
    /// The server does not want to.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The subject.
        subject: Subject,
        /// How many bytes the event has.
        bytes: usize,
    },
}
