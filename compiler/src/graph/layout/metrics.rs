//! How wide a text will be, without any font: the widths of Helvetica, which Arial and Liberation Sans share.

use unicode_width::UnicodeWidthChar;

/// Thousandths of the font's size, from blank to `~`.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// What any other character takes for each column of a terminal that it fills.
const OTHER: u16 = 600;

/// How much wider bold letters are, in thousandths.
const BOLD: f64 = 1.08;

/// How many pixels wide a text is.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let thousandths: f64 = text.chars().map(|it| f64::from(of_char(it))).sum();
    thousandths * size / 1000.0 * if bold { BOLD } else { 1.0 }
}

fn of_char(char: char) -> u16 {
    let known = u32::from(char).checked_sub(0x20).and_then(|it| WIDTHS.get(it as usize));
    known.copied().unwrap_or_else(|| match char {
        '\u{a0}' => WIDTHS[0],
        '\u{2460}'..='\u{2473}' => 1000,
        _ => OTHER * char.width().unwrap_or(0) as u16,
    })
}
