//! Watchers of the kind `kv`: names of buckets and keys that no server would take, before any server is asked.

use super::kinds::Declaration;
use super::report::Report;
use crate::ast;
use crate::diagnostic::Code;
use crate::model::Constant;
use machine_grammar::Span;

/// The kind that this is about.
const KIND: &str = "kv";

/// The longest name of a bucket or key: with what NATS puts before it, a subject stays below what servers take.
const LONGEST: usize = 255;

/// Tells what is wrong with the names of a bucket and a key, as far as they are known now.
pub(super) fn check(
    watcher: &ast::Watcher<'_>,
    declaration: &Declaration,
    values: &[Constant],
    report: &mut Report<'_>,
) {
    let Some(call) = watcher.call.as_ref().filter(|_| declaration.kind.name == KIND) else { return };
    if let Some(Constant::Text(name)) = values.first() {
        bucket(name, place(call, 0, "bucket"), report);
    }
    if let Some(Constant::Text(name)) = values.get(1) {
        key(name, place(call, 1, "key"), report);
    }
}

/// Where an argument is written, by its name or by its position.
fn place(call: &ast::Call<'_>, position: usize, name: &str) -> Span {
    let named = call.args.iter().find(|it| it.name.is_some_and(|it| it.text == name));
    let written = named.or_else(|| call.args.iter().filter(|it| it.name.is_none()).nth(position));
    written.map_or(call.span, |it| it.value.span)
}

fn bucket(name: &str, span: Span, report: &mut Report<'_>) {
    let fits = |it: char| it.is_ascii_alphanumeric() || "_-".contains(it);
    let wrong = match name.chars().find(|it| !fits(*it)) {
        Some(wrong) => format!("{} cannot stand in it", shown(wrong)),
        None if name.is_empty() => "it is empty".to_owned(),
        None if name.len() > LONGEST => format!("it is longer than {LONGEST} bytes"),
        None => return,
    };
    report.tell(Code::BAD_BUCKET, span, format!("no bucket can be called {}", quoted(name)), |_, it| {
        it.label(wrong).help("the name of a bucket is made of letters, digits, `_` and `-`")
    });
}

fn key(name: &str, span: Span, report: &mut Report<'_>) {
    let fits = |it: char| it.is_ascii_alphanumeric() || "-/_=.".contains(it);
    let is_wild = name.contains(['*', '>']);
    let wrong = match name.chars().find(|it| !fits(*it)) {
        Some(_) if is_wild => "a watcher watches one key, not all that fit a pattern".to_owned(),
        Some(wrong) => format!("{} cannot stand in it", shown(wrong)),
        None if name.is_empty() => "it is empty".to_owned(),
        None if name.starts_with('.') || name.ends_with('.') || name.contains("..") => {
            "a `.` stands between two other characters".to_owned()
        }
        None if name.len() > LONGEST => format!("it is longer than {LONGEST} bytes"),
        None => return,
    };
    report.tell(Code::BAD_KEY, span, format!("no key can be called {}", quoted(name)), |_, it| {
        it.label(wrong).help("a key is made of letters, digits, `-`, `/`, `_`, `=`, and of `.` between them")
    });
}

fn shown(character: char) -> String {
    match character {
        ' ' => "a space".to_owned(),
        '`' => "a backtick".to_owned(),
        it if it.is_control() => "a control character".to_owned(),
        it => format!("`{it}`"),
    }
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.escape_debug().to_string().replace('`', "'"))
}
