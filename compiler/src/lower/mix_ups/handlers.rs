//! What is meant by a handler whose parts stand in another order, or are marked as elsewhere.

use super::{Line, Meant, is_word};
use machine_grammar::Kind;

impl Line<'_> {
    pub(super) fn of_handler(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let is_arrow_wanted = self.expects(Kind::Arrow);
        match found {
            ":" => {
                let to =
                    if rest.starts_with("->") || !is_arrow_wanted { rest.to_owned() } else { format!("-> {rest}") };
                Some((format!("there is no `:` behind `{before}`"), format!("write `{before} {to}`")))
            }
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
            "or" | "||" | "|" if is_arrow_wanted => Some((
                "several events stand behind one another with `,`".to_owned(),
                format!("write `{before}, {rest}`"),
            )),
            "and" | "&&" if is_arrow_wanted => Some((
                "no two events come at the same moment".to_owned(),
                format!("write `{before}, {rest}` for either of them, or a state in between that waits for the second"),
            )),
            "do" if is_arrow_wanted => {
                Some((format!("the language has no `{found}`"), format!("write `{before} {rest}`")))
            }
            "{" if is_arrow_wanted => self.of_braces(),
            "<" if is_arrow_wanted && rest.starts_with('-') => {
                let to = rest.trim_start_matches(['-', ' ']);
                Some(("a transition is written `->`, not `<-`".to_owned(), format!("write `{before} -> {to}`")))
            }
            "<" | ">" | "<=" | ">=" | "==" | "!=" if is_arrow_wanted => {
                let subject = before.trim_start_matches("on").trim();
                let headline = "`on` waits for an event, and `when` for a condition".to_owned();
                Some((headline, format!("write `when {subject} {found} {rest}`")))
            }
            "as" if is_arrow_wanted => None,
            word if is_arrow_wanted && self.first() == "on" && self.is_one_name_behind() => {
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
