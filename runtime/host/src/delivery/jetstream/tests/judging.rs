//! What the end of a subject means.

use super::super::answer::Answer;
use super::super::lane::{Found, Judgement};
use super::super::message::{Expect, News, Step};
use super::super::window::Window;
use super::{epochs, own, parcel, sent, started, stored};
use crate::delivery::{Epochs, Parcel, Position};
use crate::record::Former;
use std::time::Instant;

/// Looks at what a subject ends with, as a node that has written to it before, or not.
fn look(is_known: bool, found: Found) -> Result<(), Judgement> {
    let mut window = Window::new(&epochs());
    window.take(parcel("lamp", 7, 7), own("lamp")).unwrap();
    if is_known {
        window.next(Instant::now());
        window.looked(0, None).unwrap();
        sent(&mut window);
        window.give_up();
    }
    window.next(Instant::now());
    window.looked(0, Some(&found))
}

#[test]
fn a_second_writer_is_noticed() {
    let check = |is_known: bool, id: &str, json: Option<&str>, expected: Result<(), Judgement>| {
        let json = json.map(|it| it.as_bytes().into());
        assert_eq!(look(is_known, Found { place: 9, id: id.to_owned(), json }), expected, "{is_known} {id}");
    };
    let conflict = || Err(Judgement::Conflict);
    // Another directory of the same name: whoever starts last goes on, and the other one stops.
    check(false, "n1.lamp.2.7", None, Ok(()));
    check(true, "n1.lamp.2.7", None, conflict());
    check(true, "", None, conflict());
    // A copy of the directory: the same number, another event.
    check(false, "n1.lamp.1.7", Some("{}"), Err(Judgement::Fork));
    check(false, "n1.lamp.1.7", Some(r#"{"id":"n1.lamp.1.7"}"#), Ok(()));
    check(true, "n1.lamp.1.7", None, Ok(()));
    check(true, "again/n1.lamp.1.3", None, Ok(()));
}

#[test]
fn a_copy_that_is_ahead_is_noticed_when_its_number_comes() {
    let mut window = Window::new(&epochs());
    window.take(parcel("lamp", 7, 7), own("lamp")).unwrap();
    window.next(Instant::now());
    let ahead = Found { place: 9, id: "n1.lamp.1.8".to_owned(), json: Some(b"{}".as_slice().into()) };
    window.looked(0, Some(&ahead)).unwrap();
    assert_eq!(window.delivered(), None, "7 may be another one, too");
    assert_eq!(window.take(parcel("lamp", 8, 8), own("lamp")), Err(Judgement::Fork));
}

/// A lost mark: the stream is ahead of what was read, and the journal has it all.
#[test]
fn what_the_stream_has_counts_once_the_journal_has_brought_it() {
    let mut window = Window::new(&epochs());
    window.take(parcel("lamp", 7, 7), own("lamp")).unwrap();
    window.next(Instant::now());
    let ahead = Found { place: 9, id: "n1.lamp.1.8".to_owned(), json: Some(parcel("lamp", 8, 8).json) };
    window.looked(0, Some(&ahead)).unwrap();
    assert_eq!((window.delivered(), window.claim().as_deref()), (None, Some("n1.lamp.1.8")));
    window.take(parcel("lamp", 8, 8), own("lamp")).unwrap();
    assert_eq!((window.delivered(), window.claim()), (Some(Position { lsn: 8, place: 0 }), None));
}

/// The end of the subject is news of long ago for whoever only sends again what was asked for.
#[test]
fn what_is_asked_for_again_says_nothing_of_what_is_to_come() {
    let mut window = Window::new(&epochs());
    window.take(Parcel { again: true, ..parcel("lamp", 3, 3) }, own("lamp")).unwrap();
    window.next(Instant::now());
    let end = Found { place: 9, id: "n1.lamp.1.8".to_owned(), json: Some(parcel("lamp", 8, 8).json) };
    window.looked(0, Some(&end)).unwrap();
    assert_eq!((sent(&mut window).len(), window.claim()), (1, None));
    window.take(parcel("lamp", 9, 9), own("lamp")).unwrap();
    assert_eq!((sent(&mut window)[0].id.as_str(), window.claim()), ("n1.lamp.1.9", None));
}

/// The original of a copied directory has gone on in the epoch that was both's.
#[test]
fn a_copy_goes_on_in_an_epoch_of_its_own() {
    let mut window = Window::new(&Epochs::new(2, &[Former { epoch: 1, is_forked: false }]));
    window.take(parcel("lamp", 7, 7), own("lamp")).unwrap();
    let own_event = Parcel { id: "n1.lamp.2.1".to_owned(), sequence: 1, ..parcel("lamp", 1, 8) };
    window.take(own_event, own("lamp")).unwrap();
    window.next(Instant::now());
    let end = Found { place: 9, id: "n1.lamp.1.100".to_owned(), json: Some(parcel("lamp", 100, 1).json) };
    window.looked(0, Some(&end)).unwrap();
    let messages = sent(&mut window);
    let sent: Vec<_> = messages.iter().map(|it| (it.id.as_str(), &it.expect)).collect();
    assert_eq!(sent, [("n1.lamp.2.1", &Expect::Place(9))], "7 is there since before the copy was made");
    assert_eq!((window.delivered(), window.claim()), (Some(Position { lsn: 7, place: 0 }), None));
}

/// The server knows an event by its id alone, and takes the other's for ours.
#[test]
fn a_copy_that_was_quicker_is_noticed_though_the_server_calls_it_ours() {
    let mut window = started("hvac", 1);
    let first = sent(&mut window).remove(0);
    let duplicate = Answer::Stored { stream: "M", sequence: 9, duplicate: true };
    assert_eq!(window.answered(first.token, duplicate), News::None);
    assert!(matches!(window.next(Instant::now()), Some(Step::Look { .. })));
    let other = Found { place: 9, id: "n1.hvac.1.1".to_owned(), json: Some(b"{}".as_slice().into()) };
    assert_eq!(window.looked(0, Some(&other)), Err(Judgement::Fork));
}

/// The stream may be another one of the same name: then what follows must not come before what was lost.
#[test]
fn where_nothing_is_left_the_stream_is_looked_at_as_a_whole() {
    let mut window = started("lamp", 1);
    for message in sent(&mut window) {
        window.answered(message.token, stored(message.token));
    }
    window.take(parcel("lamp", 2, 2), own("lamp")).unwrap();
    for message in sent(&mut window) {
        window.answered(message.token, Answer::Unexpected);
    }
    assert!(matches!(window.next(Instant::now()), Some(Step::Look { .. })));
    assert_eq!(window.looked(0, None), Err(Judgement::Gone));
    window.went_in_order(0);
    assert!(matches!(window.next(Instant::now()), Some(Step::Look { .. })));
    assert_eq!(window.looked(0, None), Ok(()));
    assert_eq!(sent(&mut window)[0].expect, Expect::Place(0));
}

#[test]
fn an_end_that_went_back_is_a_loss() {
    let mut window = started("lamp", 2);
    for message in sent(&mut window) {
        window.answered(message.token, stored(message.token));
    }
    window.take(parcel("lamp", 3, 3), own("lamp")).unwrap();
    sent(&mut window);
    window.give_up();
    window.next(Instant::now());
    let older = Found { place: 1, id: "n1.lamp.1.1".to_owned(), json: None };
    assert_eq!(window.looked(0, Some(&older)), Err(Judgement::Lost));
}
