//! How many commands a machine can give.

use super::decided::WEB;
use super::{broken, kept, said, verdict};
use machine_compiler::prove::Verdict;

/// Some pace, in a state in which the machine stays.
const PROBE: &str = r#"machine probe 1.0.0 {
    initial state healthy {
        watch probe = exec("./probe.sh") every 1m
        on probe.failed stay
        after 1d -> done
    }
    final state done
}
"#;

/// A pace outside, another inside, and a run on each entry.
const NESTED: &str = r#"machine nested 1.0.0 {
    watch outer = exec("./outer.sh") every 10s
    on outer.failed stay

    initial state a {
        watch inner = exec("./inner.sh") every 15s
        on inner.failed stay
        after 1m -> b
    }
    state b {
        run job = exec("./job.sh")
        on job.failed stay
        after 30s -> a
    }
}
"#;

#[test]
fn a_pace_gives_so_many() {
    kept(PROBE, &["at most 60 commands per 1h", "at most 1 commands per 1m", "at most 2 commands per 61s"]);
    broken(PROBE, &["at most 59 commands per 1h", "at most 1 commands per 61s", "at most 10 commands per 1h"]);
}

#[test]
fn what_is_told_of_changes_is_asked_once() {
    let file =
        PROBE.replace("exec(\"./probe.sh\") every 1m", "file(\"a.json\")").replace("probe.failed", "probe.missing");
    kept(&file, &["at most 1 commands per 1h"]);
    let again = file.replace("after 1d -> done", "after 10m -> healthy again\n        on probe.changed -> done");
    kept(&again, &["at most 6 commands per 1h"]);
    broken(&again, &["at most 5 commands per 1h"]);
}

#[test]
fn asks_of_all_states_that_are_active_are_counted() {
    // In the first 90 s nine of the outer one, four of the inner one, and the run.
    kept(NESTED, &["at most 10 commands per 50s", "at most 17 commands per 90s"]);
    broken(NESTED, &["at most 8 commands per 50s", "at most 13 commands per 90s"]);
}

#[test]
fn what_the_start_asks_counts() {
    let source = r#"machine m 1.0.0 {
    run first = exec("./first.sh")
    run second = exec("./second.sh")
    on first.failed, second.failed stay
    initial state a { after 1h -> a again }
}
"#;
    kept(source, &["at most 2 commands per 1h"]);
    broken(source, &["at most 1 commands per 1h"]);
}

#[test]
fn what_others_bring_about_does_not() {
    let source = r#"machine m 1.0.0 {
    event go from operator
    initial state a { on go -> b }
    state b {
        run job = exec("./job.sh")
        on job.ok, job.failed -> a
    }
}
"#;
    kept(source, &["at most 1 commands per 1h"]);
}

#[test]
fn what_is_polled_is_asked_ahead_of_its_time() {
    let source = r#"machine m 1.0.0 {
    watch slow = exec("./slow.sh") every 1h
    on slow.failed stay
    initial state a { after 1m -> b { poll slow } }
    state b { after 1m -> a }
}
"#;
    broken(source, &["at most 30 commands per 1h"]);
    kept(source, &["at most 31 commands per 1h"]);
}

#[test]
fn a_machine_that_goes_round_is_slowed_down() {
    broken(WEB, &["at most 60 commands per 1m", "at most 30 commands per 1h", "at most 100 commands per 1h"]);
    kept(WEB, &["at most 100 commands per 1m"]);
}

#[test]
fn steps_of_several_transitions_are_counted() {
    let source = r#"machine m 1.0.0 {
    event on_ from internal
    initial state a { after 1m -> b { raise on_ } }
    state b { on on_ -> c }
    state c { after 1m -> a }
}
"#
    .replace(" from internal", "");
    kept(&source, &["at most 3 transitions per 2m"]);
    broken(&source, &["at most 89 transitions per 1h", "at most 2 transitions per 2m"]);
    let twice = source
        .replace("state c { after 1m -> a }", "state c { after 1m -> d { raise on_ } }\n    state d { on on_ -> a }");
    broken(&twice, &["at most 3 transitions per 61s", "at most 119 transitions per 1h"]);
}

#[test]
fn the_shortest_way_is_told_with_a_test() {
    insta::assert_snapshot!(said(PROBE, "at most 10 commands per 1h"));
    insta::assert_snapshot!(said(NESTED, "at most 14 commands per 91s"));
    let Verdict::Broken(broken) = verdict(PROBE, "at most 59 commands per 1h") else { panic!("it is broken") };
    assert_eq!((broken.steps.len(), broken.steps.last().and_then(|it| it.at_ms)), (60, Some(59 * 60_000)));
}
