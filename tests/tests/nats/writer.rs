//! Two nodes of one name, each with a state directory of its own.

use super::Scene;
use machine_tests::node::Site;
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

/// It tells nothing of itself once it has started.
const STILL: &str = "machine still 1.0.0 { initial final state still }";

/// The word of a node on another one of its name.
fn conflict(site: &Site) -> Option<String> {
    site.told().into_iter().map(|it| it.json).find(|it| it.contains("machine.v1.identity.conflict"))
}
