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

/// What tests touch of all machines of a folder, and notice of the mistakes that are planted in them: how much of how much.
struct Score {
    rows: (u64, u64),
    mistakes: (u64, u64),
}

impl Score {
    /// Of all tests of a file, which have to pass.
    fn of(folder: &str, file: &str) -> Self {
        let (passes, said) = test(&root().join(folder), &[file, "--coverage", "--mutate"]);
        assert!(passes, "{said}");
        let rows = sum(said.lines().filter_map(|it| it.strip_prefix("coverage of ")?.split_once(": ")).map(|it| it.1));
        let mistakes = sum(said
            .lines()
            .filter(|it| it.contains("mutants noticed"))
            .filter_map(|it| it.split_once(": "))
            .map(|it| it.1));
        assert!(rows.1 > 0 && mistakes.1 > 0, "{said}");
        Self { rows, mistakes }
    }
}

/// The first two numbers of lines like `57 of 58 …`, each added up.
fn sum<'l>(lines: impl Iterator<Item = &'l str>) -> (u64, u64) {
    let numbers = |it: &str| {
        let mut words = it.split(' ');
        let mut number = || words.find_map(|it| it.parse::<u64>().ok()).expect("a number");
        (number(), number())
    };
    lines.map(numbers).fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1))
}

/// A page says so, wherever its lines break.
#[track_caller]
fn says(page: &str, sentence: &str) {
    let text = fs::read_to_string(root().join(page)).expect("a page");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(sentence), "{page} does not say: {sentence}");
}

/// The page of an example prints its score; all of its table is touched.
#[track_caller]
fn example(name: &str, file: &str) {
    let Score { rows, mistakes: (noticed, planted) } = Score::of(&format!("examples/{name}"), file);
    assert_eq!(rows.0, rows.1, "{name}: all rows are touched");
    let noticed = if noticed == planted { format!("all {planted}") } else { format!("{noticed} of the {planted}") };
    let page = format!("examples/{name}/README.md");
    says(&page, "They touch every row of the table");
    says(&page, &format!("and notice {noticed} mistakes that can be planted in"));
}

#[test]
fn the_pages_of_the_examples_print_their_scores() {
    for it in folders("examples") {
        let name = it.file_name().expect("a name").to_string_lossy().into_owned();
        // Beside the tests of this one lies a source that is there to be refused.
        example(&name, if name == "hvac" { "hvac_test.machine" } else { "." });
    }
}

/// The chapter of the templates prints theirs.
#[test]
fn the_chapter_of_the_templates_prints_their_scores() {
    for it in machine_stdlib::TEMPLATES {
        let Score { rows, mistakes } = Score::of("stdlib/std/tests", &format!("{it}_test.machine"));
        let tests = format!(
            "Its [tests](../stdlib/std/tests/{it}_test.machine) touch {} of {} rows of its table",
            rows.0, rows.1
        );
        says("docs/std.md", &tests);
        let page = fs::read_to_string(root().join("docs/std.md")).expect("a page");
        let own = page.split(&format!("## std/{it}\n")).nth(1).and_then(|it| it.split("### Parameters").next());
        let own = own.expect("its part").split_whitespace().collect::<Vec<_>>().join(" ");
        let noticed = format!("and notice {} of {} mistakes that can be planted in it.", mistakes.0, mistakes.1);
        assert!(own.contains(&noticed), "std/{it} does not say: {noticed}");
        assert_eq!(mistakes.0, mistakes.1, "{it}");
        assert_eq!(rows.0, rows.1, "{it}: all rows are touched");
    }
}

/// The folders in a folder.
fn folders(name: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(name)).expect("a folder").map(|it| it.expect("an entry").path());
    entries.filter(|it| it.is_dir()).collect()
}

#[test]
fn every_example_and_template_has_tests() {
    let has_tests = |folder: &PathBuf| {
        let mut files = fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry").file_name());
        files.any(|it| it.to_string_lossy().ends_with("_test.machine"))
    };
    for example in folders("examples") {
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
