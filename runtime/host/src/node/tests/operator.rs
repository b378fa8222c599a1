//! What operators send and ask, and when they are answered.

use super::Node;
use super::rig::{Rig, lamp};
use crate::control::Request;
use machine_core::Definition;
use machine_core::definition::{Cell, Enum, Field, Signal, SignalSource, Type};
use serde_json::{Value, json};
use tokio::sync::oneshot;

fn signal(name: &str, operator: bool, fields: Vec<Field>) -> Signal {
    Signal { name: name.into(), doc: String::new(), source: SignalSource::Declared { operator }, fields }
}

fn field(name: &str, ty: Type) -> Field {
    Field { name: name.into(), ty }
}

/// A lamp that an operator lights.
fn machine(name: &str) -> Definition {
    let mut lamp = lamp("switch");
    lamp.name = name.into();
    lamp.states[2].name = name.into();
    lamp.enums = vec![Enum { words: ["low", "high"].map(str::to_owned).into() }];
    let fields =
        vec![field("why", Type::Text { max: 20 }), field("for", Type::Duration), field("level", Type::Enum(0))];
    lamp.signals = vec![signal("light", true, fields), signal("inner", false, vec![])];
    // Four outcomes stand before the signals.
    lamp.cells.push(Cell { leaf: 0, event: 4, target: 1, plan: 0 });
    lamp
}

fn ask(node: &mut Node, what: Value) -> oneshot::Receiver<Value> {
    let (reply, answer) = oneshot::channel();
    node.respond(Request { what, reply }).unwrap();
    answer
}

async fn asked(node: &mut Node, what: Value) -> Value {
    let answer = ask(node, what);
    node.durable().await;
    answer.await.unwrap()
}

fn light() -> Value {
    json!({"fire": {"machine": "lamp", "event": "light", "fields": {"why": "dusk", "for": "1h30m", "level": "high"}}})
}

#[tokio::test]
async fn an_event_is_answered_when_what_it_led_to_is_durable() {
    let mut rig = Rig::new();
    let mut node = rig.run(&machine("lamp")).unwrap();
    node.durable().await;
    rig.seen.take();
    rig.gate.close();
    let mut answer = ask(&mut node, light());
    node.settle().unwrap();
    assert!(answer.try_recv().is_err() && rig.seen.take().is_empty());
    rig.gate.open();
    node.durable().await;
    let fired =
        json!({"fired": {"machine": "lamp", "event": "light", "answered": true, "state_before": "off", "state": "on"}});
    assert_eq!(answer.try_recv().unwrap(), fired);
    assert_eq!(rig.seen.take(), ["stop 0 of visit 1", "ask work", "lamp#2 fired light true", "lamp#3 off -> on"]);
    // Where it is not expected, it is recorded.
    let again = asked(&mut node, light()).await;
    assert_eq!((&again["fired"]["answered"], &again["fired"]["state"]), (&json!(false), &json!("on")));
    assert_eq!(rig.seen.take(), ["lamp#4 fired light false"]);
}

#[tokio::test]
async fn what_cannot_be_done_says_why_and_what_can() {
    let mut rig = Rig::new();
    let mut node = rig.run(&machine("lamp")).unwrap();
    let fire = |machine: &str, event: &str, fields: Value| json!({"fire": {"machine": machine, "event": event, "fields": fields}});
    let full = json!({"why": "", "for": "1s", "level": "low"});
    let without = |name: &str, value: Option<Value>| {
        let mut fields = full.clone();
        fields.as_object_mut().unwrap().remove(name);
        value.into_iter().for_each(|it| fields[name] = it);
        fields
    };
    let mut said = Vec::new();
    for request in [
        fire("lanp", "light", full.clone()),
        fire("toaster", "light", full.clone()),
        fire("lamp", "lihgt", full.clone()),
        fire("lamp", "inner", json!({})),
        fire("lamp", "light", without("why", None)),
        fire("lamp", "light", without("why", Some("x".repeat(21).into()))),
        fire("lamp", "light", without("for", Some("soon".into()))),
        fire("lamp", "light", without("level", Some("middle".into()))),
        fire("lamp", "light", {
            let mut fields = full.clone();
            fields["wyh"] = "x".into();
            fields
        }),
        json!({"fire": {"machine": "lamp"}}),
        json!({"dance": true}),
    ] {
        let reply = asked(&mut node, request).await;
        said.push(format!("{}; {}", reply["error"].as_str().unwrap(), reply["help"].as_str().unwrap()));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    there is no machine `lanp` on this node; did you mean `lamp`?
    there is no machine `toaster` on this node; there is `lamp`
    `lamp` has no event `lihgt` for operators; did you mean `light`?
    `inner` of `lamp` is not for operators: only the machine itself raises it; `event inner from operator` in its source would allow it
    `light` needs the field `why`; write `light why="…" for=5m level=low|high`
    the field `why`: wanted a text of at most 20 bytes, found "xxxxxxxxxxxxxxxxxxxxx"; write `light why="…" for=5m level=low|high`
    the field `for`: wanted a duration as a text, such as "1m30s", found "soon"; write `light why="…" for=5m level=low|high`
    the field `level`: wanted one of "low", "high", found "middle"; write `light why="…" for=5m level=low|high`
    `light` has no field `wyh`; did you mean `why`?
    the request names no machine or no event; `fire` needs `machine` and `event`, both texts
    the request is not understood; it needs a member `fire`, `status` or `resend`
    "#);
    assert_eq!(node.fleet.get(1).unwrap().state(), "off");
}

#[tokio::test]
async fn a_line_is_an_event_where_it_is_clear_of_which_machine() {
    let mut rig = Rig::new();
    let mut other = machine("other");
    other.signals.push(signal("dim", true, vec![]));
    let mut node = rig.run_all(&[&machine("lamp"), &other]).unwrap();
    let mut said = Vec::new();
    for line in [
        "dim",
        "lamp.light why=\"it is dark\" for=2h level=low",
        "light why=x for=2h level=low",
        "lamp.dim",
        "blink",
        "light why",
        "other.light why=\"",
    ] {
        let reply = asked(&mut node, json!({"line": line})).await;
        said.push(format!("{line}: {reply}"));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    dim: {"fired":{"answered":false,"event":"dim","machine":"other","state":"off","state_before":"off"}}
    lamp.light why="it is dark" for=2h level=low: {"fired":{"answered":true,"event":"light","machine":"lamp","state":"on","state_before":"off"}}
    light why=x for=2h level=low: {"error":"several machines take `light`","help":"write `lamp.light` or `other.light`"}
    lamp.dim: {"error":"`lamp` has no event `dim` for operators","help":"there is `light`"}
    blink: {"error":"no machine takes an event `blink`","help":"write `lamp.light why=\"…\" for=5m level=low|high`, `other.light why=\"…\" for=5m level=low|high`, `other.dim`"}
    light why: {"error":"`why` is no field: it needs a name and a value, as in `reason=filter`","help":"write `lamp.light why=\"…\" for=5m level=low|high`, `other.light why=\"…\" for=5m level=low|high`, `other.dim`"}
    other.light why=": {"error":"a quote is not closed","help":"write `lamp.light why=\"…\" for=5m level=low|high`, `other.light why=\"…\" for=5m level=low|high`, `other.dim`"}
    "#);
}

#[tokio::test]
async fn the_status_tells_how_machines_are() {
    let mut rig = Rig::new();
    let mut node = rig.run_all(&[&machine("lamp"), &machine("other")]).unwrap();
    node.durable().await;
    let all = asked(&mut node, json!({"status": {}})).await;
    assert_eq!(all["status"]["machines"].as_array().unwrap().len(), 2);
    node.answered(rig.answer_to(0, 1)).unwrap();
    let one = asked(&mut node, json!({"status": {"machine": "lamp"}})).await;
    let lamp = &one["status"]["machines"][0];
    assert_eq!((&lamp["state"], &lamp["version"], &lamp["events"]), (&json!("off"), &json!("1.0.0"), &json!(2)));
    assert_eq!(lamp["faults"][0]["watcher"], "switch");
    assert!(lamp["since"].as_str().unwrap().starts_with("20") && lamp["table"].as_str().unwrap().len() == 64);
    let unknown = asked(&mut node, json!({"status": {"machine": "lump"}})).await;
    assert_eq!(unknown["help"], "did you mean `lamp`?");
}
