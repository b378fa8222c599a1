//! What the server answers to what was published.

use serde::Deserialize;

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer<'m> {
    /// It is stored, now or before.
    Stored {
        /// The stream.
        stream: &'m str,
        /// Its place there.
        sequence: u64,
        /// It was there before.
        duplicate: bool,
    },
    /// The stream is not as it was expected to be; nothing was stored.
    Unexpected,
    /// Nothing was stored.
    Refused(Refusal),
}

/// Why nothing was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No stream takes the subject, or there is no JetStream.
    NoStream,
    /// The stream, the account or the server has no room.
    Full(String),
    /// The stream takes no message of this size.
    TooLarge,
    /// Anything else, in the server's words.
    Other(String),
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(default)]
    stream: &'a str,
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    duplicate: bool,
    error: Option<WireError>,
}

#[derive(Deserialize)]
struct WireError {
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

/// `Nats-Expected-Last-Msg-Id` and `Nats-Expected-Last-Subject-Sequence` did not hold.
const WRONG_LAST: [u64; 2] = [10_070, 10_071];
/// Account, server or stream without room: `resources exceeded`, `insufficient resources`, `insufficient storage`,
/// `maximum messages/bytes/messages per subject exceeded` (one number for the three).
const FULL: [u64; 5] = [10_002, 10_023, 10_028, 10_047, 10_077];
/// `message size exceeds maximum allowed`.
const TOO_LARGE: u64 = 10_054;

impl<'m> Answer<'m> {
    /// Reads an answer; `no_responders` if the server said that nobody listens there.
    pub(super) fn read(no_responders: bool, payload: &'m [u8]) -> Answer<'m> {
        if no_responders {
            return Answer::Refused(Refusal::NoStream);
        }
        let Ok(wire) = serde_json::from_slice::<Wire<'_>>(payload) else {
            return Answer::Refused(Refusal::Other("an answer that is no JetStream answer".to_owned()));
        };
        match wire.error {
            None => Answer::Stored { stream: wire.stream, sequence: wire.seq, duplicate: wire.duplicate },
            Some(error) if WRONG_LAST.contains(&error.err_code) => Answer::Unexpected,
            Some(error) => Answer::Refused(Refusal::of(error)),
        }
    }
}

impl Refusal {
    fn of(error: WireError) -> Refusal {
        match error.err_code {
            code if FULL.contains(&code) => Refusal::Full(error.description),
            TOO_LARGE => Refusal::TooLarge,
            _ => Refusal::Other(error.description),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood() {
        let check = |payload: &str, expected: Answer<'_>| assert_eq!(Answer::read(false, payload.as_bytes()), expected);
        let stored = |sequence, duplicate| Answer::Stored { stream: "M", sequence, duplicate };
        let error =
            |code: u64, text: &str| format!(r#"{{"error":{{"code":400,"err_code":{code},"description":"{text}"}}}}"#);
        check(r#"{"stream":"M","seq":7}"#, stored(7, false));
        check(r#"{"stream":"M","seq":7,"duplicate":true,"domain":"d"}"#, stored(7, true));
        check(&error(10_070, "wrong last msg ID: x"), Answer::Unexpected);
        check(&error(10_071, "wrong last sequence: 5"), Answer::Unexpected);
        let full = Refusal::Full("maximum messages exceeded".to_owned());
        check(&error(10_077, "maximum messages exceeded"), Answer::Refused(full));
        check(&error(10_054, "too large"), Answer::Refused(Refusal::TooLarge));
        check(&error(1, "odd"), Answer::Refused(Refusal::Other("odd".to_owned())));
        assert_eq!(Answer::read(true, b""), Answer::Refused(Refusal::NoStream));
        assert!(matches!(Answer::read(false, b"+OK"), Answer::Refused(Refusal::Other(_))));
    }
}
