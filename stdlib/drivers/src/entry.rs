//! What a key of a bucket holds, compared with what was seen before, and what there is to tell of it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use crate::door::{Answer, Key, Memory, Notice, OUTPUT_MAX, Raw};
use crate::words::one_line;

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// When the bucket was made: one that was lost and made again counts its revisions anew.
    pub(crate) made: i64,
    pub(crate) found: Found,
}

/// What a key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    NoBucket,
    NoKey,
    Deleted(u64),
    Value(u64, Arc<[u8]>),
}

/// What is remembered of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sight {
    made: i64,
    state: State,
    /// The highest revision that was seen.
    revision: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    NoBucket = 0,
    NoKey = 1,
    Deleted = 2,
    Value = 3,
}

/// The outcomes in the order of the declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Changed = 0,
    Present = 1,
    Absent = 2,
    Deleted = 3,
}

impl Seen {
    /// What to remember of it.
    fn sight(&self, before: Option<Sight>) -> Sight {
        let made = if self.found == Found::NoBucket { before.map_or(0, |it| it.made) } else { self.made };
        let before = before.filter(|it| it.made == made).map_or(0, |it| it.revision);
        let (state, revision) = match self.found {
            Found::NoBucket => (State::NoBucket, before),
            Found::NoKey => (State::NoKey, before),
            Found::Deleted(revision) => (State::Deleted, revision),
            Found::Value(revision, _) => (State::Value, revision),
        };
        Sight { made, state, revision }
    }

    /// What it means after `before`, and what to remember; `None` if it is older than what was seen already. `is_fresh`:
    /// the visit's first look, which always has something to tell.
    pub(crate) fn judge(&self, before: Option<Sight>, is_fresh: bool) -> Option<(Option<Outcome>, Sight)> {
        let now = self.sight(before);
        let is_older = |it: Sight| it.made == now.made && now.revision < it.revision;
        if before.is_some_and(is_older) {
            return None;
        }
        let is_news = before != Some(now);
        let outcome = match now.state {
            State::Value if !is_news => Outcome::Present,
            State::Value => Outcome::Changed,
            State::Deleted => Outcome::Deleted,
            State::NoKey | State::NoBucket => Outcome::Absent,
        };
        Some(((is_news || is_fresh).then_some(outcome), now))
    }
}

/// The first byte of what is remembered; another one means that another version wrote it.
const FORMAT: u8 = 1;

impl Sight {
    /// The bytes that [`recall`](Self::recall) reads.
    pub(crate) fn remember(self) -> Memory {
        let mut bytes = vec![FORMAT, self.state as u8];
        bytes.extend(self.made.to_le_bytes());
        bytes.extend(self.revision.to_le_bytes());
        bytes.into()
    }

    /// What was remembered; nothing, if the bytes are not what [`remember`](Self::remember) writes.
    pub(crate) fn recall(bytes: &[u8]) -> Option<Self> {
        let (&[format, state], rest) = bytes.split_first_chunk()?;
        let (made, revision) = rest.split_first_chunk()?;
        let states = [State::NoBucket, State::NoKey, State::Deleted, State::Value];
        let state = states.into_iter().find(|it| *it as u8 == state).filter(|_| format == FORMAT)?;
        let revision = u64::from_le_bytes(revision.try_into().ok()?);
        Some(Self { made: i64::from_le_bytes(*made), state, revision })
    }
}

/// Which key of which bucket.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address {
    pub(crate) bucket: String,
    pub(crate) key: String,
}

impl Address {
    /// Why no server has such a bucket or key, if that is so.
    pub(crate) fn fault(&self) -> Option<String> {
        let is_plain = |it: u8, others: &[u8]| it.is_ascii_alphanumeric() || others.contains(&it);
        let fits =
            |name: &str, others: &[u8]| (1..=255).contains(&name.len()) && name.bytes().all(|it| is_plain(it, others));
        if !fits(&self.bucket, b"_-") {
            return Some(format!("no bucket can be called `{}`", self.bucket));
        }
        let is_key = fits(&self.key, b"-/_=.") && self.key.split('.').all(|it| !it.is_empty());
        (!is_key).then(|| format!("no key can be called `{}`", self.key))
    }

    /// What is told of a look.
    pub(crate) fn tell(&self, key: Key, outcome: Option<Outcome>, seen: &Seen, wants_output: bool) -> Answer {
        let raw = match &seen.found {
            Found::Value(_, value) if wants_output && outcome.is_some() => Some(raw(value)),
            _ => None,
        };
        let (fields, why) = outcome.map(|it| (fields(seen), self.why(it, seen))).unwrap_or_default();
        Answer { output: raw, ..self.answer(key, outcome, fields, &why) }
    }

    /// That there can be no such key, or that nothing is known, and why.
    pub(crate) fn answer(&self, key: Key, outcome: Option<Outcome>, fields: Map<String, Json>, why: &str) -> Answer {
        Answer {
            key,
            run_id: String::new(),
            outcome: outcome.map(|it| it as u8),
            took: Duration::ZERO,
            memory: None,
            fields,
            notice: Notice { kind: "kv", members: outcome.map(|it| self.members(it)).unwrap_or_default() },
            why: one_line(why),
            output: None,
        }
    }

    fn members(&self, outcome: Outcome) -> Map<String, Json> {
        let previous = match outcome {
            Outcome::Changed => "changed",
            Outcome::Present => "unchanged",
            Outcome::Absent | Outcome::Deleted => "error",
        };
        let members =
            [("bucket", &*self.bucket), ("key", &*self.key), ("mode", "watch"), ("previous_outcome", previous)];
        members.into_iter().map(|(name, it)| (name.to_owned(), json!(it))).collect()
    }

    fn why(&self, outcome: Outcome, seen: &Seen) -> String {
        let Self { bucket, key } = self;
        match (outcome, &seen.found) {
            (_, Found::NoBucket) => format!("there is no bucket `{bucket}`"),
            (_, Found::NoKey) => format!("`{key}` has no value in the bucket `{bucket}`"),
            (_, Found::Deleted(_)) => format!("`{key}` was deleted from the bucket `{bucket}`"),
            (Outcome::Present, Found::Value(revision, _)) => format!("`{key}` is as it was, at revision {revision}"),
            (_, Found::Value(revision, _)) => format!("`{key}` is at revision {revision}"),
        }
    }
}

fn fields(seen: &Seen) -> Map<String, Json> {
    let (name, value) = match seen.found {
        Found::NoBucket => ("reason", json!("no_bucket")),
        Found::NoKey => ("reason", json!("no_key")),
        Found::Deleted(revision) | Found::Value(revision, _) => {
            ("revision", json!(i64::try_from(revision).unwrap_or(i64::MAX)))
        }
    };
    [(name.to_owned(), value)].into_iter().collect()
}

fn raw(value: &[u8]) -> Raw {
    match value.len() {
        count if count > OUTPUT_MAX => Raw::TooLarge(count as u64),
        _ if std::str::from_utf8(value).is_err() => Raw::Unreadable("it is not UTF-8".to_owned()),
        _ => Raw::Whole(value.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(made: i64, revision: u64) -> Seen {
        Seen { made, found: Found::Value(revision, b"{}"[..].into()) }
    }

    fn found(found: Found) -> Seen {
        Seen { made: 1, found }
    }

    /// What is told of these looks, one after the other; the one at `fresh` begins a visit.
    fn told(looks: &[Seen], fresh: usize) -> Vec<&'static str> {
        let mut memory: Option<Sight> = None;
        let tell = |(at, seen): (usize, &Seen)| match seen.judge(memory, at == fresh) {
            None => "older",
            Some((outcome, sight)) => {
                memory = Sight::recall(&sight.remember());
                assert_eq!(memory, Some(sight));
                match outcome {
                    None => "nothing",
                    Some(Outcome::Changed) => "changed",
                    Some(Outcome::Present) => "present",
                    Some(Outcome::Absent) => "absent",
                    Some(Outcome::Deleted) => "deleted",
                }
            }
        };
        looks.iter().enumerate().map(tell).collect()
    }

    #[test]
    fn a_change_is_told_once_and_what_stayed_on_entry_only() {
        let looks = [value(1, 4), value(1, 4), value(1, 4), value(1, 9)];
        assert_eq!(told(&looks, 2), ["changed", "nothing", "present", "changed"]);
    }

    #[test]
    fn what_is_not_there_is_told_on_entry_and_once_for_each_loss() {
        let looks = [
            found(Found::NoBucket),
            found(Found::NoBucket),
            found(Found::NoKey),
            value(1, 3),
            found(Found::Deleted(4)),
            found(Found::Deleted(4)),
            found(Found::NoKey),
        ];
        assert_eq!(told(&looks, 0), ["absent", "nothing", "absent", "changed", "deleted", "nothing", "absent"]);
        assert_eq!(told(&looks[4..6], 1), ["deleted", "deleted"]);
    }

    #[test]
    fn a_replica_that_lags_is_not_believed() {
        let looks = [value(1, 9), value(1, 8), found(Found::Deleted(3)), value(1, 9), found(Found::Deleted(10))];
        assert_eq!(told(&looks, 3), ["changed", "older", "older", "present", "deleted"]);
    }

    #[test]
    fn a_bucket_that_was_made_again_counts_anew() {
        assert_eq!(told(&[value(1, 900), value(2, 1), value(2, 2)], 0), ["changed", "changed", "changed"]);
        let looks = [value(1, 9), found(Found::NoBucket), value(1, 9), value(1, 8)];
        assert_eq!(told(&looks, 9), ["changed", "absent", "changed", "older"]);
    }

    #[test]
    fn what_is_no_memory_is_nothing_remembered() {
        for bytes in [
            &b""[..],
            b"\x01",
            b"\x01\x03",
            &[9; 18],
            &[1; 17],
            &[1; 19],
            &[1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ] {
            assert_eq!(Sight::recall(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn names_that_no_server_has_are_known() {
        let fault = |bucket: &str, key: &str| Address { bucket: bucket.into(), key: key.into() }.fault();
        assert_eq!(fault("fleet", "hvac/lab.a=b"), None);
        assert_eq!(fault("a.b", "k").as_deref(), Some("no bucket can be called `a.b`"));
        for key in ["", "a b", "a.*", ">", ".a", "a..b", "a\r\nPUB x", &"x".repeat(256)] {
            assert!(fault("fleet", key).is_some(), "{key}");
        }
    }

    #[test]
    fn a_value_is_handed_over_if_it_is_text_of_a_bounded_size() {
        assert_eq!(raw(b"{}"), Raw::Whole(b"{}".to_vec()));
        assert_eq!(raw(&[b'x'; OUTPUT_MAX + 1]), Raw::TooLarge(OUTPUT_MAX as u64 + 1));
        assert_eq!(raw(b"\xff\xfe"), Raw::Unreadable("it is not UTF-8".to_owned()));
    }
}
