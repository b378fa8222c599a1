//! Carriers on a real journal: what they get, when, and what becomes of it over restarts.

mod again;
mod keeping;

use super::{Backlog, BacklogError, Carrier, Carrying, Delivery, End, Epochs, Keep, Notice, Parcel, Position, Site};
use crate::journal::{Journal, Lsn, Options};
use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

/// Only a broken test waits so long.
pub(in crate::delivery) const LIMIT: Duration = Duration::from_secs(60);

/// A state directory with a journal that a test writes.
pub(in crate::delivery) struct Place {
    dir: tempfile::TempDir,
    pub(in crate::delivery) journal: Journal,
    id: [u8; 16],
    sequence: u64,
    /// Every event, by id.
    written: HashMap<String, String>,
}

impl Place {
    pub(in crate::delivery) fn new() -> Self {
        Self::with(Options { segment_size: 4096, ..Options::default() })
    }

    pub(in crate::delivery) fn with(options: Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (journal, recovered) = Journal::open(&dir.path().join("journal"), options, Box::new(drop)).unwrap();
        Self { dir, journal, id: recovered.id, sequence: 0, written: HashMap::new() }
    }

    pub(in crate::delivery) fn cursors(&self) -> PathBuf {
        self.dir.path().join("delivery")
    }

    pub(in crate::delivery) fn journal_dir(&self) -> PathBuf {
        self.dir.path().join("journal")
    }

    /// Writes a record with so many events of the machine `lamp`; durable when it returns.
    pub(in crate::delivery) fn write(&mut self, events: usize) -> Lsn {
        self.write_of("lamp", events)
    }

    /// The same, of another machine.
    pub(in crate::delivery) fn write_of(&mut self, machine: &str, events: usize) -> Lsn {
        let events: Vec<_> = (0..events).map(|_| self.event(machine)).collect();
        self.record(machine, &events.join(","))
    }

    fn record(&mut self, machine: &str, events: &str) -> Lsn {
        let record = format!(
            r#"{{"at":1,"wall":2,"published":0,"entry":{{"machine":{{"name":"{machine}","saved":{{"sequence":{}}}}}}},"events":[{events}]}}"#,
            self.sequence
        );
        let lsn = self.journal.append(record.as_bytes()).unwrap();
        self.journal.wait(lsn).unwrap();
        lsn
    }

    /// The event of this id, as it was written.
    pub(in crate::delivery) fn written(&self, id: &str) -> &str {
        &self.written[id]
    }

    /// The same, with one event of this type.
    pub(in crate::delivery) fn write_kind(&mut self, kind: &str) -> Lsn {
        let event = self.event("lamp").replace(r#""type":"t""#, &format!(r#""type":"{kind}""#));
        self.record("lamp", &event)
    }

    fn event(&mut self, machine: &str) -> String {
        self.sequence += 1;
        let sequence = self.sequence;
        let id = format!("n1.{machine}.1.{sequence}");
        let event = format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"/machines/n1/{machine}","type":"t","datacontenttype":"application/json","sequence":"{sequence:020}","data":{{"on":true}}}}"#
        );
        self.written.insert(id, event.clone());
        event
    }

    pub(in crate::delivery) fn site(&self) -> Site {
        let (journal, cursors, epochs) = (self.journal_dir(), self.cursors(), Epochs::new(1, &[]));
        Site { journal, cursors, id: self.id, durable: self.journal.durable(), epochs }
    }

    /// Has this carrier carry.
    pub(in crate::delivery) fn run(&self, carrier: Box<dyn Carrier>) -> (Delivery, UnboundedReceiver<Notice>) {
        let (notices, told) = unbounded_channel();
        (Delivery::start(vec![carrier], Keep::default(), self.site(), notices).unwrap(), told)
    }

    /// Has one carrier carry.
    pub(in crate::delivery) fn start<C, F>(&self, carry: C) -> Run
    where
        C: FnOnce(Backlog, End) -> F + Send + 'static,
        F: Future<Output = ()> + 'static,
    {
        self.start_with(Keep::default(), carry)
    }

    /// The same, with limits for the journal.
    pub(in crate::delivery) fn start_with<C, F>(&self, keep: Keep, carry: C) -> Run
    where
        C: FnOnce(Backlog, End) -> F + Send + 'static,
        F: Future<Output = ()> + 'static,
    {
        let (notices, told) = unbounded_channel();
        let (over, is_over) = oneshot::channel();
        let carry: Carry = Box::new(|backlog, end| {
            let carrying = carry(backlog, end);
            Box::pin(async move {
                carrying.await;
                over.send(()).unwrap();
            })
        });
        let delivery = Delivery::start(vec![Box::new(Given(carry))], keep, self.site(), notices).unwrap();
        Run { delivery, told, is_over }
    }
}

/// A carrier at work.
pub(super) struct Run {
    pub(super) delivery: Delivery,
    pub(super) told: UnboundedReceiver<Notice>,
    is_over: oneshot::Receiver<()>,
}

impl Run {
    /// The node ends, and the carrier with it; a test in it has not failed.
    pub(super) async fn end(self) {
        self.delivery.end(LIMIT).await;
        self.is_over.await.expect("the carrier has panicked");
    }
}

type Carry = Box<dyn FnOnce(Backlog, End) -> Carrying + Send>;

struct Given(Carry);

impl Carrier for Given {
    fn name(&self) -> &str {
        "test"
    }

    fn carry(self: Box<Self>, backlog: Backlog, end: End) -> Carrying {
        (self.0)(backlog, end)
    }
}

fn numbers(parcels: &[Parcel]) -> Vec<u64> {
    parcels.iter().map(|it| it.sequence).collect()
}

/// What a carrier got until there was nothing more, with everything delivered; ends then.
async fn carried(place: &Place, most_bytes: usize) -> Vec<Vec<u64>> {
    let (tell, mut got) = unbounded_channel();
    let run = place.start(move |mut backlog, _| async move {
        while let Ok(parcels) = backlog.next(most_bytes).await {
            backlog.delivered(parcels.last().unwrap().position);
            tell.send(numbers(&parcels)).unwrap();
        }
    });
    run.end().await;
    let mut all = Vec::new();
    while let Some(some) = got.recv().await {
        all.push(some);
    }
    all
}

#[tokio::test]
async fn all_that_is_durable_comes_in_order_over_many_segments() {
    let mut place = Place::new();
    for record in 0..300 {
        place.write(record % 4);
    }
    let all = carried(&place, 10_000).await.concat();
    assert_eq!(all, (1..=450).collect::<Vec<_>>());
}

#[tokio::test]
async fn no_more_comes_at_once_than_was_asked_for() {
    let mut place = Place::new();
    place.write(5);
    place.write(3);
    let one = place.event("lamp").len();
    assert_eq!(carried(&place, 2 * one + 1).await, [vec![1, 2], vec![3, 4], vec![5, 6], vec![7, 8]]);
    let mut place = Place::new();
    place.write(2);
    assert_eq!(carried(&place, 1).await, [[1], [2]], "one always comes");
}

#[tokio::test]
async fn the_next_start_goes_on_behind_what_was_delivered() {
    let mut place = Place::new();
    place.write(3);
    let run = place.start(|mut backlog, _| async move {
        let parcels = backlog.next(usize::MAX).await.unwrap();
        backlog.delivered(parcels[1].position);
        backlog.note(serde_json::json!({"stream": 7}));
        assert!(matches!(backlog.next(1).await, Err(BacklogError::Ended)));
    });
    run.end().await;
    place.write(1);
    assert_eq!(carried(&place, usize::MAX).await.concat(), [3, 4]);
    let (tell, mut noted) = unbounded_channel();
    let run = place.start(|backlog, _| async move { tell.send(backlog.notes()).unwrap() });
    assert_eq!(noted.recv().await.unwrap(), serde_json::json!({"stream": 7}));
    run.end().await;
}

#[tokio::test]
async fn a_lost_cursor_has_everything_sent_again() {
    let mut place = Place::new();
    place.write(3);
    assert_eq!(carried(&place, usize::MAX).await.concat(), [1, 2, 3]);
    assert_eq!(carried(&place, usize::MAX).await.concat(), [0; 0]);
    std::fs::remove_file(place.cursors().join("test.json")).unwrap();
    assert_eq!(carried(&place, usize::MAX).await.concat(), [1, 2, 3]);
}

#[tokio::test]
async fn whoever_waits_is_woken_by_what_becomes_durable() {
    let mut place = Place::new();
    let (tell, mut got) = unbounded_channel();
    let run = place.start(move |mut backlog, _| async move {
        while let Ok(parcels) = backlog.next(usize::MAX).await {
            tell.send(numbers(&parcels)).unwrap();
        }
    });
    for number in 1..=3 {
        let lsn = place.write(1);
        assert!(got.try_recv().is_err(), "it is not known to be durable yet");
        run.delivery.is_durable(lsn);
        assert_eq!(got.recv().await.unwrap(), [number]);
    }
    run.end().await;
}

#[tokio::test]
async fn who_goes_back_gets_the_same_again_and_has_to_deliver_it_again() {
    let mut place = Place::new();
    place.write(2);
    place.write(2);
    let run = place.start(|mut backlog, _| async move {
        let first = backlog.next(usize::MAX).await.unwrap();
        backlog.delivered(first[3].position);
        let second = first[1].position;
        backlog.go_to(second);
        assert_eq!(backlog.delivered_to(), first[0].position);
        assert_eq!(backlog.next(usize::MAX).await.unwrap(), first[1..]);
        backlog.delivered(second);
    });
    run.end().await;
    assert_eq!(carried(&place, usize::MAX).await.concat(), [3, 4]);
}

#[tokio::test]
async fn an_event_is_found_by_its_number_wherever_it_is() {
    let mut place = Place::new();
    let lsns: Vec<_> = (0..200).map(|_| place.write(2).0).collect();
    let run = place.start(|mut backlog, _| async move {
        for number in [1, 2, 77, 200, 399, 400] {
            let (lsn, event) = (lsns[(number - 1) / 2], (number as u32 - 1) % 2);
            let found = backlog.find(Some("lamp"), number as u64).await.unwrap();
            assert_eq!(found, Some(Position { lsn, place: event }), "{number}");
        }
        for (machine, number) in [(Some("lamp"), 401), (Some("lamp"), 0), (Some("fan"), 1), (None, 1)] {
            assert_eq!(backlog.find(machine, number).await.unwrap(), None);
        }
    });
    run.end().await;
}

#[tokio::test]
async fn trouble_is_told_once_each_way() {
    let place = Place::new();
    let mut run = place.start(|backlog, _| async move {
        backlog.fine();
        for _ in 0..3 {
            backlog.trouble("no route");
        }
        backlog.trouble("refused");
        backlog.fine();
        backlog.fine();
    });
    let mut texts = Vec::new();
    for _ in 0..3 {
        texts.push(match run.told.recv().await {
            Some(Notice::Trouble { text, is_first, .. }) => format!("{text} {is_first}"),
            Some(Notice::Fine { .. }) => "fine".to_owned(),
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(texts, ["no route true", "refused false", "fine"]);
    assert!(run.told.try_recv().is_err());
    run.end().await;
}

#[tokio::test]
async fn a_carrier_that_hangs_is_left_and_its_mark_is_kept() {
    let mut place = Place::new();
    place.write(3);
    let mut run = place.start(|mut backlog, _| async move {
        let parcels = backlog.next(usize::MAX).await.unwrap();
        backlog.delivered(parcels[0].position);
        backlog.trouble("it hangs");
        std::future::pending::<()>().await;
    });
    run.told.recv().await.unwrap();
    run.delivery.end(Duration::from_millis(1)).await;
    assert_eq!(carried(&place, usize::MAX).await.concat(), [2, 3]);
}
