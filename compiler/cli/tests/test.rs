//! `machinec test` as its users meet it.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const LAMP: &str = r#"machine lamp 1.0.0 {
    data times: int in 0..100 = 0
    event knock(by: string) from operator
    initial state dark {
        watch switch = exec("./switch.sh") every 10s
        on switch.ok                 -> lit { times = min(100, times + 1) }
        on switch.failed             stay
        on knock(k) when k.by == "me" -> lit
    }
    state lit {
        enter { emit shines(times: times) }
        after 1m -> dark as expired
    }
}
"#;

const FINE: &str = r#"
test "it shines for a minute" for lamp {
    switch answers failed x2, then ok after 3s, then failed
    advance 25s
    expect lit, times == 1
    expect emitted shines(times: 1) once
    advance until dark within 61s
    expect path dark > lit > dark
    expect ran switch 4 times
}
"#;

const WRONG: &str = r#"
test "wrong in every way" for lamp {
    switch answers failed x2, then ok after 3s, then failed
    advance 25s
    expect dark, times == 7
    expect path dark > lit > dark > lit
    expect ran switch twice
    expect emitted shines(times: 2)
    advance 2h
    expect never lit
    expect at 30s dark and times < 1
    expect at 9h dark
    expect at most 1 transitions
    advance until times > 1 within 1h
}

test "nothing is said" for lamp {
    advance 1m
    expect dark
}
"#;

/// A folder with a machine and its tests.
struct Folder(TempDir);

impl Folder {
    fn with(tests: &str) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        folder.write(&format!("{LAMP}{tests}"));
        folder
    }

    fn write(&self, source: &str) {
        fs::write(self.0.path().join("lamp.machine"), source).expect("a file");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
        command.arg("test").args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("machinec starts")
    }

    /// Runs `machinec test` and shows all that it did.
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        let [out, err] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it).into_owned());
        let code = output.status.code().expect("an exit code");
        let err = if err.is_empty() { err } else { format!("--- stderr\n{err}") };
        format!("{out}{err}--- exit {code}")
    }
}

#[test]
fn what_is_as_expected_is_one_line() {
    assert_snapshot!(Folder::with(FINE).run(&["lamp.machine"]), @r"
    ok   lamp: it shines for a minute
    1 test passed
    --- exit 0
    ");
}

#[test]
fn what_is_not_as_expected_is_told_with_what_happened() {
    assert_snapshot!("failures", Folder::with(WRONG).run(&["lamp.machine"]));
}

#[test]
fn paths_are_shown_up_to_where_they_part() {
    let told = Folder::with(
        "\ntest \"twice\" for lamp {\n    switch answers ok\n    advance 9h\n    expect path dark > lit > dark\n}\n",
    )
    .run(&[]);
    let note: Vec<_> = told.split("note: ").nth(1).expect("a note").lines().take(2).map(str::trim).collect();
    assert_snapshot!(note.join("\n"), @r"
    expected   dark > lit > dark ! -   ! -    ! -   ! -
    went       dark > lit > dark ! lit ! dark ! lit ! dark …
    ");
}

const GUARDED: &str = r#"machine guarded 1.0.0 {
    initial state healthy {
        watch probe = exec("./probe.sh") every 30s
        on probe.ok                         stay
        on probe.failed(f) when f.code >= 9 -> broken
        on probe.failed                     stay
    }
    state broken { after 3h -> healthy }
}
"#;

#[test]
fn a_run_that_was_drawn_has_no_more_in_it_than_it_takes() {
    let folder = Folder::with("");
    let test =
        "test \"it is never broken\" for guarded random 200 seed 3 {\n    advance 1d\n    expect never broken\n}\n";
    folder.write(&format!("{GUARDED}{test}"));
    let told = folder.run(&[]);
    let found = told.split_once("this test does it again:\n\n").expect("a test").1.split("\n\n").next();
    assert_snapshot!(found.unwrap_or_default(), @r#"
    test "it is never broken, found" for guarded {
        probe answers failed { code: 9 }
        expect never broken
    }
    "#);
}

#[test]
fn a_run_that_was_drawn_comes_as_a_test_that_fails_the_same_way() {
    let drawn =
        "\ntest \"it never shines twice\" for lamp random 50 seed 3 {\n    advance 1h\n    expect never times > 1\n}\n";
    let folder = Folder::with(drawn);
    let told = folder.run(&["lamp.machine"]);
    assert_snapshot!("drawn", told);
    let found =
        told.split_once("this test does it again:\n\n").expect("a test").1.split("\n\n").next().expect("a block");
    folder.write(&format!("{LAMP}\n{found}\n"));
    let again = folder.run(&["lamp.machine"]);
    assert!(again.contains("`times > 1` holds at 1m, and never should"), "{again}");
}

const SHOP: &str = r#"machine shop 1.0.0 {
    limit deployments = 1
    initial state deploying {
        run deploy = exec("./deploy.sh") under deployments wait 5m
        on deploy.ok, deploy.failed -> done
        on deploy.skipped           -> retrying
    }
    state retrying { after 10m -> deploying }
    final state done
}
"#;

#[test]
fn what_others_leave_of_a_limit_is_told_with_what_happened() {
    let folder = Folder::with("");
    let test = "test \"it waits\" for shop {
    deployments is full
    deploy answers ok
    advance 16m
    deployments is free
    expect done
    expect path done
}
";
    folder.write(&format!("{SHOP}{test}"));
    assert_snapshot!("limits", folder.run(&[]));
}

#[test]
fn runs_that_are_drawn_find_limits_full() {
    let folder = Folder::with("");
    let test = "test \"it is never late\" for shop random 50 seed 3 {
    deploy answers ok
    advance 1h
    expect never retrying
}
";
    folder.write(&format!("{SHOP}{test}"));
    let told = folder.run(&[]);
    assert_snapshot!("drawn_limits", told);
    let said = test.replace("deploy answers", "deployments is free\n    deploy answers");
    folder.write(&format!("{SHOP}{said}"));
    assert!(folder.run(&[]).contains("1 test passed"), "what is said is not drawn");
}

#[test]
fn a_seed_that_nobody_chose_is_told_first() {
    let drawn = "\ntest \"it is somewhere\" for lamp random 5 {\n    advance 1m\n    expect dark or lit\n}\n";
    let folder = Folder::with(drawn);
    let output = folder.output(&["lamp.machine"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.starts_with("seed "), "{told}");
    assert_eq!(
        folder.run(&["lamp.machine", "--seed", "7"]).lines().next(),
        Some("ok   lamp: it is somewhere (seed 7)")
    );
}

#[test]
fn results_for_programs() {
    let folder = Folder::with(&format!("{FINE}{WRONG}"));
    let chosen = ["lamp.machine", "-n", "nothing", "-n", "minute", "--format"];
    let run = |format: &str| folder.run(&[&chosen[..], &[format]].concat());
    assert_snapshot!("tap", run("tap"));
    let times = |text: String, name: &str, end: char| {
        let mut parts = text.split(name);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |sum, part| format!("{sum}{name}…{}", &part[part.find(end).unwrap_or(0)..]))
    };
    assert_snapshot!("json", times(run("json"), "\"microseconds\":", ','));
    assert_snapshot!("junit", times(run("junit"), " time=\"", '"'));
}

#[test]
fn tests_are_chosen_by_name_and_machine() {
    let folder = Folder::with(&format!("{FINE}{WRONG}"));
    assert_snapshot!(folder.run(&["--list"]), @r"
    lamp: it shines for a minute
    lamp: wrong in every way
    lamp: nothing is said
    --- exit 0
    ");
    assert_snapshot!(folder.run(&["--list", "--machine", "lamp", "--name", "every"]), @r"
    lamp: wrong in every way
    --- exit 0
    ");
    assert_snapshot!(folder.run(&["--machine", "fan"]), @r"
    --- stderr
      x there is no test to run
      help: 3 are there, but none that the names on the command line mean; `--list` shows them
    --- exit 2
    ");
}

#[test]
fn coverage_is_exact_and_has_places() {
    let folder = Folder::with(FINE);
    assert_snapshot!("coverage", folder.run(&["--coverage", "--min", "70", "--coverage-file", "covered.json"]));
    let file = fs::read_to_string(folder.0.path().join("covered.json")).expect("a file");
    assert_snapshot!("coverage_file", file);
}

#[test]
fn a_mistake_that_no_test_would_notice_is_told() {
    assert_snapshot!("mutants", Folder::with(FINE).run(&["--mutate"]));
}

#[test]
fn a_machine_with_a_mistake_fails_its_test() {
    let folder = Folder::with(FINE);
    folder.write(&format!("{}{FINE}", LAMP.replace("after 1m -> dark", "after 61m -> dark")));
    let told = folder.run(&[]);
    assert!(told.contains("`dark` does not come to hold up to 1m26s"), "{told}");
}

#[test]
fn a_command_answers_before_a_node_would_end_it() {
    let slow = FINE.replace("ok after 3s", "ok after 11s");
    let told = Folder::with(&slow).run(&[]);
    assert!(told.contains("`switch` cannot answer after 11s"), "{told}");
    assert!(told.contains("a node ends it after 10s"), "{told}");
}

#[test]
fn a_test_begins_where_its_calendar_says() {
    let start = |at: &str| {
        format!("\ntest \"then\" for lamp {{\n    start {at}\n    expect dark\n    switch answers failed\n}}\n")
    };
    let told = |at: &str| {
        Folder::with(
            &start(at)
                .replace("    expect dark\n    switch answers failed", "    switch answers failed\n    expect dark"),
        )
        .run(&[])
    };
    assert!(told("2026-03-29 01:55 in Europe/Berlin").contains("1 test passed"));
    assert!(
        told("2026-03-29 02:30 in Europe/Berlin").contains("the clocks of `Europe/Berlin` skip this time on that day")
    );
    assert!(told("2026-03-29 02:30 in Europe/Brelin").contains("there is no time zone `Europe/Brelin`"));
}

/// Reads until a line has these words.
fn next(lines: &mut impl Iterator<Item = std::io::Result<String>>, wanted: &str) {
    lines.find(|it| it.as_ref().is_ok_and(|it| it.contains(wanted))).expect("it goes on").expect("it is text");
}

#[test]
fn tests_run_again_when_a_source_changes() {
    let folder = Folder::with(FINE);
    let mut child =
        folder.command(&["--watch"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("machinec starts");
    let mut told = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let mut results = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    next(&mut results, "1 test passed");
    next(&mut told, "waiting for a change");
    // The notification may begin a moment after that is said, so the change is made until it is seen.
    let (seen, is_seen) = std::sync::mpsc::channel();
    let path = folder.0.path().join("lamp.machine");
    let writer = std::thread::spawn(move || {
        while is_seen.recv_timeout(std::time::Duration::from_millis(200)).is_err() {
            fs::write(&path, format!("{LAMP}{FINE}{}", FINE.replace("shines", "glows").replace("glows(", "shines(")))
                .expect("a file");
        }
    });
    next(&mut results, "2 tests passed");
    seen.send(()).expect("somebody waits");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    writer.join().expect("it ends");
}
