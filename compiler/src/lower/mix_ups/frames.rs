//! What is meant where a machine, a state, `enter` or `exit` begins in another way.

use super::watchers::is_call;
use super::{Line, Meant, is_word};
use machine_grammar::Kind;

impl Line<'_> {
    /// What stands behind `machine` cannot go on here, because a part of the name was taken for the version.
    fn is_cut_name(&self, found: &str) -> bool {
        let is_version = found.starts_with(|it: char| it.is_ascii_digit());
        found == "(" || is_version || is_word(found) && self.expects(Kind::Version)
    }

    pub(super) fn of_frame(&self) -> Option<Meant> {
        match self.first() {
            "machine" if self.is_cut_name(self.found) => self.of_version(),
            "machine" => self.of_machine().or_else(|| self.of_any_frame()),
            "enter" | "exit" => (self.before == self.first()).then(|| self.of_block()),
            _ => self.of_state().or_else(|| self.of_any_frame()),
        }
    }

    fn of_machine(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let right = match (before, found) {
            ("machine", ":") => format!("machine {rest} 1.0.0 {{ … }}"),
            (_, ":") if is_call(rest) => format!("{before} = {rest}"),
            (_, ":" | "=") if !before.contains('(') => format!("{before} {rest}"),
            _ => return None,
        };
        Some((format!("there is no `{found}` behind `{before}`"), format!("write `{right}`")))
    }

    /// `enter: log "begins"`
    fn of_block(&self) -> Meant {
        let Self { before, found, rest, .. } = *self;
        let actions = if found == ":" { rest.to_owned() } else { format!("{found} {rest}") };
        (
            format!("what is done stands between braces behind `{before}`"),
            format!("write `{before} {{ {} }}`", actions.trim()),
        )
    }

    fn of_state(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match (before, found) {
            ("state", ":") => Some(("there is no `:` behind `state`".to_owned(), format!("write `state {rest}`"))),
            ("state", name) if name.starts_with('"') => {
                let headline = format!("a name stands without quotes, unlike `{name}`");
                Some((headline, format!("write `state {} {{`", name.trim_matches('"'))))
            }
            ("state", "initial" | "final") => {
                Some((format!("`{found}` stands before `state`"), format!("write `{found} state {rest}`")))
            }
            ("initial" | "final", ":") => {
                Some((format!("there is no `:` behind `{before}`"), format!("write `{before} state {rest}`")))
            }
            (_, "{") if before.ends_with(" initial") || before.ends_with(" final") => {
                let (frame, role) = before.rsplit_once(' ')?;
                Some((format!("`{role}` stands before `state`"), format!("write `{role} {frame} {{`")))
            }
            (_, "->") => Some((
                "a state says what it holds, and leads nowhere by itself".to_owned(),
                format!("write `{before} {{ on EVENT -> STATE }}`"),
            )),
            _ => None,
        }
    }

    fn of_any_frame(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match found {
            ":" | "=" if rest.starts_with('{') => {
                Some((format!("there is no `{found}` behind `{before}`"), format!("write `{before} {rest}`")))
            }
            "," => Some((format!("there is no `,` behind `{before}`"), "remove it".to_owned())),
            "begin" | "do" | "then" => Some((
                format!("a block begins with `{{`, not with `{found}`"),
                format!("write `{before} {{`, and `}}` at its end"),
            )),
            _ => None,
        }
    }
}
