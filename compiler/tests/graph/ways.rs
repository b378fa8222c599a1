//! Ways and coverage that are drawn in.

use crate::chart;
use insta::assert_snapshot;
use machine_compiler::graph::coverage::Coverage;
use machine_compiler::graph::{Chart, Marks, dot};

const DOOR: &str = r#"
machine door 1.0.0 {
    event stop from operator
    on stop -> stuck
    initial state shut {
        watch knock = exec("./knock.sh") every 1s
        on knock.ok     -> open as welcome
        on knock.failed stay
    }
    state open {
        initial state wide { after 5s -> ajar }
        state ajar { after 5s -> shut }
    }
    state stuck
}
"#;

/// The way as the labels tell it.
#[track_caller]
fn check(words: &[&str], wanted: &[&str]) {
    let chart = chart(DOOR);
    let marks = Marks::path(&chart, words).expect("there is such a way");
    assert_eq!(steps(&chart, &marks), wanted);
}

fn steps(chart: &Chart, marks: &Marks) -> Vec<String> {
    let lines =
        chart.arrows.iter().enumerate().flat_map(|(arrow, it)| (0..it.lines.len()).map(move |line| (arrow, line)));
    let marked = lines.filter_map(|(arrow, line)| Some((marks.line(arrow, line)?, &chart.arrows[arrow].lines[line])));
    marked.map(|(mark, line)| format!("{}{}", mark.before(), line.text)).collect()
}

#[track_caller]
fn refused(words: &[&str]) -> String {
    let no = Marks::path(&chart(DOOR), words).expect_err("there is no such way");
    format!("{}\n{}", no.what, no.help)
}

#[test]
fn a_way_has_steps() {
    let wanted = ["① knock.ok / welcome", "② after 5s"];
    check(&["shut", "knock.ok", "open", "after 5s", "ajar"], &wanted);
    check(&["shut", "open", "ajar"], &wanted);
    check(&["shut", "welcome", "after 5s"], &wanted);
    check(&["shut", "knock.failed", "knock.ok", "open.wide", "ajar"], &wanted);
}

#[test]
fn a_way_may_pass_twice_and_use_what_holds_everywhere() {
    check(
        &["shut", "open", "ajar", "shut", "open", "stop"],
        &["⑤ stop", "①④ knock.ok / welcome", "② after 5s", "③ after 5s"],
    );
}

#[test]
fn a_way_that_is_none() {
    assert_snapshot!(refused(&["shut", "opne"]), @r"
    `door` has no state and no event `opne`
    did you mean `open`?
    ");
    assert_snapshot!(refused(&["shut", "ajar"]), @r"
    nothing leads from `shut` to `open.ajar`
    what leads out of `shut` is `stop`, `knock.ok`
    ");
    assert_snapshot!(refused(&["stuck", "knock.ok"]), @r"
    nothing leads from `stuck` anywhere on `knock.ok`
    what leads out of `stuck` is `stop`
    ");
}

#[test]
fn coverage_counts_states_and_handlers() {
    let text = r#"{ "machine": "door", "states": { "shut": 2, "open.wide": 3 }, "transitions": [
        { "from": "shut", "event": "knock.ok", "to": "open.wide", "count": 3 },
        { "from": "open.wide", "event": "after 5000ms", "to": "open.ajar", "count": 2 },
        { "from": "open.wide", "event": "stop", "to": "stuck", "count": 1 } ] }"#;
    let coverage = Coverage::read(text).expect("it is in order").remove(0);
    let chart = chart(DOOR);
    let marks = Marks::coverage(&chart, &coverage);
    let written = dot(&chart, &marks);
    let arrows: Vec<_> = written.lines().filter(|it| it.contains("×")).map(str::trim).collect();
    assert_snapshot!(arrows.join("\n"));
}
