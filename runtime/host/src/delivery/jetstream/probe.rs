//! Whether a stream still holds what it has acknowledged. An acknowledgement is no promise: a server that loses power, or is put
//! back from a copy, forgets what it has not written to its disk yet.

use serde::{Deserialize, Serialize};

/// The last message that a stream has acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The stream.
    pub(super) stream: String,
    /// When it was made, in the server's words: another stream of the same name has another moment.
    pub(super) created: String,
    /// The message's place.
    pub(super) sequence: u64,
    /// Its id.
    pub(super) id: String,
}

/// What a stream is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// When it was made.
    pub(super) created: String,
    /// Place of its first message.
    pub(super) first: u64,
    /// Place of its last message.
    pub(super) last: u64,
    /// Id of the message at the place of the mark, if there is one.
    pub(super) at_mark: Option<String>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It holds what it acknowledged, or has let it expire in order.
    Holds,
    /// It has lost some of it.
    Lost {
        /// The place that it acknowledged.
        from: u64,
        /// The last place that it has.
        to: u64,
    },
}

/// Holds what is there against what was acknowledged.
pub(super) fn probe(mark: &Mark, seen: &Seen) -> Verdict {
    let is_expired = seen.created == mark.created && mark.sequence < seen.first;
    let is_there = seen.created == mark.created && seen.at_mark.as_deref() == Some(&*mark.id);
    match is_expired || is_there {
        true => Verdict::Holds,
        false => Verdict::Lost { from: mark.sequence, to: seen.last },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(created: &str, (first, last): (u64, u64), at_mark: Option<&str>, expected: Verdict) {
        let mark = Mark { stream: "M".into(), created: "monday".into(), sequence: 500, id: "n1.hvac.1.7".into() };
        let seen = Seen { created: created.into(), first, last, at_mark: at_mark.map(str::to_owned) };
        assert_eq!(probe(&mark, &seen), expected);
    }

    #[test]
    fn what_is_there_or_expired_holds() {
        check("monday", (1, 500), Some("n1.hvac.1.7"), Verdict::Holds);
        check("monday", (1, 900), Some("n1.hvac.1.7"), Verdict::Holds);
        check("monday", (501, 500), None, Verdict::Holds);
        check("monday", (700, 900), None, Verdict::Holds);
    }

    #[test]
    fn what_the_server_forgot_is_lost() {
        let lost = |to| Verdict::Lost { from: 500, to };
        check("monday", (1, 400), None, lost(400));
        check("tuesday", (1, 0), None, lost(0));
        check("monday", (1, 0), None, lost(0));
    }

    /// Only the message itself tells: somebody else has published as much as was lost.
    #[test]
    fn a_loss_that_others_have_covered_is_found() {
        check("monday", (1, 550), Some("n2.fan.1.3"), Verdict::Lost { from: 500, to: 550 });
        check("tuesday", (501, 550), None, Verdict::Lost { from: 500, to: 550 });
    }
}
