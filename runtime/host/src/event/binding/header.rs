//! Values of headers: percent-encoded on the way out, and on the way in first freed of quotes, as older senders have
//! them, then decoded once.

use super::error::BindingError;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;

/// What headers of events begin with.
pub(super) const PREFIX: &str = "ce-";

/// All that is not printable ASCII, and what would be read as something else.
const HIDDEN: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');

/// A text as the value of a header.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, HIDDEN).to_string()
}

/// The text that the value of a header stands for.
pub(super) fn decoded(name: &str, value: &str) -> Result<String, BindingError> {
    let plain = unquoted(value.trim_matches([' ', '\t']));
    let decoded = percent_decode_str(&plain).decode_utf8();
    decoded.map(Cow::into_owned).map_err(|_| BindingError::Header { name: name.to_owned() })
}

/// Without the quotes around quoted strings, and the escapes inside them.
fn unquoted(value: &str) -> Cow<'_, str> {
    if !value.contains('"') {
        return Cow::Borrowed(value);
    }
    let (mut plain, mut is_quoted, mut signs) = (String::with_capacity(value.len()), false, value.chars());
    while let Some(sign) = signs.next() {
        match sign {
            '"' => is_quoted = !is_quoted,
            '\\' if is_quoted => plain.extend(signs.next()),
            sign => plain.push(sign),
        }
    }
    Cow::Owned(plain)
}

/// The attributes that headers stand for, with their values.
pub(super) fn attributes(headers: &[(&str, &str)]) -> Result<Vec<(String, String)>, BindingError> {
    let named = headers.iter().filter_map(|(name, value)| Some((name, attribute(name)?, value)));
    named.map(|(name, attribute, value)| Ok((attribute, decoded(name, value)?))).collect()
}

/// The name of the attribute that a header stands for, in lower case.
fn attribute(header: &str) -> Option<String> {
    let header = header.to_ascii_lowercase();
    header.strip_prefix(PREFIX).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_as_the_specification_shows() {
        let check = |text: &str, value: &str| {
            assert_eq!(encoded(text), value);
            assert_eq!(decoded("ce-why", value).unwrap(), text);
        };
        check("Euro € 😀", "Euro%20%E2%82%AC%20%F0%9F%98%80");
        check("plain-text_~!#$&'()*+,/:;=?@[]\\^`{|}", "plain-text_~!#$&'()*+,/:;=?@[]\\^`{|}");
        check("100 % \"sure\"", "100%20%25%20%22sure%22");
        check("a\r\nb\u{7f}\u{85}", "a%0D%0Ab%7F%C2%85");
    }

    #[test]
    fn what_others_send_is_understood() {
        let check = |value: &str, text: &str| assert_eq!(decoded("ce-why", value).unwrap(), text);
        check("%e2%82%ac", "€");
        check("%41bc", "Abc");
        check("\"the \\\"big\\\" lab\"", "the \"big\" lab");
        check("\"a%20b\"", "a b");
        check("  a\t", "a");
        check("50%", "50%");
        check("%2541", "%41");
    }

    #[test]
    fn what_is_not_utf_8_is_refused() {
        for value in ["%C0%A0", "%ff", "a%E2%82"] {
            let error = decoded("ce-why", value).unwrap_err().to_string();
            assert_eq!(error, "the header `ce-why` is not UTF-8 once its percent-encoding is undone");
        }
    }

    #[test]
    fn names_of_headers_have_any_case() {
        assert_eq!(attribute("CE-RunId").as_deref(), Some("runid"));
        assert_eq!(attribute("content-type"), None);
    }
}
