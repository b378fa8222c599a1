//! Spans on their way from the journal to a collector which is not always well.

use crate::delivery::{Delivery, Epochs, Keep, Notice, Site};
use crate::event::happening::{Happening, What};
use crate::event::{event, samples};
use crate::journal::{Journal, Lsn, Options};
use crate::otlp::Settings;
use machine_rig::Collector;
use machine_rig::collector::{Reply, Taken, attribute};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Only a broken test waits so long.
const LIMIT: Duration = Duration::from_secs(60);

/// A state directory with a journal of transitions.
struct Place {
    dir: tempfile::TempDir,
    journal: Journal,
    id: [u8; 16],
    sequence: u64,
}

impl Place {
    fn new(transitions: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (journal, recovered) =
            Journal::open(&dir.path().join("journal"), Options::default(), Box::new(drop)).unwrap();
        let mut place = Self { dir, journal, id: recovered.id, sequence: 0 };
        place.write(transitions);
        place
    }

    /// Writes so many more, each in a record with something that is no span; durable when it returns.
    fn write(&mut self, transitions: usize) -> Lsn {
        let mut last = self.journal.durable();
        for _ in 0..transitions {
            let log = What::Log { text: "on".into(), state: "on".into() };
            let events = [self.event(samples::transition()), self.event(log)].join(",");
            let record = format!(
                r#"{{"at":1,"wall":2,"published":0,"entry":{{"machine":{{"name":"lamp","saved":{{"sequence":{}}}}}}},"events":[{events}]}}"#,
                self.sequence
            );
            last = self.journal.append(record.as_bytes()).unwrap();
        }
        self.journal.wait(last).unwrap();
        last
    }

    fn event(&mut self, what: What) -> String {
        self.sequence += 1;
        let happening = Happening { sequence: self.sequence, ..samples::happening(what) };
        event(&samples::origin("n1", Some("lamp")), &happening).unwrap().json.get().to_owned()
    }

    /// Has them brought to a collector.
    fn run(&self, settings: &Settings) -> (Delivery, UnboundedReceiver<Notice>) {
        let (notices, told) = unbounded_channel();
        let (journal, cursors) = (self.dir.path().join("journal"), self.dir.path().join("delivery"));
        let (id, durable, epochs) = (self.id, self.journal.durable(), Epochs::new(1, &[]));
        let site = Site { journal, cursors, id, durable, epochs };
        let carrier = Box::new(settings.carrier().unwrap().unwrap());
        (Delivery::start(vec![carrier], Keep::default(), site, notices).unwrap(), told)
    }
}

fn settings(collector: &Collector) -> Settings {
    Settings { timeout: Duration::from_millis(300), ..Settings::to(collector.endpoint(), "n1") }
}

/// The ids of the events whose spans were taken, in order.
fn ids(collector: &Collector) -> Vec<String> {
    let id = |it: &_| attribute(it, "cloudevents.event_id").unwrap().rsplit('.').next().unwrap().to_owned();
    collector.spans().iter().map(|it| id(&it.attributes)).collect()
}

async fn until_all(collector: &Collector, transitions: usize) {
    let all: Vec<_> = (0..transitions).map(|it| (2 * it + 1).to_string()).collect();
    let wait = async {
        while ids(collector) != all {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, wait).await.unwrap_or_else(|_| panic!("{:?} of {all:?}", ids(collector)));
}

/// All spans come, whatever the collector does.
async fn check(script: fn(usize, &Taken) -> Reply) {
    let (place, collector) = (Place::new(20), Collector::scripted(script));
    let (delivery, _told) = place.run(&settings(&collector));
    until_all(&collector, 20).await;
    // An answer that was lost has it sent once more.
    while delivery.figures()[0].delivered.lsn < place.journal.durable().0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    delivery.end(LIMIT).await;
    // What was delivered is not sent again.
    let asked = collector.asked();
    let (delivery, _told) = place.run(&settings(&collector));
    delivery.end(LIMIT).await;
    assert_eq!(collector.asked(), asked);
}

#[tokio::test]
async fn spans_come_in_few_requests_and_once() {
    check(|_, _| Reply::Ok).await;
    let (mut place, collector) = (Place::new(1), Collector::start());
    let (delivery, _told) = place.run(&settings(&collector));
    for _ in 0..20 {
        delivery.is_durable(place.write(1));
    }
    until_all(&collector, 21).await;
    assert!(collector.asked() <= 4, "{} requests", collector.asked());
    delivery.end(LIMIT).await;
}

#[tokio::test]
async fn a_collector_that_is_full_for_a_while_loses_nothing() {
    check(|number, _| if number <= 2 { Reply::Status(503, "retry-after: 0\r\n", "full") } else { Reply::Ok }).await;
    check(|number, _| if number <= 2 { Reply::Status(429, "", "") } else { Reply::Ok }).await;
}

#[tokio::test]
async fn a_collector_that_hangs_or_hangs_up_loses_nothing() {
    check(|number, _| if number == 1 { Reply::Silence } else { Reply::Ok }).await;
    check(|number, _| if number == 1 { Reply::Cut } else { Reply::Ok }).await;
}

#[tokio::test]
async fn a_collector_that_is_not_there_is_told_and_waited_for() {
    let collector = Collector::start();
    let (address, settings) = (collector.address(), settings(&collector));
    drop(collector);
    let mut place = Place::new(3);
    let (delivery, mut told) = place.run(&settings);
    let text = loop {
        match told.recv().await {
            Some(Notice::Trouble { text, .. }) => break text,
            other => drop(other),
        }
    };
    assert!(text.starts_with("there is no connection: "), "{text}");
    delivery.is_durable(place.write(3));
    let collector = Collector::at(address, |_, _| Reply::Ok);
    until_all(&collector, 6).await;
    assert!(matches!(told.recv().await, Some(Notice::Fine { .. })));
    delivery.end(LIMIT).await;
}

#[tokio::test]
async fn what_is_taken_in_part_is_not_sent_again_and_told_once() {
    let (mut place, collector) = (Place::new(2), Collector::scripted(|_, _| Reply::Partly(1, "too old")));
    let (delivery, mut told) = place.run(&settings(&collector));
    until_all(&collector, 2).await;
    delivery.is_durable(place.write(2));
    until_all(&collector, 4).await;
    delivery.end(LIMIT).await;
    assert_eq!(collector.taken().iter().map(|it| it.spans.len()).sum::<usize>(), 4, "nothing came twice");
    let mut warnings = Vec::new();
    while let Some(notice) = told.recv().await {
        if let Notice::Happened { what, .. } = notice {
            warnings.push(*what);
        }
    }
    let text = "the collector took all but 1 spans: too old".to_owned();
    assert_eq!(warnings, [What::NodeWarning { about: "sink `otlp`".into(), text }]);
}

/// One span that the collector never takes is found, told and passed over; all others come.
#[tokio::test]
async fn what_is_refused_is_told_before_it_is_passed_over() {
    let is_bad = |it: &Taken| {
        it.spans.iter().any(|it| attribute(&it.attributes, "cloudevents.event_id").unwrap().ends_with(".5"))
    };
    let collector =
        Collector::scripted(move |_, it| if is_bad(it) { Reply::Status(400, "", "bad name") } else { Reply::Ok });
    let place = Place::new(4);
    let (delivery, mut told) = place.run(&settings(&collector));
    let Some(Notice::Happened { machine, what, told: Some(durable) }) = told.recv().await else { panic!("not told") };
    let What::Undeliverable { sink, number, reason, .. } = *what else { panic!("{what:?}") };
    assert_eq!((machine.as_deref(), sink.as_str(), number), (Some("lamp"), "otlp", 5));
    assert_eq!(reason, "the answer is 400 Bad Request, bad name");
    assert_eq!(ids(&collector), ["1", "3"]);
    durable.send(serde_json::Value::Null).unwrap();
    let rest = async {
        while ids(&collector) != ["1", "3", "7"] {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, rest).await.unwrap();
    delivery.end(LIMIT).await;
}

#[tokio::test]
async fn an_address_that_is_none_is_told_with_what_to_look_at() {
    for (status, help) in [(404, "endpoint`"), (401, "token-file` and `headers`")] {
        let collector = Collector::scripted(move |_, _| Reply::Status(status, "", "nothing here"));
        let place = Place::new(1);
        let (delivery, mut told) = place.run(&settings(&collector));
        let Some(Notice::Trouble { text, .. }) = told.recv().await else { panic!("not told") };
        assert!(text.contains("nothing here") && text.ends_with(help), "{text}");
        delivery.end(LIMIT).await;
    }
}
