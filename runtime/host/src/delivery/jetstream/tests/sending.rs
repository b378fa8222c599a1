//! What is sent, and what it names.

use super::super::address::Address;
use super::super::answer::{Answer, Refusal};
use super::super::message::{Expect, Message, News, Step};
use super::super::window::{MESSAGES, TAKEN, Window};
use super::world::Model;
use super::{epochs, own, parcel, sent, started, stored};
use crate::delivery::{Parcel, Position};
use std::collections::VecDeque;
use std::time::Instant;

#[test]
fn a_long_backlog_of_one_machine_is_not_sent_one_by_one() {
    let mut window = started("lamp", 1000);
    let messages = sent(&mut window);
    assert_eq!(messages.len(), MESSAGES / 4);
    assert_eq!(messages[0].expect, Expect::Place(0));
    assert_eq!(messages[1].expect, Expect::Id("n1.lamp.1.1".to_owned()));
    for message in &messages {
        window.answered(message.token, stored(message.token));
    }
    assert_eq!(sent(&mut window).len(), MESSAGES / 2, "twice as many follow each other");
    assert_eq!(window.delivered(), Some(Position { lsn: 256, place: 0 }));
}

#[test]
fn many_machines_are_sent_side_by_side() {
    let mut window = Window::new(&epochs());
    for machine in 0..TAKEN {
        let name = format!("m{machine}");
        window.take(parcel(&name, 1, machine as u64 + 1), own(&name)).unwrap();
    }
    assert_eq!(window.room(), 0);
    let mut messages = Vec::new();
    while let Some(step) = window.next(Instant::now()) {
        match step {
            Step::Look { lane, .. } => window.looked(lane, None).unwrap(),
            Step::Send(message) => messages.push(message),
        }
    }
    assert_eq!(messages.len(), MESSAGES);
    assert!(messages.iter().all(|it| it.expect == Expect::Place(0)));
}

/// The server looks up what a subject ends with only for the first of those that follow each other. A quarter as much taken
/// ahead: one in nine.
#[test]
fn while_some_are_on_their_way_the_next_gather() {
    let (mut window, mut taken) = (Window::new(&epochs()), 0);
    let (mut flying, mut answered, mut heads) = (VecDeque::new(), 0, 0);
    while answered < 20_000 {
        while window.is_hungry() || (window.room() > 0 && taken % 512 > 0) {
            let machine = format!("m{}", taken % 100);
            window.take(parcel(&machine, taken / 100 + 1, taken + 1), own(&machine)).unwrap();
            taken += 1;
        }
        while let Some(step) = window.next(Instant::now()) {
            match step {
                Step::Look { lane, .. } => window.looked(lane, None).unwrap(),
                Step::Send(message) => flying.push_back(message),
            }
        }
        for message in flying.drain(..100) {
            answered += 1;
            heads += u64::from(matches!(message.expect, Expect::Place(_)));
            window.answered(message.token, stored(answered));
        }
    }
    assert!(heads * 25 < answered, "{heads} of {answered}");
}

#[test]
fn no_more_are_on_their_way_than_may_be() {
    let mut window = started("lamp", TAKEN as u64);
    for _ in 0..4 {
        let messages = sent(&mut window);
        messages.iter().for_each(|it| drop(window.answered(it.token, stored(it.token))));
        for number in (0..messages.len() as u64).map(|it| TAKEN as u64 + it + messages[0].token) {
            window.take(parcel("lamp", number, number), own("lamp")).unwrap();
        }
    }
    assert_eq!(sent(&mut window).len(), MESSAGES);
    assert_eq!(sent(&mut window).len(), 0);
}

/// Planted once without the ids: the third was stored before the second.
#[test]
fn after_one_that_is_not_stored_none_is() {
    let mut window = started("lamp", 3);
    let mut model = Model::default();
    let messages = sent(&mut window);
    let mut answers = vec![(messages[0].token, model.publish(&messages[0]))];
    model.store("machines.n2.other", "n2.other.1.1", b"{}");
    answers.extend(messages[1..].iter().map(|it| (it.token, model.publish(it))));
    for (token, answer) in answers {
        window.answered(token, answer);
    }
    assert_eq!(model.numbers("lamp"), [1]);
    let again = sent(&mut window);
    assert_eq!(again[0].expect, Expect::Place(1));
    again.iter().for_each(|it| drop(model.publish(it)));
    assert_eq!(model.numbers("lamp"), [1, 2, 3]);
}

/// After a lost answer it is ours.
#[test]
fn what_is_sent_twice_may_be_there_already() {
    let mut window = started("hvac", 1);
    assert_eq!(sent(&mut window).len(), 1);
    window.give_up();
    assert!(matches!(window.next(Instant::now()), Some(Step::Look { .. })));
    window.looked(0, None).unwrap();
    let again = sent(&mut window).remove(0);
    let duplicate = Answer::Stored { stream: "M", sequence: 9, duplicate: true };
    assert!(matches!(window.answered(again.token, duplicate), News::Stored { place: 9, .. }));
    assert!(window.is_empty());
}

/// What was asked for again is stored again, and is no progress.
#[test]
fn what_is_asked_for_again_is_sent_under_another_id() {
    let mut window = started("lamp", 1);
    let first = sent(&mut window);
    window.answered(first[0].token, stored(1));
    assert_eq!(window.delivered(), Some(Position { lsn: 1, place: 0 }));
    window.take(Parcel { again: true, ..parcel("lamp", 1, 1) }, own("lamp")).unwrap();
    let again = sent(&mut window);
    assert_eq!((again[0].id.as_str(), &again[0].expect), ("again/n1.lamp.1.1", &Expect::Place(1)));
    window.answered(again[0].token, stored(2));
    assert_eq!((window.delivered(), window.is_empty()), (None, true));
}

/// On subjects that others share, the end says nothing; what follows still names what is before it.
#[test]
fn shared_subjects_keep_the_order_of_a_run() {
    let mut window = Window::new(&epochs());
    let subject = ["choria.machine.transition", "choria.machine.watcher.exec.state", "machines.n1.lamp"];
    for (number, subject) in (1..).zip(subject) {
        let address = Address { subject: subject.into(), is_own: false };
        window.take(parcel("lamp", number, number), address).unwrap();
    }
    let messages = sent(&mut window);
    let expected: Vec<_> = messages.iter().map(|it| it.expect.clone()).collect();
    assert_eq!(expected, [Expect::Anything, Expect::Id("n1.lamp.1.1".to_owned())], "the third is for another stream");
    for message in &messages {
        window.answered(message.token, stored(message.token));
    }
    assert_eq!(sent(&mut window)[0].expect, Expect::Anything);
}

/// Each names the one before it, so the answer to the last says of all that they are stored.
#[test]
fn one_answer_stands_for_a_run() {
    let mut window = started("lamp", 100);
    let messages = sent(&mut window);
    let asked: Vec<_> = messages.iter().filter(|it| it.is_asked).collect();
    assert_eq!(asked.iter().map(|it| it.token).collect::<Vec<_>>(), [1, 33, 65, 97, 100], "the first, and the last");
    let delivered = |lsn| Some(Position { lsn, place: 0 });
    for (message, up_to) in asked.iter().zip([1, 33, 65, 97, 100]) {
        window.answered(message.token, stored(message.token));
        assert_eq!(window.delivered(), delivered(up_to));
    }
    assert!(window.is_empty() && window.waits_since().is_none());
}

/// Planted once: the same run again, with as few answers; it never ends.
#[test]
fn of_a_run_that_broke_each_is_answered_the_next_time() {
    let mut window = started("lamp", 20);
    let mut model = Model { known: 50, ..Model::default() };
    let takes = |it: &Message| it.id != "n1.lamp.1.7";
    let mut refusals = Vec::new();
    for _ in 0..3 {
        for message in sent(&mut window) {
            let refused = Answer::Refused(Refusal::TooLarge);
            let answer = if takes(&message) { model.publish(&message) } else { refused };
            let news = message.is_asked.then(|| window.answered(message.token, answer));
            refusals.extend(news.filter(|it| matches!(it, News::Refused { .. })).map(|_| message.id));
        }
    }
    assert_eq!(model.numbers("lamp"), [1, 2, 3, 4, 5, 6]);
    assert_eq!(refusals, ["n1.lamp.1.7", "n1.lamp.1.7"], "it is asked for each time from then on");
}

#[test]
fn answers_that_come_after_all_are_ignored() {
    let mut window = started("lamp", 2);
    let messages = sent(&mut window);
    window.give_up();
    assert_eq!(window.answered(messages[0].token, stored(1)), News::None);
    assert_eq!(window.delivered(), None);
    assert!(window.waits_since().is_none());
}
