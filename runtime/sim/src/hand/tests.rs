use super::*;
use crate::clock::BEGIN;
use crate::testing::{lamp, watched};

const SECOND: u64 = 1_000;
const SWITCH: WatcherId = WatcherId(0);
const OK: u8 = 0;

fn hand() -> Hand {
    Hand::start(vec![lamp()], BEGIN, &mut |_, _| {})
}

fn does(hand: &mut Hand, deed: Deed) -> Done {
    hand.act(deed, &mut |_, _| {})
}

fn on(hand: &mut Hand) -> Done {
    let given = hand.outcome(0, SWITCH, OK, [].into());
    does(hand, Deed::Give(vec![(0, given)]))
}

/// Where the machine is, and at which second.
fn place(hand: &Hand) -> (u16, u64) {
    let state = hand.world().machine(0).map(|it| it.instance().state().0);
    (state.unwrap_or(u16::MAX), hand.world().clock().now().0 / ns(SECOND))
}

#[test]
fn nobody_answers_but_who_has_it_in_hand() {
    let mut hand = hand();
    does(&mut hand, Deed::Wait { ms: 300 * SECOND });
    assert_eq!((place(&hand), hand.world().trouble()), ((0, 300), None));
    assert_eq!(on(&mut hand).verdict, Verdict::Moved);
    assert_eq!((place(&hand), hand.due_ms()), ((1, 300), Some(60 * SECOND)));
    assert_eq!(on(&mut hand).verdict, Verdict::Late, "its state was left");
}

#[test]
fn what_was_done_is_taken_back_by_doing_the_rest_again() {
    let mut hand = hand();
    on(&mut hand);
    does(&mut hand, Deed::Wait { ms: 59 * SECOND });
    let before = place(&hand);
    does(&mut hand, Deed::PowerOff { ms: 5 * SECOND });
    assert_eq!((before, place(&hand)), ((1, 59), (0, 64)));
    hand.back(1);
    assert_eq!((place(&hand), hand.deeds(), hand.due_ms()), (before, 2, Some(SECOND)));
    hand.back(99);
    assert_eq!((place(&hand), hand.deeds()), ((0, 0), 0));
}

#[test]
fn who_looks_on_sees_each_step_once() {
    let mut all = Vec::new();
    let mut hand = Hand::start(vec![lamp()], BEGIN, &mut |_, seen| all.extend_from_slice(seen));
    on(&mut hand);
    hand.act(Deed::Wait { ms: 60 * SECOND }, &mut |_, seen| all.extend_from_slice(seen));
    let news: Vec<_> = all.iter().filter(|it| it.what.is_news()).map(|it| it.at.0 / ns(SECOND)).collect();
    assert_eq!(news, [0, 60, 60], "asked; out, and asked again; the way to `lit` was shown to nobody");
    assert!(hand.world().trace().entries.is_empty(), "nothing is kept that was shown");
}

#[test]
fn a_run_that_the_power_cut_into_was_interrupted() {
    let mut hand = Hand::start(vec![watched()], BEGIN, &mut |_, _| {});
    let changed = hand.outcome(0, WatcherId(1), 0, [].into());
    does(&mut hand, Deed::Give(vec![(0, changed)]));
    assert_eq!(place(&hand).0, 1);
    does(&mut hand, Deed::PowerOff { ms: 0 });
    assert_eq!(place(&hand).0, 0);
}
