//! Why a configuration cannot be used: with the line, the cause and the way out.

use super::example;
use super::units::Mistake;
use machine_host::nearest;
use miette::{Diagnostic, NamedSource, SourceSpan};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Why a configuration cannot be used.
#[derive(Debug, Error, Diagnostic)]
pub(crate) enum ConfigError {
    /// The file is not there, or may not be read.
    #[error("cannot read the configuration `{}`", file.display())]
    #[diagnostic(help("`machined config > {}` makes one with all defaults", file.display()))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Something in the file is wrong.
    #[error("{what}")]
    #[diagnostic(help("{help}"))]
    Wrong {
        what: String,
        help: String,
        #[source_code]
        text: Arc<NamedSource<String>>,
        #[label("here")]
        place: Option<SourceSpan>,
    },
    /// A certificate without its key, or the other way round.
    #[error("`[events.webhook]` has only one of `certificate` and `key`")]
    #[diagnostic(help("name both files, or none"))]
    HalfIdentity,
    /// Events are to go to NATS, and no server is named.
    #[error("`[events.nats]` names a stream, and no server of NATS is named")]
    #[diagnostic(help("add a section `[nats]` with `servers = [\"nats://HOST:4222\"]`"))]
    NoServer,
    /// Limits are to count across the fleet, and no server is named.
    #[error("`[limits]` names a bucket, and no server of NATS is named")]
    #[diagnostic(help("add a section `[nats]` with `servers = [\"nats://HOST:4222\"]`"))]
    NoServerForLimits,
    /// A node cannot do without.
    #[error("nobody says where the {key} {} to be", if *key == "state" { "is" } else { "are" })]
    #[diagnostic(help("add `{key} = \"DIR\"` to the configuration, before its first section, or `--{key} DIR`"))]
    Missing {
        /// The setting.
        key: &'static str,
    },
}

/// What the library says, in our words.
pub(super) fn wrong(file: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let place = error.span();
    let section = place.as_ref().and_then(|it| section_at(text, it.start));
    let (what, help) = words(error.message(), section);
    let key = Mistake::setting(error.message());
    let place = place.map(|it| key.and_then(|key| line_of(text, it.start, key)).unwrap_or(it));
    let name = file.display().to_string();
    let text = Arc::new(NamedSource::new(name, text.to_owned()));
    ConfigError::Wrong { what, help, text, place: place.map(SourceSpan::from) }
}

fn words(message: &str, section: Option<&str>) -> (String, String) {
    if let Some((what, help)) = Mistake::parts(message) {
        return (what.to_owned(), help.to_owned());
    }
    if let Some((given, expected)) = message.strip_prefix("unknown field ").and_then(|it| it.split_once(',')) {
        return unknown_key(quoted(given).next().unwrap_or(given), section, &quoted(expected).collect::<Vec<_>>());
    }
    if let Some((given, expected)) = message.strip_prefix("unknown variant ").and_then(|it| it.split_once(',')) {
        let words: Vec<_> = quoted(expected).collect();
        let given = quoted(given).next().unwrap_or(given);
        return (format!("`{given}` is no value of this setting"), one_of(given, &words));
    }
    if let Some((found, wanted)) = message.strip_prefix("invalid type: ").and_then(|it| it.split_once(", expected ")) {
        let wanted = match wanted {
            "a string" | "path string" => "a text in quotes",
            "a boolean" => "`true` or `false`",
            "a map" => "a section of settings",
            "a sequence" => "a list in `[` and `]`",
            section if section.starts_with("struct ") => "a section of settings",
            other => other,
        };
        return (format!("this setting takes {wanted}, not {}", found_value(found)), SEE_EXAMPLE.to_owned());
    }
    not_toml(message)
}

/// What stands there instead, in words of TOML.
fn found_value(found: &str) -> String {
    let found = found.replace("string \"", "text \"").replace("integer", "number").replace("floating point", "number");
    match found.as_str() {
        "sequence" => "a list".to_owned(),
        "map" => "a section of settings".to_owned(),
        value => value.strip_prefix("boolean ").map_or_else(|| format!("the {value}"), str::to_owned),
    }
}

/// Text without quotes is what people write most.
fn not_toml(message: &str) -> (String, String) {
    let is_bare = ["float", "integer", "number", "literal string", "must be quoted", "boolean"];
    if is_bare.iter().any(|it| message.contains(it)) {
        return ("this is no value of TOML".to_owned(), "a text stands in quotes: `node = \"n1\"`".to_owned());
    }
    (format!("this is not TOML as it should be: {}", message.replace('\n', "; ")), SEE_EXAMPLE.to_owned())
}

const SEE_EXAMPLE: &str = "`machined config` shows every setting, with what it takes";

fn unknown_key(key: &str, section: Option<&str>, known: &[&str]) -> (String, String) {
    let where_it_is = section.map_or_else(String::new, |it| format!(" in `[{it}]`"));
    let what = format!("there is no setting `{key}`{where_it_is}");
    let example = example();
    let help = match homes(&example, key).next() {
        Some(home) if nearest(key, known).is_none() => match home {
            "" => format!("`{key}` stands before the first section"),
            home => format!("`{key}` stands in the section `[{home}]`"),
        },
        _ => one_of(key, known),
    };
    (what, help)
}

fn one_of(given: &str, known: &[&str]) -> String {
    match nearest(given, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is {}", known.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")),
    }
}

/// The sections that have a setting of this name; the part before the first section is called nothing.
fn homes<'e>(example: &'e str, key: &str) -> impl Iterator<Item = &'e str> {
    let is_key = move |line: &str| {
        let line = line.strip_prefix('#').unwrap_or(line);
        line.split_once('=').is_some_and(|(name, _)| name.trim_end() == key)
    };
    let mut section = "";
    example.lines().filter_map(move |line| {
        section = header(line).unwrap_or(section);
        is_key(line).then_some(section)
    })
}

/// The section that a place of the text is in.
fn section_at(text: &str, place: usize) -> Option<&str> {
    text.get(..place)?.lines().filter_map(header).next_back()
}

/// Where a setting stands in a section that begins here, or in one below it.
fn line_of(text: &str, section: usize, key: &str) -> Option<std::ops::Range<usize>> {
    let mut start = section;
    for line in text.get(section..)?.split_inclusive('\n') {
        if line.split_once('=').is_some_and(|(name, _)| name.trim() == key) {
            return Some(start..start + line.trim_end().len());
        }
        start += line.len();
    }
    None
}

/// `metrics` of `[metrics]`.
fn header(line: &str) -> Option<&str> {
    let inside = line.trim_start().strip_prefix('[')?;
    Some(inside.split_once(']')?.0.trim())
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}
