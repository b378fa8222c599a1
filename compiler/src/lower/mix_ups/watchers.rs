//! What is meant by a watcher or a run that is written in another order, or without a part of it.

use super::{Line, Meant, is_word};
use machine_grammar::Kind;

impl<'l> Line<'l> {
    pub(super) fn of_watcher(&self) -> Option<Meant> {
        let Self { before, found, .. } = *self;
        match found {
            _ if before == self.first() => self.of_begin(),
            _ if before.split_whitespace().count() == 2 && !found.starts_with('"') => self.of_name(),
            "watch" | "run" if before.ends_with('=') => self.of_keyword_inside(),
            "," if before.ends_with(')') => self.of_comma("call and modifiers"),
            "," | "and" if self.expects(Kind::End) && before.contains(')') => self.of_comma("modifiers"),
            _ if before.contains("schedule(") && !before.contains('"') => self.of_schedule(),
            _ if found.starts_with('"') => self.of_program(),
            _ => self.of_other_brackets(),
        }
    }

    /// Right behind `watch` or `run`.
    fn of_begin(&self) -> Option<Meant> {
        let Self { before: keyword, found, rest, .. } = *self;
        match found {
            "watch" | "run" => Some((
                "a line begins with `watch` or with `run`, not with both".to_owned(),
                format!("write `watch {rest}{}` to ask again and again, or `run …` to do it once", missing_pace(rest)),
            )),
            ":" => Some((format!("there is no `:` behind `{keyword}`"), format!("write `{}`", example(keyword)))),
            "." | "/" | "~" => self.of_nameless_program(),
            _ if found.starts_with('"') => self.of_nameless_program(),
            _ => self.of_other_brackets(),
        }
    }

    /// Behind the name: `run w(…)`, `run w.sh`, `watch w: exec(…)`.
    fn of_name(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let (keyword, name) = (self.first(), self.name());
        match found {
            "(" => {
                let headline = format!("`{before}` gives no name to what is asked");
                let call = call(&format!("{name}({rest}"));
                Some((headline, format!("write `{keyword} NAME = {call}{}`", pace_of(keyword))))
            }
            "." => {
                let ending = rest.split_whitespace().next()?;
                let headline = "a program is run by a kind of watcher, such as `exec`, and has a name".to_owned();
                let pace = pace_of(keyword);
                Some((headline, format!("write `{keyword} {name} = exec(\"./{name}.{ending}\"){pace}`")))
            }
            _ if self.expects(Kind::Equals) => {
                let value = if found == ":" { rest.to_owned() } else { format!("{found}{rest}") };
                let headline = format!("`=` is missing behind `{before}`");
                is_call(&value)
                    .then(|| (headline, format!("write `{before} = {}{}`", call(&value), self.pace())))
                    .or_else(|| self.of_other_brackets())
            }
            _ => self.of_other_brackets(),
        }
    }

    /// `watch w = run exec(…)`
    fn of_keyword_inside(&self) -> Option<Meant> {
        let Self { found, rest, .. } = *self;
        let pace = if found == "watch" { some_pace(rest) } else { String::new() };
        let headline = format!("`{found}` begins the line, and does not stand behind the `=`");
        Some((headline, format!("write `{found} {} = {}{pace}`", self.name(), call(rest))))
    }

    fn of_comma(&self, between: &str) -> Option<Meant> {
        let headline = format!("there is no `{}` between {between}", self.found);
        Some((headline, format!("write `{} {}`", self.before, self.rest)))
    }

    /// `schedule(daily at 08:00)`
    fn of_schedule(&self) -> Option<Meant> {
        let (_, words) = self.before.split_once("schedule(")?;
        let line = format!("{words} {} {}", self.found, self.rest.split([',', ')']).next()?);
        Some(("a line of a schedule is a text".to_owned(), format!("write `schedule(\"{}\")`", line.trim())))
    }

    fn of_other_brackets(&self) -> Option<Meant> {
        let is_other = matches!(self.found, "[" | "{") && self.expects(Kind::OpenParen);
        let headline = "arguments stand between `(` and `)`".to_owned();
        is_other.then(|| (headline, format!("write `{}(…)`", self.before)))
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

    pub(super) fn of_pace(&self) -> Option<Meant> {
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
}

/// What `exec("./w.sh")` or `exec "./w.sh"` is as a call.
pub(super) fn call_of(found: &str, rest: &str) -> Option<String> {
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
pub(super) fn some_pace(text: &str) -> String {
    pace_in(text).unwrap_or_else(|| " every 1m".to_owned())
}

/// Whether a text begins with a kind and its arguments.
pub(super) fn is_call(text: &str) -> bool {
    let name = text.split('(').next().unwrap_or("");
    name.len() < text.len() && !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}

/// A call without what stands behind its bracket.
pub(super) fn call(text: &str) -> String {
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
