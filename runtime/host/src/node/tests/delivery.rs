//! What is told of events on their way: in its row, and before it counts.

use super::rig::{Heard, Rig, lamp};
use crate::delivery::{Missed, Notice};
use crate::event::happening::What;
use crate::node::Node;
use serde_json::{Value, json};
use tokio::sync::oneshot;

fn missed(machine: Option<&str>, first: u64, last: u64) -> Missed {
    let (carrier, machine) = ("webhook".to_owned(), machine.map(str::to_owned));
    Missed { carrier, machine, epoch: 7, first, last, count: last - first + 1, since_ns: 1_000_000_000 }
}

/// Tells what is missed; the node's answer.
fn tell(node: &mut Node, drops: Vec<Missed>) -> oneshot::Receiver<Value> {
    let (told, is_told) = oneshot::channel();
    node.noticed(Notice::Dropped { drops, told }).unwrap();
    node.let_out();
    is_told
}

fn data(heard: &Heard) -> Value {
    let event: Value = serde_json::from_str(heard.json()).unwrap();
    let field = |name: &str| event["data"][name].clone();
    json!([field("sink"), field("first"), field("last"), field("count"), field("since"), field("epoch")])
}

#[tokio::test]
async fn what_goes_undelivered_is_an_event_of_its_machine_and_counts_once_durable() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    let before = rig.heard().len();
    rig.gate.close();
    let mut is_told = tell(&mut node, vec![missed(Some("lamp"), 1, 7), missed(None, 2, 2)]);
    assert!(is_told.try_recv().is_err());
    assert_eq!(rig.heard().len(), before);
    rig.gate.open();
    node.durable().await;
    assert_eq!(is_told.try_recv(), Ok(Value::Null));
    let heard = rig.heard().split_off(before);
    let rows: Vec<_> = heard.iter().map(|it| (it.machine.as_str(), it.sequence, it.text.as_str())).collect();
    assert_eq!(rows, [("lamp", 2, "dropped"), ("", 3, "dropped")]);
    let since = "1970-01-01T00:00:01.000000000Z";
    assert_eq!(data(&heard[0]), json!(["webhook", 1, 7, 7, since, 7]));
    assert_eq!(data(&heard[1]), json!(["webhook", 2, 2, 1, since, 7]));
}

#[tokio::test]
async fn a_machine_that_is_gone_tells_it_all_the_same_and_its_numbers_go_on() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.leave("lamp").unwrap();
    tell(&mut node, vec![missed(Some("lamp"), 1, 1)]);
    node.durable().await;
    let dropped = rig.heard().pop().unwrap();
    assert_eq!((dropped.machine.as_str(), dropped.sequence, dropped.text.as_str()), ("lamp", 3, "dropped"));
    drop(node);
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    let started = rig.heard().into_iter().rfind(|it| it.machine == "lamp").unwrap();
    assert_eq!((started.sequence, started.text.as_str()), (4, "starts in off"));
}

#[tokio::test]
async fn trouble_is_an_event_when_it_begins_and_when_it_is_over() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    let before = rig.heard().len();
    let trouble = |text: &str, is_first| Notice::Trouble { carrier: "webhook".into(), text: text.into(), is_first };
    node.noticed(trouble("no route", true)).unwrap();
    node.noticed(trouble("refused", false)).unwrap();
    let since = std::time::SystemTime::now() - std::time::Duration::from_secs(90);
    node.noticed(Notice::Fine { carrier: "webhook".into(), since }).unwrap();
    node.durable().await;
    let told = rig.heard().split_off(before);
    let told: Vec<_> =
        told.iter().map(|it| serde_json::from_str::<Value>(it.json()).unwrap()["data"].clone()).collect();
    let told: Vec<_> = told.iter().map(|it| format!("{} {} {}", it["sink"], it["state"], it["text"])).collect();
    assert_eq!(told, [r#""webhook" "degraded" "no route""#, r#""webhook" "restored" "after 1m30s""#]);
}

#[tokio::test]
async fn what_happens_to_an_event_on_its_way_is_told_by_its_machine() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    let what = What::Undeliverable {
        sink: "webhook".into(),
        event: "n1.lamp.1.1".into(),
        kind: "t".into(),
        number: 1,
        reason: "no".into(),
    };
    let (told, is_told) = oneshot::channel();
    node.noticed(Notice::Happened { machine: Some("lamp".into()), what: Box::new(what), told: Some(told) }).unwrap();
    node.durable().await;
    is_told.await.unwrap();
    let heard = rig.heard().pop().unwrap();
    assert_eq!((heard.machine.as_str(), heard.text.as_str()), ("lamp", "undeliverable"));
}
