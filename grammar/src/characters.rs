//! Characters that may stand nowhere in a source, because a reader does not see them or sees another order.

/// The name of a forbidden character; `None` for all others.
pub(crate) fn forbidden(character: char) -> Option<&'static str> {
    Some(match character {
        '\t' | '\n' | '\r' => return None,
        '\0' => "the null character",
        '\u{7F}' => "the delete character",
        '\u{061C}' => "the Arabic letter mark",
        '\u{200B}' => "a zero-width space",
        '\u{200C}' => "a zero-width non-joiner",
        '\u{200D}' => "a zero-width joiner",
        '\u{200E}' => "a left-to-right mark",
        '\u{200F}' => "a right-to-left mark",
        '\u{202A}' => "a left-to-right embedding",
        '\u{202B}' => "a right-to-left embedding",
        '\u{202C}' => "the end of a directional embedding",
        '\u{202D}' => "a left-to-right override",
        '\u{202E}' => "a right-to-left override",
        '\u{2060}' => "a word joiner",
        '\u{2066}' => "a left-to-right isolate",
        '\u{2067}' => "a right-to-left isolate",
        '\u{2068}' => "a first-strong isolate",
        '\u{2069}' => "the end of a directional isolate",
        '\u{FEFF}' => "a byte order mark",
        control if control.is_control() => "a control character",
        _ => return None,
    })
}

/// Every forbidden character with its offset. A byte order mark at the very start is none of them.
pub(crate) fn all_forbidden(source: &str) -> impl Iterator<Item = (usize, char, &'static str)> {
    let mark_at_start = |at: usize, character: char| at == 0 && character == '\u{FEFF}';
    source.char_indices().filter_map(move |(at, character)| {
        let name = forbidden(character).filter(|_| !mark_at_start(at, character))?;
        Some((at, character, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_cannot_see_is_named() {
        let found: Vec<_> = all_forbidden("\u{FEFF}a\u{202E}b\u{FEFF}\tü\0").map(|it| (it.0, it.2)).collect();
        assert_eq!(found, [(4, "a right-to-left override"), (8, "a byte order mark"), (14, "the null character")]);
    }
}
