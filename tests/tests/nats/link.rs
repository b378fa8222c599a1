//! The connection: half-open, slow, deaf, without acknowledgements, cut anywhere, flapping.

use super::{Scene, doors};
use machine_rig::{Deed, Link, When};

#[test]
fn one_that_stands_still_is_given_up_and_made_again() {
    let scene = Scene::running(&doors());
    scene.until_complete();
    let before = scene.proxy.seen().connections;
    scene.proxy.set(Link::Stalled);
    scene.until_trouble("");
    scene.until_told_more(30);
    scene.proxy.set(Link::Open);
    let report = scene.close();
    assert!(report.events() > 100, "{report}");
    // It is either taken up again or made anew, and both are right.
    _ = before;
}

#[test]
fn one_that_stood_still_for_a_moment_lost_nothing() {
    let scene = Scene::running(&doors());
    for _ in 0..5 {
        scene.until_told_more(20);
        scene.proxy.set(Link::Stalled);
        scene.until_told_more(20);
        scene.proxy.set(Link::Open);
    }
    scene.close();
}

#[test]
fn a_server_that_stands_still_is_waited_for() {
    let scene = Scene::running(&doors());
    scene.until_complete();
    scene.server.stand_still();
    scene.until_trouble("");
    scene.server.go_on();
    scene.close();
}

#[test]
fn one_that_is_slow_gets_everything_in_the_end() {
    let scene = Scene::running(&doors());
    scene.until_complete();
    scene.proxy.set(Link::Slow(3_000));
    scene.until_told_more(150);
    scene.proxy.set(Link::Open);
    scene.close();
}

#[test]
fn one_on_which_no_answer_arrives_stores_everything_once() {
    let scene = Scene::running(&doors());
    for _ in 0..4 {
        scene.until_told_more(20);
        scene.proxy.set(Link::Deaf);
        scene.until_told_more(20);
        scene.proxy.set(Link::Open);
    }
    scene.close();
}

#[test]
fn one_that_loses_acknowledgements_stores_everything_once() {
    let scene = Scene::running(&doors());
    scene.proxy.set(Link::LosesAcks(0.1));
    scene.proxy.until("some that are lost", |seen| seen.lost_acks >= 5);
    scene.proxy.set(Link::LosesAcks(1.0));
    scene.proxy.until("more that are lost", |seen| seen.lost_acks >= 10);
    scene.proxy.set(Link::Open);
    scene.close();
}

#[test]
fn one_that_is_cut_anywhere_loses_nothing() {
    let scene = Scene::running(&doors());
    scene.until_complete();
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut passed = 0;
    let cuts: Vec<_> = (0..20)
        .map(|_| {
            passed += random.u64(1..4_000);
            (When::ToServer(passed), Deed::Cut)
        })
        .collect();
    scene.proxy.script(cuts);
    scene.site.until("all cuts", || scene.proxy.is_done().then_some(()));
    scene.close();
}

#[test]
fn one_that_flaps_loses_nothing() {
    let mut scene = Scene::running(&doors());
    scene.until_complete();
    scene.proxy.flap(50..900, 50..400);
    let before = scene.proxy.seen().connections;
    scene.site.until("many connections", || (scene.proxy.seen().connections >= before + 10).then_some(()));
    scene.proxy.settle();
    scene.close();
}
