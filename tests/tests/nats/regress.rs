//! The server has lost what it acknowledged: the node notices at its next connection, and sends it again.

use super::{Scene, doors};
use std::collections::BTreeSet;

#[test]
fn a_server_that_was_wiped_gets_everything_again() {
    let mut scene = Scene::running(&doors());
    scene.until_told_more(100);
    scene.until_complete();
    scene.server.wipe();
    scene.make_stream();
    scene.until_complete();
    assert_eq!(scene.events("machine.v1.stream.regressed").len(), 1, "it is told once");
    scene.close();
}

#[test]
fn a_server_that_was_put_back_in_time_gets_what_it_lost() {
    let scene = Scene::running(&doors());
    scene.until_told_more(60);
    scene.until_complete();
    gets_what_it_lost_when_it_is_put_back(scene);
}

/// The server is put back to what it has now, after more has come: all of that is there again in the end, and the loss is told.
fn gets_what_it_lost_when_it_is_put_back(mut scene: Scene) {
    let backup = scene.server.back_up();
    scene.until_told_more(60);
    scene.until_complete();
    scene.server.go_back(&backup);
    scene.until_told_more(30);
    scene.until_complete();
    assert!(!scene.events("machine.v1.stream.regressed").is_empty());
    scene.close();
}

#[test]
fn the_same_while_the_node_is_down() {
    let mut scene = Scene::running(&doors());
    scene.until_told_more(60);
    scene.until_complete();
    let backup = scene.server.back_up();
    scene.until_told_more(60);
    scene.until_complete();
    scene.site.kill();
    scene.server.go_back(&backup);
    scene.site.start();
    scene.close();
}

#[test]
fn what_was_lost_is_found_behind_what_others_published_since() {
    let mut scene = Scene::running(&doors());
    scene.until_complete();
    let backup = scene.server.back_up();
    scene.until_told_more(30);
    scene.until_complete();
    // The node has no connection while the stream comes to more messages than it had.
    scene.proxy.set(machine_rig::Link::Refused);
    scene.server.go_back(&backup);
    let stream = scene.server.make_stream("OTHER", &["other.>"]);
    drop(stream);
    scene.stream().change(|config| config.subjects.push("more.>".into()));
    for _ in 0..200 {
        scene.stream().publish("more.noise", b"{}");
    }
    scene.proxy.set(machine_rig::Link::Open);
    let ours = |it: &machine_rig::Message| it.subject.starts_with("machines.");
    scene.site.until("what was lost", || {
        let messages: Vec<_> = scene.stream().read().into_iter().filter(ours).collect();
        let checker = machine_rig::Checker::default().told(&scene.site.path("events"));
        checker.check(&messages).is_complete().then_some(())
    });
}

#[test]
fn what_an_operator_removed_is_not_sent_again() {
    let mut scene = Scene::running(&doors());
    scene.until_told_more(60);
    scene.until_complete();
    scene.stream().purge();
    scene.server.restart();
    scene.until_told_more(60);
    scene.until_fine();
    let found = || {
        let read = scene.stream().read();
        let report = machine_rig::Checker::default().begins_anywhere().check(&read);
        (report.is_complete() && report.events() >= 60).then_some(report)
    };
    let report = scene.site.until("what came since", found);
    assert!(report.whose.values().any(|it| it.first > 10), "{report}");
    assert!(scene.events("machine.v1.stream.regressed").is_empty());
}

/// A node on the subjects of Choria's tools.
fn of_choria() -> Scene {
    let mut scene = Scene::set(machine_rig::Setup::default(), &doors());
    scene.configure("", "layout = \"choria\"");
    scene.server.start_again();
    scene.make_stream();
    scene.site.start();
    scene.until_told_more(60);
    scene.until_complete();
    scene
}

/// Another stream of the same name, while the connection stays and nothing passes.
fn make_stream_anew(scene: &Scene) {
    scene.proxy.set(machine_rig::Link::Stalled);
    scene.stream().delete();
    scene.make_stream();
    scene.proxy.set(machine_rig::Link::Open);
    scene.site.until("the loss is noticed", || (!scene.events("machine.v1.stream.regressed").is_empty()).then_some(()));
}

#[test]
fn a_stream_that_was_made_anew_behind_an_open_connection_gets_everything() {
    let scene = Scene::running(&doors());
    scene.until_told_more(60);
    scene.until_complete();
    make_stream_anew(&scene);
    scene.close();
}

/// What came before the loss was noticed stands before what was lost.
#[test]
fn the_same_on_the_subjects_of_choria_in_another_order() {
    let scene = of_choria();
    make_stream_anew(&scene);
    until_all_is_there(&scene);
}

/// Waits until all that was told by now is in the stream, in whatever order.
fn until_all_is_there(scene: &Scene) -> Vec<machine_rig::Message> {
    let told = scene.site.told();
    scene.stream().until("all that was told by then", |read| {
        let bodies: BTreeSet<_> = read.iter().map(|it| it.body.as_slice()).collect();
        told.iter().all(|it| bodies.contains(it.json.as_bytes()))
    })
}

#[test]
fn on_the_subjects_of_choria_what_a_server_lost_is_sent_again() {
    gets_what_it_lost_when_it_is_put_back(of_choria());
}

/// Nobody can ask the server what it still has of one node there, so it knows again only what is in its window.
#[test]
fn on_the_subjects_of_choria_what_is_older_than_the_window_comes_twice() {
    let mut scene = of_choria();
    scene.stream().change(|config| config.duplicate_window = std::time::Duration::from_millis(100));
    let backup = scene.server.back_up();
    scene.until_told_more(60);
    // What never came to the server cannot be lost there.
    until_all_is_there(&scene);
    scene.server.go_back(&backup);
    scene.site.until("the loss is noticed", || (!scene.events("machine.v1.stream.regressed").is_empty()).then_some(()));
    let read = until_all_is_there(&scene);
    let bodies: BTreeSet<_> = read.iter().map(|it| it.body.as_slice()).collect();
    assert!(read.len() > bodies.len(), "the same to the byte, with the same id");
}
