//! What the lines around a mistake tell of it.

use crate::diagnostic::suggest;
use machine_grammar::Span;

/// What may stand behind a watcher's call.
const MODIFIERS: [&str; 11] =
    ["announce", "as", "backoff", "every", "quiet", "returns", "splay", "timeout", "under", "wait", "while"];

/// The modifier that was meant by a word at the start of a line below a watcher.
pub(super) fn misspelt_modifier(source: &str, span: Span, found: &str) -> Option<&'static str> {
    let (above, here) = source.get(..span.start as usize)?.rsplit_once('\n')?;
    let mut lines = above.lines().rev().map(first_word).filter(|it| !it.is_empty());
    let is_below = lines.find(|it| !MODIFIERS.contains(it)).is_some_and(|it| matches!(it, "watch" | "run"));
    suggest::nearest(found, MODIFIERS).filter(|_| is_below && here.trim().is_empty())
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("")
}

/// `data n: int = 0` for `data n: int`: the whole declaration with a first value.
pub(super) fn without_value(source: &str, span: Span) -> Option<String> {
    let before = source.get(..span.end as usize)?;
    let line = before.rsplit('\n').next()?.trim_start();
    let (_, ty) = line.split_once(':').filter(|_| matches!(first_word(line), "data" | "fact"))?;
    Some(format!("{line} = {}", some_value(ty.trim())))
}

/// Some value of a type, as both are written.
fn some_value(ty: &str) -> &str {
    match first_word(ty) {
        "int" => ty.strip_prefix("int in ").and_then(|it| it.split_once("..")).map_or("0", |it| it.0.trim()),
        "float" => "0.0",
        "bool" => "false",
        "string" => "\"\"",
        "duration" => "1m",
        "time" => "\"2026-01-31\"",
        "list" => "[]",
        word => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_value() {
        let types = ["int", "int in -5..5", "float", "string up to 8", "low | high", "list of int", "time"];
        let values = ["0", "-5", "0.0", "\"\"", "low", "[]", "\"2026-01-31\""];
        assert_eq!(types.map(some_value), values);
    }

    #[test]
    fn a_modifier_is_looked_for_below_a_watcher_only() {
        let at = |source: &str| {
            let start = source.find("evry").expect("the word");
            misspelt_modifier(source, Span::new(start, start + 4), "evry")
        };
        assert_eq!(at("watch w = exec(\"./w\")\n    timeout 1m\n\n    evry 1m"), Some("every"));
        assert_eq!(at("on w.ok stay\nevry 1m"), None);
        assert_eq!(at("watch w = exec(\"./w\") evry 1m"), None);
    }
}
