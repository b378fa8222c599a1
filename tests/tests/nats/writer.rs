//! Two nodes of one name, each with a state directory of its own.

use super::{Scene, doors};
use machine_tests::node::Site;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn of_two_nodes_with_one_name_the_first_gives_way_and_says_what_to_do() {
    let mut scene = Scene::running(STILL);
    scene.until_complete();
    let mut other = Site::new();
    other.ship(STILL);
    fs::copy(scene.site.path("machined.toml"), other.path("machined.toml")).unwrap();
    other.start();
    let provoke = |site: &mut Site, name: &str| {
        site.write(name, "no table");
        site.expect_where(name).json
    };
    let holds = |scene: &Scene, event: &str| scene.stream().read().iter().any(|it| it.body == event.as_bytes());
    let event = provoke(&mut other, "bad1.table");
    other.until("an event of the second", || holds(&scene, &event).then_some(()));
    let lost = provoke(&mut scene.site, "bad2.table");
    let word = scene.site.until("word of the other", || conflict(&scene.site));
    scene.site.until("the way out", || scene.site.said().contains("give one of the two another name").then_some(()));
    let event = provoke(&mut other, "bad3.table");
    other.until("the second going on", || holds(&scene, &event).then_some(()));
    assert!(!holds(&scene, &lost) && !holds(&scene, &word), "the first one publishes no more");
}

/// Both write all the time, so each meets what the other wrote a moment ago.
#[test]
fn of_two_busy_nodes_with_one_name_one_goes_on() {
    let mut scene = Scene::running(&doors());
    scene.until_told_more(30);
    scene.until_complete();
    let mut other = Site::new();
    other.ship(&doors());
    fs::copy(scene.site.path("machined.toml"), other.path("machined.toml")).unwrap();
    other.start();
    let trouble = scene.until_trouble("its numbers began later");
    assert!(trouble.contains("so it goes on; this node publishes no more"), "{trouble}");
    // It may have met nothing that the first wrote after it had begun.
    if let Some(word) = conflict(&other) {
        assert!(word.contains("so it gives way, and this node goes on"), "{word}");
    }
    let goal = other.told().len() + 60;
    other.until("more events of the second", || (other.told().len() >= goal).then_some(()));
    let told: Vec<_> = other.told().into_iter().map(|it| it.json).collect();
    scene.stream().until("all that the second told", |read| {
        let bodies: BTreeSet<_> = read.iter().map(|it| it.body.as_slice()).collect();
        told.iter().all(|it| bodies.contains(it.as_bytes()))
    });
    let (code, said) = scene.site.doctor();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("events do not reach `nats` since") && said.contains("start the node again"), "{said}");
    assert!(
        scene.site.ask(&["status"]).1.contains("events do not reach nats since"),
        "{}",
        scene.site.ask(&["status"]).1
    );
    scene.end();
}

/// It tells nothing of itself once it has started.
const STILL: &str = "machine still 1.0.0 { initial final state still }";

/// The word of a node on another one of its name.
fn conflict(site: &Site) -> Option<String> {
    site.told().into_iter().map(|it| it.json).find(|it| it.contains("machine.v1.identity.conflict"))
}
