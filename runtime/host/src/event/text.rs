//! Text from outside: bounded in length, and with everything visible that a terminal or a reader would act upon.

use std::borrow::Cow;

/// `text` with control characters, noncharacters and invisible formatting written as escapes: `\n`, `\u{1b}`.
///
/// CloudEvents forbids the first two in an attribute; the last could make a line on a terminal read as another.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character does something else than to show itself.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control() || is_noncharacter(c) || is_formatting(c)
}

/// Never a character, in any version of Unicode.
pub(super) fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

/// Turns the direction of the text, joins it, or breaks its line, without a sign of its own.
fn is_formatting(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// The beginning of `text`, of at most `limit` bytes when written in JSON, with a mark that says how much was cut off.
///
/// The limit counts what JSON makes of a character, because the promise about the size of an event is about its JSON.
pub(super) fn head(text: &str, limit: usize) -> Cow<'_, str> {
    if fits(text, limit) {
        return Cow::Borrowed(text);
    }
    let room = limit.saturating_sub(MARK);
    let end = text.char_indices().scan(0, |used, (at, c)| {
        *used += cost(c);
        (*used <= room).then_some(at + c.len_utf8())
    });
    let (kept, cut) = text.split_at(end.last().unwrap_or(0));
    Cow::Owned(format!("{kept}…[+{} bytes]", cut.len()))
}

/// The end of `text`, of at most `limit` bytes when written in JSON: of what a command printed, the end says why it
/// failed.
pub(super) fn tail(text: &str, limit: usize) -> Cow<'_, str> {
    if fits(text, limit) {
        return Cow::Borrowed(text);
    }
    let room = limit.saturating_sub(MARK);
    let start = text.char_indices().rev().scan(0, |used, (at, c)| {
        *used += cost(c);
        (*used <= room).then_some(at)
    });
    let (cut, kept) = text.split_at(start.last().unwrap_or(text.len()));
    Cow::Owned(format!("[+{} bytes]…{kept}", cut.len()))
}

/// Room for the longest mark: `…[+18446744073709551615 bytes]`.
const MARK: usize = 32;

pub(super) fn fits(text: &str, limit: usize) -> bool {
    // Six bytes a byte is the most that JSON can make of it: the common case needs no counting.
    text.len().saturating_mul(6) <= limit || text.chars().map(cost).sum::<usize>() <= limit
}

/// The most bytes that JSON needs for a character.
fn cost(c: char) -> usize {
    match c {
        '"' | '\\' => 2,
        '\0'..='\x1f' => 6,
        _ => c.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_shown() {
        let check = |text: &str, shown: &str| assert_eq!(visible(text), shown);
        check("plain text, çà et là 😀", "plain text, çà et là 😀");
        check("two\nlines\t\r\0", r"two\nlines\t\r\u{0}");
        check("\u{1b}[31mred", r"\u{1b}[31mred");
        check("\u{9b}31m\u{7f}", r"\u{9b}31m\u{7f}");
        check("a\u{202e}txt.exe", r"a\u{202e}txt.exe");
        check("a\u{2028}b\u{feff}", r"a\u{2028}b\u{feff}");
        check("\u{ffff}\u{1fffe}\u{fdd0}", r"\u{ffff}\u{1fffe}\u{fdd0}");
    }

    #[test]
    fn short_text_stays_as_it_is() {
        assert_eq!(head("exit status 1", 1024), "exit status 1");
        assert_eq!(tail("exit status 1", 1024), "exit status 1");
        assert_eq!(head(&"x".repeat(1024), 1024).len(), 1024);
        assert_eq!(head("", 0), "");
    }

    #[test]
    fn long_text_is_cut_with_a_mark() {
        assert_eq!(head(&"x".repeat(100), 40), "xxxxxxxx…[+92 bytes]");
        assert_eq!(tail(&("x".repeat(92) + "the end!"), 40), "[+92 bytes]…the end!");
    }

    #[test]
    fn a_cut_falls_between_characters_and_keeps_the_limit() {
        let texts = ["😀".repeat(500), "\u{1}".repeat(500), "\"\\é".repeat(500), "\0😀x\"".repeat(200)];
        for text in texts {
            for limit in 32..400 {
                for cut in [head(&text, limit), tail(&text, limit)] {
                    let written = serde_json::Value::from(cut.as_ref()).to_string().len() - 2;
                    assert!(written <= limit, "{written} bytes for a limit of {limit}: {cut}");
                }
            }
        }
    }
}
