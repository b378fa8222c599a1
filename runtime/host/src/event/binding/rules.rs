//! The rules of CloudEvents 1.0, and of its JSON format.

use super::error::{BindingError, broken};
use super::members::{Members, is_data, once};
use crate::event::text::is_noncharacter;
use chrono::DateTime;
use serde_json::Value;

impl Members<'_> {
    /// Holds an event against the rules.
    pub(super) fn check(&self) -> Result<(), BindingError> {
        once(self)?;
        for name in ["specversion", "id", "source", "type"] {
            if self.get(name).is_none() {
                return broken(name, "is missing");
            }
        }
        if self.get("data").is_some() && self.get("data_base64").is_some() {
            return broken("data_base64", "is there beside `data`");
        }
        let attributes = self.0.iter().filter(|(name, value)| !is_data(name) && value.get() != "null");
        for (name, value) in attributes {
            check_attribute(name, &serde_json::from_str(value.get())?)?;
        }
        Ok(())
    }
}

fn check_attribute(name: &str, value: &Value) -> Result<(), BindingError> {
    if name.is_empty() || !name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit()) {
        return broken(name, "has a name with other signs than lower-case letters and digits");
    }
    match value {
        Value::String(text) => check_text(name, text),
        _ if STANDARD.contains(&name) => broken(name, "is no text"),
        Value::Bool(_) => Ok(()),
        Value::Number(number) if number.as_i64().is_some_and(|it| i32::try_from(it).is_ok()) => Ok(()),
        Value::Number(_) => broken(name, "is no whole number of 32 bits"),
        _ => broken(name, "is neither text nor number nor truth value"),
    }
}

/// The attributes that the specification itself has.
const STANDARD: [&str; 8] = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema"];

fn check_text(name: &str, text: &str) -> Result<(), BindingError> {
    if text.is_empty() && STANDARD.contains(&name) {
        return broken(name, "is empty");
    }
    if text.chars().any(|it| it.is_control() || is_noncharacter(it)) {
        return broken(name, "has a control character");
    }
    let (is_good, fault) = match name {
        "specversion" => (text == "1.0", "is not 1.0"),
        "source" => (is_reference(text), "is no URI reference"),
        "dataschema" => (is_reference(text) && has_scheme(text), "is no absolute URI"),
        "time" => (is_moment(text), "is no moment as RFC 3339 writes them"),
        "datacontenttype" => (is_content_type(text), "is no type of content"),
        _ => (true, ""),
    };
    if is_good { Ok(()) } else { broken(name, fault) }
}

/// The signs that RFC 3986 allows in a reference, and escapes that are whole.
fn is_reference(text: &str) -> bool {
    let allowed = |it: u8| it.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&it);
    let is_escape = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|it| it.is_ascii_hexdigit());
    text.bytes().all(allowed) && text.split('%').skip(1).all(is_escape)
}

fn has_scheme(text: &str) -> bool {
    let is_scheme = |it: &str| {
        it.starts_with(|first: char| first.is_ascii_alphabetic())
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it))
    };
    text.split_once(':').is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty())
}

fn is_moment(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
}

/// `TYPE/SUBTYPE`, with or without parameters.
fn is_content_type(text: &str) -> bool {
    let token =
        |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&it));
    let kind = text.split(';').next().unwrap_or_default().trim();
    kind.split_once('/').is_some_and(|(kind, subkind)| token(kind) && token(subkind))
}
