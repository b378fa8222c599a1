//! Whatever a person does to a source, the compiler answers: each shipped machine is damaged in its tokens, and the
//! compiler may neither panic, nor refuse one without a sentence and a place.
//!
//! `DAMAGES=all cargo test -p machine-compiler --test any_damage` tries every token with every damage: half a minute.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_compiler::check;
use machine_compiler::source::SourceMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

const SOURCES: [(&str, &str); 9] = [
    ("container_manager", include_str!("../../examples/container_manager/container_manager.machine")),
    ("cron", include_str!("../../examples/cron/cron.machine")),
    ("hvac", include_str!("../../examples/hvac/hvac.machine")),
    ("hvac_rooms", include_str!("../../examples/hvac_rooms/hvac_rooms.machine")),
    ("nested", include_str!("../../examples/nested/rollout.machine")),
    ("nightly", include_str!("../../examples/nightly/nightly.machine")),
    ("rollout", include_str!("../../examples/rollout/rollout.machine")),
    ("rollout_test", include_str!("../../examples/rollout/rollout_test.machine")),
    ("service", include_str!("../../stdlib/std/service.machine")),
];

/// What is written in place of a token.
const INSTEAD: [&str; 16] =
    ["", "2", "-1", "3m", "\"x\"", "x", "stay", "state", "->", ",", "{", ")", "null", "it.x", "1..2", "[1]"];

/// One of so many damages is tried in an ordinary run.
const ONE_OF: usize = 29;

#[test]
fn every_damage_is_answered() {
    let all = std::env::var_os("DAMAGES").is_some();
    let mut tried = 0;
    for (name, source) in SOURCES {
        let tokens = tokens(source);
        let damages = tokens.iter().enumerate().flat_map(|(at, it)| damaged(source, &tokens, at, it));
        for damaged in damages.step_by(if all { 1 } else { ONE_OF }) {
            answer(name, &damaged);
            tried += 1;
        }
    }
    println!("{tried} damages");
    assert!(tried > 500, "{tried}");
}

/// What was found with `DAMAGES=all`.
#[test]
fn a_slot_of_no_limit_is_answered() {
    let (name, source) = SOURCES[6];
    for instead in ["2", "rollouts_of", "\"x\""] {
        let damaged = source.replace("under rollouts", &format!("under {instead}"));
        assert_ne!(damaged, source);
        answer(name, &damaged);
    }
}

/// Checks a source, and fails with it if the compiler does.
fn answer(name: &str, source: &str) {
    let told = catch_unwind(AssertUnwindSafe(|| {
        let mut sources = SourceMap::default();
        sources.add(format!("{name}.machine"), source);
        check(&sources)
    }));
    let told = told.unwrap_or_else(|_| panic!("the compiler panics at this:\n{source}"));
    for it in told {
        assert!(!it.headline.is_empty() && !it.labels.is_empty(), "{it:?} of\n{source}");
    }
}

/// A source with one of its tokens replaced, doubled, or after the next one.
fn damaged<'a>(
    source: &'a str,
    tokens: &'a [Range<usize>],
    at: usize,
    token: &'a Range<usize>,
) -> impl Iterator<Item = String> + 'a {
    let (before, behind) = (&source[..token.start], &source[token.end..]);
    let replaced = INSTEAD.iter().map(move |it| [before, it, behind].concat());
    let word = &source[token.clone()];
    let doubled = [before, word, " ", word, behind].concat();
    let swapped = tokens.get(at + 1).map(|next| {
        [before, &source[next.clone()], &source[token.end..next.start], word, &source[next.end..]].concat()
    });
    replaced.chain([doubled]).chain(swapped)
}

/// Words, numbers, texts and marks, without blanks and comments.
fn tokens(source: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        let long = |it: fn(char) -> bool| rest.find(|c| !it(c)).unwrap_or(rest.len());
        let length = match first {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '"' => 2 + rest[1..].find('"').expect("a text ends"),
            '`' => 2 + rest[1..].find('`').expect("a name ends"),
            _ if rest.starts_with("->") => 2,
            it if it.is_alphanumeric() => long(|it| it.is_alphanumeric() || it == '_'),
            it if it.is_whitespace() => long(char::is_whitespace),
            it => it.len_utf8(),
        };
        if !first.is_whitespace() && !rest.starts_with("//") {
            tokens.push(at..at + length);
        }
        at += length;
    }
    tokens
}
