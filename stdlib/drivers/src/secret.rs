//! Secrets on their way to a command, and out of everything that it prints.
//!
//! A secret goes into a command's environment and nowhere else. A command may print what it was given, so its value is
//! looked for in both outputs, as they come and before anything else sees them, and replaced by `[secret NAME]`. It is
//! found as it is, as JSON, in hexadecimal and in Base64; what a command does to it beyond that nobody can recognise.

use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::door::Value;

/// A secret as the node found it. Not even `Debug` shows its value.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    name: Arc<str>,
    value: Result<Arc<str>, Arc<str>>,
}

impl Secret {
    /// A secret and its value, or why there is none.
    #[must_use]
    pub fn new(name: &str, value: Result<String, String>) -> Self {
        Self { name: name.into(), value: value.map(Into::into).map_err(Into::into) }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its value, or why there is none.
    pub(crate) fn value(&self) -> Result<&str, &str> {
        self.value.as_deref().map_err(|why| &**why)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[secret {}]", self.name)
    }
}

/// All secrets in the arguments of a watcher.
pub(crate) fn secrets_in(args: &[Value]) -> Vec<&Secret> {
    fn collect<'a>(value: &'a Value, found: &mut Vec<&'a Secret>) {
        match value {
            Value::Secret(secret) => found.push(secret),
            Value::List(items) => items.iter().for_each(|it| collect(it, found)),
            Value::Map(items) => items.iter().for_each(|(_, it)| collect(it, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    args.iter().for_each(|it| collect(it, &mut found));
    found
}

/// What is looked for, and what stands there instead; the longest first.
#[derive(Clone, Default)]
pub(crate) struct Patterns(Arc<[(Vec<u8>, Vec<u8>)]>);

impl Patterns {
    /// The forms of these secrets.
    pub(crate) fn new(secrets: &[&Secret]) -> Self {
        let mut patterns: Vec<_> = secrets.iter().flat_map(|it| patterns(it)).collect();
        patterns.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        patterns.dedup();
        Self(patterns.into())
    }

    /// There is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What stands at the beginning of `rest`; at the end of the stream, nothing more comes.
    fn at(&self, rest: &[u8], is_end: bool) -> Found<'_> {
        let (mut whole, mut begun) = (None, None);
        for (pattern, shown) in self.0.iter() {
            if rest.starts_with(pattern) {
                whole = whole.or(Some(Found::Secret(pattern.len(), shown)));
            } else if pattern.starts_with(rest) {
                begun = begun.or(Some(shown));
            }
        }
        match (whole, begun) {
            (_, Some(_)) if !is_end => Found::MoreIsNeeded,
            (Some(found), _) => found,
            (None, Some(shown)) if rest.len() >= TELLING => Found::Secret(rest.len(), shown),
            _ => Found::Nothing,
        }
    }
}

/// So much of a secret that was cut off, as when its command was killed, is as good as the whole.
const TELLING: usize = 4;

/// What stands at one place of a stream.
enum Found<'p> {
    Secret(usize, &'p [u8]),
    MoreIsNeeded,
    Nothing,
}

fn patterns(secret: &Secret) -> Vec<(Vec<u8>, Vec<u8>)> {
    let Some(value) = secret.value().ok().filter(|it| !it.is_empty()) else {
        return Vec::new();
    };
    let json = Json::from(value).to_string();
    let json = json.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or_default().to_owned();
    let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![value.to_owned(), json, hex.to_uppercase(), hex];
    forms.extend(base64(value.as_bytes()));
    let shown = format!("[secret {}]", secret.name()).into_bytes();
    forms.into_iter().filter(|it| !it.is_empty()).map(|it| (it.into_bytes(), shown.clone())).collect()
}

/// What bytes become in Base64, in both alphabets, at each of the three places in a group where they can begin; without
/// the letters that depend on what stands around them.
fn base64(bytes: &[u8]) -> Vec<String> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Shorter ones would be found everywhere.
    const SHORTEST: usize = 6;
    let encoded = |before: usize| {
        let bits = |at: usize| {
            let bit = |bit: usize| {
                let at = (at + bit).checked_sub(before * 8)?;
                bytes.get(at / 8).map(|byte| byte >> (7 - at % 8) & 1)
            };
            (0..6).try_fold(0, |sum: u8, it| Some(sum << 1 | bit(it)?))
        };
        let sextets = (0..(before + bytes.len()) * 8).step_by(6).filter_map(bits);
        sextets.filter_map(|it| LETTERS.get(usize::from(it))).map(|it| char::from(*it)).collect::<String>()
    };
    let plain = (0..3).map(encoded).filter(|it| it.len() >= SHORTEST);
    plain.flat_map(|it| [it.replace('+', "-").replace('/', "_"), it]).collect()
}

/// Takes the secrets out of a stream, piece by piece.
pub(crate) struct Redactor {
    patterns: Patterns,
    /// Whether a pattern begins with this byte: most bytes need no closer look.
    is_first: Box<[bool; 256]>,
    /// The end of what has come so far, as far as a secret may have begun in it.
    pending: Vec<u8>,
}

impl Redactor {
    pub(crate) fn new(patterns: Patterns) -> Self {
        let mut is_first = Box::new([false; 256]);
        for (first, _) in patterns.0.iter().filter_map(|(pattern, _)| pattern.split_first()) {
            if let Some(it) = is_first.get_mut(usize::from(*first)) {
                *it = true;
            }
        }
        Self { patterns, is_first, pending: Vec::new() }
    }

    /// Takes the next piece, and hands on what can be told by now.
    pub(crate) fn push(&mut self, bytes: &[u8], mut hand_on: impl FnMut(&[u8])) {
        self.pending.extend_from_slice(bytes);
        hand_on(&self.take(false));
    }

    /// The stream has ended: what was held back is told.
    pub(crate) fn finish(&mut self, mut hand_on: impl FnMut(&[u8])) {
        hand_on(&self.take(true));
    }

    fn take(&mut self, is_end: bool) -> Vec<u8> {
        let mut told = Vec::with_capacity(self.pending.len());
        let mut at = 0;
        while let Some((byte, _)) = self.pending.get(at..).and_then(<[u8]>::split_first) {
            let is_first = self.is_first.get(usize::from(*byte)) == Some(&true);
            let rest = self.pending.get(at..).unwrap_or_default();
            match if is_first { self.patterns.at(rest, is_end) } else { Found::Nothing } {
                Found::Secret(length, shown) => {
                    told.extend_from_slice(shown);
                    at += length;
                }
                Found::MoreIsNeeded => break,
                Found::Nothing => {
                    told.push(*byte);
                    at += 1;
                }
            }
        }
        self.pending.drain(..at);
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(patterns: &Patterns, text: &str) -> String {
        let (mut redactor, mut told) = (Redactor::new(patterns.clone()), Vec::new());
        redactor.push(text.as_bytes(), |it| told.extend_from_slice(it));
        redactor.finish(|it| told.extend_from_slice(it));
        String::from_utf8(told).unwrap()
    }

    fn patterns(secrets: &[(&str, &str)]) -> Patterns {
        let secrets: Vec<_> = secrets.iter().map(|(name, value)| Secret::new(name, Ok((*value).into()))).collect();
        Patterns::new(&secrets.iter().collect::<Vec<_>>())
    }

    /// The text in pieces of every size.
    fn check(secrets: &[(&str, &str)], text: &str, shown: &str) {
        for size in 1..=text.len() {
            let (mut redactor, mut told) = (Redactor::new(patterns(secrets)), Vec::new());
            text.as_bytes().chunks(size).for_each(|it| redactor.push(it, |it| told.extend_from_slice(it)));
            redactor.finish(|it| told.extend_from_slice(it));
            assert_eq!(String::from_utf8(told).unwrap(), shown, "in pieces of {size}");
        }
    }

    #[test]
    fn a_secret_is_never_told_wherever_the_pieces_end() {
        let secrets = [("token", "hunter2!"), ("pin", "12345678")];
        check(&secrets, "a hunter2! b 12345678 c hunter2", "a [secret token] b [secret pin] c [secret token]");
        check(&secrets, "hunter hunter3 hhunter2!!", "hunter hunter3 h[secret token]!");
        check(
            &[("short", "abcd"), ("long", "abcdefgh")],
            "abcdefgh abcdef abcd",
            "[secret long] [secret short]ef [secret short]",
        );
        check(&[], "plain", "plain");
    }

    #[test]
    fn other_ways_to_write_it_are_known() {
        let secrets = [("token", "say \"hunter2\"\n")];
        check(&[("token", "\"a\"")], r#"{"x":"\"a\""}"#, r#"{"x":"[secret token]"}"#);
        check(&secrets, r#"{"x":"say \"hunter2\"\n"}"#, r#"{"x":"[secret token]"}"#);
        check(&secrets, "7361792022 7361792022 68756e7465723222 0a", "7361792022 7361792022 68756e7465723222 0a");
        check(&secrets, "x736179202268756e74657232220ax", "x[secret token]x");
        check(&[("token", "hunter2hunter2")], "aHVudGVyMmh1bnRlcjI=", "[secret token]I=");
        check(&[("token", "hunter2hunter2")], "eGh1bnRlcjJodW50ZXIy", "eG[secret token]");
    }

    #[test]
    fn nothing_shows_a_value_by_accident() {
        let secret = Secret::new("token", Ok("hunter2".into()));
        assert_eq!(format!("{secret:?} {:?}", Value::Secret(secret.clone())), "[secret token] Secret([secret token])");
        let args = [Value::Map(vec![("A".into(), Value::Secret(secret.clone()))]), Value::Bool(true)];
        assert_eq!(secrets_in(&args), [&secret]);
        assert_eq!(redacted(&patterns(&[("token", "hunter2")]), "at hunter2"), "at [secret token]");
    }
}
