//! Many events wait for the server.

use super::{Scene, call, choir};
use machine_rig::Setup;
use std::fs;

/// So many calls; each brings some eight hundred events.
fn calls() -> usize {
    std::env::var("MACHINE_CALLS").ok().and_then(|it| it.parse().ok()).unwrap_or(12)
}

fn resident_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|it| it.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// A node that has told a great deal, and nobody has heard it yet.
fn waiting() -> Scene {
    let mut scene = Scene::set(Setup::default(), &choir());
    scene.site.start();
    scene.site.expect("caller starts in waits");
    call(&scene.site);
    let begun = resident_kib(scene.site.pid());
    for _ in 1..calls() {
        call(&scene.site);
    }
    let most = resident_kib(scene.site.pid());
    assert!(most < begun + 16 * 1024, "from {begun} KiB to {most} KiB");
    scene
}

#[test]
fn they_arrive_in_order_and_need_no_memory_meanwhile() {
    let mut scene = waiting();
    scene.server.start_again();
    scene.make_stream();
    let report = scene.close();
    assert!(report.events() as usize > calls() * 800, "{report}");
}

#[test]
fn they_arrive_however_often_the_node_dies_on_the_way() {
    let mut scene = waiting();
    scene.server.start_again();
    scene.make_stream();
    for part in 1..=4 {
        let goal = (calls() * 800 * part / 5) as u64;
        scene.site.until("a part of them", || (scene.stream().len() >= goal).then_some(()));
        scene.site.kill_and_start();
    }
    scene.close();
}

#[test]
fn they_arrive_however_often_the_server_dies_on_the_way() {
    let mut scene = waiting();
    scene.server.start_again();
    scene.make_stream();
    for part in 1..=4 {
        let goal = (calls() * 800 * part / 5) as u64;
        scene.site.until("a part of them", || (scene.stream().len() >= goal).then_some(()));
        scene.server.restart();
    }
    scene.close();
}
