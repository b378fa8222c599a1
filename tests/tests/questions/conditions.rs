//! Conditions: those that never hold, those that always do, handlers that earlier ones leave nothing to, and cases that no
//! handler takes. All values of all that they look at are tried.

use super::walk::Live;
use super::{Seen, each};
use machine_core::Data;
use machine_tests::compare::Random;
use std::collections::BTreeMap;

/// `n` and `g.x` are in `0..MOST`.
const MOST: i64 = 3;

/// A comparison, or several.
fn condition(random: &mut Random, depth: usize) -> String {
    let number = |random: &mut Random| match random.below(4) {
        0 => "n".to_owned(),
        1 => "g.x".to_owned(),
        _ => random.between(0, MOST).to_string(),
    };
    let name = |random: &mut Random| if random.chance(50) { "n" } else { "g.x" };
    match random.below(if depth == 0 { 5 } else { 9 }) {
        0 => "g.y".to_owned(),
        1 => "not g.y".to_owned(),
        2..5 => {
            let (a, how) = (name(random), random.pick(&["==", "!=", "<", "<=", ">", ">="]));
            format!("{a} {how} {}", number(random))
        }
        5 | 6 => format!("({}) and ({})", condition(random, depth - 1), condition(random, depth - 1)),
        7 => format!("({}) or ({})", condition(random, depth - 1), condition(random, depth - 1)),
        _ => format!("not ({})", condition(random, depth - 1)),
    }
}

/// One event with these handlers, tried from top to bottom; line 5 has the first.
fn source(conditions: &[String]) -> String {
    let handler = |(at, it): (usize, &String)| format!("        on go(g) when {it} -> b {{ log \"{at}\" }}\n");
    let handlers: String = conditions.iter().enumerate().map(handler).collect();
    format!(
        "machine m 1.0.0 {{\n    data n: int in 0..{MOST} = 0\n    event go(x: int in 0..{MOST}, y: bool) from operator\n    \
         initial state a {{\n{handlers}        on set(s) stay {{ n = s.v }}\n    }}\n    state b {{ after 1m -> a }}\n    \
         event set(v: int in 0..{MOST}) from operator\n}}\n"
    )
}

/// For each case which handler is taken, as they are tried; `None` for none.
fn taken(seen: &Seen) -> BTreeMap<(i64, i64, bool), Option<usize>> {
    let start = Live::start(&seen.table).expect("a table");
    let mut taken = BTreeMap::new();
    for n in 0..=MOST {
        let mut there = start.clone();
        there.send("set", &[Data::Int(n)]);
        for (x, y) in (0..=MOST).flat_map(|x| [(x, false), (x, true)]) {
            let came = there.clone().send("go", &[Data::Int(x), Data::Bool(y)]);
            taken.insert((n, x, y), came.logs.first().map(|it| it.parse().expect("a number")));
        }
    }
    taken
}

/// The case that a gap is told by: what is not named may be anything.
fn example(headline: &str) -> [Option<i64>; 3] {
    let value = |name: &str| {
        let (_, rest) = headline.split_once(&format!("`{name}` is "))?;
        let word = rest.split([' ', ',']).next()?;
        Some(match word {
            "true" => 1,
            "false" => 0,
            it => it.parse().expect("a number"),
        })
    };
    ["n", "g.x", "g.y"].map(value)
}

fn check(conditions: &[String], count: &mut BTreeMap<&'static str, u64>) {
    let source = source(conditions);
    let seen = Seen::of(&source);
    let taken = taken(&seen);
    let context = |what: String| format!("{what}\n{source}{:#?}\n{taken:?}", seen.said);
    for (at, condition) in conditions.iter().enumerate() {
        let alone = self::taken(&Seen::of(&self::source(std::slice::from_ref(condition))));
        let (never, always) = (alone.values().all(Option::is_none), alone.values().all(Option::is_some));
        let has = |code| seen.under(&[code]).any(|it| it.line == at + 5);
        assert_eq!(has("E0414"), never, "{}", context(format!("never {at}")));
        assert_eq!(has("W0402"), always, "{}", context(format!("always {at}")));
        let is_covered = !never && taken.values().all(|it| *it != Some(at));
        let is_told = has("E0415") || has("E0404") || always && has("W0402");
        assert!(is_told || !is_covered, "{}", context(format!("covered {at}")));
        assert!(is_covered || !has("E0415"), "{}", context(format!("not covered {at}")));
        *count.entry("never").or_default() += u64::from(never);
        *count.entry("always").or_default() += u64::from(always);
        *count.entry("covered").or_default() += u64::from(is_covered);
    }
    let is_gap = |it: &[Option<i64>; 3]| {
        let fits = |(n, x, y): (i64, i64, bool)| {
            it.iter().zip([n, x, i64::from(y)]).all(|(wanted, is)| wanted.is_none_or(|it| it == is))
        };
        let mut cases = taken.iter().filter(|(case, _)| fits(**case));
        cases.clone().next().is_some() && cases.all(|it| it.1.is_none())
    };
    let gaps: Vec<_> = seen.under(&["W0401"]).collect();
    for it in &gaps {
        assert!(is_gap(&example(&it.headline)), "{}", context(it.headline.clone()));
    }
    let others = seen.has(&["E0414", "E0415", "E0404", "W0402"]);
    let has_gap = taken.values().any(Option::is_none);
    assert!(conditions.len() < 2 || others || gaps.is_empty() != has_gap, "{}", context("gap".to_owned()));
    *count.entry("gaps").or_default() += u64::from(has_gap);
}

#[test]
fn conditions_that_decide_nothing_and_cases_that_no_handler_takes() {
    let mut count = BTreeMap::new();
    each(1_500, |random| {
        let many = random.below(3) + 1;
        let conditions: Vec<_> = (0..many).map(|_| condition(random, 2)).collect();
        check(&conditions, &mut count);
    });
    println!("{count:?}");
    if std::env::var_os("QUESTIONS").is_none() {
        assert!(
            ["never", "always", "covered", "gaps"].iter().all(|it| count.get(it).is_some_and(|it| *it > 20)),
            "{count:?}"
        );
    }
}
