use super::*;
use crate::clock::BEGIN;
use crate::testing::{States, lamp};
use crate::world::Answer;

const SECOND: u64 = 1_000;
const DARK: usize = 0;
const LIT: usize = 1;

fn claim(number: usize) -> Claim {
    Claim { number, is_state: true }
}

fn advance(seconds: u64) -> Line {
    Line::Advance { ms: seconds * SECOND }
}

fn expect(expect: Expect) -> Line {
    Line::Expect(expect)
}

/// The switch of the lamp is on once, after 5 s; then it is off.
fn answers() -> Line {
    let answer = |outcome, times, after_ms| Answer { outcome: Some(outcome), payload: [].into(), times, after_ms };
    let series = Series(vec![answer(0, Some(1), 5 * SECOND), answer(1, None, 0)]);
    Line::Answers { watchers: vec![WatcherId(0)], series }
}

/// What is not as these lines expect, behind the answers; without the trace.
fn failures(lines: Vec<Line>) -> Vec<(usize, u64, FailureKind)> {
    let script = Script { begin: BEGIN, seed: 1, lines: [vec![answers()], lines].concat() };
    let report = run(&lamp(), &script, &mut States, Limits::default());
    report.failures.into_iter().map(|it| (it.line, it.at.0 / 1_000_000_000, it.kind)).collect()
}

fn holds(lines: Vec<Line>) {
    assert_eq!(failures(lines), []);
}

fn not_held(claim: usize, state: usize) -> FailureKind {
    FailureKind::NotHeld { claim, why: format!("it is in {state}") }
}

#[test]
fn a_machine_begins_with_the_first_line_that_needs_it() {
    holds(vec![expect(Expect::Holds(vec![claim(DARK)])), advance(5), expect(Expect::Holds(vec![claim(LIT)]))]);
}

#[test]
fn all_that_is_not_as_expected_is_told() {
    let both = Expect::Holds(vec![claim(DARK), claim(7)]);
    let lines = vec![advance(5), expect(both.clone()), advance(60), expect(both)];
    let wanted = [(2, 5, not_held(DARK, LIT)), (2, 5, not_held(7, LIT)), (4, 65, not_held(7, DARK))];
    assert_eq!(failures(lines), wanted);
}

#[test]
fn time_passes_until_something_holds() {
    let until = |goal, within| Line::Until { goal: claim(goal), within_ms: within * SECOND };
    holds(vec![until(LIT, 10), until(DARK, 60), expect(Expect::Path([0, 1, 0].map(StateId).into()))]);
    let why = "it is in 1".to_owned();
    let kind = FailureKind::NotReached { claim: DARK, why };
    assert_eq!(failures(vec![until(LIT, 10), until(DARK, 59)]), [(2, 64, kind)]);
}

#[test]
fn a_path_is_complete() {
    let path = |states: &[u16]| expect(Expect::Path(states.iter().copied().map(StateId).collect()));
    holds(vec![advance(100), path(&[0, 1, 0])]);
    holds(vec![advance(100), path(&[2, 2, 2])]);
    let differs = |states: &[u16]| match &failures(vec![advance(100), path(states)])[..] {
        [(2, at, FailureKind::Path { found, differs })] => (*at, found.len(), *differs),
        other => panic!("{other:?}"),
    };
    assert_eq!(differs(&[0, 1]), (65, 3, 2), "it went on");
    assert_eq!(differs(&[0, 0, 0]), (5, 3, 1), "it went elsewhere");
    assert_eq!(differs(&[0, 1, 0, 1]), (100, 3, 3), "it did not get there");
}

#[test]
fn what_must_never_hold_is_looked_at_after_every_step_up_to_its_line() {
    let never = |state| expect(Expect::Never(claim(state)));
    holds(vec![advance(4), never(LIT), advance(100)]);
    let kind = FailureKind::Held { claim: LIT, why: "it is in 1".into() };
    assert_eq!(failures(vec![advance(100), never(7), never(LIT)]), [(3, 5, kind)]);
}

#[test]
fn moments_are_looked_at_when_they_come() {
    let at = |seconds, state| expect(Expect::At { ms: seconds * SECOND, claims: vec![claim(state)] });
    holds(vec![
        at(4, DARK),
        at(5, LIT),
        advance(30),
        at(6, LIT),
        advance(70),
        at(64, LIT),
        at(65, DARK),
        at(100, DARK),
    ]);
    assert_eq!(failures(vec![advance(30), at(10, DARK)]), [(2, 10, not_held(DARK, LIT))]);
    assert_eq!(failures(vec![advance(30), at(31, DARK)]), [(2, 31, FailureKind::NotCome)]);
    // The power is off from 10 s on; the lamp goes out when it is back.
    let off = Line::PowerOff { ms: 600 * SECOND };
    assert_eq!(failures(vec![advance(10), off, at(300, DARK), at(610, DARK)]), [(3, 300, not_held(DARK, LIT))]);
}

#[test]
fn what_is_counted() {
    let ran = |least, most| expect(Expect::Ran { watchers: vec![WatcherId(0)], times: Times { least, most } });
    let moves = |count, per| expect(Expect::AtMost { count, of: Counted::Transitions, per_ms: per });
    let asks = |count, per| expect(Expect::AtMost { count, of: Counted::Commands, per_ms: per });
    // Asked at 0; lit from 5 s to 65 s; asked at 65, 75, 85 and 95.
    holds(vec![advance(100), ran(5, 5), ran(2, u32::MAX), moves(2, None), moves(1, Some(60 * SECOND))]);
    assert_eq!(failures(vec![advance(100), ran(0, 4)]), [(2, 100, FailureKind::Ran { found: 5 })]);
    let too_many = |found, from: u64| FailureKind::TooMany { found, from: Instant(from * 1_000_000_000) };
    assert_eq!(failures(vec![advance(100), moves(1, None)]), [(2, 65, too_many(2, 0))]);
    assert_eq!(failures(vec![advance(100), moves(1, Some(61 * SECOND))]), [(2, 65, too_many(2, 5))]);
    holds(vec![advance(100), asks(5, None), asks(3, Some(30 * SECOND))]);
    assert_eq!(failures(vec![advance(100), asks(4, None)]), [(2, 95, too_many(5, 0))]);
    assert_eq!(failures(vec![advance(100), asks(2, Some(21 * SECOND))]), [(2, 85, too_many(3, 65))]);
}

#[test]
fn a_watcher_without_an_answer_ends_the_test() {
    let answers = Line::Answers { watchers: vec![WatcherId(0)], series: Series::default() };
    let trouble = FailureKind::Trouble(Trouble::UsedUp(0, WatcherId(0)));
    assert_eq!(failures(vec![answers, advance(30), expect(Expect::Holds(vec![claim(7)]))]), [(2, 0, trouble)]);
}

#[test]
fn a_run_that_fails_comes_with_its_trace() {
    let script =
        |state| Script { lines: vec![answers(), expect(Expect::Holds(vec![claim(state)]))], ..Script::default() };
    let run = |state| run(&lamp(), &script(state), &mut States, Limits::default());
    assert_eq!(run(DARK).trace.entries, []);
    assert!(run(LIT).trace.to_string().contains("start -> quiet"));
}
