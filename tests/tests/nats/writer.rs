//! Two runtimes with one identity: a state directory was copied, and both run.

use super::{Scene, doors};
use machine_rig::check;
use machine_tests::node::Site;
use std::fs;
use std::path::Path;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => copy(&entry.path(), &to),
            kind if kind.is_file() => _ = fs::copy(entry.path(), to).unwrap(),
            _ => {}
        }
    }
}

#[test]
fn one_of_them_is_fenced_off_and_says_so() {
    let mut scene = Scene::running(&doors());
    scene.until_told_more(30);
    scene.until_complete();
    scene.site.kill();
    let mut other = Site::new();
    other.ship(&doors());
    copy(&scene.site.path("state"), &other.path("state"));
    fs::copy(scene.site.path("machined.toml"), other.path("machined.toml")).unwrap();
    scene.site.start();
    other.start();
    let conflicts = |site: &Site| site.told().iter().filter(|it| it.json.contains("identity.conflict")).count();
    scene.site.until("one that notices", || (conflicts(&scene.site) + conflicts(&other) > 0).then_some(()));
    // Nothing is stored twice, whoever of them wrote it.
    let report = check(&scene.stream().read());
    let twice = report.faults.iter().filter(|it| matches!(it, machine_rig::checker::Fault::Twice { .. })).count();
    assert_eq!(twice, 0, "{report}");
}

/// Somebody gave two nodes one name; each has a state directory of its own.
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
