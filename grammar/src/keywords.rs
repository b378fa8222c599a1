//! The words of the language, and the slips that people make in them.

use crate::Kind;

/// Words that are no names unless they stand between backticks. `machine.pest` has the same list; a test compares them.
pub const RESERVED: &[&str] = &[
    "after", "again", "as", "data", "enter", "event", "every", "exit", "extern", "fact", "false", "final", "initial",
    "limit", "machine", "on", "require", "run", "secret", "state", "stay", "test", "true", "use", "watch", "watcher",
    "when",
];

/// Words that begin a declaration inside a machine.
pub(crate) const PARTS: &[&str] = &[
    "on", "after", "when", "state", "initial", "final", "watch", "run", "data", "fact", "secret", "limit", "event",
    "enter", "exit", "require",
];

/// Words that begin a declaration between machines.
pub(crate) const ITEMS: &[&str] = &["machine", "watcher", "use", "extern", "test"];

/// Words that begin a line of a test.
pub(crate) const LINES: &[&str] = &["expect", "advance", "restart", "start", "power", "with"];

/// Whether a word begins a line of a test, where it could be a name as well.
#[must_use]
pub fn begins_test_line(word: &str) -> bool {
    LINES.contains(&word)
}

/// Words of other languages for what is written otherwise here.
pub(crate) const FOREIGN: &[&str] = &[
    "else",
    "elif",
    "elsif",
    "elseif",
    "if",
    "for",
    "transition",
    "transitions",
    "states",
    "watchers",
    "import",
    "include",
    "def",
    "fn",
    "func",
    "function",
    "var",
    "let",
    "const",
    "goto",
    "end",
];

/// What people write for `->`.
pub(crate) const ARROWS: &[&str] = &["=", "-", "–", "—", ">", ":", "goto", "to", "then", "go", "transition"];

/// Units as words, with the units of the language.
const UNITS: &[(&str, &[&str])] = &[
    ("ms", &["ms", "msec", "msecs", "milli", "millis", "millisecond", "milliseconds"]),
    ("s", &["s", "sec", "secs", "second", "seconds"]),
    ("m", &["m", "min", "mins", "minute", "minutes"]),
    ("h", &["h", "hr", "hrs", "hour", "hours"]),
    ("d", &["d", "day", "days"]),
    ("w", &["w", "wk", "wks", "week", "weeks"]),
];

/// The unit of the language that a word means: `m` for `minutes`; `None` if it means none.
#[must_use]
pub fn unit(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    UNITS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(unit, _)| *unit)
}

/// Whether a unit in words can be taken for nothing else: `M` may be months or millions as well as minutes.
#[must_use]
pub fn is_plain_unit(word: &str) -> bool {
    unit(word).is_some_and(|it| word.len() > 1 || word == it)
}

/// The keywords that begin what a message calls by one of them.
pub(crate) fn of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::State => &["state", "initial", "final"],
        Kind::Initial => &["initial"],
        Kind::Final => &["final"],
        Kind::StateWord => &["state"],
        Kind::Machine => &["machine"],
        Kind::WatcherKind => &["watcher"],
        Kind::Watch => &["watch"],
        Kind::Run => &["run"],
        Kind::On => &["on"],
        Kind::After => &["after"],
        Kind::Stay => &["stay"],
        Kind::Again => &["again"],
        Kind::Label => &["as"],
        Kind::Every | Kind::Pace => &["every"],
        Kind::Outcome => &["outcome"],
        Kind::Fault => &["fault"],
        Kind::Needs => &["needs"],
        Kind::Use => &["use"],
        Kind::Extern => &["extern"],
        Kind::MachineWord | Kind::Instance => &["machine"],
        Kind::States => &["states"],
        Kind::Was => &["was"],
        Kind::Data => &["data"],
        Kind::Fact => &["fact"],
        Kind::Secret => &["secret"],
        Kind::From => &["from"],
        Kind::Limit => &["limit"],
        Kind::Offline => &["offline"],
        Kind::Event => &["event"],
        Kind::When | Kind::Guard => &["when"],
        Kind::Enter => &["enter"],
        Kind::Exit => &["exit"],
        Kind::Enters => &["enters"],
        Kind::Is => &["is"],
        Kind::Wait => &["wait"],
        Kind::Emit => &["emit"],
        Kind::Raise => &["raise"],
        Kind::Log => &["log"],
        Kind::Poll => &["poll"],
        Kind::By => &["by"],
        Kind::Required => &["required"],
        Kind::Optional => &["optional"],
        Kind::Require => &["require"],
        Kind::CanReach => &["always"],
        Kind::Follows | Kind::Never => &["never"],
        Kind::Per => &["per"],
        Kind::Or => &["or"],
        Kind::Test => &["test"],
        Kind::Subject | Kind::ForHowLong => &["for"],
        Kind::RandomRuns => &["random"],
        Kind::Seed => &["seed"],
        Kind::Cases => &["each"],
        Kind::In => &["in"],
        Kind::AnswersWord => &["answers"],
        Kind::Then => &["then"],
        Kind::Until => &["until"],
        Kind::InTime => &["within"],
        Kind::TimesWord => &["times"],
        Kind::Often => &["once", "twice", "never"],
        _ => &[],
    }
}

/// The keyword that was most likely meant by a word that is none.
pub(crate) fn nearest(found: &str, expected: &[Kind]) -> Option<&'static str> {
    if RESERVED.contains(&found) {
        return None;
    }
    near(found, expected).min().map(|(_, it)| it)
}

/// The word that was most likely meant by one that begins a line of a test.
pub(crate) fn nearest_line(found: &str) -> Option<&'static str> {
    let lower = found.to_lowercase();
    let measured = LINES.iter().map(|it| (strsim::osa_distance(&lower, it), *it));
    measured.filter(|(distance, it)| *distance <= allowed(it)).min().map(|it| it.1).filter(|_| !LINES.contains(&found))
}

/// Whether a word is at most one slip away from a keyword, and not near to any other. A slip in a short keyword makes
/// too many other words of it.
pub(crate) fn is_slip_of_only(found: &str, expected: &[Kind]) -> bool {
    let mut all: Vec<_> = near(found, expected).collect();
    all.sort_unstable();
    all.dedup();
    matches!(all.as_slice(), [(distance, it)] if *distance == 0 || *distance == 1 && it.len() >= SHORTEST_CERTAIN)
}

/// The expected keywords that a word may be meant for, and how many slips it is away.
fn near(found: &str, expected: &[Kind]) -> impl Iterator<Item = (usize, &'static str)> {
    let lower = found.to_lowercase();
    let candidates = expected.iter().flat_map(|it| of(*it)).copied();
    let measured = candidates.map(move |it| (strsim::osa_distance(&lower, it), it));
    measured.filter(|(distance, it)| *distance <= allowed(it))
}

const SHORTEST_CERTAIN: usize = 4;

/// How many slips a word may have and still be recognised.
fn allowed(keyword: &str) -> usize {
    match keyword.len() {
        0..=5 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        let all = [Kind::State, Kind::Watch, Kind::Run, Kind::On, Kind::After];
        for (found, right) in [
            ("sate", "state"),
            ("State", "state"),
            ("wach", "watch"),
            ("inital", "initial"),
            ("intial", "initial"),
            ("afetr", "after"),
            ("no", "on"),
            ("ON", "on"),
        ] {
            assert_eq!(nearest(found, &all), Some(right), "{found}");
        }
        for found in ["thing", "after", "machine", "x"] {
            assert_eq!(nearest(found, &all), None, "{found}");
        }
    }

    #[test]
    fn a_slip_is_certain_only_if_nothing_else_is_near() {
        let all = [Kind::State, Kind::Stay, Kind::Watch, Kind::On];
        for (found, certain) in [("sate", true), ("WATCH", true), ("On", true), ("no", false), ("stat", false)] {
            assert_eq!(is_slip_of_only(found, &all), certain, "{found}");
        }
        assert!(is_plain_unit("minutes") && is_plain_unit("m") && !is_plain_unit("M"));
    }

    #[test]
    fn units_are_known_by_many_words() {
        assert_eq!(unit("minutes"), Some("m"));
        assert_eq!(unit("Sec"), Some("s"));
        assert_eq!(unit("month"), None);
    }
}
