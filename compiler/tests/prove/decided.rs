//! What is decided of small machines.

use super::{broken, kept};
use machine_compiler::prove::Verdict;

pub(crate) const WEB: &str = r#"machine web 1.0.0 {
    data tries: int in 0..5 = 0
    event resume from operator

    initial state healthy {
        watch probe = exec("./probe.sh") every 30s
        on probe.failed -> restarting
    }

    state restarting {
        run restart = exec("./restart.sh")
        on restart.ok -> healthy { tries = 0 }
        on restart.failed when tries < 2 -> waiting { tries += 1 }
        on restart.failed -> broken
    }

    state waiting {
        after 1m -> restarting
    }

    state broken {
        on resume -> healthy { tries = 0 }
    }
}
"#;

pub(crate) const FAN: &str = r#"machine fan 1.0.0 {
    data most: int in 0..5000 = 800
    data level: int in 0..5000 = 0
    event maintenance(reason: string) from operator
    event resume from operator
    on maintenance -> paused

    initial state known {
        watch air = exec("./air.sh") every 1m returns { co2: int in 0..5000 }
        on air.ok(a) when a.co2 > most -> running { level = a.co2 }
        on air.ok -> idle { level = 0 }
        on air.fault stay

        initial state idle
        state running {
            run start = exec("./on.sh")
            on start.failed(f) when f.reason == interrupted -> running again
            on start.failed -> broken
            after 2h -> idle
        }
    }
    state paused {
        on resume -> known.last
        after 8h -> known
    }
    state broken { on resume -> known }
}
"#;

#[test]
fn counters() {
    kept(WEB, &["never tries > 2", "never waiting and tries == 0", "never healthy and tries > 0"]);
    broken(WEB, &["never tries == 2", "never waiting and tries > 1", "never broken"]);
}

#[test]
fn transitions() {
    kept(WEB, &["never healthy -> broken", "never waiting -> broken", "never broken -> restarting"]);
    broken(WEB, &["never restarting -> broken", "never broken -> healthy"]);
}

#[test]
fn what_can_be_reached() {
    kept(WEB, &["always can reach healthy", "always can reach waiting", "always can reach broken or waiting"]);
    kept(FAN, &["always can reach known.idle", "always can reach paused", "always can reach broken"]);
}

#[test]
fn a_condition_over_what_is_not_followed_is_not_counted_on() {
    let source = |condition: &str| {
        format!(
            "machine m 1.0.0 {{\n    data mode: string = \"a\"\n    event set(mode: string) from operator\n    \
             on set(s) stay {{ mode = s.mode }}\n    initial state a {{ after 1m -> b }}\n    state b {{\n        \
             watch w = exec(\"./w.sh\") every 1m\n        on w.ok {condition}-> a\n        on w.fault stay\n    }}\n}}\n"
        )
    };
    kept(&source(""), &["always can reach a"]);
    kept(&source("when mode == \"go\" "), &["always can reach a"]);
    match super::verdict(&source("when upper(mode) == \"GO\" "), "always can reach a") {
        machine_compiler::prove::Verdict::Broken(it) => assert!(it.depends.is_some(), "{it:#?}"),
        other => panic!("{other:#?}"),
    }
}

#[test]
fn what_comes_in_the_end() {
    kept(
        WEB,
        &[
            "waiting leads to restarting",
            "restarting leads to healthy or waiting or broken",
            "restarting leads to healthy or broken",
        ],
    );
    broken(WEB, &["restarting leads to healthy", "broken leads to healthy"]);
    kept(FAN, &["paused leads to known", "known.idle leads to known.running or paused or known.idle"]);
}

/// The watcher could begin the state anew for ever, and its timer with it.
#[test]
fn a_timer_that_is_begun_anew_need_not_fire() {
    let source = |again: &str| {
        format!(
            "machine m 1.0.0 {{\n    initial state a {{\n        watch w = exec(\"./w.sh\") every 1m\n        \
             on w.ok -> b{again}\n        on w.failed stay\n        initial state b {{ after 1h -> c }}\n    }}\n    \
             state c {{ after 1m -> a }}\n}}\n"
        )
    };
    broken(&source(" again"), &["a leads to c"]);
    let stays = source(" again").replace("on w.ok -> b again", "on w.ok stay");
    kept(&stays, &["a leads to c"]);
}

#[test]
fn raised_events_and_conditions_follow_at_once() {
    let source = r#"machine m 1.0.0 {
    data n: int in 0..3 = 0
    event next
    when n == 3 -> full
    initial state a {
        after 1m -> b { n = min(n + 1, 3)  raise next }
    }
    state b {
        on next -> c
        after 1h -> a
    }
    state c { after 1m -> a }
    state full { after 1m -> a { n = 0 } }
}
"#;
    kept(source, &["never b", "never n == 3 and not full", "never a -> c"]);
    broken(source, &["never a -> b", "never b -> c", "never full"]);
}

#[test]
fn a_failed_calculation_is_a_way_as_well() {
    let source = r#"machine m 1.0.0 {
    data n: int in 0..2 = 0
    on fault -> broken
    initial state a { after 1m -> a again { n += 1 } }
    state broken { after 1h -> a { n = 0 } }
}
"#;
    broken(source, &["never broken"]);
    kept(&source.replace("{ n += 1 }", "{ n = min(n + 1, 2) }"), &["never broken"]);
}

#[test]
fn facts_change_at_any_time() {
    let source = r#"machine m 1.0.0 {
    fact closed: bool = false
    when closed -> shut
    initial state open { after 1h -> open again }
    state shut { when not closed -> open }
}
"#;
    kept(source, &["never open and closed", "never shut and not closed"]);
    broken(source, &["never shut"]);
}

#[test]
fn what_is_remembered_is_gone_back_to() {
    broken(FAN, &["never paused -> known.running", "never paused -> known.idle"]);
}

#[test]
fn an_outer_timer_that_is_due_first_is_first() {
    let source = r#"machine m 1.0.0 {
    event go from operator
    initial state a {
        after 1m -> b
        initial state x { after 30s -> y }
        state y { on go -> x }
    }
    state b { after 1m -> a }
}
"#;
    broken(source, &["never a.y -> b"]);
}

#[test]
fn rates() {
    let lamp =
        "machine lamp 1.0.0 {\n    initial state dark { after 10s -> lit }\n    state lit { after 20s -> dark }\n}\n";
    kept(lamp, &["at most 2 transitions per 30s", "at most 240 transitions per 1h", "at most 1 commands per 1h"]);
    broken(lamp, &["at most 1 transitions per 30s", "at most 239 transitions per 1h"]);
    // What is asked on entry waits when the machine goes round too fast: twenty at once, then one a second.
    kept(WEB, &["at most 3700 transitions per 1h"]);
    broken(WEB, &["at most 4 transitions per 1m"]);
}

/// What is polled is asked besides its pace: as often as a machine that goes round too fast may.
#[test]
fn rates_of_what_is_polled() {
    let source = r#"machine m 1.0.0 {
    watch w = exec("./w.sh") every 10m
    on w.failed stay
    initial state a { on w.ok -> b { poll w } }
    state b { on w.ok -> a { poll w } }
}
"#;
    broken(source, &["at most 8 transitions per 1h"]);
    kept(&source.replace("{ poll w }", ""), &["at most 8 transitions per 1h"]);
    kept(source, &["at most 3700 transitions per 1h"]);
}

/// Who writes the file brings it about; that it is there when somebody begins to look is the machine's own.
#[test]
fn rates_of_what_is_told_of_changes() {
    let source = r#"machine m 1.0.0 {
    initial state a {
        watch f = file("a.json")
        on f.changed -> b
        on f.present, f.missing stay
    }
    state b { after 20m -> a }
}
"#;
    kept(source, &["at most 6 transitions per 1h"]);
    broken(source, &["at most 5 transitions per 1h"]);
    let by_others = source.replace("on f.changed -> b", "on f.changed -> a again");
    broken(
        &by_others.replace("        watch", "        after 1h -> b\n        watch"),
        &["at most 10 transitions per 1h"],
    );
    let outside = r#"machine m 1.0.0 {
    watch f = file("a.json")
    on f.changed -> b again
    on f.present, f.missing stay
    initial state a
    state b { after 20m -> a }
}
"#;
    kept(outside, &["at most 3 transitions per 1h"]);
    // It reports once by itself, and then the machine waits for others.
    assert!(!matches!(super::verdict(outside, "at most 2 transitions per 1h"), Verdict::Broken(_)));
}

/// A line of a schedule names minutes.
#[test]
fn rates_of_schedules() {
    let source = |more: &str| {
        format!(
            "machine m 1.0.0 {{\n    watch s = schedule(\"daily at 08:00\"{more})\n    initial state a {{ on s.due -> b }}\n    \
             state b {{ after 1m -> a }}\n}}\n"
        )
    };
    kept(&source(""), &["at most 124 transitions per 1h"]);
    // A moment is told once, also to who leaves and comes back at once.
    let back = r#"machine m 1.0.0 {
    initial state a {
        watch s = schedule("daily at 08:00")
        on s.due -> b
    }
    state b {
        run r = exec("./r.sh")
        on r.ok, r.failed -> a
    }
}
"#;
    kept(back, &["at most 124 transitions per 1h"]);
}

/// What is counted begins with an answer that comes just before the watcher is asked again.
#[test]
fn rates_of_answers_that_come_late() {
    let source = r#"machine m 1.0.0 {
    watch w = exec("./w.sh") every 10s
    on w.failed stay
    initial state a { on w.ok -> b }
    state b { on w.ok -> a }
}
"#;
    broken(source, &["at most 7 transitions per 65s"]);
    kept(source, &["at most 8 transitions per 65s"]);
}

/// A text that is like no other, and one that is as before.
#[test]
fn texts_that_are_compared_with_one_another() {
    let source = r#"machine m 1.0.0 {
    data version: string = "stable"
    watch wanted = kv("apps", "shop") returns { version: string }
    on wanted.changed(it) when it.version != version and it.version != "" -> changed { version = it.version }
    on wanted.changed(it) when it.version == version -> same
    on wanted.changed, wanted.absent, wanted.deleted, wanted.invalid stay
    initial state none
    state changed
    state same
}
"#;
    broken(source, &["never changed", "never same", "never changed -> same"]);
}
