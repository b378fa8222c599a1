//! What is meant by a word or mark at the wrong place, where a line shows it: by somebody who knows the words of the
//! language, and not yet what goes where.

use super::syntax_error::At;
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::Kind;

/// A line that something is wrong with.
struct Line<'l> {
    /// What stands before the place, without the indentation.
    before: &'l str,
    /// What is wrong there.
    found: &'l str,
    /// What stands behind it.
    rest: &'l str,
    expected: &'l [Kind],
}

/// The headline, and what to write instead.
type Meant = (String, String);

impl At {
    /// What is meant, if the line shows it.
    pub(super) fn mixed_up(self, source: &str, found: &str, expected: &[Kind]) -> Option<Diagnostic> {
        let range = self.span.range();
        let before = source.get(..range.start)?.rsplit('\n').next()?.trim();
        let rest = source.get(range.end..)?.lines().next().unwrap_or("").trim();
        let line = Line { before, found, rest, expected };
        let (headline, help) = match line.first() {
            "" => line.of_nothing_before(),
            "watch" | "run" => line.of_watcher(),
            "every" => line.of_pace(),
            "on" | "after" => line.of_handler(),
            "initial" | "final" | "state" | "machine" => line.of_frame(),
            _ => None,
        }?;
        Some(self.says(Code::UNEXPECTED, headline).label("not at this place").help(help))
    }
}

impl<'l> Line<'l> {
    fn first(&self) -> &'l str {
        self.before.split_whitespace().next().unwrap_or("")
    }

    fn expects(&self, kind: Kind) -> bool {
        self.expected.contains(&kind)
    }

    /// What is between the keyword and the `=`.
    fn name(&self) -> &'l str {
        self.before.split(['=', ':']).next().and_then(|it| it.split_whitespace().nth(1)).unwrap_or("NAME")
    }

    // ---- Lines that begin with something else than a keyword

    fn of_nothing_before(&self) -> Option<Meant> {
        let Self { found, rest, .. } = *self;
        if !self.expects(Kind::State) || !self.expects(Kind::On) {
            return None;
        }
        if found == "->" {
            let headline = "a transition has to say what it waits for".to_owned();
            return Some((headline, format!("write `on WATCHER.OUTCOME -> {rest}`, or `after 1m -> {rest}`")));
        }
        if found == "version" {
            let version = rest.trim_start_matches(['=', ':']).trim().trim_matches(['"', ',']);
            let headline = "the version of a machine stands behind its name".to_owned();
            return Some((headline, format!("write `machine NAME {version} {{`")));
        }
        if found.starts_with('-') {
            let headline = "declarations follow one another without `-`".to_owned();
            return Some((headline, "write each on a line of its own, such as `on check.ok -> STATE`".to_owned()));
        }
        if found.starts_with('"') && rest.starts_with(':') {
            let headline = format!("keywords and names stand without quotes, unlike `{found}`");
            return Some((headline, "a declaration is written like `on check.ok -> STATE`".to_owned()));
        }
        if is_call(&format!("{found}{rest}")) {
            let call = call(&format!("{found}{rest}"));
            let headline = format!("`{found}` needs a name, and how often it is asked");
            return Some((
                headline,
                format!("write `watch NAME = {call} every 1m`, or `run NAME = {call}` to do it once"),
            ));
        }
        self.of_value(found, rest.strip_prefix('=')?.trim_start())
    }

    /// `w = exec("./w.sh")`, `x = 5`.
    fn of_value(&self, name: &str, value: &str) -> Option<Meant> {
        let value = ["watch ", "run "].into_iter().find_map(|it| value.strip_prefix(it)).unwrap_or(value);
        if is_call(value) {
            let call = call(value);
            let headline = format!("`watch` or `run` is missing before `{name}`");
            return Some((
                headline,
                format!("write `watch {name} = {call} every 1m`, or `run {name} = {call}` to do it once"),
            ));
        }
        let headline = format!("`{name}` is given a value outside of a handler");
        let help = format!(
            "write `data {name} = {value}` in the machine to begin with, and `{{ {name} = {value} }}` behind a handler"
        );
        Some((headline, help))
    }

    // ---- Watchers and runs

    fn of_watcher(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let keyword = self.first();
        match found {
            "watch" | "run" if before == keyword => Some((
                "a line begins with `watch` or with `run`, not with both".to_owned(),
                format!("write `watch {rest}{}` to ask again and again, or `run …` to do it once", missing_pace(rest)),
            )),
            "watch" | "run" if before.ends_with('=') => {
                let pace = if found == "watch" { " every 1m" } else { "" };
                let headline = format!("`{found}` begins the line, and does not stand behind the `=`");
                Some((headline, format!("write `{found} {} = {}{pace}`", self.name(), call(rest))))
            }
            ":" if before == keyword => {
                Some((format!("there is no `:` behind `{keyword}`"), format!("write `{}`", example(keyword))))
            }
            "," if before.ends_with(')') => {
                Some(("there is no `,` between call and modifiers".to_owned(), format!("write `{before} {rest}`")))
            }
            "(" if before.split_whitespace().count() == 2 => {
                let headline = format!("`{before}` gives no name to what is asked");
                let call = call(&format!("{}({rest}", self.name()));
                Some((headline, format!("write `{keyword} NAME = {call}{}`", pace_of(keyword))))
            }
            _ if found.starts_with('"') => self.of_program(),
            _ if self.expects(Kind::Equals) && before.split_whitespace().count() == 2 => {
                let value = if found == ":" { rest.to_owned() } else { format!("{found}{rest}") };
                is_call(&value).then(|| {
                    let headline = format!("`=` is missing behind `{before}`");
                    (headline, format!("write `{before} = {}{}`", call(&value), pace_of(keyword)))
                })
            }
            _ => None,
        }
    }

    /// `watch w = "./w.sh"`, `watch w = exec "./w.sh"`.
    fn of_program(&self) -> Option<Meant> {
        let Self { before, found, .. } = *self;
        let pace = pace_of(self.first());
        if before.ends_with('=') {
            let headline = "a program is run by a kind of watcher, such as `exec`".to_owned();
            return Some((headline, format!("write `{before} exec({found}){pace}`")));
        }
        let is_kind = before.contains('=') && !before.ends_with(')') && self.expects(Kind::OpenParen);
        let headline = "arguments stand between `(` and `)`".to_owned();
        is_kind.then(|| (headline, format!("write `{before}({found}){pace}`")))
    }

    fn of_pace(&self) -> Option<Meant> {
        let span = self.before.strip_prefix("every")?.trim();
        match self.found {
            "->" => {
                let headline = "`every` says how often a watcher is asked, and leads nowhere".to_owned();
                Some((headline, format!("write `after {span} -> {}`", self.rest)))
            }
            "{" => {
                let headline = "what is done again and again is a `watch`".to_owned();
                Some((headline, format!("write `watch NAME = exec(\"./check.sh\") every {span}`")))
            }
            _ => None,
        }
    }

    // ---- Handlers

    fn of_handler(&self) -> Option<Meant> {
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
            "or" | "||" if is_arrow_wanted => Some((
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
            "<" | ">" | "<=" | ">=" | "==" | "!=" if is_arrow_wanted => {
                let subject = before.trim_start_matches("on").trim();
                let headline = "`on` waits for an event, and `when` for a condition".to_owned();
                Some((headline, format!("write `when {subject} {found} {rest}`")))
            }
            word if is_arrow_wanted && before.split_whitespace().count() == 2 && !before.contains('.') => {
                let is_name = word.starts_with(|it: char| it.is_ascii_lowercase());
                let headline = format!("an outcome stands behind its watcher with `.`, as in `w.{word}`");
                is_name.then(|| {
                    (headline.replace("w.", &format!("{}.", self.name())), format!("write `{before}.{word} {rest}`"))
                })
            }
            _ => None,
        }
    }

    /// `on w.ok { x = 1 } -> b`: first where it leads, then what is done.
    fn of_braces(&self) -> Option<Meant> {
        let Self { before, rest, .. } = *self;
        let (inside, behind) = rest.split_once('}')?;
        let (inside, behind) = (inside.trim(), behind.trim());
        let headline = "a handler says where it leads first, and what is done behind that".to_owned();
        Some(match (inside, behind) {
            (to, "") if to.starts_with("->") => (headline, format!("write `{before} {to}`")),
            (_, "") => {
                (headline, format!("write `{before} stay {{ {inside} }}`, or `{before} -> STATE {{ {inside} }}`"))
            }
            _ => (headline, format!("write `{before} {behind} {{ {inside} }}`")),
        })
    }

    // ---- States and machines

    fn of_frame(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match (before, found) {
            ("state", "initial" | "final") => {
                Some((format!("`{found}` stands before `state`"), format!("write `{found} state {rest}`")))
            }
            ("initial" | "final", ":") => {
                Some((format!("there is no `:` behind `{before}`"), format!("write `{before} state {rest}`")))
            }
            ("machine", ":") => {
                Some(("there is no `:` behind `machine`".to_owned(), format!("write `machine {rest} 1.0.0 {{ … }}`")))
            }
            (_, ":" | "=") if self.first() == "machine" || rest.starts_with('{') => {
                Some((format!("there is no `{found}` behind `{before}`"), format!("write `{before} {rest}`")))
            }
            (_, ",") => Some((format!("there is no `,` behind `{before}`"), "remove it".to_owned())),
            (_, "begin" | "do" | "then") => Some((
                format!("a block begins with `{{`, not with `{found}`"),
                format!("write `{before} {{`, and `}}` at its end"),
            )),
            _ => None,
        }
    }
}

/// Whether a text begins with a kind and its arguments.
fn is_call(text: &str) -> bool {
    let name = text.split('(').next().unwrap_or("");
    name.len() < text.len() && !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}

/// A call without what stands behind its bracket.
fn call(text: &str) -> String {
    text.split_once(')').map_or_else(|| text.trim().to_owned(), |it| format!("{})", it.0))
}

fn pace_of(keyword: &str) -> &'static str {
    if keyword == "watch" { " every 1m" } else { "" }
}

fn missing_pace(line: &str) -> &'static str {
    if line.contains(" every ") { "" } else { " every 1m" }
}

fn example(keyword: &str) -> String {
    format!("{keyword} NAME = exec(\"./check.sh\"){}", pace_of(keyword))
}
