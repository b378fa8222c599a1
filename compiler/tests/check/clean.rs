//! Programs that are right: nothing is said of them.

use crate::mistakes;

#[track_caller]
fn clean(source: &str) {
    assert_eq!(mistakes(source), "");
}

#[test]
fn the_container_manager() {
    clean(
        r#"
/// Keeps a container at the version that its manifest asks for.
machine container_manager 1.0.0 {
    watch manifest = file("manifest.json") every 10s
    on manifest.changed -> deploy again       // also while a deployment is under way
    on manifest.missing -> unknown

    initial state unknown

    state deploy {
        watch deployer = exec("./deploy.sh") every 1m
        on deployer.ok     -> monitor
        on deployer.failed stay               // it is tried again in a minute
    }

    state monitor {
        watch running = exec("./check_running.sh") every 30s
        on running.failed -> deploy
    }
}
"#,
    );
}

#[test]
fn further_arguments_take_no_place_of_named_ones() {
    let arguments = r#""./on.sh", "kitchen", "fast", "loud", "long", env: { A: "b" }, dir: "x", timeout: 1m"#;
    clean(&format!(
        "machine fan 1.0.0 {{ initial final state on_ {{ run start = exec({arguments}) on start.fault stay }} }}"
    ));
}

#[test]
fn a_machine_of_one_state_that_only_watches() {
    for roles in ["initial final", "final initial"] {
        clean(&format!(
            r#"
/// Reports how full the disk is, and does nothing about it.
machine disk 1.0.0 {{
    {roles} state watching {{
        watch space = exec("./space.sh") every 1m
        on space.failed stay
    }}
}}
"#
        ));
    }
}

#[test]
fn the_extractor_fan() {
    clean(
        r#"
/// Runs the extractor fan by the air that the room's sensors report.
machine hvac 2.1.0 {
    watch limits = file("kitchen/limits.json") every 5s
    on limits.changed -> known
    on limits.missing -> unknown

    initial state unknown {
        watch off = exec("./off.sh", "kitchen") every 5m
        on off.failed stay
    }

    state known {
        watch air = exec("./monitor.sh", "kitchen") every 1m
        on air.ok    -> idle
        on air.fault -> running

        initial state idle {
            watch off = exec("./off.sh", "kitchen") every 5m
            on off.failed stay
        }
        state running {
            run start = exec("./on.sh", "kitchen", env: { MODE: "full" }, timeout: 30s)
            on start.failed -> broken as no_fan
            after 2h        -> idle
        }
    }

    /// The fan does not start; a person has to look.
    state broken {
        watch reset = file("reset")
        on reset.changed -> unknown
        on reset.missing stay
    }
}
"#,
    );
}

#[test]
fn a_job_by_the_hour() {
    clean(
        r#"
machine cron 0.1.0-beta {
    initial state waiting {
        watch input = file("run_now")
        on input.changed -> working
        on input.fault stay
        after 1h -> working
    }
    state working {
        run job = shell("ls | wc -l", dir: "/tmp")
        on job.ok, job.failed -> waiting
    }
}
"#,
    );
}

#[test]
fn one_state_that_begins_anew() {
    clean("machine tick 1.0.0 { initial state waiting { after 1h -> waiting again } }");
}

#[test]
fn a_machine_that_ends() {
    clean(
        r#"
machine once 1.0.0 {
    initial state work {
        run job = exec("./job.sh")
        on job.ok    -> done
        on job.fault -> given_up.quietly
    }
    final state done
    final state given_up {
        initial state loudly { after 1m -> quietly }
        state quietly { after 1m -> loudly }
    }
}
"#,
    );
}

#[test]
fn deep_and_with_paths() {
    clean(
        r#"
machine deep 1.0.0 {
    watch top = file("top")
    on top.changed -> a.b.c
    on top.missing stay

    initial state a {
        initial state b {
            watch inner = exec("./inner.sh") every 10s
            on inner.failed -> d
            initial state c { on inner.failed -> x.y }
            state e { after 1m -> c }
        }
        state d { after 1s -> b.e }
    }
    state x {
        initial state y { after 1m -> z }
        state z { after 1m -> a }
    }
}
"#,
    );
}

#[test]
fn several_machines_in_a_file() {
    clean(
        "
machine one 1.0.0 { initial state a { after 1m -> b } final state b }
machine two 1.0.0 { initial state a { after 1m -> b } final state b }
",
    );
}

#[test]
fn files_are_told_of_changes_and_need_no_pace() {
    clean(
        r#"
machine m 1.0.0 {
    initial state a {
        watch one = file("one")
        run two = file(path: "two")
        on one.fault, two.fault stay
        on one.present, two.present -> b
    }
    final state b
}
"#,
    );
}

/// Everything that the language has, more or less.
const ALL: &str = r#"extern machine door { states open, shut.locked  event rang(times: int in 0..9) }
watcher button(pin: int in 0..40) by exec("./button") {
    outcome pressed { long: bool }
    fault   failed  { reason: exit | signal | timeout | unstartable | interrupted | invalid }
    every optional
}
machine fan 1.0.0 {
    data worst: int in 0..5000 = 0
    data speed: low | high = low
    data since: time = "2026-01-31T08:00:00Z"
    data seen: list of string up to 4 = ["a"]
    data share = 0.5
    fact room: string up to 20 = "lab"
    secret token from env "TOKEN"
    limit fans = 2 across fleet offline skip
    event stop(why: string) from operator
    event calm
    on stop(s) -> off { log "stopped: {s.why} {share}" since = now() }
    on fault(f) when f.reason == range -> off { log f.at }
    on fault stay
    initial state known {
        enter { emit entered(room: room, seen: seen) }
        watch air = exec("./air.sh", "{room}") every 1m splay 10s backoff 2 up to 10m quiet while door is open
            returns { co2: int in 0..5000, unit: ppm | percent = ppm }
        on air.ok(a) when a.unit == percent and not (room in seen) -> known.idle
        on air.ok(a) when a.co2 > 800       -> running { worst = max(worst, a.co2) }
        on air.ok                           stay
        on air.invalid                      stay
        on air.fault(f) when f.reason in [exit, timeout] stay
        on air.fault                        stay
        watch press = button(4)
        on press.pressed(p) when p.long -> running
        on press.failed stay
        initial state idle {
            enter { speed = low }
            on air.ok(a) when a.co2 in 700..800 stay { raise calm }
            on calm, door.rang stay
            on door enters shut.locked -> running
        }
        state running was on_ {
            run start = exec("./on.sh", env: { TOKEN: token }) under fans wait 5m as "www-data"
            on start.ok, start.failed stay { emit started(speed: speed, room: upper(room)) poll air }
            on start.skipped          -> idle
            when worst * 2 > 8000 or now() - since > 1h -> off
            exit { worst = worst / 2 }
        }
    }
    state off { after 1h when share < 1 -> known.last }
}
"#;

#[test]
fn all_of_the_language() {
    assert_eq!(mistakes(ALL), "");
    assert_eq!(tables(ALL), 1);
}

/// How many tables a source gives; each passes the verifier, or the compiler panics.
fn tables(source: &str) -> usize {
    let mut sources = machine_compiler::source::SourceMap::default();
    sources.add("m.machine", source);
    machine_compiler::compile(&sources, machine_compiler::Options::default()).machines.len()
}

#[test]
fn without_some_word_it_is_told_or_compiles() {
    let ends: Vec<usize> = (0..ALL.len()).filter(|it| ALL.is_char_boundary(*it)).collect();
    let (mut start, mut nth, mut compiled) = (0, 0, 0);
    for end in ends {
        let is_word = |it: u8| it.is_ascii_alphanumeric() || it == b'_';
        if end > start && is_word(ALL.as_bytes()[end]) != is_word(ALL.as_bytes()[start]) {
            // Every other word is left out, the others are replaced.
            nth += 1;
            let word = if nth % 2 == 0 { "" } else { " worst " };
            let changed = format!("{}{word}{}", &ALL[..start], &ALL[end..]);
            compiled += tables(&changed);
            start = end;
        }
    }
    assert!(compiled > 20, "{compiled}");
}

#[test]
fn an_operator_is_a_wait_even_if_other_events_are_raised() {
    clean(
        r#"
machine m 1.0.0 {
    event go from operator
    event next
    initial state a { on go -> b { raise next } }
    state b {
        run work = exec("./work.sh")
        on work.ok, work.failed -> a
        on next stay
    }
}
"#,
    );
}

#[test]
fn between_two_texts_there_are_always_others() {
    clean(
        r#"
machine m 1.0.0 {
    fact place: string = "a"
    event set(b: string, c: string) from operator
    event go from operator
    initial state a {
        on go when place > "x y" -> b
        on set(p) when p.b < "kitchen" -> b
        on set(p) when p.b != place and p.b != p.c and p.c != place -> b
        on set stay
    }
    state b { after 1m -> a }
}
"#,
    );
}
