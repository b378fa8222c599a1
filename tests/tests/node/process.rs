//! The process: who may run it where, what it says when it cannot run, and how it ends.

use super::{LAMP, close};
use machine_tests::node::Site;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::process::Signal;
use std::fs;
use std::io::{Read, pipe};
use std::process::Stdio;

/// Checks how a runtime ends that cannot run; `{}` stands for the site's own directory.
fn check(site: &Site, arguments: &[&str], code: i32, expected: &[&str]) {
    let (found, said) = site.try_start(arguments);
    assert_eq!(found, Some(code), "{said}");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
    for words in expected {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
}

#[test]
fn a_second_runtime_on_the_same_state_ends_at_once() {
    let mut site = Site::running(LAMP);
    site.expect("lamp starts in dark");
    check(&site, &[], 100, &["another runtime is using the journal", "give this one a state directory of its own"]);
    site.write("switch", "");
    site.expect("lamp dark -> lit");
    close(site);
}

#[test]
fn directories_that_cannot_be_used_are_named_with_the_way_out() {
    let site = Site::new();
    fs::write(site.path("a_file"), "").unwrap();
    check(&site, &["--tables", "nowhere"], 1, &["cannot read the tables in `nowhere`", "mkdir -p"]);
    check(&site, &["--tables", "a_file"], 1, &["cannot read the tables in `a_file`"]);
    check(&site, &["--state", "a_file"], 1, &["cannot write to the state directory `a_file`", "may write to"]);
    check(&site, &["--state", "/proc/nowhere"], 1, &["cannot write to the state directory `/proc/nowhere`"]);
    check(
        &site,
        &["--events-file", "nowhere/events"],
        1,
        &["`nowhere/events` cannot be opened", "make the directory first"],
    );
    check(&site, &["--events-file", "tables"], 1, &["`tables` is not a regular file"]);
    assert!(!site.path("state").exists(), "a node that cannot run leaves nothing behind");
}

#[test]
fn a_name_that_ids_cannot_hold_is_refused() {
    check(&Site::new(), &["--node", "a/b"], 1, &["`a/b` cannot be a node's name", "`--node` sets it"]);
}

#[test]
fn the_state_of_another_node_is_left_alone() {
    let mut site = Site::running(LAMP);
    site.expect("lamp starts in dark");
    site.signal(Signal::TERM);
    site.ended();
    check(&site, &["--node", "n2"], 1, &["belongs to the node `n1`, and this one is called `n2`", "`--node n1`"]);
    site.start();
    site.expect("lamp goes on in dark");
    close(site);
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    check(&Site::new(), &["--nonsense"], 2, &["--nonsense"]);
}

#[test]
fn hanging_up_opens_the_file_of_events_anew() {
    let mut site = Site::running(LAMP);
    site.expect("lamp starts in dark");
    let before = fs::read(site.path("events")).unwrap();
    fs::rename(site.path("events"), site.path("events.1")).unwrap();
    site.signal(Signal::HUP);
    site.until("a new file of events", || site.path("events").exists().then_some(()));
    site.write("switch", "");
    site.until("an event in it", || site.told().iter().any(|it| it.text == "lamp dark -> lit").then_some(()));
    // Put together they are the whole again.
    let after = fs::read(site.path("events")).unwrap();
    fs::write(site.path("events"), [before, after].concat()).unwrap();
    close(site);
}

#[test]
fn a_file_of_events_that_cannot_be_written_is_said_once_and_made_up_for() {
    let mut site = Site::new();
    site.ship(LAMP);
    let output = site.path("output");
    site.start_with(&["--output", "events"], fs::File::create(&output).unwrap().into());
    site.expect("lamp starts in dark");
    // A directory and the file change places at once, so that nothing is written in between.
    fs::create_dir(site.path("away")).unwrap();
    let exchange = || {
        let (events, away) = (site.path("events"), site.path("away"));
        renameat_with(CWD, events, CWD, away, RenameFlags::EXCHANGE).unwrap();
    };
    exchange();
    for n in 0..3 {
        site.write("switch", n.to_string());
        let changes = || fs::read_to_string(&output).unwrap().matches(r#""outcome":"changed""#).count();
        site.until("it is told elsewhere", || (changes() > n).then_some(()));
    }
    exchange();
    site.remove("switch");
    site.expect("lamp lit -> dark");
    assert_eq!(site.said().matches("is not a regular file").count(), 1, "{}", site.said());
    close(site);
}

#[test]
fn a_node_whose_output_is_closed_goes_on() {
    let mut site = Site::new();
    site.ship(LAMP);
    let (reader, writer) = pipe().unwrap();
    site.start_with(&["--output", "events"], writer.into());
    site.expect("lamp starts in dark");
    drop(reader);
    for n in 0..3 {
        site.write("switch", n.to_string());
        site.expect("lamp switch.changed");
    }
    site.until("a word on it", || site.said().contains("nobody reads the standard output").then_some(()));
    close(site);
}

#[test]
fn standard_output_has_the_events_that_the_file_has() {
    let mut site = Site::new();
    site.ship(LAMP);
    let (mut reader, writer) = pipe().unwrap();
    site.start_with(&["--output", "events"], Stdio::from(writer));
    site.expect("lamp starts in dark");
    site.signal(Signal::TERM);
    assert!(site.ended().success());
    let mut output = String::new();
    reader.read_to_string(&mut output).unwrap();
    assert_eq!(output, fs::read_to_string(site.path("events")).unwrap());
}
