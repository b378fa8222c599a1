//! Which parts of a long line are shown.

use super::visible::columns;
use std::ops::Range;

/// No part is made narrower than this, however many share a line.
const NARROWEST: usize = 16;

/// The stretches of `line` that fit together into about `width` columns, in order and apart from each other; between
/// and around them is room for gap signs of `gap` columns.
///
/// Each of `focuses` (offsets in `line`) lies inside one of them. The work is bounded by `width`, not by the
/// length of the line: there may be a thousand mistakes on a line of a megabyte.
pub(super) fn pieces(line: &str, focuses: &[usize], width: usize, gap: usize) -> Vec<Range<usize>> {
    let (end, _) = rightwards(line, 0, width);
    if end == line.len() || focuses.is_empty() {
        let beginning = 0..end;
        return vec![beginning];
    }
    let gaps = (focuses.len() + 1).saturating_mul(gap);
    let share = (width.saturating_sub(gaps) / focuses.len()).max(NARROWEST);
    let mut windows: Vec<_> = focuses.iter().map(|it| window(line, *it, share)).collect();
    windows.sort_by_key(|it| it.start);
    windows.dedup_by(|next, piece| {
        let touch = next.start <= piece.end;
        if touch {
            piece.end = piece.end.max(next.end);
        }
        touch
    });
    windows
}

/// `budget` columns of `line` around `at`: a third before it, as far as there is something, and the rest behind it.
fn window(line: &str, at: usize, budget: usize) -> Range<usize> {
    let at = line.floor_char_boundary(at);
    let before = budget / 3;
    let (start, unused) = leftwards(line, at, before);
    let (end, unused) = rightwards(line, at, budget - before + unused);
    // Near the end of the line there is more room on the left.
    let (start, _) = leftwards(line, start, unused);
    start..end
}

/// Where at most `budget` columns after `from` end, and how many are left over.
fn rightwards(line: &str, from: usize, budget: usize) -> (usize, usize) {
    let rest = line.get(from..).unwrap_or("");
    let (bytes, left) = take(rest.chars(), budget);
    (from + bytes, left)
}

/// Where at most `budget` columns before `from` begin, and how many are left over.
fn leftwards(line: &str, from: usize, budget: usize) -> (usize, usize) {
    let rest = line.get(..from).unwrap_or("");
    let (bytes, left) = take(rest.chars().rev(), budget);
    (from - bytes, left)
}

/// How many bytes of `chars` fit into `budget` columns, and the columns left over.
fn take(chars: impl Iterator<Item = char>, budget: usize) -> (usize, usize) {
    let mut left = budget;
    let mut bytes = 0;
    for ch in chars {
        let Some(rest) = left.checked_sub(columns(ch)) else { break };
        left = rest;
        bytes += ch.len_utf8();
    }
    (bytes, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, focuses: &[usize], width: usize, shown: &[&str]) {
        let pieces = pieces(line, focuses, width, 0);
        let texts: Vec<&str> = pieces.iter().map(|it| &line[it.clone()]).collect();
        assert_eq!(texts, shown);
    }

    #[test]
    fn a_line_that_fits_is_shown_whole() {
        check("on a.ok -> b", &[3], 20, &["on a.ok -> b"]);
        check("", &[0], 20, &[""]);
    }

    #[test]
    fn a_longer_one_is_cut_around_the_focus() {
        let line = "0123456789".repeat(4);
        check(&line, &[20], 18, &["456789012345678901"]);
        check(&line, &[0], 18, &["012345678901234567"]);
        check(&line, &[39], 18, &["234567890123456789"]);
        check(&line, &[], 18, &["012345678901234567"]);
    }

    #[test]
    fn every_focus_is_shown_and_neighbours_share_a_piece() {
        let line = "0123456789".repeat(10);
        check(&line, &[0, 90], 32, &["0123456789012345", "4567890123456789"]);
        check(&line, &[40, 44], 32, &["56789012345678901234"]);
    }

    #[test]
    fn characters_are_never_split() {
        let line = "漢".repeat(40);
        check(&line, &[61], 18, &["漢漢漢漢漢漢漢漢漢"]);
    }
}
