//! Sentences of a length that somebody reads, whatever a source holds that they quote.

/// So many characters of a word are said, and the rest is left to the excerpt.
const LONGEST_WORD: usize = 120;

/// So many bytes of a sentence, most of which are a text of the source then.
const LONGEST_SENTENCE: usize = 2_000;

/// A sentence with words and length cut where nobody would read on; a cut quotation stays one.
pub(super) fn brief(sentence: String) -> String {
    let is_long = |it: &str| it.len() > LONGEST_WORD;
    // Of several lines are only the traces of promises and the tests made of them, which are of a known length.
    if sentence.contains('\n')
        || sentence.len() <= LONGEST_WORD
        || sentence.len() <= LONGEST_SENTENCE && !sentence.split(' ').any(is_long)
    {
        return sentence;
    }
    let words: Vec<_> = sentence.split(' ').map(|it| cut(it, LONGEST_WORD)).collect();
    cut(&words.join(" "), LONGEST_SENTENCE)
}

fn cut(text: &str, longest: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(longest) else { return text.to_owned() };
    let kept = text.get(..end).unwrap_or(text);
    let is_open = kept.matches('`').count() % 2 == 1;
    format!("{kept}…{}", if is_open { "`" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::brief;

    #[test]
    fn an_ordinary_sentence_is_left_alone() {
        let sentence = format!("there is no state `{}`", "known.".repeat(15));
        assert_eq!(brief(sentence.clone()), sentence);
    }

    #[test]
    fn a_word_without_an_end_is_cut_and_stays_between_its_backticks() {
        let told = brief(format!("expected `machine`, found `{}`", "x".repeat(1_000_000)));
        assert_eq!(told, format!("expected `machine`, found `{}…`", "x".repeat(119)));
        let told = brief(format!("`{}` is no name", "ü".repeat(1_000)));
        assert_eq!(told, format!("`{}…` is no name", "ü".repeat(119)));
    }

    #[test]
    fn a_text_of_many_words_is_cut_as_well() {
        let told = brief(format!("found `{}`", "a ".repeat(100_000)));
        assert!(told.len() < 2_100 && told.ends_with("…`"), "{}", told.len());
    }
}
