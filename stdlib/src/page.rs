//! What there is to say of a standard template, from its own source: its comment, its parameters and its events.

use crate::{TEMPLATE_TEXTS, TEMPLATES};

/// The page of `std/NAME` in Markdown, or `None` if there is no such template.
#[must_use]
pub fn page(name: &str) -> Option<String> {
    let at = TEMPLATES.iter().position(|it| *it == name)?;
    let text = TEMPLATE_TEXTS[at];
    let (parameters, body) = head(text)?;
    Some(format!(
        "# std/{name}\n\n{}\n## Parameters\n\n```machine\n{parameters}```\n\n## Events\n\n{}",
        about(text),
        events(body)
    ))
}

/// The first sentence of the comment of `std/NAME`.
#[must_use]
pub fn summary(name: &str) -> Option<String> {
    let at = TEMPLATES.iter().position(|it| *it == name)?;
    let about = about(TEMPLATE_TEXTS[at]);
    let first = about.split("\n\n").next()?;
    Some(first.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The comment that the source begins with.
fn about(text: &str) -> String {
    let lines = text.lines().map_while(|it| it.strip_prefix("///"));
    lines.map(|it| it.strip_prefix(' ').unwrap_or(it).to_owned() + "\n").collect()
}

/// What stands between the brackets of the machine, and what comes behind.
fn head(text: &str) -> Option<(String, &str)> {
    let (_, rest) = text.split_once("\nmachine ")?;
    let (_, rest) = rest.split_once("(\n")?;
    let (parameters, body) = rest.split_once("\n) ")?;
    Some((parameters.lines().map(|it| it.trim_start().to_owned() + "\n").collect(), body))
}

/// The events of a machine, each with its comment.
fn events(body: &str) -> String {
    let lines: Vec<_> = body.lines().map(str::trim).collect();
    let pairs = lines.windows(2).filter_map(|it| Some((it[0].strip_prefix("/// ")?, it[1].strip_prefix("event ")?)));
    pairs.map(|(comment, event)| format!("- `{event}`: {comment}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::{TEMPLATES, page, summary};

    #[test]
    fn every_template_has_a_page_with_all_its_parts() {
        for name in TEMPLATES {
            let page = page(name).unwrap();
            for part in ["use std/", "## Parameters", ": duration = ", "## Events", "from operator`"] {
                let has_none = *name == "disk" && part.starts_with("from");
                assert!(page.contains(part) || has_none, "std/{name} has no `{part}`:\n{page}");
            }
            assert!(summary(name).unwrap().ends_with('.'));
        }
        assert_eq!(page("nothing"), None);
    }
}
