//! Extension attributes: how they are collected, and the rules of CloudEvents 1.0 that the SDK does not check.

use super::error::EventError;
use super::happening::Outcome;
use super::text::{fits, head, is_hidden, is_noncharacter, tail, visible};
use cloudevents::event::{AttributesReader, ExtensionValue};
use serde_json::{Map, Value};

/// Room for one attribute, in bytes of JSON.
const LIMIT: usize = 1024;
/// Room for what a watcher returned, in bytes of JSON; it is there whole or not at all.
const RETURNED: usize = 4 * 1024;

/// Extension attributes in the order in which they were added; never an empty one, never one with a forbidden
/// character, none longer than 1 KiB.
#[derive(Default)]
pub(super) struct Attributes(Vec<(&'static str, ExtensionValue)>);

impl Attributes {
    /// Adds a text, its beginning if it is long, or nothing if it is empty: an attribute may be absent, never empty.
    pub(super) fn text(&mut self, name: &'static str, text: &str) {
        self.push_text(name, &head(&visible(text), LIMIT));
    }

    /// Adds a yes or no.
    pub(super) fn flag(&mut self, name: &'static str, value: bool) {
        self.0.push((name, ExtensionValue::Boolean(value)));
    }

    /// What every outcome of a watcher tells, whatever its kind.
    pub(super) fn outcome(&mut self, outcome: &Outcome) {
        self.text("kind", &outcome.kind);
        self.text("outcome", &outcome.outcome);
        self.flag("fault", outcome.fault);
        self.text("runid", &outcome.run_id);
        self.text("why", &outcome.why);
    }

    /// The payload of the kinds that report in one of Choria's documents, which has no field for it.
    pub(super) fn fields(&mut self, outcome: &Outcome) {
        for name in ["reason", "code", "signal"] {
            self.scalar(name, outcome.fields.get(name));
        }
        if let Some(stderr) = outcome.fields.get("stderr").and_then(Value::as_str) {
            self.push_text("stderr", &tail(&visible(stderr.trim_end()), LIMIT));
        }
        if !outcome.returned.is_empty() {
            let returned = plain_json(&outcome.returned);
            self.push_text("returned", if fits(&returned, RETURNED) { &returned } else { "" });
        }
    }

    /// Adds a value as the type of attribute that it fits; a whole number that does not fit 32 bits becomes a text.
    fn scalar(&mut self, name: &'static str, value: Option<&Value>) {
        match value {
            None | Some(Value::Null) => {}
            Some(Value::Bool(flag)) => self.flag(name, *flag),
            Some(Value::String(text)) => self.text(name, text),
            Some(other) => match other.as_i64().filter(|number| i32::try_from(*number).is_ok()) {
                Some(number) => self.0.push((name, ExtensionValue::Integer(number))),
                None => self.text(name, &other.to_string()),
            },
        }
    }

    fn push_text(&mut self, name: &'static str, text: &str) {
        if !text.is_empty() {
            self.0.push((name, ExtensionValue::String(text.to_owned())));
        }
    }
}

impl IntoIterator for Attributes {
    type Item = (&'static str, ExtensionValue);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// An object as JSON that an attribute can hold: what would not show itself is written as JSON escapes it, `\u0085`.
fn plain_json(object: &Map<String, Value>) -> String {
    let mut plain = String::new();
    for c in Value::Object(object.clone()).to_string().chars() {
        if is_hidden(c) {
            plain.extend(c.encode_utf16(&mut [0; 2]).iter().map(|it| format!("\\u{it:04x}")));
        } else {
            plain.push(c);
        }
    }
    plain
}

/// Holds an event against the rules that the SDK does not check: no empty attribute, `source` is a URI reference,
/// names of lower-case letters and digits, whole numbers of 32 bits, no forbidden characters.
pub(super) fn check(event: &cloudevents::Event) -> Result<(), EventError> {
    let required = [("id", event.id()), ("type", event.ty()), ("source", event.source().as_str())];
    for (name, value) in required.into_iter().chain(event.subject().map(|value| ("subject", value))) {
        check_text(name, value)?;
    }
    if !event.source().bytes().all(is_uri_byte) {
        return fault("source", "is not a URI reference");
    }
    event.iter_extensions().try_for_each(|(name, value)| check_extension(name, value))
}

fn check_extension(name: &str, value: &ExtensionValue) -> Result<(), EventError> {
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return fault(name, "has a name with other signs than lower-case letters and digits");
    }
    if RESERVED.contains(&name) {
        return fault(name, "has the name of an attribute that every event has");
    }
    match value {
        ExtensionValue::String(text) => check_text(name, text),
        ExtensionValue::Integer(number) if i32::try_from(*number).is_err() => fault(name, "does not fit 32 bits"),
        ExtensionValue::Integer(_) | ExtensionValue::Boolean(_) => Ok(()),
    }
}

const RESERVED: [&str; 9] =
    ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"];

fn check_text(name: &str, text: &str) -> Result<(), EventError> {
    if text.is_empty() {
        return fault(name, "is empty");
    }
    if text.chars().any(|c| c.is_control() || is_noncharacter(c)) {
        return fault(name, "has a control character");
    }
    Ok(())
}

/// What RFC 3986 allows anywhere in a reference.
fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

fn fault<T>(name: &str, fault: &'static str) -> Result<T, EventError> {
    Err(EventError::Attribute { name: visible(name).into_owned(), fault })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloudevents::{EventBuilder, EventBuilderV10};

    fn good() -> EventBuilderV10 {
        EventBuilderV10::new().id("n1.hvac.1.1").ty("machine.v1.started").source("/machines/n1/hvac")
    }

    #[test]
    fn what_the_sdk_lets_through_is_refused() {
        let check = |builder: EventBuilderV10, message: Option<&str>| {
            let error = check(&builder.build().unwrap()).err().map(|error| error.to_string());
            let expected = message.map(|message| format!("an event cannot be made: the attribute {message}"));
            assert_eq!(error, expected);
        };
        let naming = "has a name with other signs than lower-case letters and digits";
        check(good().subject("n1").extension("code", i64::from(i32::MAX)), None);
        check(good().id(""), Some("`id` is empty"));
        check(good().subject(""), Some("`subject` is empty"));
        check(good().subject("n\u{1b}[2J"), Some("`subject` has a control character"));
        check(good().source("not a uri ref ^"), Some("`source` is not a URI reference"));
        check(good().extension("Bad-Name", "x"), Some(&format!("`Bad-Name` {naming}")));
        check(good().extension("", "x"), Some(&format!("`` {naming}")));
        check(good().extension("data", "x"), Some("`data` has the name of an attribute that every event has"));
        check(good().extension("why", ""), Some("`why` is empty"));
        check(good().extension("why", "a\nb"), Some("`why` has a control character"));
        check(good().extension("why", "\u{ffff}"), Some("`why` has a control character"));
        check(good().extension("code", 1i64 << 31), Some("`code` does not fit 32 bits"));
        check(good().extension("code", -(1i64 << 31) - 1), Some("`code` does not fit 32 bits"));
    }
}
