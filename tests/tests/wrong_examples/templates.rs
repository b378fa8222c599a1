//! The same for each standard template: one mistake that is refused, and one that its own tests notice.

use super::{edit, said};
use insta::assert_snapshot;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib/std")
}

/// A folder with a template after one edit, and its tests.
fn changed(name: &str, old: &str, new: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("{name}.machine");
    fs::copy(templates().join(&file), folder.path().join(&file)).expect("a copy");
    edit(&folder, &file, old, new);
    let tests = fs::read_to_string(templates().join(format!("tests/{name}_test.machine"))).expect("its tests");
    let tests = tests.replace(&format!("use std/{name}\n"), &format!("use \"{file}\"\n"));
    fs::write(folder.path().join(format!("{name}_test.machine")), tests).expect("a file");
    folder
}

/// What is said of a template after one edit.
fn refused(name: &str, old: &str, new: &str) -> String {
    said(&changed(name, old, new), &["check", &format!("{name}.machine")])
}

/// What one of its tests says after an edit of which nothing else is said.
fn noticed(name: &str, old: &str, new: &str, test: &str) -> String {
    let folder = changed(name, old, new);
    let checked = said(&folder, &["check", &format!("{name}.machine")]);
    assert!(checked.contains("no mistakes"), "{checked}");
    said(&folder, &["test", &format!("{name}_test.machine"), "-n", test])
}

#[test]
fn a_deployment_that_cannot_be_undone() {
    assert_snapshot!(refused("deploy", "        on put_back.failed -> broken\n", ""));
}

#[test]
fn a_deployment_that_may_prove_itself_for_ever() {
    let timer = "        after verify_max -> undoing\n";
    assert_snapshot!(noticed("deploy", timer, "", "what does not come to work is undone"));
}

#[test]
fn a_disk_that_is_fuller_than_it_can_be() {
    assert_snapshot!(refused("disk", "data used: int in 0..100 = 0", "data used: int in 0..90 = 0"));
}

#[test]
fn a_disk_that_is_full_a_percent_too_late() {
    let (old, new) = ("s.used >= critical ", "s.used > critical ");
    assert_snapshot!(noticed("disk", old, new, "it fills fast, and empties step by step"));
}

#[test]
fn a_job_that_stays_paused() {
    let ends = "        on resume       -> scheduled\n        after pause_max -> scheduled\n";
    assert_snapshot!(refused("job", ends, "        on resume stay\n"));
}

#[test]
fn a_job_that_fails_once_too_often_before_it_is_told() {
    let (old, new) = ("failures + 1 >= budget", "failures >= budget");
    assert_snapshot!(noticed("job", old, new, "a person is called after some failures"));
}

#[test]
fn a_service_whose_restart_may_fail_unseen() {
    let last = "            on start.ok, start.failed stay { tries = min(tries + 1, attempts) }\n";
    assert_snapshot!(refused("service", last, ""));
}

#[test]
fn a_service_that_is_given_up_at_once_after_a_person_was_there() {
    let (old, new) = ("on resume       -> down { tries = 0 }", "on resume       -> down");
    assert_snapshot!(noticed("service", old, new, "a restart that comes too late"));
}
