//! Escapes in texts.

use super::Lower;
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::Span;

/// Why an escape cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// A backslash before a character that makes no escape.
    Unknown(char),
    /// `\u` without braces, or with something else than a character's number between them.
    Unicode,
}

impl Lower<'_, '_> {
    pub(super) fn escape_mistake(&self, span: Span, found: &str, mistake: &Mistake) -> Diagnostic {
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
        }
    }
}

/// Resolves the escape at the start of `rest` into `text`; how long it is, also if it is a mistake.
pub(super) fn escape(rest: &str, text: &mut String) -> Result<usize, (usize, Mistake)> {
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
    fn check(written: &str, expected: &str) {
        let mut text = String::new();
        assert_eq!(escape(written, &mut text), Ok(written.len()));
        assert_eq!(text, expected);
    }

    #[track_caller]
    fn refuse(written: &str, length: usize) {
        assert_eq!(escape(written, &mut String::new()).err().map(|it| it.0), Some(length));
    }

    #[test]
    fn escapes_are_resolved() {
        for (written, expected) in [(r"\n", "\n"), (r"\t", "\t"), (r"\r", "\r"), (r"\\", r"\"), (r#"\""#, "\"")] {
            check(written, expected);
        }
        check(r"\{", "{");
        check(r"\u{e4}", "ä");
        check(r"\u{1F600}", "😀");
    }

    #[test]
    fn mistakes_have_a_length() {
        refuse(r"\qx", 2);
        refuse(r"\üx", 3);
        refuse(r"\u{110000}x", 10);
        refuse(r"\u{+41}x", 7);
        refuse(r"\u41", 2);
    }
}
