//! Machines that listen to one another, also across a crash at any moment.

use super::crash::{Chance, Story, copy};
use super::rig::{Rig, lamp};
use crate::machine::MAIL_MAX;
use crate::record::Post;
use machine_core::Definition;
use machine_core::definition::{
    Action, ActionKind, Cell, Condition, Emit, Expr, Field, Plan, Position, Signal, SignalSource, Type, Value,
};

fn action(kind: ActionKind) -> Action {
    Action { position: Position { source: 0, line: 1, column: 1 }, kind }
}

fn level() -> Vec<Field> {
    vec![Field { name: "level".into(), ty: Type::Int { min: 0, max: 9 } }]
}

/// A lamp that tells `critical` when it goes on.
fn sensor() -> Definition {
    let mut sensor = lamp("switch");
    sensor.name = "sensor".into();
    sensor.states[2].name = "sensor".into();
    sensor.sources = vec!["test.machine".into()];
    sensor.emits = vec![Emit { name: "critical".into(), doc: String::new(), fields: level() }];
    sensor.blocks = vec![vec![action(ActionKind::Emit { emit: 0, values: vec![Expr::Value(Value::Int(7))] })]];
    sensor.plans.push(Plan { near: true, actions: Some(0), ..Plan::default() });
    sensor.cells[0].plan = 1;
    sensor
}

fn signal(name: &str, source: SignalSource, fields: Vec<Field>) -> Signal {
    Signal { name: name.into(), doc: String::new(), source, fields }
}

/// Counts what it hears by going round: `off` to `on` and back, one round for two events.
fn listener(name: &str) -> Definition {
    let mut listener = lamp("switch");
    listener.name = name.into();
    listener.states[2].name = name.into();
    let source = SignalSource::Emitted { machine: "sensor".into(), event: "critical".into() };
    listener.signals = vec![signal("sensor.critical", source, level())];
    listener.cells =
        vec![Cell { leaf: 0, event: 4, target: 1, plan: 0 }, Cell { leaf: 1, event: 4, target: 0, plan: 0 }];
    listener
}

/// All that was told of one machine, without its number.
fn told(rig: &Rig, machine: &str) -> Vec<String> {
    rig.heard().iter().filter(|it| it.machine == machine).map(|it| it.text.clone()).collect()
}

#[tokio::test]
async fn what_one_tells_the_others_hear_in_the_same_turn() {
    let mut rig = Rig::new();
    let mut node = rig.run_all(&[&sensor(), &listener("b"), &listener("a")]).unwrap();
    node.durable().await;
    rig.seen.take();
    node.answered(rig.answer_to(0, 0)).unwrap();
    node.durable().await;
    let events: Vec<_> = rig.seen.take().into_iter().filter(|it| it.contains('#')).collect();
    let expected = [
        "sensor#2 switch.ok",
        "sensor#3 off -> on",
        "sensor#4 emits critical {\"level\":7}",
        "a#2 off -> on",
        "b#2 off -> on",
    ];
    let mut sorted = events.clone();
    sorted.sort();
    let mut wanted = expected.map(str::to_owned).to_vec();
    wanted.sort();
    assert_eq!(sorted, wanted, "{events:?}");
    assert!(events.iter().position(|it| it.starts_with("a#")) < events.iter().position(|it| it.starts_with("b#")));
}

#[tokio::test]
async fn entering_a_state_is_heard_and_so_is_being_there() {
    let mut rig = Rig::new();
    let mut follower = listener("follower");
    let source = SignalSource::Enters { machine: "sensor".into(), state: "on".into() };
    follower.signals = vec![signal("sensor enters on", source, vec![])];
    let mut asker = lamp("switch");
    asker.name = "asker".into();
    asker.states[2].name = "asker".into();
    asker.conditions = vec![Condition { machine: "sensor".into(), state: "on".into() }];
    asker.watchers[0].condition = Some(0);
    let mut node = rig.run_all(&[&sensor(), &follower, &asker]).unwrap();
    node.durable().await;
    assert!(rig.asks.lock().unwrap().iter().all(|it| it.key.machine != 3), "the asker has to wait");
    node.answered(rig.answer_to(0, 0)).unwrap();
    node.durable().await;
    assert_eq!(told(&rig, "follower"), ["starts in off", "off -> on"]);
    assert!(rig.asks.lock().unwrap().iter().any(|it| it.key.machine == 3), "now it asks");
    // The machine that it waits for is gone: it stops.
    rig.seen.take();
    node.leave("sensor").unwrap();
    node.tell_neighbours().unwrap();
    node.durable().await;
    let seen = rig.seen.take();
    assert!(seen.iter().any(|it| it == "asker#2 sensor is there: false"), "{seen:?}");
    assert!(!node.fleet.get(3).unwrap().instance.condition(0));
}

#[tokio::test]
async fn who_is_missing_is_said_once_and_again_when_they_come() {
    let mut rig = Rig::new();
    let mut node = rig.run_all(&[&listener("a")]).unwrap();
    node.durable().await;
    node.tell_neighbours().unwrap();
    node.durable().await;
    assert_eq!(told(&rig, "a"), ["starts in off", "sensor is there: false"]);
    node.run_given(vec![(sensor().encode().unwrap(), "/".into())]).unwrap();
    node.tell_neighbours().unwrap();
    node.durable().await;
    assert_eq!(told(&rig, "a")[2..], ["sensor is there: true"]);
}

#[tokio::test]
async fn what_finds_no_room_is_counted_and_told_of_who_told_it() {
    let mut rig = Rig::new();
    let mut node = rig.run_all(&[&sensor(), &listener("a")]).unwrap();
    node.durable().await;
    let fields = serde_json::Map::from_iter([("text".to_owned(), "x".repeat(MAIL_MAX - 100).into())]);
    let large = Post::Emitted { event: "large".into(), fields };
    assert!(node.post(1, vec![large]).is_none(), "there is room for it");
    rig.seen.take();
    node.answered(rig.answer_to(0, 0)).unwrap();
    node.durable().await;
    let seen = rig.seen.take();
    let is_told = |it: &String| it.starts_with("sensor#") && it.contains("2 of them reach nobody: 512 KiB wait");
    assert!(seen.iter().any(is_told), "{seen:?}");
    assert_eq!(told(&rig, "a"), ["starts in off"]);
}

#[tokio::test]
async fn an_event_with_other_fields_is_said_and_left_out() {
    let mut rig = Rig::new();
    let mut listener = listener("a");
    listener.signals[0].fields = vec![Field { name: "level".into(), ty: Type::Text { max: 5 } }];
    let mut node = rig.run_all(&[&sensor(), &listener]).unwrap();
    node.durable().await;
    node.answered(rig.answer_to(0, 0)).unwrap();
    node.durable().await;
    let told = told(&rig, "a");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].starts_with("warning event `sensor.critical`: `sensor` told it with other fields"), "{told:?}");
}

/// The runtime dies at any moment: each event of the sensor reaches each listener exactly once.
#[tokio::test]
async fn no_event_is_lost_or_heard_twice_whenever_the_runtime_dies() {
    let machines = [sensor(), listener("a"), listener("b"), listener("c")];
    let mut chance = Chance(11);
    for _ in 0..15 {
        let (mut rig, mut story) = (Rig::new(), Story::default());
        for _ in 0..8 {
            let mut node = rig.run_all(&machines.each_ref()).unwrap();
            for _ in 0..chance.below(10) {
                let number = node.fleet.number_of("sensor").unwrap();
                let asks = rig.asks.lock().unwrap().clone();
                let last = asks.iter().rposition(|it| it.key.machine == number);
                if let Some(last) = last {
                    node.answered(rig.answer_to(last, 0)).unwrap();
                }
                match chance.below(4) {
                    0 => node.durable().await,
                    1 => node.checkpoint().unwrap(),
                    _ => node.settle().unwrap(),
                }
            }
            story.add(&rig.heard());
            let next = Rig::new();
            let still = rig.gate.stand_still();
            copy(&rig.state(), &next.state());
            drop(still);
            drop(node);
            rig = next;
        }
        let mut node = rig.run_all(&machines.each_ref()).unwrap();
        node.durable().await;
        story.add(&rig.heard());
        let all = |machine: &str, part: &str| {
            story.0.iter().filter(|((it, _), event)| it == machine && event.text.contains(part)).count()
        };
        let emitted = all("sensor", "emits critical");
        for machine in ["a", "b", "c"] {
            assert_eq!(all(machine, " -> "), emitted, "{machine}");
        }
    }
}

/// Each tells the other what it hears.
fn echo(name: &str, other: &str) -> Definition {
    let mut echo = sensor();
    echo.name = name.into();
    echo.states[2].name = name.into();
    let source = SignalSource::Emitted { machine: other.into(), event: "critical".into() };
    echo.signals = vec![signal("heard", source, level())];
    echo.plans.push(Plan { stay: true, actions: Some(0), ..Plan::default() });
    echo.cells.push(Cell { leaf: 0, event: 4, target: 0, plan: 2 });
    echo.cells.push(Cell { leaf: 1, event: 4, target: 1, plan: 2 });
    echo.cells.sort_by_key(|it| (it.leaf, it.event));
    echo
}

#[tokio::test]
async fn machines_that_never_stop_have_to_wait_and_nobody_else() {
    let mut rig = Rig::new();
    let mut node = rig.run_all(&[&echo("a", "b"), &echo("b", "a"), &lamp("switch")]).unwrap();
    node.durable().await;
    node.answered(rig.answer_to(0, 0)).unwrap();
    node.settle().unwrap();
    node.durable().await;
    let emitted = || rig.heard().iter().filter(|it| it.text.starts_with("emits")).count();
    let first = emitted();
    assert!((60..=70).contains(&first), "{first}");
    assert!(node.deadline() > node.clock.now().after_ms(100));
    node.answered(rig.answer_to(2, 0)).unwrap();
    node.settle().unwrap();
    node.durable().await;
    assert_eq!(emitted(), first);
    assert_eq!(told(&rig, "lamp").last().unwrap(), "off -> on");
    assert!(rig.heard().iter().any(|it| it.text.contains("because of one another")));
}
