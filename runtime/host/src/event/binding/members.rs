//! The members of an event in JSON, in their order, with what each holds left as it is.

use super::error::{BindingError, broken};
use super::header::{PREFIX, encoded};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;
use std::fmt;

/// What an event consists of.
pub(super) struct Members<'e>(pub(super) Vec<(Cow<'e, str>, Cow<'e, RawValue>)>);

impl<'e> Members<'e> {
    /// The members of an event in JSON.
    pub(super) fn of(event: &'e [u8]) -> Result<Self, BindingError> {
        Ok(serde_json::from_slice(event)?)
    }

    /// A member, if it is there and not null: to the JSON format that is the same as absent.
    pub(super) fn get(&self, name: &str) -> Option<&RawValue> {
        let member = self.0.iter().find(|(it, _)| it == name);
        member.map(|(_, value)| &**value).filter(|it| it.get() != "null")
    }

    /// A member as a text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// All attributes with their values as texts, in order.
    pub(super) fn attributes(&self) -> Result<Vec<(&str, String)>, BindingError> {
        let attributes = self.0.iter().filter(|(name, value)| !is_data(name) && value.get() != "null");
        let text = |value: &RawValue| match serde_json::from_str(value.get())? {
            Value::String(text) => Ok::<_, BindingError>(text),
            other => Ok(other.to_string()),
        };
        attributes.map(|(name, value)| Ok((&**name, text(value)?))).collect()
    }

    /// All attributes but those as headers.
    pub(super) fn headers(&self, without: &[&str]) -> Result<Vec<(Cow<'static, str>, String)>, BindingError> {
        let mut attributes = self.attributes()?;
        attributes.retain(|(name, _)| !without.contains(name));
        let header = |(name, value): (&str, String)| (format!("{PREFIX}{name}").into(), encoded(&value));
        Ok(attributes.into_iter().map(header).collect())
    }

    /// What `data` holds, as the body of a message: JSON as it is, a text of another kind without its quotes.
    pub(super) fn body(&self) -> Result<Vec<u8>, BindingError> {
        if let Some(base64) = self.text("data_base64") {
            return STANDARD.decode(base64).map_err(BindingError::Base64);
        }
        let is_json = is_json(self.text("datacontenttype").as_deref());
        match self.text("data") {
            Some(text) if !is_json => Ok(text.into_bytes()),
            _ => {
                Ok(self.0.iter().find(|(name, _)| name == "data").map_or(&b""[..], |it| it.1.get().as_bytes()).to_vec())
            }
        }
    }

    /// The event that these attributes and this body are: in the order that ours have.
    pub(super) fn from_parts(attributes: Vec<(String, String)>, body: &[u8]) -> Result<Self, BindingError> {
        let kind = attributes.iter().find(|(name, _)| name == "datacontenttype").map(|it| it.1.clone());
        let mut members = Vec::with_capacity(attributes.len() + 1);
        for (name, value) in attributes {
            members.push((Cow::Owned(name.clone()), Cow::Owned(typed(&name, value)?)));
        }
        members.sort_by(|(one, _), (other, _)| rank(one).cmp(&rank(other)).then_with(|| one.cmp(other)));
        if !body.is_empty() {
            let (name, data) = data_of(kind.as_deref(), body)?;
            members.push((Cow::Borrowed(name), Cow::Owned(data)));
        }
        Ok(Self(members))
    }

    /// The event in JSON, held against the rules.
    pub(super) fn checked(&self) -> Result<Box<RawValue>, BindingError> {
        self.check()?;
        self.to_json()
    }

    /// The event in JSON, on one line.
    fn to_json(&self) -> Result<Box<RawValue>, BindingError> {
        let mut json = String::from("{");
        for (place, (name, value)) in self.0.iter().enumerate() {
            json.push_str(if place > 0 { "," } else { "" });
            json.push_str(&serde_json::to_string(name)?);
            json.push(':');
            json.push_str(value.get());
        }
        json.push('}');
        Ok(RawValue::from_string(json)?)
    }
}

/// What an event is about, and no attribute of it.
pub(super) fn is_data(name: &str) -> bool {
    ["data", "data_base64"].contains(&name)
}

/// Whether this type of content is JSON, which it is if an event says nothing.
fn is_json(kind: Option<&str>) -> bool {
    let kind = kind.unwrap_or("application/json").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.ends_with("/json") || kind.ends_with("+json")
}

/// A body as a member of an event.
fn data_of(kind: Option<&str>, body: &[u8]) -> Result<(&'static str, Box<RawValue>), BindingError> {
    if is_json(kind) {
        return Ok(("data", serde_json::from_slice(body)?));
    }
    match str::from_utf8(body) {
        Ok(text) => Ok(("data", to_raw_value(text)?)),
        Err(_) => Ok(("data_base64", to_raw_value(&STANDARD.encode(body))?)),
    }
}

/// Where an attribute stands: first what Choria writes, in its order, then all others by name.
fn rank(name: &str) -> usize {
    const FIRST: [&str; 8] =
        ["specversion", "id", "source", "type", "subject", "datacontenttype", "dataschema", "time"];
    FIRST.iter().position(|it| *it == name).unwrap_or(FIRST.len())
}

/// A header has no type: those attributes of ours that are no texts get theirs back.
fn typed(name: &str, value: String) -> Result<Box<RawValue>, BindingError> {
    let is_plain = match name {
        "code" | "missed" => value.parse::<i32>().is_ok_and(|it| it.to_string() == value),
        "fault" => value == "true" || value == "false",
        _ => false,
    };
    Ok(if is_plain { RawValue::from_string(value)? } else { to_raw_value(&value)? })
}

impl<'de: 'e, 'e> Deserialize<'de> for Members<'e> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Vec<(Cow<'de, str>, Cow<'de, RawValue>)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(24);
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    members.push((Cow::Owned(name), Cow::Borrowed(value)));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(All).map(Self)
    }
}

/// Whether a name comes twice.
pub(super) fn once(members: &Members<'_>) -> Result<(), BindingError> {
    let mut names: Vec<_> = members.0.iter().map(|(name, _)| &**name).collect();
    names.sort_unstable();
    match names.windows(2).find(|it| it[0] == it[1]) {
        Some(twice) => broken(twice[0], "comes twice"),
        None => Ok(()),
    }
}
