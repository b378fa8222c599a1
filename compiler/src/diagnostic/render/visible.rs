//! Text from outside, made fit for a terminal.
//!
//! A source, a path or a quoted name may hold escape sequences that would move the cursor or recolour the screen, and
//! invisible or direction-changing characters that would make a line read as something that it is not. Such
//! characters are written as `\u{202e}`.

use std::borrow::Cow;
use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// How many columns a tab takes at most.
pub(super) const TAB: usize = 4;

/// `text` with all that must not reach a terminal written as `\u{…}`; line breaks and tabs stay.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let harmless = |ch| ch == '\n' || !is_hidden(ch);
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for ch in text.chars() {
        if ch == '\n' { out.push(ch) } else { push(&mut out, ch) }
    }
    Cow::Owned(out)
}

/// The same on one line: line breaks are written as `\u{a}` too.
#[must_use]
pub fn visible_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|ch| push(&mut out, ch));
    Cow::Owned(out)
}

/// Appends what is shown for `ch`.
pub(super) fn push(out: &mut String, ch: char) {
    if is_hidden(ch) {
        // Writing to a `String` cannot fail.
        let _ = write!(out, "\\u{{{:x}}}", u32::from(ch));
    } else {
        out.push(ch);
    }
}

/// Columns of what is shown for `ch`, and never 0, so that a bound in columns is one in characters as well.
pub(super) fn columns(ch: char) -> usize {
    match ch {
        '\t' => TAB,
        _ if is_hidden(ch) => "\\u{}".len() + hex_digits(ch),
        _ => ch.width().unwrap_or(1).max(1),
    }
}

fn hex_digits(ch: char) -> usize {
    u32::from(ch).checked_ilog(16).unwrap_or(0) as usize + 1
}

/// Control characters but the tab, and format characters that are invisible or reorder their neighbours.
pub(super) fn is_hidden(ch: char) -> bool {
    let format = matches!(
        ch,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    );
    format || (ch.is_control() && ch != '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_harm_a_terminal_is_escaped() {
        assert_eq!(visible("\u{1b}[31mred\u{7}"), "\\u{1b}[31mred\\u{7}");
        assert_eq!(visible("a\u{202e}b\u{200b}c\0"), "a\\u{202e}b\\u{200b}c\\u{0}");
        assert_eq!(visible("two\nlines"), "two\nlines");
        assert_eq!(visible_line("two\nlines"), "two\\u{a}lines");
        assert!(matches!(visible("tab\tüber 漢字"), Cow::Borrowed(_)));
    }

    #[test]
    fn columns_are_those_of_what_is_shown() {
        for ch in ['a', 'ü', '漢', '\0', '\u{1b}', '\u{202e}', '\u{10ffff}', '\u{e0001}'] {
            let mut shown = String::new();
            push(&mut shown, ch);
            let width: usize = shown.chars().filter_map(UnicodeWidthChar::width).sum();
            assert_eq!(columns(ch), width.max(1), "{ch:?}");
        }
    }
}
