//! Texts in documents and attributes: never longer than promised, and with a type for the schema.

use crate::event::text::{fits, head, tail, visible};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;

/// A name in a document.
pub(super) type Name<'a> = Short<'a, { 2 * 1024 }>;

/// A path, a command or a reason in a document.
pub(super) type Text<'a> = Short<'a, { 8 * 1024 }>;

/// A text in a document: of a long one, the beginning, and a mark that says how much is missing.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Short<'a, const LIMIT: usize>(Cow<'a, str>);

impl<'a, const LIMIT: usize> From<&'a str> for Short<'a, LIMIT> {
    fn from(text: &'a str) -> Self {
        Self(head(text, LIMIT))
    }
}

impl<const LIMIT: usize> JsonSchema for Short<'_, LIMIT> {
    fn schema_name() -> Cow<'static, str> {
        format!("Text{LIMIT}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // What a text takes in JSON is bounded, so it has no more characters than that.
        json_schema!({ "type": "string", "maxLength": LIMIT })
    }
}

/// Room for one attribute, in bytes of JSON.
const ATTRIBUTE: usize = 1024;

/// The text of an attribute: never empty, without forbidden characters, at most 1 KiB.
#[derive(Serialize)]
#[serde(transparent)]
pub(in crate::event) struct Attribute<'a>(Cow<'a, str>);

impl<'a> Attribute<'a> {
    /// The text, or its beginning if it is long; nothing if it is empty: an attribute may be absent, never empty.
    pub(in crate::event) fn of(text: &'a str) -> Option<Self> {
        let shown = match visible(text) {
            Cow::Borrowed(text) => head(text, ATTRIBUTE),
            Cow::Owned(text) => Cow::Owned(head(&text, ATTRIBUTE).into_owned()),
        };
        (!shown.is_empty()).then_some(Self(shown))
    }

    /// The same of a text that was made for this.
    pub(in crate::event) fn made(text: String) -> Option<Attribute<'static>> {
        Attribute::of(&text).map(|it| Attribute(Cow::Owned(it.0.into_owned())))
    }

    /// The end of a long text: of what a command printed, it says why it failed.
    pub(super) fn end_of(text: &str) -> Option<Attribute<'static>> {
        let shown = tail(&visible(text.trim_end()), ATTRIBUTE).into_owned();
        (!shown.is_empty()).then_some(Attribute(Cow::Owned(shown)))
    }

    /// The text as it is if it has at most `limit` bytes in JSON, or nothing.
    pub(super) fn whole(text: String, limit: usize) -> Option<Attribute<'static>> {
        (!text.is_empty() && fits(&text, limit)).then_some(Attribute(Cow::Owned(text)))
    }
}

impl JsonSchema for Attribute<'_> {
    fn schema_name() -> Cow<'static, str> {
        "Attribute".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}
