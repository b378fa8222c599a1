//! The stream is full.

use super::scene::STREAM;
use super::{Scene, doors};
use async_nats::jetstream::stream::{Config, DiscardPolicy};
use machine_rig::{Checker, Setup, async_nats};

fn limited(most: i64, discard: DiscardPolicy) -> Config {
    let subjects = vec!["machines.>".to_owned()];
    Config { name: STREAM.into(), subjects, max_messages: most, discard, ..Config::default() }
}

fn running(config: Config) -> Scene {
    let mut scene = Scene::set(Setup::default(), &doors());
    scene.server.start_again();
    scene.server.make_stream_as(config);
    scene.site.start();
    scene
}

#[test]
fn one_that_takes_nothing_more_gets_the_rest_when_it_has_room() {
    let scene = running(limited(40, DiscardPolicy::New));
    scene.until_trouble("full");
    scene.until_told_more(60);
    assert_eq!(scene.stream().len(), 40);
    scene.stream().change(|config| config.max_messages = -1);
    scene.close();
}

#[test]
fn one_that_throws_away_its_oldest_is_in_order_without_a_gap() {
    let scene = running(limited(40, DiscardPolicy::Old));
    scene.until_told_more(200);
    let messages = scene.stream().until("new messages", |it| it.first().is_some_and(|it| it.position > 100));
    assert_eq!(messages.len(), 40);
    Checker::default().begins_anywhere().check(&messages).assert_complete();
    assert_eq!(scene.trouble(), None);
}

#[test]
fn a_server_without_room_gets_the_rest_when_it_has_some() {
    let mut scene = Scene::set(Setup::default().storage(64 * 1024), &doors());
    scene.server.start_again();
    scene.make_stream();
    scene.site.start();
    scene.until_trouble("");
    scene.until_told_more(60);
    scene.server.restart_as(Setup::default());
    scene.close();
}
