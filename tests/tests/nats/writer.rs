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
