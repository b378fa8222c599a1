//! What is meant by a line that begins with none of the words that begin a declaration.

use super::actions::ACTIONS;
use super::watchers::{call, call_of, is_call, some_pace};
use super::{Line, Meant, is_word};
use machine_grammar::Kind;

impl Line<'_> {
    pub(super) fn of_nothing_before(&self) -> Option<Meant> {
        if self.expects(Kind::Machine) {
            return self.of_instance();
        }
        if !self.expects(Kind::After) || !self.expects(Kind::On) {
            return None;
        }
        self.of_mark().or_else(|| self.of_other_word()).or_else(|| self.of_keyword_left_out()).or_else(|| {
            let value = self.rest.strip_prefix('=')?.trim_start();
            self.of_value(self.found, value)
        })
    }

    /// `fan_lab = fan(room: "lab")` between machines.
    fn of_instance(&self) -> Option<Meant> {
        let Self { found, rest, .. } = *self;
        let call = rest.strip_prefix('=').map(str::trim).filter(|it| is_word(found) && is_call(it))?;
        Some((format!("`machine` is missing before `{found}`"), format!("write `machine {found} = {call}`")))
    }

    /// A line that begins with a mark.
    fn of_mark(&self) -> Option<Meant> {
        let Self { found, rest, .. } = *self;
        match found {
            "->" => {
                let headline = "a transition has to say what it waits for".to_owned();
                Some((headline, format!("write `on WATCHER.OUTCOME -> {rest}`, or `after 1m -> {rest}`")))
            }
            "--" => Some(self.of_comment()),
            "-" if rest.starts_with('-') => Some(self.of_comment()),
            _ if found.starts_with('-') => {
                let headline = "declarations follow one another without `-`".to_owned();
                Some((headline, "write each on a line of its own, such as `on check.ok -> STATE`".to_owned()))
            }
            _ if found.starts_with('"') && rest.starts_with(':') => {
                let headline = format!("keywords and names stand without quotes, unlike `{found}`");
                Some((headline, "a declaration is written like `on check.ok -> STATE`".to_owned()))
            }
            _ => None,
        }
    }

    fn of_comment(&self) -> Meant {
        let headline = "a comment begins with `//`, not with `--`".to_owned();
        (headline, format!("write `// {}`", self.rest.trim_start_matches('-').trim_start()))
    }

    /// A line that begins with a word that stands elsewhere.
    fn of_other_word(&self) -> Option<Meant> {
        let Self { found, rest, .. } = *self;
        if found == "version" {
            let version = rest.trim_start_matches(['=', ':']).trim().trim_matches(['"', ',']);
            let headline = "the version of a machine stands behind its name".to_owned();
            return Some((headline, format!("write `machine NAME {version} {{`")));
        }
        if found == "every" && rest.contains("->") {
            let headline = "`every` says how often a watcher is asked, and leads nowhere".to_owned();
            return Some((headline, format!("write `after {rest}`")));
        }
        if ACTIONS.contains(&found) {
            let headline =
                format!("`{found}` is an action, and stands between the braces of a handler, `enter` or `exit`");
            let action = if rest.starts_with('"') { format!("{found} {rest}") } else { self.joined() };
            return Some((headline, format!("write `enter {{ {action} }}`; an event is declared by `event`")));
        }
        let call = call_of(found, rest)?;
        let headline = format!("`{found}` needs a name, and how often it is asked");
        let pace = some_pace(rest);
        Some((headline, format!("write `watch NAME = {call}{pace}`, or `run NAME = {call}` to do it once")))
    }

    /// What was found and what stands behind it, with a blank between two words.
    fn joined(&self) -> String {
        let blank = if self.rest.starts_with(|it: char| it.is_ascii_alphanumeric()) { " " } else { "" };
        format!("{}{blank}{}", self.found, self.rest)
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
}
