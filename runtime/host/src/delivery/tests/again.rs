//! Ranges that were asked for again.

use super::{LIMIT, Place, Run, numbers};
use crate::delivery::{Notice, Order};
use crate::event::happening::{Range, What};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

/// A carrier that delivers everything; what it gets, with a mark for what came again.
fn start(place: &Place) -> (Run, UnboundedReceiver<(bool, Vec<u64>, Vec<Box<[u8]>>)>) {
    let (tell, got) = unbounded_channel();
    let run = place.start(move |mut backlog, _| async move {
        while let Ok(parcels) = backlog.next(1_000).await {
            let again = parcels[0].again;
            assert!(parcels.iter().all(|it| it.again == again));
            backlog.delivered(parcels.last().unwrap().position);
            tell.send((again, numbers(&parcels), parcels.into_iter().map(|it| it.json).collect())).unwrap();
        }
    });
    (run, got)
}

async fn ask(run: &Run, machine: Option<&str>, first: u64, last: u64) -> Value {
    let (reply, answer) = oneshot::channel();
    run.delivery.order(Order { machine: machine.map(str::to_owned), first, last, reply });
    tokio::time::timeout(LIMIT, answer).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_range_comes_again_to_the_byte_and_is_told() {
    let mut place = Place::new();
    for _ in 0..20 {
        place.write(2);
        place.write_of("fan", 1);
    }
    let (mut run, mut got) = start(&place);
    let mut seen = 0;
    while seen < 60 {
        seen += got.recv().await.unwrap().1.len();
    }
    let answer = ask(&run, Some("lamp"), 10, 41).await;
    let sent = json!({"machine": "lamp", "first": 10, "last": 41, "count": 22, "carriers": ["test"]});
    assert_eq!(answer, json!({"resend": sent}));
    let mut again = Vec::new();
    while again.len() < 22 {
        let (is_again, numbers, events) = got.recv().await.unwrap();
        assert!(is_again);
        for (number, event) in numbers.iter().zip(&events) {
            assert_eq!(place.written(&format!("n1.lamp.1.{number}")).as_bytes(), &**event);
        }
        again.extend(numbers);
    }
    let expected: Vec<_> = (10..=41).filter(|it| it % 3 != 0).collect();
    assert_eq!(again, expected);
    let Some(Notice::Happened { machine, what, .. }) = run.told.recv().await else { panic!("it was not told") };
    assert_eq!(machine.as_deref(), Some("lamp"));
    assert_eq!(what, What::Resent { sink: "test".into(), range: Range { first: 10, last: 41, count: 22 } });
    run.end().await;
}

#[tokio::test]
async fn what_the_journal_does_not_hold_is_said() {
    let mut place = Place::new();
    place.write(5);
    let (run, mut got) = start(&place);
    got.recv().await.unwrap();
    for (machine, first, last, whose) in
        [(Some("fan"), 1, 5, "`fan`"), (Some("lamp"), 6, 9, "`lamp`"), (None, 1, 1, "the node")]
    {
        let answer = ask(&run, machine, first, last).await;
        assert_eq!(answer["error"], format!("the journal does not hold events {first} to {last} of {whose}"));
    }
    let part = ask(&run, Some("lamp"), 4, 9).await;
    assert_eq!((&part["resend"]["last"], &part["resend"]["count"]), (&json!(5), &json!(2)));
    run.end().await;
}

#[tokio::test]
async fn what_has_not_been_delivered_does_not_come_before_its_turn() {
    let mut place = Place::new();
    place.write(6);
    let (tell, mut got) = unbounded_channel();
    let (go, may_go) = oneshot::channel();
    let run = place.start(move |mut backlog, _| async move {
        let parcels = backlog.next(usize::MAX).await.unwrap();
        backlog.delivered(parcels[1].position);
        backlog.go_to(parcels[2].position);
        tell.send((false, vec![])).unwrap();
        may_go.await.unwrap();
        while let Ok(parcels) = backlog.next(usize::MAX).await {
            tell.send((parcels[0].again, numbers(&parcels))).unwrap();
        }
    });
    got.recv().await.unwrap();
    ask(&run, Some("lamp"), 1, 6).await;
    go.send(()).unwrap();
    assert_eq!(got.recv().await.unwrap(), (true, vec![1, 2]));
    assert_eq!(got.recv().await.unwrap(), (false, vec![3, 4, 5, 6]));
    run.end().await;
}
