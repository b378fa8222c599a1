//! The fenced blocks of a page.

use std::ops::Range;

/// One fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block<'p> {
    /// The first word behind the fence; empty without one.
    pub(super) language: &'p str,
    /// What stands behind that word.
    pub(super) words: &'p str,
    /// What is between the fences.
    pub(super) text: &'p str,
    /// The line of the opening fence, from 1.
    pub(super) line: usize,
    /// Where `text` stands in the page.
    pub(super) range: Range<usize>,
}

impl Block<'_> {
    pub(super) fn has_word(&self, word: &str) -> bool {
        self.words.split_whitespace().any(|it| it == word)
    }

    /// The file that the block is: the word that ends with `.machine`, else `example.machine`.
    pub(super) fn file_name(&self) -> &str {
        self.words.split_whitespace().find(|it| it.ends_with(".machine")).unwrap_or("example.machine")
    }
}

/// All fenced blocks of a page, in order.
pub(super) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, usize, &str, usize)> = None;
    let mut at = 0;
    for (index, line) in page.split_inclusive('\n').enumerate() {
        let next = at + line.len();
        let text = line.trim_end();
        let ticks = text.len() - text.trim_start_matches('`').len();
        open = match open {
            None if ticks >= 3 => Some((index + 1, ticks, &text[ticks..], next)),
            Some((line, ticks, info, start)) if text.len() == ticks && text.bytes().all(|it| it == b'`') => {
                let (language, words) = info.trim().split_once(' ').unwrap_or((info.trim(), ""));
                blocks.push(Block { language, words, text: &page[start..at], line, range: start..at });
                None
            }
            still => still,
        };
        at = next;
    }
    blocks
}
