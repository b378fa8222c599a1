//! A machine's name and version.

use super::report::Report;
use crate::ast::{Machine, Name};
use crate::diagnostic::Code;
use machine_grammar::Span;

/// Longest name of a machine: with the table's extension it fits every file system.
const NAME_MAX: usize = 63;

/// Checks name and version, and returns the version.
pub(super) fn check(machine: &Machine<'_>, report: &mut Report<'_>) -> String {
    if !usable(machine.name.text) {
        unusable_name(machine.name, report);
    }
    match machine.version {
        None => missing_version(machine.name, report),
        Some(it) if !well_formed(it.text) => bad_version(it, report),
        Some(_) => {}
    }
    machine.version.map_or_else(String::new, |it| it.text.to_owned())
}

/// Checks the name of an instance, which is a machine of its own.
pub(super) fn check_instance(name: Name<'_>, report: &mut Report<'_>) {
    if !usable(name.text) {
        unusable_name(name, report);
    }
}

/// Whether a name can be that of a file, a subject and a process argument on every system.
fn usable(name: &str) -> bool {
    let start = |it: &u8| it.is_ascii_alphabetic() || *it == b'_';
    name.len() <= NAME_MAX
        && name.as_bytes().first().is_some_and(start)
        && name.as_bytes().iter().all(|it| start(it) || it.is_ascii_digit() || *it == b'-')
}

fn unusable_name(name: Name<'_>, report: &mut Report<'_>) {
    let headline = format!("a machine cannot be called `{}`", name.text.escape_debug());
    report.tell(Code::UNUSABLE_NAME, name.span, headline, |_, it| {
        it.label("this becomes the name of a file").help(format!(
            "use the letters a to z, digits, `_` and `-`, beginning with a letter or `_`, at most {NAME_MAX} of them"
        ))
    });
}

fn missing_version(name: Name<'_>, report: &mut Report<'_>) {
    let headline = format!("machine `{}` has no version", name.text);
    let behind = Span { start: name.span.end, end: name.span.end };
    report.tell(Code::MISSING_VERSION, name.span, headline, |file, it| {
        it.label("a version belongs behind the name")
            .help(format!("write `machine {} 1.0.0`", super::wording::name(name.text)))
            .fix(file, behind, " 1.0.0")
    });
}

fn bad_version(version: Name<'_>, report: &mut Report<'_>) {
    let headline = format!("`{}` is not a version", version.text);
    report.tell(Code::BAD_VERSION, version.span, headline, |file, it| {
        let told = it.label("three numbers with dots between them belong here");
        match meant(version.text) {
            Some(right) => told.help(format!("write `{right}`")).fix(file, version.span, right).certain(),
            None => told.help("write it like `1.0.0`, or `2.1.0-beta` for one that is not finished"),
        }
    });
}

/// The version in `"1.0.0"`, `v1.0.0` and `1.0`.
fn meant(version: &str) -> Option<String> {
    let plain = version.trim_matches('"').trim_start_matches(['v', 'V']);
    let longer = [plain.to_owned(), format!("{plain}.0"), format!("{plain}.0.0")];
    longer.into_iter().find(|it| it != version && well_formed(it))
}

/// `N.N.N`, optionally `-` and a word of letters, digits, dots and hyphens.
fn well_formed(version: &str) -> bool {
    let (numbers, pre) = version.split_once('-').map_or((version, None), |(n, p)| (n, Some(p)));
    let in_word = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-');
    let is_word = |it: &str| !it.is_empty() && it.bytes().all(in_word);
    let mut count = 0;
    let all_numbers = numbers.split('.').all(|it| {
        count += 1;
        is_number(it)
    });
    all_numbers && count == 3 && pre.is_none_or(is_word)
}

/// Digits without a leading zero, short enough for 32 bits.
fn is_number(text: &str) -> bool {
    let plain = text == "0" || !text.starts_with('0');
    plain && text.bytes().all(|it| it.is_ascii_digit()) && text.parse::<u32>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{usable, well_formed};

    #[test]
    fn versions() {
        for good in ["1.0.0", "0.0.1", "10.20.30", "1.0.0-beta", "1.0.0-rc.1"] {
            assert!(well_formed(good), "{good}");
        }
        for bad in ["", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.x", "01.0.0", "1.0.0-", "1..0", "99999999999.0.0"] {
            assert!(!well_formed(bad), "{bad}");
        }
    }

    #[test]
    fn names() {
        for good in ["hvac", "_x", "a-b", "A1"] {
            assert!(usable(good), "{good}");
        }
        for bad in ["", "1a", "-a", "a b", "a/b", "ä", "..", &"a".repeat(64)] {
            assert!(!usable(bad), "{bad}");
        }
    }
}
