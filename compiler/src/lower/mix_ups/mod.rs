//! What is meant by a word or mark at the wrong place, where a line shows it: by somebody who knows the words of the
//! language, and not yet what goes where.

use super::syntax_error::At;
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::Kind;

/// A line that something is wrong with.
pub(super) struct Line<'l> {
    /// What stands before the place, without the indentation.
    pub(super) before: &'l str,
    /// What is wrong there.
    pub(super) found: &'l str,
    /// What stands behind it, without a comment.
    pub(super) rest: &'l str,
    expected: &'l [Kind],
}

/// The headline, and what to write instead.
pub(super) type Meant = (String, String);

impl At {
    /// What is meant, if the line shows it.
    pub(super) fn mixed_up(self, source: &str, found: &str, expected: &[Kind]) -> Option<Diagnostic> {
        let range = self.span.range();
        let before = source.get(..range.start)?.rsplit('\n').next()?.trim();
        let rest = without_comment(source.get(range.end..)?.lines().next().unwrap_or(""));
        let line = Line { before, found, rest, expected };
        let (headline, help) = line.of_action().or_else(|| match line.first() {
            "" => line.of_nothing_before(),
            "watch" | "run" => line.of_watcher().or_else(|| line.of_returns()),
            "returns" => line.of_returns(),
            "every" => line.of_pace(),
            "on" | "after" => line.of_handler().or_else(|| line.of_target()),
            "initial" | "final" | "state" | "machine" => line.of_frame(),
            _ => line.of_declaration(),
        })?;
        Some(self.says(Code::UNEXPECTED, headline).label("not at this place").help(help))
    }
}

impl<'l> Line<'l> {
    pub(super) fn first(&self) -> &'l str {
        self.before.split_whitespace().next().unwrap_or("")
    }

    pub(super) fn expects(&self, kind: Kind) -> bool {
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
        if found == "--" || found == "-" && rest.starts_with('-') {
            let headline = "a comment begins with `//`, not with `--`".to_owned();
            return Some((headline, format!("write `// {}`", rest.trim_start_matches('-').trim_start())));
        }
        if found.starts_with('-') {
            let headline = "declarations follow one another without `-`".to_owned();
            return Some((headline, "write each on a line of its own, such as `on check.ok -> STATE`".to_owned()));
        }
        if found.starts_with('"') && rest.starts_with(':') {
            let headline = format!("keywords and names stand without quotes, unlike `{found}`");
            return Some((headline, "a declaration is written like `on check.ok -> STATE`".to_owned()));
        }
        if let Some(call) = call_of(found, rest) {
            let headline = format!("`{found}` needs a name, and how often it is asked");
            let pace = some_pace(rest);
            return Some((
                headline,
                format!("write `watch NAME = {call}{pace}`, or `run NAME = {call}` to do it once"),
            ));
        }
        self.of_keyword_left_out().or_else(|| self.of_value(found, rest.strip_prefix('=')?.trim_start()))
    }

    /// `w = exec("./w.sh")`, `x = 5`.
    fn of_value(&self, name: &str, value: &str) -> Option<Meant> {
        let value = ["watch ", "run "].into_iter().find_map(|it| value.strip_prefix(it)).unwrap_or(value);
        if is_call(value) {
            let (call, pace) = (call(value), some_pace(value));
            let headline = format!("`watch` or `run` is missing before `{name}`");
            return Some((
                headline,
                format!("write `watch {name} = {call}{pace}`, or `run {name} = {call}` to do it once"),
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
                let pace = if found == "watch" { some_pace(rest) } else { String::new() };
                let headline = format!("`{found}` begins the line, and does not stand behind the `=`");
                Some((headline, format!("write `{found} {} = {}{pace}`", self.name(), call(rest))))
            }
            ":" if before == keyword => {
                Some((format!("there is no `:` behind `{keyword}`"), format!("write `{}`", example(keyword))))
            }
            "," if before.ends_with(')') => {
                Some(("there is no `,` between call and modifiers".to_owned(), format!("write `{before} {rest}`")))
            }
            "," | "and" if self.expects(Kind::End) && before.contains(')') => {
                Some((format!("there is no `{found}` between modifiers"), format!("write `{before} {rest}`")))
            }
            "(" if before.split_whitespace().count() == 2 => {
                let headline = format!("`{before}` gives no name to what is asked");
                let call = call(&format!("{}({rest}", self.name()));
                Some((headline, format!("write `{keyword} NAME = {call}{}`", pace_of(keyword))))
            }
            _ if found.starts_with('"') => self.of_program(),
            "." | "/" | "~" if before == keyword => self.of_nameless_program(),
            "[" | "{" if self.expects(Kind::OpenParen) => {
                Some(("arguments stand between `(` and `)`".to_owned(), format!("write `{before}(…)`")))
            }
            _ if self.expects(Kind::Equals) && before.split_whitespace().count() == 2 => {
                let value = if found == ":" { rest.to_owned() } else { format!("{found}{rest}") };
                is_call(&value).then(|| {
                    let headline = format!("`=` is missing behind `{before}`");
                    (headline, format!("write `{before} = {}{}`", call(&value), self.pace()))
                })
            }
            _ => None,
        }
    }

    /// `watch w = "./w.sh"`, `watch w = exec "./w.sh"`.
    fn of_program(&self) -> Option<Meant> {
        let Self { before, found, .. } = *self;
        if before == self.first() {
            return self.of_nameless_program();
        }
        let pace = self.pace();
        if before.ends_with('=') {
            let headline = "a program is run by a kind of watcher, such as `exec`".to_owned();
            return Some((headline, format!("write `{before} exec({found}){pace}`")));
        }
        let is_kind = before.contains('=') && !before.ends_with(')') && self.expects(Kind::OpenParen);
        let headline = "arguments stand between `(` and `)`".to_owned();
        is_kind.then(|| (headline, format!("write `{before}({found}){pace}`")))
    }

    /// `run "./w.sh"`, `run ./w.sh`: neither a name nor a kind.
    fn of_nameless_program(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        // `watch "exec" "w" {`: a block of another language, with its kind and its name.
        if let Some(name) = rest.strip_prefix('"').and_then(|it| it.split('"').next()).filter(|it| is_word(it)) {
            let kind = found.trim_matches('"');
            let headline = format!("`{before}` is no block: its name comes first, then its kind with what it is given");
            return Some((headline, format!("write `{before} {name} = {kind}(…){}`", self.pace())));
        }
        let whole = [found, rest].concat();
        let program = if found.starts_with('"') { found } else { whole.split_whitespace().next()? };
        let program = program.trim_matches('"');
        let headline = "a program is run by a kind of watcher, such as `exec`, and has a name".to_owned();
        Some((headline, format!("write `{before} NAME = exec(\"{program}\"){}`", self.pace())))
    }

    /// How often it is asked, as the line says or as an example.
    fn pace(&self) -> String {
        if self.first() == "watch" { some_pace(self.rest) } else { String::new() }
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

    // ---- States and machines

    /// What stands behind `machine` cannot go on here, because a part of the name was taken for the version.
    fn is_cut_name(&self, found: &str) -> bool {
        let is_version = found.starts_with(|it: char| it.is_ascii_digit());
        found == "(" || is_version || is_word(found) && self.expects(Kind::Version)
    }

    fn of_frame(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match (before, found) {
            (_, found) if self.first() == "machine" && self.is_cut_name(found) => self.of_version(),
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

/// A line without the comment at its end.
fn without_comment(line: &str) -> &str {
    let is_outside = |at: usize| line.get(..at).is_some_and(|it| it.matches('"').count() % 2 == 0);
    let comment = line.match_indices("//").map(|it| it.0).find(|it| is_outside(*it));
    line.get(..comment.unwrap_or(line.len())).unwrap_or(line).trim()
}

/// What `exec("./w.sh")` or `exec "./w.sh"` is as a call.
fn call_of(found: &str, rest: &str) -> Option<String> {
    if let Some(text) = rest.strip_prefix('"').and_then(|it| it.split('"').next()) {
        return is_word(found).then(|| format!("{found}(\"{text}\")"));
    }
    let whole = format!("{found}{rest}");
    is_call(&whole).then(|| call(&whole))
}

/// ` every 10s`, if a text ends with it.
fn pace_in(text: &str) -> Option<String> {
    let pace = text.rsplit_once("every ").filter(|it| it.0.is_empty() || it.0.ends_with(' '))?.1.trim();
    (!pace.contains(' ')).then(|| format!(" every {pace}"))
}

/// The same, or an example of it.
fn some_pace(text: &str) -> String {
    pace_in(text).unwrap_or_else(|| " every 1m".to_owned())
}

/// Whether a text is a name and nothing else.
pub(super) fn is_word(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
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
