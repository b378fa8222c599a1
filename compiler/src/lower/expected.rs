//! The words for what could stand where something else stands.

use machine_grammar::{Kind, Problem, SyntaxError};

/// What may begin a declaration in a machine or a state.
const PARTS: [Kind; 16] = [
    Kind::State,
    Kind::StateWord,
    Kind::Watch,
    Kind::Run,
    Kind::On,
    Kind::After,
    Kind::When,
    Kind::Data,
    Kind::Fact,
    Kind::Secret,
    Kind::Limit,
    Kind::Event,
    Kind::Enter,
    Kind::Exit,
    Kind::Require,
    Kind::Close,
];

/// What may begin a declaration between machines.
const ITEMS: [Kind; 6] = [Kind::Machine, Kind::Instance, Kind::WatcherKind, Kind::Use, Kind::Extern, Kind::Test];

/// What may begin a value.
const VALUES: [Kind; 14] = [
    Kind::Text,
    Kind::Number,
    Kind::Boolean,
    Kind::Name,
    Kind::Open,
    Kind::OpenBracket,
    Kind::OpenParen,
    Kind::Expr,
    Kind::Not,
    Kind::Minus,
    Kind::List,
    Kind::Map,
    Kind::Paren,
    Kind::Arg,
];

/// What may stand behind a watcher's call.
const MODIFIERS: [Kind; 11] = [
    Kind::Every,
    Kind::Returns,
    Kind::Timeout,
    Kind::Under,
    Kind::Splay,
    Kind::Backoff,
    Kind::Announce,
    Kind::Quiet,
    Kind::While,
    Kind::RunAs,
    Kind::UnknownModifier,
];

/// What may stand between the braces of a handler.
const ACTIONS: [Kind; 7] = [Kind::Assign, Kind::Emit, Kind::Raise, Kind::Log, Kind::Poll, Kind::Name, Kind::Close];

/// What may begin a line of a test.
const LINES: [Kind; 9] = [
    Kind::Expect,
    Kind::Advance,
    Kind::Start,
    Kind::With,
    Kind::PowerOff,
    Kind::Restart,
    Kind::Name,
    Kind::Send,
    Kind::Close,
];

/// What may stand behind `require`.
const CLAIMS: [Kind; 5] = [Kind::CanReach, Kind::LeadsTo, Kind::Follows, Kind::Never, Kind::AtMostOf];

/// `a`, `b` or `c`: families by one word, and no more than a reader wants to know. Empty if nothing is known.
pub(super) fn list(after: &str, expected: &[Kind]) -> String {
    if is_case(after, expected) {
        return "a case such as `(1)`".to_owned();
    }
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
    if wanted == Kind::End.word() {
        return "expected an operator or `}`".to_owned();
    }
    if wanted.is_empty() { "cannot stand here".to_owned() } else { format!("expected {wanted}") }
}

fn words(after: &str, expected: &[Kind]) -> Vec<&'static str> {
    let families = families(after, expected);
    let in_family = |it: &Kind| families.iter().any(|(members, _)| members.contains(it));
    let mut rest: Vec<Kind> = expected.iter().copied().filter(|it| !in_family(it)).collect();
    rest.sort_by_key(|it| *it != Kind::Arrow);
    let mut words: Vec<_> = families.iter().map(|(_, word)| *word).collect();
    let only_dull = words.is_empty() && rest.iter().all(is_dull);
    for kind in rest.into_iter().filter(|it| only_dull || !is_dull(it)) {
        let word = match kind {
            Kind::Name => name_after(after),
            Kind::Word if after == "offline" => "`wait`, `skip` or `proceed`",
            kind => kind.word(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// What is expected as a whole: its members, and the word for all of them.
fn families(after: &str, expected: &[Kind]) -> Vec<(&'static [Kind], &'static str)> {
    let has = |it: Kind| expected.contains(&it);
    let all: [(bool, &[Kind], &str); 7] = [
        (has(Kind::Text) && has(Kind::Number), &VALUES, value_after(after)),
        (has(Kind::On) && has(Kind::After), &PARTS, "a declaration"),
        (has(Kind::Machine), &ITEMS, "`machine`"),
        (has(Kind::Expect) && has(Kind::Advance), &LINES, "a line of a test such as `advance 1m`"),
        (has(Kind::CanReach), &CLAIMS, "a promise such as `always can reach STATE`"),
        (has(Kind::Every) && has(Kind::Returns), &MODIFIERS, "a modifier such as `every 10s`"),
        (has(Kind::Emit) && has(Kind::Raise), &ACTIONS, "an action such as `count += 1`"),
    ];
    all.into_iter().filter(|it| it.0).map(|it| (it.1, it.2)).collect()
}

/// Possible, but hardly what the author wanted to write.
fn is_dull(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Doc
            | Kind::End
            | Kind::Dot
            | Kind::Word
            | Kind::UnknownModifier
            | Kind::Enters
            | Kind::Was
            | Kind::Operator
            | Kind::OpenParen
            | Kind::Within
            | Kind::AtMost
            | Kind::Params
    )
}

/// What a name behind a keyword or mark is the name of.
fn name_after(after: &str) -> &'static str {
    match after {
        "->" => "a state",
        "on" => "an event",
        "state" => "the state's name",
        "data" | "fact" | "secret" | "limit" | "event" => "its name",
        "emit" | "raise" => "an event",
        "poll" => "a watcher",
        "under" => "a limit",
        "while" => "a machine",
        "machine" => "the machine's name",
        "watch" | "watcher" => "the watcher's name",
        "run" => "the run's name",
        "=" | "by" => "a kind such as `exec`",
        "enters" => "a state",
        "(" => "a name",
        "as" => "a label",
        "require" => "a promise such as `always can reach STATE`",
        _ => "a name",
    }
}

fn value_after(after: &str) -> &'static str {
    match after {
        "every" | "after" | "splay" | "timeout" | "wait" | "to" | "advance" | "within" | "per" => {
            "a duration such as `10s`"
        }
        "expect" | "until" | "never" => "a state or a condition",
        _ => "a value",
    }
}

/// Whether a list of cases begins here: one that is a value could go on with a value.
fn is_case(after: &str, expected: &[Kind]) -> bool {
    after == "[" && expected.contains(&Kind::CloseBracket) && !expected.contains(&Kind::Text)
}

/// The way out, by what was expected, and behind what.
pub(super) fn way_out(after: &str, expected: &[Kind]) -> &'static str {
    if after == "require" {
        return PROMISES;
    }
    if is_case(after, expected) {
        return "each case stands in brackets of its own, also a single value: `each (code: int) in [(1), (2)]`";
    }
    if value_after(after) == "a duration such as `10s`" && expected.contains(&Kind::Number) {
        return "a duration is a number with a unit: `500ms`, `10s`, `5m`, `1h30m`, `2d`, `1w`";
    }
    if after == "offline" {
        return "write `offline wait`, `offline skip` or `offline proceed`";
    }
    if expected == [Kind::OpenParen] {
        return "arguments stand between `(` and `)`, with `,` between them";
    }
    let way = OF_TESTS.iter().chain(&WAYS).find(|(kind, _)| expected.contains(kind));
    way.map_or("`machinec explain E0101` shows how declarations are written", |(_, way)| way)
}

const PROMISES: &str = "promises are `always can reach S`, `A leads to B`, `never A -> B`, `never CONDITION` and `at most N transitions per DURATION`";

/// In promises and tests.
const OF_TESTS: [(Kind, &str); 13] = [
    (
        Kind::Expect,
        "a test holds `WATCHER answers OUTCOME`, `advance DURATION`, `expect …`, events such as `EVENT(…)`, `MACHINE is STATE`, `power off for DURATION`, `restart`, `with NAME = VALUE` and `start DATE`",
    ),
    (Kind::CanReach, PROMISES),
    (Kind::Leads, "write `require A leads to B`"),
    (Kind::Date, "write it like `start 2026-03-29 01:55 in Europe/Berlin`"),
    (Kind::Answer, "write `WATCHER answers OUTCOME`, or a series: `WATCHER answers failed x3, then ok after 4s`"),
    (Kind::Then, "a series is written `WATCHER answers failed x3, then ok after 4s`"),
    (Kind::Repeat, "a series is written `WATCHER answers failed x3, then ok after 4s`"),
    (Kind::AnswersWord, "write `WATCHER answers OUTCOME`, `MACHINE is STATE`, or an event: `EVENT(FIELD: VALUE)`"),
    (Kind::Times, "write `once`, `twice`, `never`, `3 times`, `at least 2 times` or `at most 5 times`"),
    (Kind::TimesWord, "write `once`, `twice`, `never`, `3 times`, `at least 2 times` or `at most 5 times`"),
    (Kind::Subject, "a test is written `test \"NAME\" for MACHINE { … }`"),
    (Kind::ForHowLong, "write `power off for DURATION`"),
    (Kind::Onward, "the states of a path stand in their order: `expect path A > B`"),
];

/// Everywhere else.
const WAYS: [(Kind, &str); 26] = [
    (
        Kind::On,
        "inside a machine stand `state`, `watch`, `run`, `on`, `after`, `when`, `enter`, `exit`, `data`, `fact`, `secret`, `limit`, `event` and `require`",
    ),
    (Kind::Emit, "actions are `NAME = VALUE`, `NAME += VALUE`, `emit`, `raise`, `log` and `poll`"),
    (Kind::AssignMark, "actions are `NAME = VALUE`, `NAME += VALUE`, `emit`, `raise`, `log` and `poll`"),
    (Kind::UsePath, "write `use std/NAME` for a template, or `use \"FILE.machine\"` for another file"),
    (Kind::States, "a machine outside the sources is written `extern machine NAME { states A, B  event E }`"),
    (Kind::MachineWord, "a machine outside the sources is written `extern machine NAME { states A, B  event E }`"),
    (Kind::From, "write `secret NAME from env \"VARIABLE\"`, or `event NAME from operator`"),
    (Kind::AcrossFleet, "write `limit NAME = N across fleet` or `limit NAME = N on node`"),
    (Kind::Is, "write `while MACHINE is STATE`"),
    (Kind::Range, "a range of numbers is written `int in A..B`"),
    (Kind::Return, "what a watcher yields is written `returns { NAME: TYPE, … }`"),
    (Kind::Machine, "a file holds machines: `machine NAME 1.0.0 { … }`, and tests: `test \"NAME\" for MACHINE { … }`"),
    (Kind::Outcome, "a kind of watcher holds `outcome`, `fault`, `every` and `needs`"),
    (Kind::Arrow, "write `on WATCHER.OUTCOME -> STATE`, or `stay` to answer without leaving the state"),
    (
        Kind::Equals,
        "write `watch NAME = KIND(ARGUMENTS) every DURATION`, `data NAME: TYPE = VALUE` or `limit NAME = N`",
    ),
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
