//! An event as somebody types it: `maintenance reason="new filter"`, `hvac_lab.resume`.

use serde_json::{Map, Value};

/// What was typed.
#[derive(Debug, PartialEq)]
pub(crate) struct Line {
    /// `maintenance` or `hvac_lab.maintenance`.
    pub(crate) target: String,
    /// All values are texts.
    pub(crate) fields: Map<String, Value>,
}

/// Reads a line.
///
/// # Errors
/// Why it cannot be understood.
pub(crate) fn read(text: &str) -> Result<Line, String> {
    let mut words = words(text)?.into_iter();
    let target = words.next().ok_or("there is no event in the line")?;
    let mut fields = Map::new();
    for word in words {
        let (name, value) = field(&word)?;
        if fields.insert(name.clone(), value.into()).is_some() {
            return Err(format!("the field `{name}` is there twice"));
        }
    }
    Ok(Line { target, fields })
}

/// `reason=filter` as name and value.
///
/// # Errors
/// When there is no name or no value.
pub(crate) fn field(word: &str) -> Result<(String, String), String> {
    match word.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("`{word}` is no field: it needs a name and a value, as in `reason=filter`")),
    }
}

/// Words with blanks between them; in quotes, blanks are a part of the word, and `\` takes the next sign as it is.
fn words(text: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), None::<String>, false);
    let mut signs = text.trim().chars();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => {
                word.get_or_insert_default();
                is_quoted = !is_quoted;
            }
            '\\' if is_quoted => word.get_or_insert_default().extend(signs.next()),
            blank if blank.is_whitespace() && !is_quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    if is_quoted {
        return Err("a quote is not closed".to_owned());
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_are_read_as_they_are_meant() {
        for (text, target, fields) in [
            ("resume", "resume", json!({})),
            ("  hvac_lab.maintenance reason=filter ", "hvac_lab.maintenance", json!({"reason": "filter"})),
            (
                r#"m reason="new filter" by="J. \"J\" \\ D" n="#,
                "m",
                json!({"reason": "new filter", "by": r#"J. "J" \ D"#, "n": ""}),
            ),
            ("m a=b=c", "m", json!({"a": "b=c"})),
        ] {
            assert_eq!(read(text), Ok(Line { target: target.into(), fields: fields.as_object().unwrap().clone() }));
        }
    }

    #[test]
    fn what_is_not_understood_says_why() {
        for (text, why) in [
            ("", "there is no event"),
            ("m reason", "`reason` is no field"),
            ("m =x", "`=x` is no field"),
            ("m a=1 a=2", "the field `a` is there twice"),
            ("m a=\"x", "a quote is not closed"),
        ] {
            assert!(read(text).unwrap_err().starts_with(why), "{text}");
        }
    }
}
