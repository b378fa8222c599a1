//! Somebody else writes under the name of this node, from a state directory of its own. Of the two, the one whose numbers
//! began later goes on, and the other gives way: both come to the same conclusion, whoever notices first.

use super::JetStream;
use super::session::{Leave, Session};
use crate::delivery::epochs::Number;
use crate::event::happening::What;
use chrono::{DateTime, SecondsFormat, Utc};

/// What users can do about it.
const WAY_OUT: &str = "give one of the two another name, or end the other";

impl Session {
    /// The other goes on: nothing is published any more.
    pub(super) fn fenced(&self, subject: &str, event: String) -> Leave {
        let who = self.who(subject);
        let why = began(&event)
            .map(|theirs| format!(": its numbers began later, {theirs}, so it goes on"))
            .unwrap_or_default();
        let text = format!(
            "{who}{why}; this node publishes no more, and its events wait in the journal: {WAY_OUT}, then start this one \
             again"
        );
        Leave::Fenced { event, text }
    }

    /// The other gives way; told once.
    pub(super) fn tell_rival(&mut self, subject: &str, event: String) {
        if std::mem::replace(&mut self.has_rival, true) {
            return;
        }
        let (who, theirs) = (self.who(subject), began(&event).unwrap_or_default());
        let text =
            format!("{who}: its numbers began earlier, {theirs}, so it gives way, and this node goes on: {WAY_OUT}");
        self.backlog.say(&text);
        let (sink, stream) = ("nats".to_owned(), self.options.stream.clone());
        self.backlog.tell(None, What::IdentityConflict { sink, stream, event, text });
    }

    fn who(&self, subject: &str) -> String {
        let JetStream { node, stream, .. } = &self.options;
        format!("somebody else writes events under the name `{node}` (on `{subject}` of the stream `{stream}`)")
    }
}

/// When the numbers began of which this event has one, in words.
fn began(event: &str) -> Option<String> {
    let (_, number) = Number::of(event)?;
    let at = DateTime::<Utc>::from_timestamp_millis(i64::try_from(number.epoch).ok()?)?;
    Some(at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_when_its_numbers_began() {
        let check = |id: &str, expected: Option<&str>| assert_eq!(began(id).as_deref(), expected, "{id}");
        check("n1.lamp.1767225600000.7", Some("2026-01-01T00:00:00Z"));
        check("again/n1.lamp.1767225600000.7", Some("2026-01-01T00:00:00Z"));
        check("", None);
        check("n1.lamp.99999999999999999999.7", None);
        check("n1.lamp.9999999999999999999.7", None);
    }
}
