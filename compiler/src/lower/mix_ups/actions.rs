//! What is meant behind an arrow and between the braces of a handler, where a line shows it.

use super::{Line, Meant, is_word};
use machine_grammar::Kind;

/// What begins an action.
pub(super) const ACTIONS: [&str; 4] = ["emit", "raise", "log", "poll"];

/// Functions that are operators elsewhere.
const FUNCTIONS: [&str; 4] = ["contains", "starts_with", "ends_with", "matches"];

impl Line<'_> {
    // ---- Where a handler leads

    pub(super) fn of_target(&self) -> Option<Meant> {
        self.of_behind_arrow()
            .or_else(|| self.of_behind_state())
            .or_else(|| self.of_function())
            .or_else(|| self.of_label())
            .or_else(|| self.of_bare_action())
    }

    fn of_behind_arrow(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match found {
            "again" if before.ends_with("->") => {
                Some(("`again` stands behind the state".to_owned(), format!("write `{before} {rest} again`")))
            }
            "{" if before.ends_with("->") => {
                let state = rest.trim_end_matches('}').trim();
                let headline = "behind `->` stands the name of a state, without braces".to_owned();
                is_path(state).then(|| (headline, format!("write `{before} {state}`")))
            }
            ")" if before.ends_with('(') => Some((
                "nothing stands between these brackets".to_owned(),
                format!("write `{} {rest}`", before.trim_end_matches('(')),
            )),
            "*" if before == "on" || before.ends_with('.') => Some((
                "each event has its name, and no other stands for all".to_owned(),
                "write them behind one another, as in `on check.ok, check.failed -> STATE`; `check.fault` stands for all \
                 faults of `check`"
                    .to_owned(),
            )),
            _ => None,
        }
    }

    fn of_behind_state(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let (_, to) = before.rsplit_once("->").filter(|it| is_path(it.1.trim()))?;
        match found {
            "/" | ":" => Some((
                "the path of a state has `.` between its names".to_owned(),
                format!("write `-> {}.{}`", to.trim(), rest.trim_start_matches([':', '/', ' '])),
            )),
            "(" if self.expects(Kind::End) => Some((
                "a state takes nothing between brackets".to_owned(),
                format!(
                    "write `{before}`; what a machine remembers is `data`, which an action changes: `{before} {{ n = 1 }}`"
                ),
            )),
            "," | "or" | "and" | "|" if self.expects(Kind::End) => Some((
                "a handler leads to one state".to_owned(),
                format!("write `{before}`, and a handler of its own, with a `when`, for each other state"),
            )),
            _ => None,
        }
    }

    /// `when text matches "a"`
    fn of_function(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let subject = before.rsplit_once("when ")?.1.rsplit(' ').next()?;
        let with = rest.split("->").next().unwrap_or("").trim();
        let headline = format!("`{found}` is a function, and has its values between brackets");
        FUNCTIONS.contains(&found).then(|| (headline, format!("write `{found}({subject}, {with})`")))
    }

    /// `-> idle as air good`
    fn of_label(&self) -> Option<Meant> {
        let (_, label) = self.before.rsplit_once(" as ").filter(|it| is_word(it.1) && is_word(self.found))?;
        let headline = format!("a label is one name, and `{label} {}` is two", self.found);
        self.expects(Kind::End).then(|| (headline, format!("write `as {label}_{}`", self.found)))
    }

    /// `-> idle log "done"`, `-> idle n = 1`
    fn of_bare_action(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let is_action = ACTIONS.contains(&found) || is_word(found) && rest.starts_with('=');
        let headline = "what is done on the way stands between `{` and `}`".to_owned();
        (is_action && self.expects(Kind::End)).then(|| (headline, format!("write `{before} {{ {found} {rest} }}`")))
    }

    // ---- What is done

    /// Between the braces of a handler, of `enter` or of `exit`.
    pub(super) fn of_action(&self) -> Option<Meant> {
        let inside = self.before.rsplit('{').next().unwrap_or("").trim();
        let word = inside.rsplit(' ').next().unwrap_or("");
        let is_action = self.expects(Kind::AssignMark) || self.expects(Kind::Emit);
        is_action.then(|| self.of_foreign_action(word).or_else(|| self.of_marked_action(inside, word))).flatten()
    }

    /// Words of other languages: the one before, or the one that was found.
    fn of_foreign_action(&self, word: &str) -> Option<Meant> {
        let (headline, help) = match (word, self.found) {
            ("if" | "else", _) => (
                format!("there is no `{word}` among actions"),
                "let each case have its handler: `on check.ok when level > 3 -> a { … }`, then `on check.ok -> b { … }`",
            ),
            ("run" | "watch" | "exec" | "shell", _) | (_, "run" | "watch" | "exec" | "shell") => (
                "no program is run on the way from one state to another".to_owned(),
                "write `run NAME = exec(\"./do.sh\")` into a state: it runs when the machine comes there",
            ),
            ("return" | "break", _) | (_, "return" | "break") => {
                ("actions are done one after the other, and none ends the others".to_owned(), "leave it out")
            }
            _ => return None,
        };
        Some((headline, help.to_owned()))
    }

    /// Marks that stand otherwise here.
    fn of_marked_action(&self, inside: &str, word: &str) -> Option<Meant> {
        let Self { found, rest, .. } = *self;
        match (word, found) {
            ("poll", "(") => {
                let watcher = rest.split(')').next()?.trim_matches('"');
                Some((
                    "`poll` has its watcher behind it, without brackets".to_owned(),
                    format!("write `poll {watcher}`"),
                ))
            }
            (_, "{") if inside.starts_with("emit ") || inside.starts_with("raise ") => Some((
                "what an event carries stands between `(` and `)`".to_owned(),
                format!("write `{inside}({})`", rest.split('}').next().unwrap_or("NAME: VALUE").trim()),
            )),
            (name, "*" | "/" | "%") if rest.starts_with('=') => {
                let value = rest.trim_start_matches(['=', ' ', '}']).trim_end_matches(['}', ' ']);
                let headline =
                    format!("there is no `{found}=`: what a machine remembers is changed by `=`, `+=` and `-=`");
                Some((headline, format!("write `{name} = {name} {found} {value}`")))
            }
            (number, ",") if ends_with_digit(number) && rest.starts_with(|it: char| it.is_ascii_digit()) => {
                Some(("a number has no `,` in it".to_owned(), format!("write `{number}{}`", rest.split(' ').next()?)))
            }
            (_, ",") => Some((
                "actions follow one another without `,`".to_owned(),
                "remove it; a value stands in a text between braces, as in `log \"it is {level}\"`".to_owned(),
            )),
            _ => self.of_text(inside).or_else(|| self.of_carried(word)),
        }
    }

    /// `log "it is " level`
    fn of_text(&self, inside: &str) -> Option<Meant> {
        let goes_on = inside.starts_with("log \"") && (is_word(self.found) || self.found == ".");
        let headline = "what is written is one text".to_owned();
        goes_on.then(|| (headline, "put values into it between braces, as in `log \"it is {level}\"`".to_owned()))
    }

    /// `it.level = 3`
    fn of_carried(&self, word: &str) -> Option<Meant> {
        let (field, value) = self.rest.split_once('=').filter(|_| self.found == "." && is_word(word))?;
        let (field, value) = (field.trim_end_matches(['+', '-', ' ']), value.trim().trim_end_matches(['}', ' ']));
        let headline = format!("what an event carries cannot be changed, and `{word}.{field}` is such");
        let help =
            format!("write `data {field} = {value}` in the machine to remember it, and `{field} = {value}` here");
        is_word(field).then_some((headline, help))
    }
}

fn ends_with_digit(text: &str) -> bool {
    text.ends_with(|it: char| it.is_ascii_digit())
}

/// Whether a text is the path of a state.
fn is_path(text: &str) -> bool {
    text.split('.').all(is_word)
}
