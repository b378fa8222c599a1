//! The words for habits of other languages in tests and promises.

use super::syntax_error::At;
use crate::diagnostic::{Code, Diagnostic, suggest};
use machine_grammar::Kind;

impl At {
    /// `wait 1m`, `assert lit`, `expect count = 1`, `require always reach lit`: what is meant is plain.
    pub(super) fn meant(self, source: &str, found: &str, expected: &[Kind]) -> Option<Diagnostic> {
        let before = source.get(..self.span.range().start)?;
        let line = before.rsplit('\n').next()?.trim();
        let rest = source.get(self.span.range().start..)?.lines().next()?.trim_end();
        match line {
            "wait" | "sleep" | "pause" if expected.contains(&Kind::AnswersWord) => {
                let headline = format!("a test lets time pass by `advance`, not by `{line}`");
                Some(self.instead(headline, "expected a line such as `advance 1m`", &format!("advance {rest}")))
            }
            "assert" | "check" | "then" | "verify" if expected.contains(&Kind::AnswersWord) => {
                let headline = format!("what a test expects begins with `expect`, not with `{line}`");
                Some(self.instead(headline, "expected a line such as `expect lit`", &format!("expect {rest}")))
            }
            _ if line.starts_with("expect ") && found == "=" => {
                let told = self.says(Code::UNEXPECTED, "`=` is written `==` here").label("did you mean `==`?");
                let told = told.help("`==` compares two values, and `=` gives one");
                Some(told.fix(self.file, self.span, "=="))
            }
            "require always" if found == "reach" => {
                let headline = "the word `can` is missing before `reach`".to_owned();
                let told = self.instead(headline, "expected `can` before this", "always can reach STATE");
                Some(told.fix(self.file, self.span, "can reach"))
            }
            _ => None,
        }
    }

    /// A promise that begins with a state and is about what can be reached from there.
    pub(super) fn reach_from(self, source: &str, found: &str, right: &str) -> Option<Diagnostic> {
        if suggest::nearest(found, [right]).is_some() {
            return None;
        }
        let rest = source.get(self.span.range().end..)?.trim_start();
        let goal = rest.strip_prefix("can reach").filter(|_| right == "always")?.lines().next()?.trim();
        let headline = format!("what can be reached is promised from everywhere, not from `{found}` alone");
        let told = self.says(Code::UNEXPECTED, headline).label("expected `always`");
        Some(told.help(format!(
            "write `always can reach {goal}`; that `{found}` comes to `{goal}` in any case is `{found} leads to {goal}`"
        )))
    }

    fn instead(self, headline: String, label: &str, right: &str) -> Diagnostic {
        self.says(Code::UNEXPECTED, headline).label(label).help(format!("write `{right}`"))
    }
}
