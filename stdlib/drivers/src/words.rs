//! Makes text from outside fit for one line of a terminal or a log.

use std::time::Duration;

/// The longest line that [`one_line`] makes, in characters.
const LONGEST: usize = 160;

/// `text` on one line: control characters and what could reorder the line become spaces, runs of them one, and
/// what is too long ends in `…`.
pub(crate) fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if is_harmless(c) { c } else { ' ' }).collect();
    let mut words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = words.char_indices().nth(LONGEST) {
        words.truncate(cut);
        words.push('…');
    }
    words
}

/// The last line of `text` that is not blank.
pub(crate) fn last_line(text: &str) -> Option<&str> {
    text.lines().rev().map(str::trim).find(|line| !line.is_empty())
}

/// A duration as the language writes it, down to milliseconds: `1m30s`, `250ms`.
pub(crate) fn span(duration: Duration) -> String {
    let millis = duration.as_millis();
    let units = [(604_800_000, "w"), (86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];
    let mut rest = millis;
    let mut words = String::new();
    for (size, unit) in units {
        if rest >= size {
            words += &format!("{}{unit}", rest / size);
            rest %= size;
        }
    }
    if words.is_empty() { "0s".to_owned() } else { words }
}

/// Not a control character, and not one of those that reorder or hide what surrounds them.
fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_drive_a_terminal_is_taken_out() {
        assert_eq!(one_line("a\x1b[2J\tb\nc\u{202e}d"), "a [2J b c d");
    }

    #[test]
    fn a_long_line_is_cut_at_a_character() {
        let line = one_line(&"ü".repeat(200));
        assert_eq!(line.chars().count(), LONGEST + 1);
        assert!(line.ends_with("ü…"));
    }

    #[test]
    fn the_last_line_is_the_last_that_says_something() {
        assert_eq!(last_line("one\n two \n\n  \n"), Some("two"));
        assert_eq!(last_line(" \n"), None);
    }

    #[test]
    fn durations_read_as_the_language_writes_them() {
        let shown = [0, 250, 1_000, 90_000, 3_600_001].map(|ms| span(Duration::from_millis(ms)));
        assert_eq!(shown, ["0s", "250ms", "1s", "1m30s", "1h1ms"]);
    }
}
