//! What is done under a limit while the fleet cannot be asked for a slot.

use super::{node, with_bucket};
use machine_rig::{Link, Proxy, Server};
use machine_tests::node::Site;
use std::fs;
use std::time::Duration;

/// A command under a limit of one that says what it does offline; it writes when it begins and when it ends, each time with
/// its token.
fn worker(name: &str, limit: &str, wait: &str) -> String {
    let says = |word: &str| format!("echo {word} {name} [$MACHINE_FENCING_TOKEN] >> log");
    format!(
        r#"machine {name} 1.0.0 {{
    limit {limit}
    initial state working {{
        run work = shell("{}; sleep 0.3; {}", timeout: 1m) under {} {wait}
        on work.ok      -> done
        on work.failed  -> failed
        on work.skipped -> skipped
    }}
    final state done
    final state failed
    final state skipped
}}
"#,
        says("begin"),
        says("end"),
        limit.split(' ').next().unwrap_or_default()
    )
}

/// A server that has the bucket, and a way to it that is cut.
fn cut_off() -> (Server, Proxy) {
    let server = Server::start();
    with_bucket(&server, |_| async {});
    let proxy = Proxy::to(server.address());
    proxy.set(Link::Refused);
    (server, proxy)
}

fn until_is(site: &Site, machine: &str, state: &str) {
    let led = |it: &machine_tests::told::Told| it.machine == machine && it.text.ends_with(&format!("-> {state}"));
    site.until(&format!("{machine} in {state}"), || site.told().iter().any(led).then_some(()));
}

fn log(site: &Site) -> Vec<String> {
    fs::read_to_string(site.file("log")).unwrap_or_default().lines().map(str::to_owned).collect()
}

#[test]
fn each_does_what_it_says_while_there_is_no_server() {
    let (_server, proxy) = cut_off();
    let sources = [
        worker("patient", "slow = 1 across fleet", "wait 10m"),
        worker("careful", "safe = 1 across fleet offline skip", "wait 10m"),
        worker("bold", "quick = 1 across fleet offline proceed", "wait 10m"),
        worker("rash", "quick = 1 across fleet offline proceed", "wait 10m"),
        worker("hasty", "fast = 1 across fleet offline proceed", ""),
    ];
    let mut site = node(&proxy, &sources.concat());
    site.start();
    for (machine, state) in [("careful", "skipped"), ("bold", "done"), ("rash", "done"), ("hasty", "done")] {
        until_is(&site, machine, state);
    }
    let mut under_quick = log(&site);
    under_quick.retain(|it| !it.contains("hasty"));
    let in_turn = |first, second| [("begin", first), ("end", first), ("begin", second), ("end", second)];
    let turns = [in_turn("bold", "rash"), in_turn("rash", "bold")]
        .map(|turns| turns.map(|(word, name)| format!("{word} {name} []")).to_vec());
    assert!(turns.contains(&under_quick), "one at a time, without tokens: {under_quick:?}");
    let warned = site.told().into_iter().find(|it| it.text.contains("nobody gets a slot")).unwrap().text;
    assert!(warned.contains("; `quick` counts on this node alone meanwhile"), "{warned}");
    assert!(!warned.contains("`slow`"), "{warned}");

    assert!(!log(&site).iter().any(|it| it.contains("patient")));
    proxy.set(Link::Open);
    until_is(&site, "patient", "done");
    let done = log(&site).pop().unwrap_or_default();
    assert!(done.starts_with("end patient [") && !done.ends_with("[]"), "a slot has a token: {done}");
}

/// Somebody else has the slot for as long as this takes.
const HOLDER: &str = r#"machine holder 1.0.0 {
    limit safe = 1 across fleet
    initial state working {
        run work = shell("echo has > held; sleep 1000", timeout: 1h) under safe wait 1m
        on work.ok, work.failed, work.skipped -> over
    }
    final state over
}
"#;

/// Waits for a file.
const BEFORE: &str = r#"initial state before {
        watch go = file("go") every 1s
        on go.present, go.changed -> working
        on go.missing stay
    }
    state working"#;

#[test]
fn who_waits_stops_waiting_when_the_server_goes() {
    let (server, proxy) = cut_off();
    let way = Proxy::to(server.address());
    let mut holder = node(&way, HOLDER);
    holder.start();
    assert_eq!(holder.line("held"), "has");
    proxy.set(Link::Open);
    let careful = worker("careful", "safe = 1 across fleet offline skip", "wait 10m");
    let mut site = node(&proxy, &careful.replace("initial state working", BEFORE));
    site.start();
    proxy.until("a connection that has said hello", |seen| seen.open == 1 && seen.to_server > 50);
    site.write("go", "now");
    until_is(&site, "careful", "working");
    // Nothing tells that somebody waits; but it does, or else it would be skipped here.
    std::thread::sleep(Duration::from_millis(500));
    assert!(!site.told().iter().any(|it| it.text.contains("skipped")), "it waits");
    proxy.set(Link::Refused);
    proxy.cut();
    until_is(&site, "careful", "skipped");
}

#[test]
fn when_the_server_is_back_the_fleet_is_asked_again() {
    let (_server, proxy) = cut_off();
    let again = worker("bold", "quick = 1 across fleet offline proceed", "wait 10m")
        .replace("final state done", "state done { after 50ms -> working }");
    let mut site = node(&proxy, &again);
    site.start();
    let says = |what: &str| log(&site).iter().filter(|it| it.starts_with(what)).count();
    site.until("work without a slot", || (says("end bold []") > 1).then_some(()));
    proxy.set(Link::Open);
    let without = || says("begin bold []");
    site.until("work with a slot", || (log(&site).len() > 2 * without() + 2).then_some(()));
    let before = without();
    site.until("more of it", || (log(&site).len() > 2 * before + 6).then_some(()));
    assert_eq!(without(), before, "nothing goes ahead any more: {:?}", log(&site));
}
