//! What is known of an event without opening it: three of its attributes, which stand before its data.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// What a parcel shows of its event.
#[derive(Debug)]
pub(super) struct Label<'e> {
    pub(super) id: Cow<'e, str>,
    pub(super) kind: Cow<'e, str>,
    sequence: Cow<'e, str>,
}

/// As much of a label as was met by now.
#[derive(Default)]
struct Draft<'e> {
    id: Option<Text<'e>>,
    kind: Option<Text<'e>>,
    sequence: Option<Text<'e>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Attribute {
    Id,
    Type,
    Sequence,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Text<'e>(#[serde(borrow)] Cow<'e, str>);

impl<'e> Label<'e> {
    /// Reads what a parcel shows of an event, and no further: half of its bytes come after that, and that they are JSON was
    /// seen when the record was read.
    pub(super) fn read(event: &'e RawValue) -> Option<Self> {
        let mut draft = Draft::default();
        let mut json = serde_json::Deserializer::from_str(event.get());
        // It complains of what it was not asked to read.
        let _ = json.deserialize_map(&mut draft);
        let Draft { id: Some(id), kind: Some(kind), sequence: Some(sequence) } = draft else { return None };
        Some(Self { id: id.0, kind: kind.0, sequence: sequence.0 })
    }

    /// Its number.
    pub(super) fn sequence(&self) -> Option<u64> {
        self.sequence.parse().ok()
    }
}

impl Draft<'_> {
    fn is_whole(&self) -> bool {
        self.id.is_some() && self.kind.is_some() && self.sequence.is_some()
    }
}

impl<'e> Visitor<'e> for &mut Draft<'e> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'e>>(self, mut map: A) -> Result<(), A::Error> {
        while !self.is_whole() {
            match map.next_key()? {
                Some(Attribute::Id) => self.id = Some(map.next_value()?),
                Some(Attribute::Type) => self.kind = Some(map.next_value()?),
                Some(Attribute::Sequence) => self.sequence = Some(map.next_value()?),
                Some(Attribute::Other) => drop(map.next_value::<IgnoredAny>()?),
                None => break,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(event: &str, expected: Option<(&str, &str, u64)>) {
        let event: &RawValue = serde_json::from_str(event).unwrap();
        let label = Label::read(event);
        let read = label.as_ref().map(|it| (&*it.id, &*it.kind, it.sequence().unwrap_or_default()));
        assert_eq!(read, expected, "{event}");
    }

    #[test]
    fn a_label_is_read_wherever_its_attributes_stand() {
        let label = Some(("n1.m.1.7", "t", 7));
        check(r#"{"id":"n1.m.1.7","source":"s","type":"t","sequence":"00007","data":{"id":"other"}}"#, label);
        check(r#"{"data":{"id":"other","type":[1]},"sequence":"7","fault":true,"type":"t","id":"n1.m.1.7"}"#, label);
        check(r#"{"id":"a\"b","type":"t","sequence":"x"}"#, Some(("a\"b", "t", 0)));
    }

    #[test]
    fn what_lacks_one_of_them_has_no_label() {
        check(r#"{"id":"n1.m.1.7","type":"t"}"#, None);
        check(r#"{"id":7,"type":"t","sequence":"7"}"#, None);
        check("{}", None);
        check("[1]", None);
    }
}
