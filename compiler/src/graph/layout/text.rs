//! The texts of a picture, broken into lines that are not too long.

use super::metrics;

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The name of the machine.
    Title,
    /// The name of a state.
    Name,
    /// A sentence that describes something.
    Doc,
    /// A word of the language.
    Word,
    /// What is waited for, and what is done.
    Plain,
    /// The name of a transition.
    Label,
    /// How often something happened, or as which step.
    Mark,
}

/// One line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// Its parts, with the blanks between them.
    pub parts: Vec<(Tone, String)>,
    /// Where it begins, from the left of its block.
    pub x: f64,
    /// Where its letters stand, from the top of its block.
    pub y: f64,
    /// More about it.
    pub tip: String,
}

/// Lines of text below each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// The lines.
    pub lines: Vec<Written>,
    /// As wide as the widest of them.
    pub width: f64,
    /// All of them together.
    pub height: f64,
}

impl Tone {
    /// The size of its letters.
    #[must_use]
    pub fn size(self) -> f64 {
        match self {
            Self::Title => 15.0,
            Self::Name => 13.0,
            _ => 12.0,
        }
    }

    fn is_bold(self) -> bool {
        matches!(self, Self::Title | Self::Name | Self::Mark)
    }

    fn width(self, text: &str) -> f64 {
        metrics::width(text, self.size(), self.is_bold())
    }
}

impl Block {
    /// Adds texts, broken where they are wider than `most`; the lines behind the first are indented.
    pub(super) fn add(&mut self, parts: &[(Tone, &str)], most: f64, indent: f64, tip: &str) {
        let words = parts.iter().flat_map(|(tone, text)| text.split(' ').map(|it| (*tone, it)));
        let mut line: Vec<(Tone, String)> = Vec::new();
        let (mut width, mut x) = (0.0, 0.0);
        for (tone, word) in words.filter(|it| !it.1.is_empty()) {
            let wanted = tone.width(word) + if line.is_empty() { 0.0 } else { tone.width(" ") };
            if !line.is_empty() && x + width + wanted > most {
                self.push(std::mem::take(&mut line), x, width, tip);
                (width, x) = (0.0, indent);
            }
            width += tone.width(word) + if line.is_empty() { 0.0 } else { tone.width(" ") };
            append(&mut line, tone, word);
        }
        if !line.is_empty() {
            self.push(line, x, width, tip);
        }
    }

    fn push(&mut self, parts: Vec<(Tone, String)>, x: f64, width: f64, tip: &str) {
        let size = parts.iter().map(|it| it.0.size()).fold(0.0, f64::max);
        let y = self.height + size;
        self.height += (size * 1.3).round();
        self.width = self.width.max((x + width).ceil());
        self.lines.push(Written { parts, x, y, tip: tip.to_owned() });
    }

    /// Leaves some room before what comes next.
    pub(super) fn space(&mut self, height: f64) {
        self.height += height;
    }
}

/// A word behind a blank, together with the words before it that look the same.
fn append(line: &mut Vec<(Tone, String)>, tone: Tone, word: &str) {
    let blank = if line.is_empty() { "" } else { " " };
    match line.last_mut() {
        Some((last, text)) if *last == tone => {
            text.push_str(blank);
            text.push_str(word);
        }
        _ => line.push((tone, format!("{blank}{word}"))),
    }
}
