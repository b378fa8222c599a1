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
