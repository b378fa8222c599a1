//! Many events wait for the server.

use super::{Scene, call, choir};
use machine_rig::Setup;
use std::fs;

/// So many calls; each brings some eight hundred events.
fn calls() -> usize {
    std::env::var("MACHINE_CALLS").ok().and_then(|it| it.parse().ok()).unwrap_or(6)
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

/// How often the threads of a process have gone to sleep of themselves: once for each time that they woke.
fn sleeps(pid: u32, is_counted: impl Fn(&str) -> bool) -> u64 {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap().map(|it| it.unwrap().path());
    let of = |thread: std::path::PathBuf| {
        let status = fs::read_to_string(thread.join("status")).unwrap_or_default();
        let line =
            |name: &str| status.lines().find_map(|it| it.strip_prefix(name)).unwrap_or_default().trim().to_owned();
        if is_counted(&line("Name:")) { line("voluntary_ctxt_switches:").parse().unwrap_or(0) } else { 0 }
    };
    threads.map(of).sum()
}

/// The connection sends a ping each ten seconds, and has its answer: some three wakings for each.
#[test]
fn a_node_that_has_nothing_to_do_wakes_for_its_pings_alone() {
    let mut scene = Scene::running(&choir());
    scene.site.expect("caller starts in waits");
    scene.until_complete();
    scene.until_acknowledged();
    let pid = scene.site.pid();
    let is_ours = |it: &str| it != "delivery";
    // What the start has left to do, and the mark that is written a second later.
    scene.site.until("quiet", || {
        let before = sleeps(pid, is_ours);
        std::thread::sleep(std::time::Duration::from_secs(2));
        (sleeps(pid, is_ours) == before).then_some(())
    });
    let before = (sleeps(pid, is_ours), sleeps(pid, |it| it == "delivery"));
    std::thread::sleep(std::time::Duration::from_secs(20));
    let woken = (sleeps(pid, is_ours) - before.0, sleeps(pid, |it| it == "delivery") - before.1);
    assert!(woken.0 == 0 && woken.1 <= 16, "woken {woken:?} times in 20 s");
    scene.close();
}
