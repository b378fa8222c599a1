//! A state directory that is not the only one: put back from a backup, copied to another node, rolled back in its place. What
//! the node tells after that is in the stream under numbers that nobody else has given out, or is named.

use super::{Scene, doors};
use machine_rig::{Message, check};
use machine_tests::node::Site;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Copies files over what is there, as `cp -r` does: what is there stays the same file.
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

fn epoch(id: &str) -> u64 {
    id.rsplit('.').nth(1).unwrap().parse().unwrap()
}

/// What the node has told in its latest epoch, by id.
fn latest(site: &Site) -> BTreeMap<String, String> {
    let id = |json: &str| serde_json::from_str::<Value>(json).unwrap()["id"].as_str().unwrap().to_owned();
    let told: Vec<_> = site.told_under_all_numbers().iter().map(|it| (id(&it.json), it.json.clone())).collect();
    let last = told.iter().map(|(id, _)| epoch(id)).max().unwrap();
    told.into_iter().filter(|(id, _)| epoch(id) == last).collect()
}

fn latest_epoch(site: &Site) -> u64 {
    epoch(latest(site).keys().next().unwrap())
}

/// Waits until the stream has all that the node told in an epoch after this one, to the byte; nothing in it is twice or amiss.
fn until_complete(scene: &Scene, before: u64) -> Vec<Message> {
    let complete = || {
        (latest_epoch(&scene.site) > before).then_some(())?;
        let read = scene.stream().read();
        let bodies: BTreeSet<&[u8]> = read.iter().map(|it| it.body.as_slice()).collect();
        let told = latest(&scene.site);
        (told.len() >= 60 && told.values().all(|it| bodies.contains(it.as_bytes()))).then_some(())?;
        Some(read)
    };
    let read = scene.site.until("all that the node told since", complete);
    check(&read).assert_complete();
    read
}

/// The types of events of the node itself, in the latest epoch.
fn kinds(scene: &Scene) -> Vec<String> {
    let kind = |json: &String| serde_json::from_str::<Value>(json).unwrap()["type"].as_str().unwrap().to_owned();
    latest(&scene.site).values().map(kind).collect()
}

/// A node of whose state there is an older copy; it does not run.
fn backed_up(backup: &Path) -> Scene {
    let mut scene = Scene::running(&doors());
    scene.until_told_more(60);
    scene.until_complete();
    scene.site.kill();
    copy(&scene.site.path("state"), backup);
    scene.site.start();
    scene.until_told_more(90);
    scene.until_complete();
    scene.site.kill();
    scene
}

#[test]
fn a_node_that_is_put_back_from_yesterday_hides_nothing() {
    let backup = tempfile::tempdir().unwrap();
    let mut scene = backed_up(backup.path());
    let (before, epoch) = (scene.stream().len(), latest_epoch(&scene.site));
    fs::remove_dir_all(scene.site.path("state")).unwrap();
    copy(backup.path(), &scene.site.path("state"));
    scene.site.start();
    let read = until_complete(&scene, epoch);
    assert!(read.len() as u64 >= before + 60, "{} after {before}", read.len());
    let kinds = kinds(&scene);
    assert!(kinds.iter().any(|it| it == "machine.v1.warning"), "it is told: {kinds:?}");
    assert!(!kinds.iter().any(|it| it.contains("conflict") || it.contains("dropped")), "{kinds:?}");
    scene.end_anew();
}

/// As when a volume is rolled back: the files are the same ones, with less in them.
#[test]
fn a_node_that_is_rolled_back_in_its_place_names_what_it_told_until_it_noticed() {
    let backup = tempfile::tempdir().unwrap();
    let mut scene = backed_up(backup.path());
    let (state, before) = (scene.site.path("state"), latest_epoch(&scene.site));
    for segment in fs::read_dir(state.join("journal")).unwrap().map(|it| it.unwrap().file_name()) {
        if !backup.path().join("journal").join(&segment).exists() {
            fs::remove_file(state.join("journal").join(&segment)).unwrap();
        }
    }
    copy(backup.path(), &state);
    scene.proxy.set(machine_rig::Link::Refused);
    scene.site.start();
    scene.until_trouble("");
    scene.proxy.set(machine_rig::Link::Open);
    let read = until_complete(&scene, before);
    let kinds = kinds(&scene);
    assert!(kinds.iter().any(|it| it.ends_with("identity.conflict")), "{kinds:?}");
    let dropped = read.iter().filter_map(|it| serde_json::from_slice::<Value>(&it.body).ok());
    let dropped: Vec<_> = dropped.filter(|it| it["type"] == "machine.v1.dropped").collect();
    let whose: BTreeSet<_> = dropped.iter().map(|it| it["data"]["machine"].as_str()).collect();
    assert_eq!(whose.len(), 4, "of each door and of the node: {dropped:#?}");
    for event in &dropped {
        assert!(event["data"]["epoch"].as_u64().unwrap() < epoch(event["id"].as_str().unwrap()), "{event}");
    }
    scene.end_anew();
}

#[test]
fn a_copy_that_runs_beside_its_original_takes_over_and_the_original_says_so() {
    let mut scene = Scene::running(&doors());
    scene.until_told_more(30);
    scene.until_complete();
    scene.site.kill();
    let mut other = Site::new();
    other.ship(&doors());
    copy(&scene.site.path("state"), &other.path("state"));
    fs::copy(scene.site.path("machined.toml"), other.path("machined.toml")).unwrap();
    scene.site.start();
    scene.until_told_more(30);
    other.start();
    let conflicts = |site: &Site| site.told().iter().filter(|it| it.json.contains("identity.conflict")).count();
    scene.site.until("the original that notices", || (conflicts(&scene.site) > 0).then_some(()));
    assert_eq!(conflicts(&other), 0);
    let read = other.until("all that the copy told", || {
        let read = scene.stream().read();
        let bodies: BTreeSet<&[u8]> = read.iter().map(|it| it.body.as_slice()).collect();
        let told = latest(&other);
        (told.len() >= 60 && told.values().all(|it| bodies.contains(it.as_bytes()))).then_some(read.clone())
    });
    check(&read).assert_complete();
}
