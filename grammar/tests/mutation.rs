//! Recovery as a number: valid programs are damaged in every token, and what the parser still says and knows is counted.
//!
//! The floors lie a little below what is reached, which is printed with
//! `cargo test -p machine-grammar --test mutation -- --nocapture`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

use machine_grammar::{Kind, Node, parse};
use std::collections::BTreeMap;
use std::ops::Range;

const PROGRAMS: [&str; 5] = [
    include_str!("../test_data/ok/container.machine"),
    include_str!("../test_data/ok/fan.machine"),
    include_str!("../test_data/ok/hvac.machine"),
    include_str!("../test_data/ok/several.machine"),
    include_str!("../test_data/ok/tests.machine"),
];

/// How many programs with two mistakes are drawn; 4,000 give the same figures to half a point.
const PAIRS: usize = 800;

/// Seed of all that is drawn; printed with the figures.
const SEED: u64 = 0x5EED_0007;

#[test]
fn one_damaged_token() {
    let mut near = Rate::default();
    let mut single = Rate::default();
    let mut kept = Rate::default();
    for program in PROGRAMS {
        let tokens = tokens(program);
        let declared = declarations(program);
        for (index, damage) in (0..tokens.len()).flat_map(|it| Damage::ALL.map(|damage| (it, damage))) {
            let broken = Broken::new(program, &tokens, &[(index, damage)]);
            let parsed = parse(&broken.text);
            let Some(first) = parsed.errors.first() else { continue };
            let close = broken.near(0, first.span.range());
            near.count(close);
            single.count(parsed.errors.len() == 1);
            let (found, of) = untouched(&declared, &tokens[index], &broken.text);
            kept.add(found, of);
            if std::env::var_os("SHOW").is_some() && (!close || parsed.errors.len() > 1 || found < of) {
                show(&broken, index, damage, &tokens, program, (found, of));
            }
        }
    }
    println!(
        "one damaged token, {} programs: error within one token {near}, exactly one error {single}, untouched declarations kept {kept}",
        near.of
    );
    assert!(near.percent() >= 95.0, "error within one token of the damage: {near}");
    assert!(single.percent() >= 95.0, "exactly one error: {single}");
    assert!(kept.percent() >= 98.0, "untouched declarations kept: {kept}");
}

#[test]
fn two_damaged_tokens() {
    let mut random = Random(SEED);
    let mut both = Rate::default();
    let mut many = Rate::default();
    while both.of < PAIRS {
        let program = PROGRAMS[random.below(PROGRAMS.len())];
        let tokens = tokens(program);
        let line = |index: usize| program[..tokens[index].start].matches('\n').count();
        let mut pair = [0; 2].map(|_| (random.below(tokens.len()), Damage::ALL[random.below(Damage::ALL.len())]));
        pair.sort_by_key(|it| it.0);
        let [first, second] = pair;
        let alone = |it| !parse(&Broken::new(program, &tokens, &[it]).text).errors.is_empty();
        if line(second.0) < line(first.0) + 4 || !alone(first) || !alone(second) {
            continue;
        }
        let broken = Broken::new(program, &tokens, &pair);
        let errors = parse(&broken.text).errors;
        let found = |which| errors.iter().any(|it| broken.on_line(which, it.span.range()));
        both.count(found(0) && found(1));
        many.count(errors.len() > 3);
        if std::env::var_os("SHOW").is_some() && errors.len() > 3 {
            println!(
                "---- {pair:?}\n{}\n----\n{}",
                &broken.text[broken.places[0].clone()],
                &broken.text[broken.places[1].clone()]
            );
            errors.iter().for_each(|it| println!("  {:?} at {:?}", it.problem, &broken.text[it.span.range()]));
        }
    }
    println!(
        "two damaged tokens, {} programs, seed {SEED:#x}: both found {both}, more than three errors {many}",
        both.of
    );
    assert!(both.percent() >= 94.0, "both of two mistakes found: {both}");
    assert!(many.percent() <= 2.0, "more than three errors for two mistakes: {many}");
}

// ---- Damage

#[derive(Clone, Copy, Debug)]
enum Damage {
    Delete,
    Double,
    Replace,
    FollowByBracket,
    SwapWithNext,
}

impl Damage {
    const ALL: [Self; 5] = [Self::Delete, Self::Double, Self::Replace, Self::FollowByBracket, Self::SwapWithNext];

    /// The damaged token, and the text that replaces it and, for a swap, the token behind it.
    fn apply(self, token: &str, next: Option<(&str, &str)>) -> String {
        match (self, next) {
            (Self::Delete, _) => String::new(),
            (Self::Double, _) => format!("{token} {token}"),
            (Self::Replace, _) => "%".into(),
            (Self::FollowByBracket, _) => format!("{token} )"),
            (Self::SwapWithNext, Some((between, next))) => format!("{next}{between}{token}"),
            (Self::SwapWithNext, None) => format!("{token} )"),
        }
    }
}

/// A program with damage, and the stretch around each that counts as its place: from the token before to the one behind.
struct Broken {
    text: String,
    places: Vec<Range<usize>>,
}

impl Broken {
    /// `damages` in the order of their tokens, at least two tokens apart.
    fn new(program: &str, tokens: &[Range<usize>], damages: &[(usize, Damage)]) -> Self {
        let mut broken = Self { text: String::new(), places: Vec::new() };
        let mut done = 0;
        for (index, damage) in damages.iter().copied() {
            let token = tokens[index].clone();
            let next = tokens.get(index + 1).filter(|_| matches!(damage, Damage::SwapWithNext));
            broken.text.push_str(&program[done..token.start]);
            let start = broken.text.len();
            let behind = next.map(|it| (&program[token.end..it.start], &program[it.clone()]));
            broken.text.push_str(&damage.apply(&program[token.clone()], behind));
            done = next.map_or(token.end, |it| it.end);
            let before = index.checked_sub(1).map_or(0, |it| token.start - tokens[it].start);
            let behind = tokens.get(index + 1 + usize::from(next.is_some())).map_or(program.len(), |it| it.end) - done;
            broken.places.push(start - before..broken.text.len() + behind);
        }
        broken.text.push_str(&program[done..]);
        broken
    }

    fn near(&self, which: usize, error: Range<usize>) -> bool {
        let place = &self.places[which];
        error.start <= place.end && error.end >= place.start
    }

    fn on_line(&self, which: usize, error: Range<usize>) -> bool {
        let place = &self.places[which];
        let start = self.text[..place.start].rfind('\n').map_or(0, |it| it + 1);
        let end = self.text[place.end..].find('\n').map_or(self.text.len(), |it| place.end + it);
        error.start <= end && error.end >= start
    }
}

/// The tokens of a valid program, comments left out: words and numbers with their dots apart, texts, names in
/// backticks, `->`, single marks.
fn tokens(program: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = program[at..].chars().next() {
        let rest = &program[at..];
        let run = |test: fn(char) -> bool| rest.find(|it| !test(it)).unwrap_or(rest.len());
        let length = match first {
            _ if rest.starts_with("//") => run(|it| it != '\n'),
            '"' | '`' => 2 + rest[1..].find(first).unwrap(),
            _ if rest.starts_with("->") => 2,
            '0'..='9' => run(|it| it.is_alphanumeric() || it == '.'),
            _ => run(|it| it.is_alphanumeric() || it == '_').max(1),
        };
        if !first.is_whitespace() && !rest.starts_with("//") {
            tokens.push(at..at + length);
        }
        at += length;
    }
    tokens
}

// ---- Declarations

/// A declaration: where it stands, and by what it is recognised in another tree.
type Declaration = (Range<usize>, String);

fn declarations(text: &str) -> Vec<Declaration> {
    let parsed = parse(text);
    let all = parsed.tree.nodes().filter(|it| is_declaration(it.kind()));
    all.map(|it| (it.span().range(), format!("{:?} {}", it.kind(), head(it)))).collect()
}

fn is_declaration(kind: Kind) -> bool {
    use Kind::{Advance, Answers, Expect, OtherIs, PowerOff, Require, Send, Start, Test, With};
    use Kind::{After, Fault, Machine, Needs, On, Outcome, Pace, Run, State, Watch, WatcherKind, When};
    use Kind::{Data, Enter, Event, Exit, Extern, Fact, Instance, Limit, Secret, States, Use};
    matches!(kind, Machine | State | Watch | Run | On | After | WatcherKind | Outcome | Fault | Pace | Needs | When)
        || matches!(kind, Require | Test | Answers | Advance | Start | With | PowerOff | OtherIs | Send | Expect)
        || matches!(kind, Data | Enter | Event | Exit | Extern | Fact | Instance | Limit | Secret | States | Use)
}

/// What a declaration says before its block, if it has one.
fn head<'s>(node: Node<'_, 's>) -> &'s str {
    match node.kind() {
        Kind::Machine | Kind::State | Kind::WatcherKind | Kind::Extern => node.find(Kind::Name).map_or("", Node::text),
        Kind::Test => node.find(Kind::Text).map_or("", Node::text),
        _ => node.text(),
    }
}

/// How many declarations other than the innermost one around `damaged` are still in the tree, and of how many.
fn untouched(declared: &[Declaration], damaged: &Range<usize>, broken: &str) -> (usize, usize) {
    let around = |it: &&Declaration| it.0.start <= damaged.start && it.0.end >= damaged.end;
    let innermost = declared.iter().filter(around).min_by_key(|it| it.0.len()).map(|it| it.0.clone());
    let mut left: BTreeMap<String, usize> = BTreeMap::new();
    declarations(broken).into_iter().for_each(|it| *left.entry(it.1).or_default() += 1);
    let mut count = (0, 0);
    for (_, name) in declared.iter().filter(|it| Some(&it.0) != innermost.as_ref()) {
        count.1 += 1;
        if let Some(more) = left.get_mut(name).filter(|it| **it > 0) {
            *more -= 1;
            count.0 += 1;
        }
    }
    count
}

// ---- Figures

#[derive(Default)]
struct Rate {
    good: usize,
    of: usize,
}

impl Rate {
    fn count(&mut self, good: bool) {
        self.add(usize::from(good), 1);
    }

    fn add(&mut self, good: usize, of: usize) {
        self.good += good;
        self.of += of;
    }

    fn percent(&self) -> f64 {
        100.0 * self.good as f64 / self.of as f64
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} %", self.percent())
    }
}

/// A linear congruential generator with its high bits: enough to choose tokens.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }
}

/// Prints a case that fell short, for whoever wants to raise the figures: run with `SHOW=1`.
fn show(broken: &Broken, index: usize, damage: Damage, tokens: &[Range<usize>], program: &str, kept: (usize, usize)) {
    println!("---- {damage:?} {:?}, kept {kept:?}", &program[tokens[index].clone()]);
    let place = broken.places[0].clone();
    println!("{}", &broken.text[place]);
    for error in parse(&broken.text).errors {
        println!("  {:?} at {:?}", error.problem, &broken.text[error.span.range()]);
    }
}
