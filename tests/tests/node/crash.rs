//! `kill -9` at planned moments and at random ones: what was seen before is true after.

use super::tables::wait_until_nearly_done;
use super::{LAMP, close};
use machine_tests::node::{Site, is_alive};
use machine_tests::told::assert_adds_up;
use std::fs;
use std::time::Duration;

#[test]
fn a_machine_goes_on_where_it_was() {
    let mut site = Site::running(LAMP);
    site.write("switch", "");
    site.expect("lamp dark -> lit");
    site.kill_and_start();
    site.expect("startup");
    site.expect("lamp goes on in lit");
    site.remove("switch");
    site.expect("lamp lit -> dark");
    close(site);
}

#[test]
fn a_change_while_the_node_is_down_is_seen_once() {
    const COUNTER: &str = r#"
        machine counter 1.0.0 {
            watch count = file("count")
            on count.changed -> seen again
            on count.missing stay
            initial state seen
        }
    "#;
    let mut site = Site::new();
    site.write("count", "1");
    site.ship(COUNTER);
    site.start();
    site.expect("counter count.changed");
    site.expect("counter seen -> seen");
    site.kill();
    site.write("count", "2");
    site.start();
    site.expect("counter count.changed");
    site.expect("counter seen -> seen");
    // Neither the next start nor what comes then tells it again.
    site.kill_and_start();
    site.expect("counter goes on in seen");
    site.remove("count");
    site.expect("counter count.missing absent");
    let changes = site.told().iter().filter(|it| it.text == "counter count.changed").count();
    assert_eq!(changes, 2);
    close(site);
}

#[test]
fn a_timer_fires_when_it_is_due_neither_early_nor_from_zero_again() {
    let mut site = Site::running(
        "machine egg 1.0.0 { initial state boiling { after 4s -> done } state done { after 1h -> boiling } }",
    );
    let armed = site.expect("egg after 4s running");
    wait_until_nearly_done(&armed);
    site.kill_and_start();
    let begun = site.expect("egg goes on in boiling");
    let fired = site.expect("egg boiling -> done");
    assert!(fired.time >= armed.time + Duration::from_secs(4), "{armed:#?} {fired:#?}");
    assert!(fired.time < begun.time + Duration::from_secs(4), "{begun:#?} {fired:#?}");
    close(site);
}

#[test]
fn a_timer_that_was_due_while_the_node_was_down_fires_at_once() {
    let mut site = Site::running(
        "machine egg 1.0.0 { initial state boiling { after 4s -> done } state done { after 1h -> boiling } }",
    );
    let armed = site.expect("egg after 4s running");
    site.kill();
    wait_until_nearly_done(&armed);
    std::thread::sleep(Duration::from_secs(2));
    site.start();
    let begun = site.expect("egg goes on in boiling");
    let fired = site.expect("egg boiling -> done");
    assert!(fired.time < begun.time + Duration::from_secs(4), "{begun:#?} {fired:#?}");
    close(site);
}

/// A job that leaves a process behind in a session of its own, and shows both.
const BUILDER: &str = r#"
    machine builder 1.0.0 {
        initial state work {
            run job = shell("setsid sh -c 'echo $$ > inner; exec sleep 1000' & echo $$ > outer; exec sleep 1000", timeout: 1h)
            on job.ok     -> rest
            on job.failed -> broken
        }
        state broken { after 1h -> work }
        state rest   { after 1h -> work }
    }
"#;

#[test]
fn a_run_that_was_under_way_is_gone_and_told_as_interrupted() {
    let mut site = Site::running(BUILDER);
    let (outer, inner) = (site.line("outer"), site.line("inner"));
    assert!(is_alive(&outer) && is_alive(&inner));
    site.kill();
    site.until("the whole tree is gone", || (!is_alive(&outer) && !is_alive(&inner)).then_some(()));
    site.start();
    site.expect("builder goes on in work");
    site.expect("builder job.failed interrupted");
    site.expect("builder work -> broken");
    close(site);
}

#[test]
fn a_watch_that_was_under_way_is_asked_again() {
    let mut site = Site::running(
        r#"machine looker 1.0.0 {
            initial state look {
                watch eye = shell("echo >> asked; while [ ! -e go ]; do sleep 0.02; done", timeout: 1h) every 1h
                on eye.ok     -> seen
                on eye.failed stay
            }
            state seen { after 1h -> look }
        }"#,
    );
    site.line("asked");
    site.kill_and_start();
    site.expect("looker goes on in look");
    let asked = || fs::read_to_string(site.file("asked")).unwrap().lines().count();
    site.until("it is asked a second time", || (asked() == 2).then_some(()));
    site.write("go", "");
    site.expect("looker look -> seen");
    close(site);
}

#[test]
fn an_outcome_that_comes_too_late_is_recorded_and_not_applied() {
    let mut site = Site::running(
        r#"machine builder 1.0.0 {
            initial state work {
                run job = shell("trap 'exit 0' TERM; touch begun; while :; do sleep 0.02; done", timeout: 1h)
                on job.ok     -> broken
                on job.failed -> broken
                watch stop = file("stop")
                on stop.changed -> rest
                on stop.missing stay
            }
            state broken { after 1h -> work }
            state rest   { after 1h -> work }
        }"#,
    );
    site.until("the run has begun", || site.file("begun").exists().then_some(()));
    site.write("stop", "");
    site.expect("builder work -> rest");
    site.expect_start("builder late job.");
    site.kill_and_start();
    site.expect("builder goes on in rest");
    close(site);
}

/// Machines that never rest: commands, files and timers.
fn crowd() -> String {
    let flip = |n| {
        format!(
            r#"machine flip{n} 1.0.0 {{
                initial state a {{ run x = shell("true")  on x.ok -> b  on x.failed -> b }}
                state b {{ watch x = exec("/bin/true") every 1s  on x.ok -> a  on x.failed -> a  after 50ms -> c }}
                state c {{ after 30ms -> a }}
            }}"#
        )
    };
    let watch = |n| {
        format!(
            r#"machine eye{n} 1.0.0 {{
                watch f = file("burst") every 1s
                on f.changed -> seen again
                on f.missing -> gone
                initial state gone
                state seen
            }}"#
        )
    };
    (0..4).map(flip).chain((0..4).map(watch)).collect()
}

#[test]
fn killed_at_random_moments_everything_still_adds_up() {
    let mut site = Site::running(&crowd());
    // A sequence of moments that looks like chance and is always the same.
    let mut seed = 12_345_u64;
    for round in 0..12_u64 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        for change in 0..5 {
            site.write("burst", format!("{round} {change}"));
        }
        std::thread::sleep(Duration::from_millis((seed >> 33) % 400));
        site.kill_and_start();
    }
    site.expect("startup");
    assert_adds_up(&site.all_told());
    site.write("burst", "the last");
    let told = site.told().len();
    site.until("all machines go on", || (site.told().len() > told + 16).then_some(()));
    close(site);
}

#[test]
fn killed_right_after_a_transition_everything_still_adds_up() {
    let mut site = Site::running(&crowd());
    for n in 0..6 {
        site.write("burst", n.to_string());
        site.expect("eye0 f.changed");
        site.kill_and_start();
    }
    site.expect("eye0 goes on in seen");
    close(site);
}

#[test]
fn a_thousand_machines_start_run_and_survive() {
    let egg = |n| {
        format!(
            "machine m{n} 1.0.0 {{ initial state a {{ after 100ms -> b }} state b {{ after 1h -> c }} state c {{ after 1h -> b }} }}"
        )
    };
    let mut site = Site::running(&(0..1_000).map(egg).collect::<String>());
    let count = |site: &Site, end: &str| site.told().iter().filter(|it| it.text.ends_with(end)).count();
    site.until("all have moved", || (count(&site, " a -> b") == 1_000).then_some(()));
    site.kill_and_start();
    site.until("all go on", || (count(&site, " goes on in b") == 1_000).then_some(()));
    close(site);
}
