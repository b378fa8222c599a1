//! The server, its stream or its JetStream is not there: the node goes on without, says why once, and makes up for it.

use super::scene::STREAM;
use super::{Scene, doors};
use machine_rig::Setup;

#[test]
fn a_server_that_is_not_there_at_the_start_gets_everything_when_it_comes() {
    let mut scene = Scene::set(Setup::default(), &doors());
    scene.site.start();
    scene.until_trouble("");
    scene.until_told_more(100);
    scene.server.start_again();
    scene.make_stream();
    scene.until_complete();
    scene.until_fine();
    let sinks = scene.events("machine.v1.sink");
    let states: Vec<_> = sinks.iter().map(|it| it["data"]["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states.first().map(String::as_str), Some("degraded"), "{sinks:#?}");
    scene.close();
}

#[test]
fn a_server_that_is_killed_again_and_again_misses_nothing() {
    let mut scene = Scene::running(&doors());
    for _ in 0..4 {
        scene.until_told_more(30);
        scene.server.kill();
        scene.until_told_more(60);
        scene.server.start_again();
    }
    scene.close();
}

#[test]
fn a_server_that_ends_in_order_misses_nothing() {
    let mut scene = Scene::running(&doors());
    scene.until_complete();
    scene.server.stop();
    scene.until_told_more(60);
    scene.server.start_again();
    scene.close();
}

#[test]
fn a_stream_that_is_not_there_is_named_with_the_way_out() {
    let mut scene = Scene::set(Setup::default(), &doors());
    scene.server.start_again();
    scene.site.start();
    let trouble = scene.until_trouble(STREAM);
    assert!(trouble.contains("stream"), "{trouble}");
    assert_eq!(scene.stream().info().map(|_| ()), None, "nobody said that the node may make one");
    scene.until_told_more(60);
    scene.make_stream();
    scene.close();
}

#[test]
fn a_stream_that_is_deleted_and_made_again_is_filled_again() {
    let scene = Scene::running(&doors());
    scene.until_complete();
    scene.stream().delete();
    scene.until_trouble(STREAM);
    scene.make_stream();
    scene.until_complete();
    assert_eq!(scene.events("machine.v1.stream.regressed").len(), 1);
    scene.close();
}

#[test]
fn a_server_without_jetstream_is_named_and_gets_everything_when_it_has_it() {
    let mut scene = Scene::set(Setup::default().without_jetstream(), &doors());
    scene.server.start_again();
    scene.site.start();
    scene.until_trouble("JetStream");
    scene.until_told_more(60);
    scene.server.restart_as(Setup::default());
    scene.make_stream();
    scene.close();
}

#[test]
fn a_node_may_make_the_stream_if_it_is_told_to() {
    let mut scene = Scene::set(Setup::default(), &doors());
    scene.configure("", "create = {}");
    scene.server.start_again();
    scene.site.start();
    scene.close();
}
