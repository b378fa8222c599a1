//! Tests in the language, run by `machinec test`: those of the examples, of the standard templates and of the manual. And
//! whether the world that they run in is the node's.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

mod like_a_node;

use machine_tests::binaries;
use machine_tests::spec::tested;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie in the workspace")
}

/// Runs `machinec test` somewhere; all that it says, and whether all tests pass.
fn test(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(binaries::directory().join("machinec"));
    command.current_dir(folder).env("NO_COLOR", "1").arg("test").args(arguments);
    let output = command.output().expect("machinec starts");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// They pass, touch so much of their machines, and notice so many mistakes.
fn check(folder: &str, file: &str, min: &str, noticed: &str) {
    let (passes, said) = test(&root().join(folder), &[file, "--coverage", "--min", min, "--mutate"]);
    assert!(passes, "{said}");
    assert!(said.contains(&format!("{noticed} noticed")), "{said}");
}

#[test]
fn examples() {
    check("examples/container_manager", ".", "100", "10 of 10 mutants");
    check("examples/cron", ".", "100", "25 of 25 mutants");
    check("examples/hvac", "hvac_test.machine", "100", "10 of 10 mutants");
    check("examples/hvac_rooms", ".", "100", "42 of 42 mutants");
    check("examples/nested", ".", "100", "34 of 34 mutants");
    check("examples/nightly", ".", "100", "12 of 12 mutants");
    // The one that is left only leaves out a line of log, which no test sees.
    check("examples/rollout", ".", "100", "18 of 19 mutants");
}

#[test]
fn standard_templates() {
    check("stdlib/std/tests", "deploy_test.machine", "100", "25 of 25 mutants");
    // Four rows are there for other parameters.
    check("stdlib/std/tests", "disk_test.machine", "92", "22 of 22 mutants");
    check("stdlib/std/tests", "job_test.machine", "100", "25 of 25 mutants");
    check("stdlib/std/tests", "service_test.machine", "100", "28 of 28 mutants");
}

#[test]
fn every_example_and_template_has_tests() {
    let folders =
        |name: &str| fs::read_dir(root().join(name)).expect("a folder").map(|it| it.expect("an entry").path());
    let has_tests = |folder: &PathBuf| {
        let mut files = fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry").file_name());
        files.any(|it| it.to_string_lossy().ends_with("_test.machine"))
    };
    for example in folders("examples").filter(|it| it.is_dir()) {
        assert!(has_tests(&example), "{}", example.display());
    }
    for template in machine_stdlib::TEMPLATES {
        assert!(root().join(format!("stdlib/std/tests/{template}_test.machine")).is_file(), "{template}");
    }
}

#[test]
fn the_manual() {
    let mut count = 0;
    for page in fs::read_dir(root().join("tests/spec")).expect("a folder") {
        let text = fs::read_to_string(page.expect("a page").path()).expect("a page");
        for files in tested(&text) {
            let folder = tempfile::tempdir().expect("a folder");
            files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).expect("a file"));
            let (passes, said) = test(folder.path(), &[&files.last().expect("itself").0]);
            assert!(passes, "{said}");
            count += 1;
        }
    }
    assert!(count >= 6, "only {count} blocks have tests");
}
