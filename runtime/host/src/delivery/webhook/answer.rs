//! What an answer means for the event that was sent.

use crate::event::binding::BindingError;
use hyper::StatusCode;
use hyper::header::{HeaderMap, RETRY_AFTER};
use std::time::{Duration, SystemTime};

/// The longest that the other end may ask to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
/// So much of an answer is told.
const TOLD: usize = 200;

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) fate: Fate,
    /// In words, with the way out where there is one.
    pub(super) text: String,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing more.
    Taken,
    /// Send it again; not before this, if the other end said so.
    Later(Option<Duration>),
    /// The address, the token or the mode is wrong: no event would be taken.
    Unfit,
    /// This event will never be taken.
    Refused,
}

impl Answer {
    /// Judges a status by what it says of the event, of the sender, or of the moment.
    pub(super) fn of(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let help = match status.as_u16() {
            401 | 403 | 407 => ": see `token-file`",
            300..=399 | 404 | 405 | 410 | 421 => ": see `url`",
            411 | 415 => ": see `mode`",
            _ => "",
        };
        Self { fate: judged(status, headers), text: words(status, body) + help }
    }

    /// There was no answer.
    pub(super) fn none(why: impl Into<String>) -> Self {
        Self { fate: Fate::Later(None), text: why.into() }
    }

    /// It cannot even be put into a request.
    pub(super) fn unsendable(error: &BindingError) -> Self {
        Self { fate: Fate::Refused, text: format!("it cannot be sent: {error}") }
    }
}

/// What a status says of what was sent.
pub(crate) fn judged(status: StatusCode, headers: &HeaderMap) -> Fate {
    match status.as_u16() {
        200..=299 => Fate::Taken,
        400 | 406 | 409 | 413 | 414 | 422 | 431 => Fate::Refused,
        408 | 425 | 429 | 500..=599 => Fate::Later(retry_after(headers, SystemTime::now())),
        _ => Fate::Unfit,
    }
}

/// A status, and what was said with it.
pub(crate) fn words(status: StatusCode, body: &[u8]) -> String {
    let fit = |it: char| if it.is_control() { ' ' } else { it };
    let said: String = String::from_utf8_lossy(body).trim().chars().take(TOLD).map(fit).collect();
    if said.is_empty() { format!("the answer is {status}") } else { format!("the answer is {status}, {said}") }
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default(),
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer::of(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn each_status_is_about_the_event_the_sender_or_the_moment() {
        let check = |fate, statuses: &[u16]| {
            for status in statuses {
                assert_eq!(answer(*status, "").fate, fate, "{status}");
            }
        };
        check(Fate::Taken, &[200, 201, 202, 204]);
        check(Fate::Refused, &[400, 413, 422]);
        check(Fate::Unfit, &[301, 302, 307, 401, 403, 404, 405, 415, 418]);
        check(Fate::Later(None), &[408, 425, 429, 500, 502, 503, 504]);
    }

    #[test]
    fn what_the_other_end_says_is_told_and_bounded() {
        assert_eq!(answer(422, " no\nsuch field ").text, "the answer is 422 Unprocessable Entity, no such field");
        assert_eq!(answer(401, "").text, "the answer is 401 Unauthorized: see `token-file`");
        assert!(answer(500, &"x".repeat(10_000)).text.len() < 300);
    }

    #[test]
    fn a_wait_comes_in_seconds_or_as_a_date_and_is_bounded() {
        let now = httpdate::parse_http_date("Fri, 02 Jan 2026 03:04:05 GMT").unwrap();
        let check = |text: &str, seconds: Option<u64>| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{text}");
        };
        check("7", Some(7));
        check("Fri, 02 Jan 2026 03:05:05 GMT", Some(60));
        check("Thu, 02 Jan 2025 03:05:05 GMT", Some(0));
        check("1000000000", Some(3600));
        check("soon", None);
    }
}
