//! What is meant by a handler whose parts stand in another order, or are marked as elsewhere.

use super::{Line, Meant, is_word};
use machine_grammar::Kind;

impl Line<'_> {
    pub(super) fn of_handler(&self) -> Option<Meant> {
        self.of_anywhere().or_else(|| match self.expects(Kind::Arrow) {
            true => self.of_several_events().or_else(|| self.of_condition()).or_else(|| self.of_words_before_arrow()),
            false => None,
        })
    }

    /// What is wrong wherever it stands in the line.
    fn of_anywhere(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match found {
            ":" => self.of_colon(),
            "exit" if before.ends_with('.') => {
                let watcher = before.trim_start_matches("on").trim().trim_end_matches('.');
                let headline = "a program that ends with another status than 0 has `failed`".to_owned();
                Some((headline, format!("write `on {watcher}.failed(f) when f.code == 1 -> STATE`")))
            }
            _ if before.starts_with("after {") => self.of_braces_around_value(),
            "after" | "every" | "when" if before == "on" => {
                let right = if found == "every" { "after" } else { found };
                Some((format!("`{found}` stands at the beginning, without `on`"), format!("write `{right} {rest}`")))
            }
            "state" if before.ends_with("->") => {
                Some(("behind `->` stands the name of a state alone".to_owned(), format!("write `{before} {rest}`")))
            }
            "->" if before.contains("->") => {
                let to = before.rsplit("->").next().unwrap_or("").trim();
                let headline = "a handler leads to one state".to_owned();
                Some((headline, format!("write `{before}` here; what leads on from `{to}` belongs into `state {to}`")))
            }
            "->" if before.ends_with(',') => {
                let before = before.trim_end_matches(',');
                Some(("there is no event behind the `,`".to_owned(), format!("write `{before} -> {rest}`")))
            }
            _ => None,
        }
    }

    /// `after {pace} -> b`, where a name goes on and a number does not.
    fn of_braces_around_value(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let (before, name) = before.split_once('{')?;
        let (value, behind) = if found == "}" { (name, rest) } else { (found, rest.trim_start_matches(['}', ' '])) };
        let headline = "a value stands between braces only in a text".to_owned();
        behind.starts_with("->").then(|| (headline, format!("write `{before}{} {behind}`", value.trim())))
    }

    /// `on w.ok: -> b`, `on done(it: string) -> b`
    fn of_colon(&self) -> Option<Meant> {
        let Self { before, rest, .. } = *self;
        if before.contains('(') && !before.contains(')') {
            let headline = "what an event carries is declared with the event, and here it only gets a name".to_owned();
            let (_, behind) = rest.split_once(')')?;
            return Some((headline, format!("write `{before}){behind}`")));
        }
        if before.contains("->") {
            return None;
        }
        let has_arrow = rest.starts_with("->") || !self.expects(Kind::Arrow);
        let to = if has_arrow { rest.to_owned() } else { format!("-> {rest}") };
        Some((format!("there is no `:` behind `{before}`"), format!("write `{before} {to}`")))
    }

    // ---- Before the arrow

    fn of_several_events(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match found {
            "or" | "||" | "|" => Some((
                "several events stand behind one another with `,`".to_owned(),
                format!("write `{before}, {rest}`"),
            )),
            "and" | "&&" if is_condition(rest) => {
                Some(("a condition stands behind `when`".to_owned(), format!("write `{before} when {rest}`")))
            }
            "and" | "&&" => Some((
                "no two events come at the same moment".to_owned(),
                format!("write `{before}, {rest}` for either of them, or a state in between that waits for the second"),
            )),
            count if rest.starts_with("times") && is_number(count) => Some((
                "what happens several times is counted by `data`".to_owned(),
                format!(
                    "write `data n: int in 0..{count} = 0` in the machine, and `{before} when n < {count} stay {{ n += 1 }}` \
                     before `{before} -> STATE`"
                ),
            )),
            _ => None,
        }
    }

    fn of_condition(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match found {
            "<" if rest.starts_with('-') => {
                let to = rest.trim_start_matches(['-', ' ']);
                Some(("a transition is written `->`, not `<-`".to_owned(), format!("write `{before} -> {to}`")))
            }
            "<" | ">" | "<=" | ">=" | "==" | "!=" => {
                let subject = before.trim_start_matches("on").trim();
                let headline = "`on` waits for an event, and `when` for a condition".to_owned();
                Some((headline, format!("write `when {subject} {found} {rest}`")))
            }
            _ => None,
        }
    }

    fn of_words_before_arrow(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match found {
            "do" => Some((format!("the language has no `{found}`"), format!("write `{before} {rest}`"))),
            "{" => self.of_braces(),
            "as" => None,
            word if self.first() == "on" && self.is_one_name_behind() => {
                let is_name = word.starts_with(|it: char| it.is_ascii_lowercase());
                let name = self.name();
                let headline = format!("an outcome stands behind its watcher with `.`, as in `{name}.{word}`");
                let help = format!(
                    "write `on {name}.{word} {rest}`, or `on {name}({word}) {rest}` to call what the event carries `{word}`"
                );
                is_name.then_some((headline, help))
            }
            _ => None,
        }
    }

    /// `on w`, and what is wrong is behind it.
    fn is_one_name_behind(&self) -> bool {
        self.before.split_whitespace().count() == 2 && !self.before.contains('.')
    }

    /// `on w.ok { x = 1 } -> b`: first where it leads, then what is done.
    fn of_braces(&self) -> Option<Meant> {
        let Self { before, rest, .. } = *self;
        let (inside, behind) = rest.split_once('}')?;
        let (inside, behind) = (inside.trim(), behind.trim());
        let headline = "a handler says where it leads first, and what is done behind that".to_owned();
        Some(match (inside, behind) {
            (to, _) if to.starts_with("->") => {
                (headline, format!("write `{}`", format!("{before} {to} {behind}").trim()))
            }
            (to, "") if is_word(to) => (headline, format!("write `{before} -> {to}`")),
            (_, "") => {
                (headline, format!("write `{before} stay {{ {inside} }}`, or `{before} -> STATE {{ {inside} }}`"))
            }
            _ => (headline, format!("write `{before} {behind} {{ {inside} }}`")),
        })
    }
}

/// Whether something is compared before the arrow.
fn is_condition(rest: &str) -> bool {
    let condition = rest.split("->").next().unwrap_or("");
    condition.contains(['<', '>', '=']) || condition.trim_start().starts_with("not ")
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}
