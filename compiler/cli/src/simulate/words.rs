//! A typed line in words.

/// Words with blanks between them; between quotes and in brackets, blanks are part of the word.
///
/// # Errors
/// When a quote is not closed.
pub(super) fn words(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut is_text, mut depth) = (Vec::new(), None::<String>, false, 0_usize);
    let mut signs = line.trim().chars();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => {
                word.get_or_insert_default();
                is_text = !is_text;
            }
            '\\' if is_text => word.get_or_insert_default().extend(signs.next()),
            _ if sign.is_whitespace() && !is_text && depth == 0 => words.extend(word.take()),
            _ => {
                depth = match sign {
                    '[' if !is_text => depth + 1,
                    ']' if !is_text => depth.saturating_sub(1),
                    _ => depth,
                };
                word.get_or_insert_default().push(sign);
            }
        }
    }
    if is_text {
        return Err("a quote is not closed".to_owned());
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn blanks_part_words_unless_they_are_quoted() {
        assert_eq!(
            words(r#" a b="c d" e=[1, 2] f="\"" "#),
            Ok(["a", "b=c d", "e=[1, 2]", "f=\""].map(str::to_owned).into())
        );
        assert!(words("a \"b").is_err());
    }
}
