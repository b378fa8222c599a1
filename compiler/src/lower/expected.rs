//! The words for what could stand where something else stands.

use machine_grammar::{Kind, Problem, RESERVED, SyntaxError};

/// The reserved words that this version has a use for.
const IN_USE: [&str; 15] = [
    "after", "again", "as", "every", "false", "final", "initial", "machine", "on", "run", "state", "stay", "true",
    "watch", "watcher",
];

/// What may begin a declaration in a machine or a state.
const PARTS: [Kind; 5] = [Kind::State, Kind::Watch, Kind::Run, Kind::On, Kind::After];

/// What may begin a value.
const VALUES: [Kind; 6] = [Kind::Text, Kind::Number, Kind::Boolean, Kind::Name, Kind::Open, Kind::OpenBracket];

/// Whether a word is reserved for a coming version and stands where a keyword belongs.
pub(super) fn is_kept_word(found: &str, expected: &[Kind]) -> bool {
    let keyword = [Kind::On, Kind::Machine, Kind::Arrow, Kind::Again].iter().any(|it| expected.contains(it));
    keyword && RESERVED.contains(&found) && !IN_USE.contains(&found)
}

/// `a`, `b` or `c`: families by one word, and no more than a reader wants to know. Empty if nothing is known.
pub(super) fn list(after: &str, expected: &[Kind]) -> String {
    let words = words(after, expected);
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// What should stand at the place of an error instead.
pub(super) fn told(error: &SyntaxError<'_>) -> String {
    let wanted = match &error.problem {
        Problem::Unexpected { after, expected, .. } | Problem::Missing { after, expected } => list(after, expected),
        _ => String::new(),
    };
    if wanted.is_empty() { "cannot stand here".to_owned() } else { format!("expected {wanted}") }
}

fn words(after: &str, expected: &[Kind]) -> Vec<&'static str> {
    let is_value = expected.contains(&Kind::Text) && expected.contains(&Kind::Number);
    let is_part = PARTS.iter().all(|it| expected.contains(it));
    // Only the standard library declares kinds of watchers; a file of a user's holds machines.
    let is_item = expected.contains(&Kind::Machine);
    let in_family = |it: &Kind| {
        is_value && VALUES.contains(it)
            || is_part && (PARTS.contains(it) || *it == Kind::Close)
            || is_item && *it == Kind::WatcherKind
    };
    let told = |it: &Kind| !in_family(it);
    let mut rest: Vec<Kind> = expected.iter().copied().filter(told).collect();
    rest.sort_by_key(|it| *it != Kind::Arrow);
    let families = is_value.then(|| value_after(after)).into_iter().chain(is_part.then_some("a declaration"));
    let mut words: Vec<_> = families.collect();
    let only_dull = words.is_empty() && rest.iter().all(is_dull);
    for kind in rest.into_iter().filter(|it| only_dull || !is_dull(it)) {
        let word = if kind == Kind::Name { name_after(after) } else { kind.word() };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// Possible, but hardly what the author wanted to write.
fn is_dull(kind: &Kind) -> bool {
    matches!(kind, Kind::Doc | Kind::End | Kind::Dot | Kind::Word | Kind::UnknownModifier)
}

/// What a name behind a keyword or mark is the name of.
fn name_after(after: &str) -> &'static str {
    match after {
        "->" => "a state",
        "on" => "an event",
        "state" => "the state's name",
        "machine" => "the machine's name",
        "watch" | "watcher" => "the watcher's name",
        "run" => "the run's name",
        "=" => "a kind such as `exec`",
        "as" => "a label",
        _ => "a name",
    }
}

fn value_after(after: &str) -> &'static str {
    if matches!(after, "every" | "after") { "a duration such as `10s`" } else { "a value" }
}

/// The way out, by what was expected.
pub(super) fn way_out(expected: &[Kind]) -> &'static str {
    const WAYS: [(Kind, &str); 16] = [
        (Kind::On, "inside a machine stand `state`, `watch`, `run`, `on` and `after`"),
        (Kind::Machine, "a file holds machines: `machine NAME 1.0.0 { … }`"),
        (Kind::Outcome, "a kind of watcher holds `outcome`, `fault`, `every` and `needs`"),
        (Kind::Arrow, "write `on WATCHER.OUTCOME -> STATE`, or `stay` to answer without leaving the state"),
        (Kind::Equals, "write `watch NAME = KIND(ARGUMENTS) every DURATION`"),
        (Kind::StateWord, "write `initial state NAME` or `final state NAME`"),
        (Kind::CloseParen, "arguments stand between `(` and `)`, with `,` between them"),
        (Kind::CloseBracket, "a list is written `[a, b]`"),
        (Kind::Again, "a handler is no longer than `on EVENT -> STATE again as LABEL`"),
        (Kind::Required, "write `every required` or `every optional`"),
        (Kind::Colon, "a parameter, a field and an entry are written `NAME: …`"),
        (
            Kind::Text,
            "a value is a text such as `\"./run.sh\"`, a number, a duration such as `10s`, `true`, `false`, a list or a map",
        ),
        (Kind::Name, "a name is made of letters, digits and `_`, or stands between backticks"),
        (Kind::Version, "write `machine NAME 1.0.0 { … }`"),
        (Kind::Every, "a watcher ends with how often it runs, as in `watch NAME = KIND(ARGUMENTS) every 10s`"),
        (Kind::Open, "what belongs to a state stands between `{` and `}`"),
    ];
    let way = WAYS.iter().find(|(kind, _)| expected.contains(kind));
    way.map_or("`machinec explain E0101` shows how declarations are written", |(_, way)| way)
}
