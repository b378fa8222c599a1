//! Faults that are planted: one machine that is right and has a place for each, of which nothing is said, and the same with
//! one mistake after the other, of which exactly that is said. Each analysis and each form of promise has its line.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use machine_compiler::source::SourceMap;
use std::fmt::Write;

const RIGHT: &str = r#"/// Looks after a service, and starts it again when it has failed too often.
machine guardian 1.0.0 {
    data fails: int in 0..3 = 0
    data level: int in 0..5000 = 0
    limit starts = 1
    event maintenance(reason: string) from operator
    event resume from operator
    event tired

    initial state known {
        watch probe = exec("./probe.sh") every 30s returns { load: int in 0..5000 }
        on probe.ok(p) when p.load > 4000 -> known.loaded { level = p.load }
        on probe.ok                       -> known.calm { fails = 0 }
        on probe.failed when fails < 3    stay { fails += 1 }
        on probe.failed                   stay { raise tired }
        on probe.invalid                  stay
        on tired                          -> restarting
        on maintenance                    -> paused

        initial state calm
        state loaded { after 10m -> restarting }
    }

    state restarting {
        run start = exec("./start.sh") under starts wait 1m
        on start.ok      -> known { fails = 0 }
        on start.failed  -> resting
        on start.skipped -> resting
    }

    state resting { after 1m -> restarting }

    state paused {
        watch night = schedule("daily at 03:00")
        on night.due -> known
        on resume    -> known.last
        after 8h     -> known
    }
}
"#;

const PROMISES: &str = "
    require always can reach known.calm
    require restarting leads to known or resting
    require never resting -> known
    require never known.loaded and level == 0
    require at most 400 transitions per 1h
    require at most 2000 commands per 1h
}
";

/// What is asked, what is written instead of what, and the code that it gets.
type Planted = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const FAILED: &str = "        on start.failed  -> resting\n";
const OK: &str = "        on start.ok      -> known { fails = 0 }\n";
const REST: &str = "state resting { after 1m -> restarting }";
const TURN: &str = "        on start.skipped -> resting\n";
const PACED: &str = "    watch other = exec(\"./other.sh\") every 1s\n    on other.failed stay\n    state paused {\n";
const LOADED: &str = "{ level = p.load }";

const PLANTED: &[Planted] = &[
    ("a fault that nobody answers", &[(FAILED, "")], "E0401"),
    ("a turn that may never come", &[(TURN, "")], "E0419"),
    (
        "a state that nothing leads to",
        &[("    state paused {", "    state lost { after 1h -> known }\n    state paused {")],
        "E0402",
    ),
    ("a state without a way out", &[(REST, "state resting")], "E0403"),
    (
        "a handler behind another",
        &[("        on start.failed", "        on start.ok      -> resting\n        on start.failed")],
        "E0404",
    ),
    ("a timer behind an earlier one", &[(REST, "state resting { after 1m -> restarting after 2m -> known }")], "E0404"),
    ("a round without a wait", &[("on start.failed  -> resting", "on start.failed  -> restarting again")], "E0405"),
    (
        "an event that raises itself",
        &[("on tired                          -> restarting", "on tired stay { raise tired }")],
        "E0405",
    ),
    ("a way to where it is", &[(REST, "state resting { after 1m -> resting }")], "E0408"),
    ("a condition that changes nothing", &[("state loaded {", "state loaded { when level > 4500 stay")], "E0422"),
    ("a calculation that fails", &[(LOADED, "{ level = p.load + 4000 }")], "E0412"),
    (
        "an answer that fails as well",
        &[
            (LOADED, "{ level = p.load + 4000 }"),
            ("        on maintenance", "        on fault -> resting { level = level + 1 }\n        on maintenance"),
        ],
        "E0420",
    ),
    ("an event that nothing raises", &[("stay { raise tired }", "stay")], "E0413"),
    ("an event that nothing answers", &[("        on resume    -> known.last\n", "")], "W0403"),
    ("a condition that never holds", &[("p.load > 4000", "p.load > 5000")], "E0414"),
    ("a condition that always holds", &[(OK, "        on start.ok when fails >= 0 -> known { fails = 0 }\n")], "W0402"),
    (
        "a handler that earlier ones leave nothing to",
        &[(
            "        on probe.ok                  ",
            "        on probe.ok(p) when p.load > 4500 -> restarting\n        on probe.ok                  ",
        )],
        "E0415",
    ),
    (
        "a case that no handler takes",
        &[("on probe.ok                       -> known.calm", "on probe.ok(p) when p.load < 4000 -> known.calm")],
        "W0401",
    ),
    (
        "a timer behind a default timeout",
        &[(" under starts wait 1m", ""), ("    limit starts = 1\n", ""), (TURN, "        after 2h -> resting\n")],
        "W0404",
    ),
    (
        "two runs that race",
        &[(
            OK,
            "        run other = exec(\"./other.sh\")\n        on other.ok, other.failed -> resting\n        on start.ok -> known { fails = 0 }\n",
        )],
        "W0405",
    ),
    ("a schedule without windows", &[("night.due", "night.opened")], "E0335"),
];

const BROKEN: &[Planted] = &[
    ("require always can reach", &[(REST, "final state resting")], "E0701"),
    (
        "require leads to",
        &[
            ("on start.failed  -> resting", "on start.failed  -> paused"),
            ("night.due -> known", "night.due stay"),
            ("        after 8h     -> known\n", ""),
        ],
        "E0702",
    ),
    ("require never from to", &[(REST, "state resting { after 1m -> known }")], "E0703"),
    ("require never", &[(LOADED, "")], "E0704"),
    ("require at most transitions", &[("every 30s", "every 5s")], "E0705"),
    ("require at most commands", &[("    state paused {\n", PACED)], "E0705"),
];

/// The codes of all that is said of a source, with a blank between them.
fn codes(source: &str) -> String {
    let mut sources = SourceMap::default();
    sources.add("m.machine", source);
    let numbers: Vec<_> = machine_compiler::check(&sources).iter().map(|it| it.code.number).collect();
    numbers.join(" ")
}

/// The same machine with a promise of each form.
fn promising() -> String {
    RIGHT.trim_end().trim_end_matches('}').to_owned() + PROMISES
}

/// Nothing if that is what is said of the right machine with these edits.
fn complaint(right: &str, (question, edits, wanted): &Planted) -> Option<String> {
    let mut source = right.to_owned();
    for (old, new) in *edits {
        if source.matches(old).count() != 1 {
            return Some(format!("{question}: `{old}` is not there once"));
        }
        source = source.replace(old, new);
    }
    let found = codes(&source);
    (found != *wanted).then(|| format!("{question}: {found} instead of {wanted}"))
}

#[test]
fn nothing_is_said_of_what_is_right() {
    assert_eq!(codes(RIGHT), "");
    assert_eq!(codes(&promising()), "");
}

#[test]
fn each_planted_fault_is_found_and_nothing_else() {
    let faults = PLANTED.iter().filter_map(|it| complaint(RIGHT, it));
    let broken = BROKEN.iter().filter_map(|it| complaint(&promising(), it));
    let complaints: Vec<_> = faults.chain(broken).collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// A machine of so many states, all of which answer so many events.
fn large(states: usize, events: usize) -> String {
    let mut text = "machine m 1.0.0 {\n".to_owned();
    for it in 0..events {
        writeln!(text, "    event e{it} from operator\n    on e{it} -> s0").expect("a text");
    }
    for it in 0..states {
        let initial = if it == 0 { "initial " } else { "" };
        writeln!(text, "    {initial}state s{it} {{ after 1m -> s{} }}", (it + 1) % states).expect("a text");
    }
    text + "}\n"
}

#[test]
fn what_fits_into_no_table_is_found() {
    assert_eq!(codes(&large(1_000, 60)), "");
    assert_eq!(codes(&large(1_000, 70)), "E0501");
}
