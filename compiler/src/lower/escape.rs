//! The text between two quotes, escapes resolved.

use super::Lower;
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{Node, Span};

/// Why a text cannot be read, and how many bytes of it that concerns.
enum Mistake {
    /// A backslash before a character that makes no escape.
    Unknown(char),
    /// `\u` without braces, or with something else than a character's number between them.
    Unicode,
    /// `{` or `}`.
    Brace(char),
}

impl Lower<'_, '_> {
    /// The text of a node between its quotes; `None` if it has a mistake, which is then reported.
    pub(super) fn text(&mut self, node: Node<'_, '_>) -> Option<String> {
        let written = node.text();
        let inner = written.get(1..written.len().saturating_sub(1)).unwrap_or("");
        match resolve(inner) {
            Ok(text) => Some(text),
            Err((at, length, mistake)) => {
                let start = node.span().start as usize + 1 + at;
                let found = inner.get(at..at + length).unwrap_or("");
                self.report(self.escape_mistake(Span::new(start, start + length), found, &mistake));
                None
            }
        }
    }

    fn escape_mistake(&self, span: Span, found: &str, mistake: &Mistake) -> Diagnostic {
        match mistake {
            Mistake::Unknown(character) => {
                let headline = format!("`{found}` is no escape");
                Diagnostic::new(Code::BAD_ESCAPE, self.file, span, headline)
                    .label(format!("a backslash means nothing before `{character}`"))
                    .help(r#"write `\\` for a backslash; the escapes are `\n`, `\t`, `\r`, `\\`, `\"`, `\{`, `\}` and `\u{…}`"#)
                    .fix(self.file, span, format!(r"\\{character}"))
            }
            Mistake::Unicode => {
                let headline = format!("`{found}` names no character");
                Diagnostic::new(Code::BAD_ESCAPE, self.file, span, headline).label("no such character").help(
                    r"write the character's number in hexadecimal digits between braces, such as `\u{e4}` for `ä`",
                )
            }
            Mistake::Brace(brace) => {
                let headline = format!("a text cannot hold a bare `{brace}`");
                Diagnostic::new(Code::BRACE_IN_STRING, self.file, span, headline)
                    .label("braces in a text are kept for values")
                    .help(format!(r"write `\{brace}` for the character itself"))
                    .fix(self.file, span, format!(r"\{brace}"))
            }
        }
    }
}

/// The text, or the first mistake with its offset and length.
fn resolve(inner: &str) -> Result<String, (usize, usize, Mistake)> {
    let Some(first) = inner.bytes().position(|it| matches!(it, b'\\' | b'{' | b'}')) else {
        return Ok(inner.to_owned());
    };
    let mut text = String::with_capacity(inner.len());
    text.push_str(inner.get(..first).unwrap_or(""));
    let mut at = first;
    while let Some(character) = inner.get(at..).and_then(|it| it.chars().next()) {
        let length = match character {
            '\\' => escape(inner.get(at..).unwrap_or(""), &mut text).map_err(|(length, it)| (at, length, it))?,
            '{' | '}' => return Err((at, 1, Mistake::Brace(character))),
            _ => {
                text.push(character);
                character.len_utf8()
            }
        };
        at += length;
    }
    Ok(text)
}

/// Resolves the escape at the start and says how long it is.
fn escape(rest: &str, text: &mut String) -> Result<usize, (usize, Mistake)> {
    let Some(character) = rest.chars().nth(1) else { return Ok(1) };
    let resolved = match character {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '\\' | '"' | '{' | '}' => character,
        'u' => return unicode(rest, text),
        _ => return Err((1 + character.len_utf8(), Mistake::Unknown(character))),
    };
    text.push(resolved);
    Ok(2)
}

/// `\u{…}`
fn unicode(rest: &str, text: &mut String) -> Result<usize, (usize, Mistake)> {
    let digits = rest.get(2..).and_then(|it| it.strip_prefix('{')).and_then(|it| it.split_once('}'));
    let Some((digits, _)) = digits else { return Err((2, Mistake::Unicode)) };
    let length = r"\u{}".len() + digits.len();
    let hexadecimal = digits.len() <= 6 && digits.bytes().all(|it| it.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| hexadecimal);
    let character = number.and_then(char::from_u32).ok_or((length, Mistake::Unicode))?;
    text.push(character);
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(inner: &str, expected: &str) {
        assert_eq!(resolve(inner).ok().as_deref(), Some(expected));
    }

    #[track_caller]
    fn refuse(inner: &str, place: (usize, usize)) {
        assert_eq!(resolve(inner).err().map(|it| (it.0, it.1)), Some(place));
    }

    #[test]
    fn escapes_are_resolved() {
        check("plain ü", "plain ü");
        check(r#"a\n\t\r\\\"\{\}b"#, "a\n\t\r\\\"{}b");
        check(r"\u{e4}\u{1F600}", "ä😀");
    }

    #[test]
    fn mistakes_have_a_place() {
        refuse(r"ab\q", (2, 2));
        refuse(r"C:\ü", (2, 3));
        refuse(r"\u{110000}", (0, 10));
        refuse(r"\u{+41}", (0, 7));
        refuse(r"\u41", (0, 2));
        refuse("ü{x}", (2, 1));
    }
}
