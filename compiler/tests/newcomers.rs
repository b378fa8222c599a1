//! What somebody is told who breaks a machine without knowing the language: one message for one cause, with the way out.
//!
//! Each line stands in a state of its own, beside a watcher `w`, and the state `b` is next to it; of each mistake the
//! sentence and the way out are shown. More than one message for one of them fails the test.

use machine_compiler::check;
use machine_compiler::diagnostic::Diagnostic;
use machine_compiler::source::SourceMap;

/// A whole machine around lines of a state and of the machine itself.
fn machine(outside: &str, inside: &str) -> String {
    format!(
        "machine m(room: string = \"lab\") 1.0.0 {{\n    {outside}\n    initial state a {{\n        watch w = exec(\"./w.sh\") \
         every 1m\n        on w.failed stay\n        {inside}\n        watch d = file(\"door\")\n        on d.changed, d.missing -> b\n    }}\n    state b {{\n        after 1m -> \
         a\n    }}\n}}\nmachine n = m()\n"
    )
}

fn told(source: &str) -> Vec<Diagnostic> {
    let mut sources = SourceMap::default();
    sources.add("m.machine", source);
    check(&sources)
}

/// Each case with the one sentence that is said of it and the way out.
#[track_caller]
fn answers(cases: impl IntoIterator<Item = (String, String)>) -> String {
    let mut all = String::new();
    for (written, source) in cases {
        let told = told(&source);
        let [only] = told.as_slice() else {
            let headlines: Vec<_> = told.iter().map(|it| &it.headline).collect();
            assert_eq!(told.len(), 1, "{headlines:#?} of\n{source}");
            return all;
        };
        let help = only.help.as_deref().unwrap_or("(no way out)");
        all += &format!("{written}\n    {}: {}\n    = {help}\n", only.code, only.headline);
    }
    all
}

fn in_a_state(lines: &[&str]) -> String {
    answers(lines.iter().map(|it| ((*it).to_owned(), machine("", it))))
}

fn in_the_machine(lines: &[&str]) -> String {
    answers(lines.iter().map(|it| ((*it).to_owned(), machine(it, ""))))
}

#[test]
fn handlers() {
    insta::assert_snapshot!(in_a_state(&[
        "on w:ok -> b",
        "on w.ok <- b",
        "on w.ok — b",
        "on w.ok – b",
        "on w.ok | w.failed -> b",
        "on w.ok && w.failed -> b",
        "on w.ok() -> b",
        "on w.* -> b",
        "on * -> b",
        "on w.ok -> b()",
        "on w.ok -> b, a",
        "on w.ok -> b or a",
        "on w.ok -> again b",
        "on w.ok -> { b }",
        "on w.ok -> state b",
        "on w.ok -> stay",
        "on w.ok ignore",
        "on w.ok { b } // as soon as it is well",
        "on w.ok { -> b } as well",
        "on w.ok -> b as all well",
        "on w.ok -> b log \"well\"",
        "on w.ok when room matches \"l*\" -> b",
        "on w.ok when (room == \"lab\" -> b",
        "on w.ok when $room == \"lab\" -> b",
        "on w ok -> b",
        "if w.ok -> b",
        "wait 5m -> b",
        "sleep 5m -> b",
        "timeout 5m -> b",
        "after 1,5h -> b",
        "after -> b",
        "at 5m -> b",
        "in 5m -> b",
        "every 5m -> b",
        "after {5m} -> b",
        "on w.ok -> a.again",
        "on w.ok -> a/b",
        "on w.ok -> a::b",
        "on w.ok -> self",
        "on w.ok -> last",
        "on w.exit -> b",
        "on w.ok 3 times -> b",
        "on w.ok and room == \"lab\" -> b",
        "on w.ok unless room == \"lab\" -> b",
        "on w.ok as it when it.took > 1s -> b",
        "on w.ok(it) when it.took => 1s -> b",
        "on w.ok(it) when it.took ≥ 1s -> b",
        "on w.ok(it) when 1s < it.took < 2s -> b",
        "on w.ok(it) when it.took > 90% -> b",
        "on w.ok(it: outcome) -> b",
    ]));
}

#[test]
fn actions() {
    insta::assert_snapshot!(in_a_state(&[
        "on w.ok -> b { if room == \"lab\" { log \"lab\" } }",
        "on w.ok -> b { exec(\"./x.sh\") }",
        "on w.ok -> b { poll(w) }",
        "on w.ok -> b { poll }",
        "on w.ok -> b { log }",
        "on w.ok -> b { log \"a\", log \"b\" }",
        "on w.ok -> b { log \"%s\", room }",
        "on w.ok -> b { log data.room }",
        "on w.ok -> b { log $room }",
        "on w.ok -> b { emit done { room: room } }",
        "on w.ok -> b { return }",
        "on w.ok -> b { n *= 2 }",
        "on w.ok -> b { log room == \"lab\" ? \"here\" : \"there\" }",
        "on w.ok(it) -> b { it.found = 3 }",
        "on w.ok(it) -> b { emit done(took = it.took) }",
        "on w.ok(it) -> b { emit done(took: it.took; room: room) }",
        "on w.ok(it) -> b { done(took: it.took) }",
        "on w.ok(it) -> b { log \"took \" it.took }",
        "emit done(room: room)",
        "enter: log room",
    ]));
}

#[test]
fn watchers() {
    insta::assert_snapshot!(in_a_state(&[
        "run \"./x.sh\"",
        "run ./x.sh",
        "watch \"exec\" \"x\" {}",
        "exec \"./x.sh\" every 5m",
        "exec(\"./x.sh\") every 5m",
        "x = exec(\"./x.sh\") every 5m",
        "let x = exec(\"./x.sh\") every 5m\n        on x.failed stay",
        "watch x: exec(\"./x.sh\") every 5m",
        "watch x = exec \"./x.sh\" every 5m",
        "watch x = exec[\"./x.sh\"] every 5m",
        "watch x = exec(\"./x.sh\") every 5m, timeout 10s\n        on x.failed stay",
        "watch x = exec(\"./x.sh\") every 1,5s\n        on x.failed stay",
        "watch x = exec(\"./x.sh\") every\n        on x.failed stay",
        "watch x = exec(\"./x.sh\") every 5m returns n: int\n        on x.failed, x.invalid stay",
        "watch x = exec(\"./x.sh\") every 5m returns (n: int)\n        on x.failed, x.invalid stay",
        "watch x = exec(\"./x.sh\") every 5m returns { \"n\": int }\n        on x.failed, x.invalid stay",
        "watch x = exec(\"./x.sh\") every 5m return { n: int }\n        on x.ok(it) when it.n > 1 -> b\n        on x.failed, x.invalid stay",
        "-- a comment",
        "watch x = exec(\"./x.sh\") at 5m",
        "watch x = exec(\"./x.sh\") every 5m jitter 1m",
        "watch x = exec(\"./x.sh\") every 5m wait 1m",
        "watch x = exec(\"./x.sh\", timeout 10s) every 5m\n        on x.failed stay",
        "watch x = exec(\"./x.sh\") every 5m returns { n int }\n        on x.failed, x.invalid stay",
        "watch x = exec(\"./x.sh\") every 5m returns { n: int }",
        "watch x = schedule(daily at 08:00)\n        on x.due -> b",
        "watch x = kv(\"fleet\", \"x\")",
        "run x.sh",
    ]));
}

#[test]
fn declarations() {
    insta::assert_snapshot!(in_the_machine(&[
        "int n = 0",
        "n: int in 0..5 = 0",
        "data int n = 0",
        "data n: int(0..5) = 0",
        "data n: int<0, 5> = 0",
        "data n: int in [0, 5] = 0",
        "data n: int in 0...5 = 0",
        "data speed: low, high = low",
        "data speed: low || high = low",
        "data speed: low or high = low",
        "data speed: \"low\" | \"high\" = \"low\"",
        "data speed: enum(low, high) = low",
        "data n = float(\"five\")",
        "data n = int(\"five\")",
        "limit fans: 1",
        "limit fans 1",
        "secret token = env(\"TOKEN\")",
        "secret token from \"TOKEN\"",
        "secret token from env TOKEN",
        "secret token from env \"$TOKEN\"",
        "event work { reason: string } from operator\n    on work(it) -> b { log it.reason }",
        "event work(reason) from operator\n    on work(it) -> b { log it.reason }",
        "event work by operator\n    on work -> b",
        "data n = 0\n    event work from operator\n    on work -> b { n = 1,000 }",
        "known {\n    }",
        "data n: 0..5 = 0",
        "data speed: {low, high} = low",
        "event work(string reason) from operator\n    on work(it) -> b { log it.reason }",
        "event work(reason: string; hours: int) from operator\n    on work(it) -> b { log it.reason }",
        "limit l = 1 on node\n    watch x = exec(\"./x.sh\") every 1m under limit l\n    on x.failed stay",
        "require at most 5 transitions an hour",
        "require never in b and room == \"x\"",
        "require never room == \"x\" and in b",
        "success_transition: b",
    ]));
}

#[test]
fn states_and_machines() {
    let with = |from: &str, to: &str| (to.to_owned(), machine("", "").replace(from, to));
    let all = [
        with("initial state a {", "initial stat a {"),
        with("initial state a {", "inital state a {"),
        with("state b {", "state: b {"),
        with("state b {", "state “b” {"),
        with("state b {", "state \"b\": {"),
        with("state b {", "state b = {"),
        with("machine m(", "machine my machine("),
        with("machine m(", "machine my lab("),
        with("(room: string = \"lab\") 1.0.0 {", " version 1.0.0 {"),
        with("(room: string = \"lab\") 1.0.0 {", "-maid 1.0.0 {"),
        with("(room: string = \"lab\")", "(room string = \"lab\")"),
        with("machine n = m()", "machine n = m(room = \"lab\")"),
        with("machine n = m()", "machine n = new m()"),
        with("machine n = m()", "machine n: m()"),
        with("machine n = m()", "n = m()"),
        with("(room: string = \"lab\")", "(string room = \"lab\")"),
        with("(room: string = \"lab\")", "(room = \"lab\")"),
        with("(room: string = \"lab\") 1.0.0 {", "(room: string = \"lab\") \"1.0.0\" {"),
        with("(room: string = \"lab\") 1.0.0 {", "(room: string = \"lab\") v1.0.0 {"),
        with("(room: string = \"lab\") 1.0.0 {", "(room: string = \"lab\") 1.0 {"),
        with("initial state a {", "inital a {"),
        with("initial state a {", "start state a {"),
        with("initial state a {", "state a initial {"),
        with("state b {\n        after 1m -> a\n    }", "state b (\n        after 1m -> a\n    )"),
        with("state b {", "substate b {"),
        with("state b {", "state b -> {"),
    ];
    insta::assert_snapshot!(answers(all.into_iter().map(|(written, source)| {
        let source = if source.contains("machine m(") || source.contains("my machine(") {
            source
        } else {
            source.replace("machine n = m()\n", "")
        };
        (written, source)
    })));
}

/// Between the two answers of `d` time passes, as far as their author knows.
#[test]
fn lines_of_tests() {
    let lines = [
        "advance 1",
        "advance 1 minute",
        "advance \"1m\"",
        "advance",
        "wait 1m",
        "sleep(60)",
        "w anwsers ok",
        "w answers okay",
        "w -> ok",
        "expects b",
        "assert b",
        "expect bb",
    ];
    let source = |line: &str| {
        // What lets no time pass itself stands behind a line that does.
        let before = if ["w ", "assert", "expect"].iter().any(|it| line.starts_with(it)) { "advance 1s" } else { "" };
        let test = format!(
            "test \"t\" for n {{\n    d answers missing\n    {before}\n    {line}\n    d answers changed\n    advance 1m\n    expect b\n}}\n"
        );
        machine("", "") + &test
    };
    insta::assert_snapshot!(answers(lines.iter().map(|it| ((*it).to_owned(), source(it)))));
}

/// What `import` brings is looked for as well, or it would be told that there is no such file.
#[test]
fn a_file_that_is_imported_is_looked_for() {
    for word in ["import", "usse", "use"] {
        let source = format!("{word} \"other.machine\"\n");
        assert_eq!(machine_compiler::lower::used_files(&source), ["other.machine"], "{word}");
    }
}
