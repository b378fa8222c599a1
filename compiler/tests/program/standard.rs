//! The templates that ship with the compiler: each compiles without a word, with its defaults and with other values.

use crate::{short, tables};
use machine_compiler::source::SourceMap;
use machine_stdlib::{TEMPLATE_TEXTS, TEMPLATES};

#[track_caller]
fn check(template: &str, instances: &[&str]) {
    let lines: String =
        instances.iter().enumerate().map(|(at, it)| format!("machine m{at} = {template}({it})\n")).collect();
    let made: String = (0..instances.len()).map(|at| format!("m{at} 1.0.0 of m.machine\n")).collect();
    assert_eq!(tables(&[("m.machine", &format!("use std/{template}\n\n{lines}"))]), made);
}

#[test]
fn service() {
    check(
        "service",
        &[
            "check: \"./check.sh\", restart: \"./restart.sh\"",
            "\"systemctl\", \"systemctl\", [\"is-active\", \"nginx\"], [\"restart\", \"nginx\"], attempts: 1, proven: 1d",
            "check: \"./check.sh\", restart: \"./restart.sh\", attempts: 100, retry: 10s, retry_max: 10s",
        ],
    );
}

#[test]
fn job() {
    check(
        "job",
        &[
            "command: \"./backup.sh\"",
            "command: \"./backup.sh\", args: [\"--all\"], pace: 1d, jitter: 30m, longest: 4h, budget: 1",
        ],
    );
}

#[test]
fn deploy() {
    let programs = "apply: \"./deploy.sh\", verify: \"./answers.sh\", undo: \"./previous.sh\"";
    check(
        "deploy",
        &[&format!("manifest: \"shop.json\", {programs}"), &format!("\"shop.json\", {programs}, verify_max: 10m")],
    );
}

#[test]
fn disk() {
    check(
        "disk",
        &[
            "clean: \"./clean.sh\"",
            "\"./clean.sh\", \"/var\", 70, 95, margin: 0, measure: \"./measure.sh\", measure_every: 10s",
        ],
    );
}

#[test]
fn what_a_source_of_its_own_would_say() {
    for (name, text) in TEMPLATES.iter().zip(TEMPLATE_TEXTS) {
        assert_eq!(short(&[(name, text)]), "");
        let mut sources = SourceMap::default();
        let form = machine_compiler::format::format(sources.add(*name, *text), text).expect("no mistakes");
        assert_eq!(form, *text, "std/{name} is not in the canonical form");
    }
}

#[test]
fn the_examples_in_their_comments_compile() {
    for (name, text) in TEMPLATES.iter().zip(TEMPLATE_TEXTS) {
        let lines = text.lines().map_while(|it| it.strip_prefix("///")).map(|it| it.strip_prefix(' ').unwrap_or(it));
        let comment = lines.collect::<Vec<_>>().join("\n");
        let (_, example) = comment.split_once("```machine\n").expect("an example");
        let (example, _) = example.split_once("```").expect("its end");
        assert_eq!(tables(&[("m.machine", example)]).lines().count(), 1, "std/{name}");
    }
}
