//! What is meant by a declaration that is written as in another language, or without its keyword.

use super::{Line, Meant, is_word};
use machine_grammar::Kind;

/// Types as they are called here and elsewhere, and what they are here.
const TYPES: [(&str, &str); 13] = [
    ("bool", "bool"),
    ("boolean", "bool"),
    ("int", "int"),
    ("integer", "int"),
    ("number", "int"),
    ("float", "float"),
    ("double", "float"),
    ("string", "string"),
    ("str", "string"),
    ("text", "string"),
    ("duration", "duration"),
    ("time", "time"),
    ("enum", "low | high"),
];

impl Line<'_> {
    // ---- Without its keyword

    /// `known {`, `int worst = 0`, `worst: int = 0`, `w.ok: idle`.
    pub(super) fn of_keyword_left_out(&self) -> Option<Meant> {
        let Self { found, rest, .. } = *self;
        if rest == "{" && is_word(found) {
            let headline = format!("`{found}` does not say what it is");
            return Some((headline, format!("write `state {found} {{` for a state of this name")));
        }
        if let Some((name, value)) = rest.split_once('=').filter(|it| is_word(it.0.trim())) {
            return type_of(found).map(|ty| self.of_data(name.trim(), ty, value.trim()));
        }
        let (ty, value) = rest.strip_prefix(':')?.split_once('=')?;
        type_of(ty.split_whitespace().next()?)?;
        is_word(found).then(|| self.of_data(found, ty.trim(), value.trim()))
    }

    fn of_data(&self, name: &str, ty: &str, value: &str) -> Meant {
        let headline = format!("`data` is missing before `{}`", self.found);
        (headline, format!("write `data {name}: {ty} = {value}` in the machine, outside of its states"))
    }

    // ---- With its keyword

    /// `data`, `fact`, `secret`, `limit` and `event`.
    pub(super) fn of_declaration(&self) -> Option<Meant> {
        match self.first() {
            "data" | "fact" => self.of_type_first().or_else(|| self.of_type()),
            "secret" => self.of_secret(),
            "limit" => self.of_limit(),
            "event" => self.of_event(),
            _ => None,
        }
    }

    /// `data int worst = 0`
    fn of_type_first(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let mut words = before.split_whitespace();
        let (keyword, ty) = (words.next()?, type_of(words.next()?)?);
        let right = format!("{keyword} {found}: {ty} {rest}");
        let alone = words.next().is_none() && is_word(found);
        alone.then(|| {
            (format!("the name comes first, then the type: `{found}: {ty}`"), format!("write `{}`", right.trim()))
        })
    }

    fn of_type(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match found {
            "(" | "<" | "[" if before.ends_with("int") => self.of_range(&format!("{before} in")),
            "[" if before.ends_with(" in") => self.of_range(before),
            _ if self.expects(Kind::Type) && rest.starts_with("..") && found.bytes().all(|it| it.is_ascii_digit()) => {
                let headline = "a range of numbers is written `int in A..B`".to_owned();
                Some((headline, format!("write `{before} int in {found}{rest}`")))
            }
            _ => self.of_enum(),
        }
    }

    /// `low, high`, `"low" | "high"`, `enum(low, high)`, `{low, high}`
    fn of_enum(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match found {
            word if word.starts_with('"') && rest.starts_with('|') => Some((
                "the words of an enum stand without quotes".to_owned(),
                format!("write `{before} {}`", format!("{found} {rest}").replace('"', "")),
            )),
            "," | "/" | "or" | "||" if self.expects(Kind::Equals) && before.contains(':') => Some((
                "the words of an enum stand behind one another with `|`".to_owned(),
                format!(
                    "write `{before} | {}`",
                    rest.replace(" or ", " | ").replace(['/', ','], "|").replace("||", "|")
                ),
            )),
            "(" | "{" | "[" if before.ends_with("enum") || self.expects(Kind::Type) => {
                let (words, behind) = rest.split_once(['}', ']', ')'])?;
                let words: Vec<_> = words.split([',', '|']).map(str::trim).collect();
                let headline = "an enum is the list of its words, with `|` between them".to_owned();
                let before = before.trim_end_matches("enum").trim_end();
                let right = format!("{before} {}{behind}", words.join(" | "));
                words.iter().all(|it| is_word(it)).then(|| (headline, format!("write `{right}`")))
            }
            _ => None,
        }
    }

    /// `int(0..5000)`, `int<0, 5000>`, `int in [0, 5000]`
    fn of_range(&self, before: &str) -> Option<Meant> {
        let (least, most) = self.rest.split_once("..").or_else(|| self.rest.split_once(','))?;
        let (most, behind) = most.split_once([')', '>', ']'])?;
        let right = format!("{before} {}..{} {}", least.trim(), most.trim(), behind.trim());
        let headline = "a range of numbers is written `int in A..B`".to_owned();
        Some((headline, format!("write `{}`", right.trim())))
    }

    /// `string reason` for `reason: string`, and `timeout = 10m` for `timeout: duration = 10m`, among parameters or fields.
    pub(super) fn of_field(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let word = before.rsplit([' ', '(', ',', '{']).next().filter(|_| self.expects(Kind::Colon))?;
        if let Some(ty) = type_of(word).filter(|_| is_word(found)) {
            let headline = format!("the name comes first, then the type: `{found}: {ty}`");
            return Some((headline, format!("write `{found}: {ty}`")));
        }
        let value = rest.split([',', ')']).next().unwrap_or("").trim();
        let ty = type_of_value(value).filter(|_| found == "=" && is_word(word))?;
        Some((format!("`{word}` does not say of which type it is"), format!("write `{word}: {ty} = {value}`")))
    }

    /// `90%`
    pub(super) fn of_percent(&self) -> Option<Meant> {
        let (_, number) = self.before.strip_suffix('%')?.rsplit_once(' ')?;
        let is_number = number.bytes().all(|it| it.is_ascii_digit());
        let headline = "a number has no `%` behind it".to_owned();
        is_number.then(|| (headline, format!("write `{number}`")))
    }

    /// `secret token = env("TOKEN")`, `secret token from "TOKEN"`
    fn of_secret(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let name = before.split_whitespace().nth(1)?.trim_end_matches(':');
        let whole = format!("{found}{rest}");
        let is_variable = |it: &&str| it.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_');
        let variable = whole.split('"').nth(1).filter(is_variable).unwrap_or("VARIABLE");
        let headline = "a secret says where it is found, in the environment or in a file".to_owned();
        let help = format!("write `secret {name} from env \"{variable}\"` or `secret {name} from file \"PATH\"`");
        (is_word(name) && (self.expects(Kind::From) || self.expects(Kind::Word))).then_some((headline, help))
    }

    /// `limit fans: 3`, `limit fans 3`
    fn of_limit(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let count = if found == ":" { rest.to_owned() } else { format!("{found} {rest}") };
        let is_count = self.expects(Kind::Equals) && count.starts_with(|it: char| it.is_ascii_digit());
        let headline = format!("`=` is missing behind `{before}`");
        is_count.then(|| (headline, format!("write `{before} = {}`", count.trim())))
    }

    /// `event e { reason: string }`, `event e by operator`
    fn of_event(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match found {
            "{" if self.expects(Kind::From) => {
                let (fields, behind) = rest.split_once('}')?;
                let right = format!("{before}({}){behind}", fields.trim());
                Some(("what an event carries stands between `(` and `)`".to_owned(), format!("write `{right}`")))
            }
            "by" | "of" | ":" if self.expects(Kind::From) => Some((
                format!("who sends an event stands behind `from`, not behind `{found}`"),
                format!("write `{before} from operator`"),
            )),
            _ => None,
        }
    }

    /// `returns co2: int`, `returns (co2: int)`
    pub(super) fn of_returns(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let fields = if found == "(" { rest.split(')').next()?.to_owned() } else { format!("{found}{rest}") };
        let is_field = fields.split_once(':').is_some_and(|it| is_word(it.0.trim()));
        let headline = "what a watcher returns stands between `{` and `}`".to_owned();
        let help = format!("write `returns {{ {} }}`", fields.trim());
        (before.ends_with("returns") && self.expects(Kind::Open) && is_field).then_some((headline, help))
    }

    /// `machine my machine 1.0.0 {`, `machine my-machine 1.0.0 {`, `machine m version 1.0.0 {`: what stands behind the
    /// name was taken for the version.
    pub(super) fn of_version(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        let words = before.strip_prefix("machine")?.trim();
        if let Some(name) = words.strip_suffix("version").map(str::trim).filter(|it| is_word(it)) {
            let headline = "the version stands behind the name, without a word before it".to_owned();
            return Some((headline, format!("write `machine {name} {found} {rest}`")));
        }
        let words = if is_word(found) { format!("{words} {found}") } else { words.to_owned() };
        let name: String = words.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '_' }).collect();
        let behind = if is_word(found) { rest.to_owned() } else { format!("{found} {rest}") };
        let headline = format!("`{words}` is not one name: a name has letters, digits and `_`");
        (is_word(&name) && name != words).then(|| (headline, format!("write `machine {name} {behind}`")))
    }
}

/// The type that a word means, here or elsewhere.
fn type_of(word: &str) -> Option<&'static str> {
    TYPES.iter().find(|it| it.0.eq_ignore_ascii_case(word)).map(|it| it.1)
}

/// The type of a value, as far as its first sign tells.
fn type_of_value(value: &str) -> Option<&'static str> {
    let digits = value.trim_start_matches('-').trim_end_matches(|it: char| it.is_ascii_digit() || it == '.');
    match value.chars().next()? {
        '"' => Some("string"),
        '[' => Some("list of string"),
        it if it.is_ascii_digit() || it == '-' => match digits {
            "" if value.contains('.') => Some("float"),
            "" => Some("int"),
            _ => Some("duration"),
        },
        _ => matches!(value, "true" | "false").then_some("bool"),
    }
}
