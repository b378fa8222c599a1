//! The examples, as their readers meet them: no mistakes, every transcript on their pages true, and events that add up.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use machine_tests::terminal::Terminal;
use machine_tests::transcript::{Step, steps};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The one source that is there to be refused.
const MISTAKE: &str = "mistake.machine";

/// A copy of an example, where it may write what it likes.
struct Example {
    name: String,
    above: TempDir,
}

impl Example {
    fn copy(name: &str) -> Self {
        let above = tempfile::tempdir().expect("a folder");
        copy(&examples().join(name), &above.path().join(name));
        Self { name: name.to_owned(), above }
    }

    fn path(&self) -> PathBuf {
        self.above.path().join(&self.name)
    }

    fn readme(&self) -> String {
        fs::read_to_string(self.path().join("README.md")).expect("an example has a README")
    }

    /// Its source, the one that is right; of several, the one that is called like the example.
    fn source(&self) -> String {
        let names = entries(&self.path()).into_iter().map(|it| file_name(&it));
        let sources: Vec<_> = names.filter(|it| it.ends_with(".machine") && it != MISTAKE).collect();
        let own = sources.iter().find(|it| **it == format!("{}.machine", self.name));
        own.or(sources.first()).expect("an example has a source").clone()
    }
}

impl Drop for Example {
    /// What shall outlive a machine has to be ended by hand.
    fn drop(&mut self) {
        if self.path().join("stop.sh").exists() {
            _ = Command::new("./stop.sh").current_dir(self.path()).stdout(Stdio::null()).status();
        }
    }
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// The names of all examples.
fn names() -> Vec<String> {
    entries(&examples()).iter().filter(|it| it.is_dir()).map(|it| file_name(it)).collect()
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|it| it.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

/// Copies a folder, without what somebody's own runs have left there.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for path in entries(from) {
        let (name, target) = (file_name(&path), to.join(path.file_name().expect("a name")));
        match path.is_dir() {
            _ if name == "run" || name.ends_with(".table") => {}
            true => copy(&path, &target),
            false => _ = fs::copy(&path, target).expect("a copy"),
        }
    }
}

#[test]
fn each_example_is_whole() {
    let index = fs::read_to_string(examples().join("README.md")).expect("an index");
    for name in names() {
        let example = Example::copy(&name);
        assert!(index.contains(&format!("({name}/README.md)")), "{name} is not in the index");
        assert!(example.readme().contains(&format!("({})", example.source())), "{name}: no link to the source");
        for script in entries(&example.path()).iter().filter(|it| it.extension().is_some_and(|it| it == "sh")) {
            let mode = fs::metadata(script).expect("a script").permissions().mode();
            assert_eq!(mode & 0o111, 0o111, "{} is not executable", script.display());
            assert!(fs::read_to_string(script).expect("a script").starts_with("#!/bin/sh\n#"), "{}", script.display());
        }
    }
}

#[test]
fn each_example_has_no_mistakes_and_builds() {
    for name in names() {
        let example = Example::copy(&name);
        let mut terminal = Terminal::open(&example.path());
        terminal.type_line(&format!("machinec check {}; echo \"exit $?\"", example.source()));
        terminal.expect("checked …: no mistakes");
        terminal.expect("exit 0");
        terminal.type_line(&format!("machinec build {} -o tables", example.source()));
        terminal.type_line("ls tables/* | xargs -n 1 machinec inspect; echo \"exit $?\"");
        terminal.expect("exit 0");
    }
}

/// Types all that stands in the transcripts of an example's page, and waits for all that stands below.
fn read_along(name: &str) {
    let example = Example::copy(name);
    let readme = example.readme();
    let mut terminal = Terminal::open(example.above.path());
    for step in steps(&readme) {
        match step {
            Step::Type(line) => terminal.type_line(line),
            Step::Expect(line) => _ = terminal.expect(line),
        }
    }
}

#[test]
fn the_container_managers_page_is_true() {
    read_along("container_manager");
}

#[test]
fn the_hvacs_page_is_true() {
    read_along("hvac");
}

#[test]
fn the_crons_page_is_true() {
    read_along("cron");
}

#[test]
fn the_page_of_the_nightly_backup_is_true() {
    read_along("nightly");
}

#[test]
fn the_rollouts_page_is_true() {
    read_along("nested");
}

#[test]
fn the_page_of_the_two_rooms_is_true() {
    read_along("hvac_rooms");
}

#[test]
fn the_mistake_is_shown_as_the_compiler_shows_it() {
    let example = Example::copy("hvac");
    let mut terminal = Terminal::open(&example.path());
    terminal.type_line(&format!("machinec check {MISTAKE}; echo \"exit $?\""));
    terminal.expect("exit 1");
    let (_, after_command) = terminal.record().split_once('\n').expect("what was typed");
    let said = after_command.strip_suffix("exit 1\n").expect("the exit status");
    assert!(example.readme().contains(said), "the page does not say this:\n{said}");
}

/// What a CloudEvent says, as short as it is printed for people; nothing for what is not of interest here.
fn words(event: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let data = &event["data"];
    match event["type"].as_str()? {
        "io.choria.machine.v1.transition" => {
            let (from, to) = (text(&data["from_state"])?, text(&data["to_state"])?);
            Some(format!("{from} -> {to} ({})", text(&data["transition"])?))
        }
        "io.choria.machine.watcher.exec.v1.state" | "io.choria.machine.watcher.file.v1.state" => {
            Some(format!("{}.{}", text(&data["name"])?, text(&event["outcome"])?))
        }
        "machine.v1.started" => Some("started".to_owned()),
        "machine.v1.stopped" => Some("stopped".to_owned()),
        "io.choria.lifecycle.v1.shutdown" => Some("shutdown".to_owned()),
        _ => None,
    }
}

/// Runs an example and reads its events: after each line that is typed, waits for what has to happen then. In the end
/// all events have to add up.
fn check_events(name: &str, story: &[(&str, &[&str])]) {
    let example = Example::copy(name);
    check_events_of(&example, &example.source(), story);
}

/// The same for sources in an example's folder.
fn check_events_of(example: &Example, sources: &str, story: &[(&str, &[&str])]) {
    let mut terminal = Terminal::open(&example.path());
    terminal.type_line(&format!("HVAC_TOKEN=s3same machinec run {sources} --events &"));
    wait_for_event(&mut terminal, "started");
    for (line, events) in story {
        terminal.type_line(line);
        events.iter().for_each(|event| wait_for_event(&mut terminal, event));
    }
    terminal.type_line("kill $!; wait $!; echo \"exit $?\"");
    wait_for_event(&mut terminal, "stopped");
    wait_for_event(&mut terminal, "shutdown");
    terminal.expect("exit 0");
    check_sequences(terminal.record());
}

fn wait_for_event(terminal: &mut Terminal, wanted: &str) {
    terminal.wait_for(wanted, |line| {
        let event: Value = serde_json::from_str(line).ok()?;
        (words(&event)? == wanted).then_some(())
    });
}

/// Each machine's and the node's events are numbered from 1 without a gap, and a cause stands before what it led to.
fn check_sequences(record: &str) {
    let events: Vec<Value> = record.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for (at, event) in events.iter().enumerate() {
        assert_eq!(event["specversion"], "1.0", "{event}");
        let id = |it: &Value| it["id"].as_str().map(str::to_owned).expect("an id");
        let (series, number) =
            id(event).rsplit_once('.').map(|(it, number)| (format!("{it}."), number.to_owned())).expect("a number");
        let before = events[..at].iter().filter(|it| id(it).starts_with(&series)).count();
        assert_eq!(number, (before + 1).to_string(), "{event}");
        if let Some(cause) = event["cause"].as_str() {
            assert!(events[..at].iter().any(|it| id(it) == cause), "the cause comes later: {event}");
        }
    }
}

#[test]
fn the_container_manager_keeps_a_container() {
    check_events(
        "container_manager",
        &[
            ("", &["unknown -> deploy (manifest.changed)", "deploy -> monitor (deployer.ok)", "running.ok"]),
            ("./container.sh stop", &["monitor -> deploy (running.failed)", "deployer.ok", "running.ok"]),
            (
                "echo '{ \"version\": \"9\" }' > manifest.json",
                &["monitor -> deploy (manifest.changed)", "deployer.ok", "running.ok"],
            ),
            ("rm manifest.json", &["monitor -> unknown (manifest.missing)"]),
        ],
    );
}

#[test]
fn the_hvac_ventilates() {
    check_events(
        "hvac",
        &[
            ("", &["unknown -> known.idle (variables_changed)"]),
            ("echo 61 > room/humidity", &["known.idle -> known.running (air_bad)"]),
            ("echo 60 > room/humidity", &["known.running -> known.idle (air_good)"]),
            ("rm hvac.json", &["known.idle -> unknown (variables_unknown)"]),
        ],
    );
}

#[test]
fn the_cron_gives_up_and_takes_the_next_request() {
    check_events(
        "cron",
        &[
            ("mv notes.txt elsewhere.txt; touch request", &["idle.waiting -> busy.trying (requested)"]),
            ("", &["busy.resting -> busy.trying (retry)", "busy.resting -> idle.overdue (gave_up)"]),
            ("mv elsewhere.txt notes.txt; touch request", &["idle.overdue -> busy.trying (requested)"]),
            ("", &["busy.trying -> idle.waiting (backup.ok)"]),
        ],
    );
}

#[test]
fn the_rollout_stops_when_asked_to() {
    check_events(
        "nested",
        &[
            ("", &["rolling.canary.installing -> rolling.canary.observing (install.ok)"]),
            ("touch stop", &["rolling.canary.observing -> taking_back (stopped)"]),
            ("", &["taking_back -> taken_back (undo.ok)"]),
        ],
    );
}

/// The language's first sketch of the two rooms, with their scripts. One promise is more than it keeps, of which the tests
/// of mistakes tell; so much it does keep.
#[test]
fn the_sketch_runs_as_two_instances() {
    let example = Example::copy("hvac_rooms");
    let sketch =
        include_str!("wrong_examples/hvac.machine").replace("at most 60 transitions", "at most 3700 transitions");
    fs::write(example.path().join("sketch.machine"), sketch).expect("a file");
    let running = "known.idle -> known.running (air.ok)";
    let fans = "until grep -q on run/lab && grep -q on run/kitchen; do sleep 0.1; done";
    check_events_of(
        &example,
        "sketch.machine humidity_sensor.machine",
        &[
            ("echo 1200 > lab/co2; echo 1200 > kitchen/co2", &[running, running]),
            (fans, &[]),
            ("rm lab/limits.json", &["known.running -> unknown (limits.missing)"]),
            ("rm kitchen/limits.json", &["known.running -> unknown (limits.missing)"]),
        ],
    );
}
