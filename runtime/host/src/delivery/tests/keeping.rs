//! A journal that is too large, or damaged: what goes, and what is told of it.

use super::{Place, numbers};
use crate::delivery::{Keep, Missed, Notice};
use crate::journal::{Lsn, stretches};
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;

const KEEP: Keep = Keep { time: Duration::from_secs(1_000_000), size: 5 * 4096 };

/// A journal of which most is to go, with two checkpoints that cover it: event `n` is in record `n`.
fn full() -> Place {
    let mut place = Place::new();
    place.journal.retain_from(Lsn::FIRST);
    for _ in 0..200 {
        place.write(1);
    }
    for _ in 0..2 {
        place.journal.checkpoint_of(b"all").unwrap();
        place.write(1);
    }
    place
}

/// What was told and let go while a carrier had delivered so many events, and what it gets afterwards.
async fn kept(place: &Place, delivered: usize, is_durable: bool) -> (Vec<Missed>, Option<Lsn>, Vec<u64>) {
    let (tell, mut got) = unbounded_channel();
    let mut run = place.start_with(KEEP, move |mut backlog, mut end| async move {
        let parcels = backlog.next(usize::MAX).await.unwrap();
        parcels.get(..delivered).and_then(<[_]>::last).into_iter().for_each(|it| backlog.delivered(it.position));
        backlog.go_to(backlog.delivered_to().after());
        backlog.trouble("no route");
        end.come().await;
        while let Ok(parcels) = backlog.next(usize::MAX).await {
            tell.send(numbers(&parcels)).unwrap();
        }
    });
    assert!(matches!(run.told.recv().await, Some(Notice::Trouble { .. })));
    run.delivery.look();
    let (mut missed, mut first) = (Vec::new(), None);
    while first.is_none() {
        match run.told.recv().await.unwrap() {
            Notice::Dropped { drops, told } if is_durable => {
                missed.extend(drops);
                told.send(serde_json::Value::Null).unwrap();
            }
            Notice::Dropped { .. } => break,
            Notice::LetGo(lsn) => first = Some(lsn),
            other => panic!("{other:?}"),
        }
    }
    first.into_iter().for_each(|lsn| place.journal.retain_from(lsn));
    run.end().await;
    let mut rest = Vec::new();
    while let Some(some) = got.recv().await {
        rest.extend(some);
    }
    (missed, first, rest)
}

fn lamp(first: u64, last: u64) -> Missed {
    let (carrier, machine) = ("test".to_owned(), Some("lamp".to_owned()));
    Missed { carrier, machine, epoch: 1, first, last, count: last - first + 1, since_ns: 2 }
}

#[tokio::test]
async fn what_goes_undelivered_is_told_by_number_and_all_behind_it_comes() {
    let mut place = full();
    let (missed, first, rest) = kept(&place, 0, true).await;
    place.write(0);
    place.write(0);
    let first = first.unwrap().0;
    assert!((100..190).contains(&first), "{first}");
    assert_eq!(missed, [lamp(1, first - 1)]);
    assert_eq!(rest, (first..=202).collect::<Vec<_>>());
    // Told once: the next start goes on from there.
    assert!(!place.journal_dir().join("0000000001.segment").exists());
    assert_eq!(kept(&place, 0, true).await, (vec![], Some(Lsn(first)), (first..=202).collect()));
}

#[tokio::test]
async fn what_is_delivered_goes_without_a_word() {
    let place = full();
    let (missed, first, rest) = kept(&place, 202, true).await;
    assert!(first > Some(Lsn(100)) && missed.is_empty() && rest.is_empty(), "{missed:?} {rest:?}");
    let (missed, _, rest) = kept(&full(), 50, true).await;
    assert_eq!((missed[0].first, rest.last()), (51, Some(&202)));
}

#[tokio::test]
async fn nothing_goes_before_it_is_durable_that_it_was_told() {
    let place = full();
    let (_, first, rest) = kept(&place, 0, false).await;
    assert_eq!((first, rest), (None, (1..=202).collect()));
}

#[tokio::test]
async fn the_journal_stays_within_its_size() {
    let mut place = full();
    kept(&place, 0, true).await;
    // Whatever is written next comes after the removal.
    place.write(1);
    place.write(1);
    let bytes: u64 = stretches(&place.journal_dir()).unwrap().iter().map(|it| it.bytes).sum();
    assert!(bytes <= KEEP.size, "{bytes}");
}

#[tokio::test]
async fn damage_behind_which_nothing_is_whole_yet_holds_delivery_up_and_loses_nothing_before_it() {
    let mut place = Place::new();
    place.write(2);
    place.write(3);
    let file = place.journal_dir().join("0000000001.segment");
    let mut bytes = std::fs::read(&file).unwrap();
    let second = bytes.windows(10).rposition(|it| it == b"n1.lamp.1.").unwrap();
    bytes[second] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let (tell, mut got) = unbounded_channel();
    let mut run = place.start(move |mut backlog, _| async move {
        while let Ok(parcels) = backlog.next(usize::MAX).await {
            tell.send(numbers(&parcels)).unwrap();
        }
    });
    let Some(Notice::Trouble { text, .. }) = run.told.recv().await else { panic!("nothing was told") };
    assert!(text.contains("record 2 is broken, and it was safe once"), "{text}");
    assert_eq!(got.recv().await, Some(vec![1, 2]));
    run.end().await;
}

#[tokio::test]
async fn damage_is_told_and_what_is_whole_behind_it_comes() {
    let place = full();
    let after = stretches(&place.journal_dir()).unwrap()[1].first.0;
    let file = place.journal_dir().join("0000000001.segment");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let (tell, mut got) = unbounded_channel();
    let mut run = place.start(move |mut backlog, _| async move {
        while let Ok(parcels) = backlog.next(usize::MAX).await {
            tell.send(numbers(&parcels)).unwrap();
        }
    });
    let Some(Notice::Warning { about, text }) = run.told.recv().await else { panic!("nothing was told") };
    let text = text.replace(&place.journal_dir().display().to_string(), "");
    let last = after - 1;
    assert_eq!(about, "sink `test`");
    assert_eq!(
        text,
        format!(
            "the events of records 1 to {last} do not reach `test`: the journal is damaged at byte 64 of \
             `/0000000001.segment`: record 1 is broken, and it was safe once"
        )
    );
    run.end().await;
    let mut rest = Vec::new();
    while let Some(some) = got.recv().await {
        rest.extend(some);
    }
    assert_eq!(rest, (after..=202).collect::<Vec<_>>());
}
