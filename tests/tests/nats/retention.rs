//! The server is away for longer than the journal keeps events: what has to go is named first, and the stream tells which.

use super::{Scene, call};
use machine_rig::Setup;
use machine_tests::choir::choir;
use std::fs;

/// A limit that is reached by some thirty calls of a choir that has much to say.
const KEEP: &str = "[journal]\nkeep-size = \"32MiB\"\n";

#[test]
fn what_the_journal_lets_go_is_named_in_the_stream() {
    let lines = (1..=20).map(|n| "la ".repeat(600) + &n.to_string());
    let mut scene = Scene::set(Setup::default(), &choir(&Vec::from_iter(lines)));
    scene.configure("", KEEP);
    scene.site.start();
    scene.site.expect("caller starts in waits");
    let mut calls = 0;
    while scene.site.path("state/journal/0000000001.segment").exists() {
        call(&scene.site);
        calls += 1;
        assert!(calls < 90, "nothing was let go");
    }
    scene.site.until("a journal that is within its limit", || (bytes_of(&scene) < 48 << 20).then_some(()));
    scene.server.start_again();
    scene.make_stream();
    scene.until_fine();
    scene.until_acknowledged();
    scene.end();
    let report = machine_rig::check(&scene.stream().read());
    report.assert_complete();
    let dropped: u64 = report.whose.values().flat_map(|it| &it.dropped).map(|(first, last)| last - first + 1).sum();
    let told = scene.site.told().len() as u64;
    assert!(dropped > 0 && report.events() + dropped == told, "{dropped} of {told}: {report}");
}

/// What the segments of the journal take; one may go while they are looked at.
fn bytes_of(scene: &Scene) -> u64 {
    let journal = fs::read_dir(scene.site.path("state/journal")).unwrap();
    journal.filter_map(|it| Some(it.ok()?.metadata().ok()?.len())).sum()
}
