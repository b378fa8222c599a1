//! The other ways in which events stand in a stream, and events that are asked for again.

use super::{Scene, doors};
use machine_rig::Setup;

/// A node that is cut off and killed while it delivers this way. What the stream holds has to be as good as ever.
#[track_caller]
fn check(settings: &str) -> Scene {
    let mut scene = Scene::set(Setup::default(), &doors());
    scene.configure("", settings);
    scene.server.start_again();
    scene.make_stream();
    scene.site.start();
    for _ in 0..2 {
        scene.until_told_more(30);
        scene.proxy.cut();
        scene.until_told_more(30);
        scene.server.restart();
        scene.until_told_more(30);
        scene.site.kill_and_start();
    }
    scene.until_complete();
    scene
}

#[test]
fn attributes_may_stand_in_headers() {
    let scene = check("mode = \"binary\"");
    let messages = scene.stream().read();
    assert!(messages.iter().all(|it| it.header("ce-specversion") == Some("1.0")));
    scene.close();
}

#[test]
fn subjects_may_be_chorias() {
    let scene = check("layout = \"choria\"");
    let messages = scene.stream().read();
    assert!(messages.iter().any(|it| it.subject == "choria.machine.transition"));
    scene.close();
}

#[test]
fn what_is_asked_for_again_comes_again_under_another_name() {
    let scene = Scene::running(&doors());
    scene.until_told_more(60);
    scene.until_complete();
    scene.until_acknowledged();
    let (code, said) = scene.site.ask(&["resend", "door1", "2..5"]);
    assert_eq!(code, Some(0), "{said}");
    let is_again = |it: &&machine_rig::Message| it.header("Nats-Msg-Id").is_some_and(|it| it.starts_with("again/"));
    let messages = scene.stream().until("what was asked for", |it| it.iter().filter(is_again).count() == 4);
    let bodies = |number: u64| {
        let end = format!(".{number}");
        let named = messages.iter().filter(|it| it.subject.ends_with("door1"));
        let named = named.filter(|it| it.header("Nats-Msg-Id").is_some_and(|it| it.ends_with(&end)));
        named.map(|it| it.body.clone()).collect::<Vec<_>>()
    };
    for number in 2..=5 {
        let bodies = bodies(number);
        assert!(bodies.len() == 2 && bodies[0] == bodies[1], "the same to the byte");
    }
    scene.close();
}
