//! What is said of mistakes in declarations, conditions, actions and modifiers, and of the habits of other languages.
//!
//! Each test shows several sources and all that is said of each, in the order of the source.

mod said;

use insta::assert_snapshot;
use said::{said_of, said_of_lines};

/// The same as for lines in a state, for lines that stand in a machine.
fn said_of_declarations(lines: &[&str]) -> String {
    let sources: Vec<String> = lines.iter().map(|it| format!("machine m 1.0.0 {{\n    {it}\n}}\n")).collect();
    said_of(&sources.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn marks_of_other_languages() {
    assert_snapshot!(said_of_lines(&[
        "on w.ok -> b { x := 1 }",
        "on w.ok -> b { x == 1 }",
        "on w.ok -> b { x: 1 }",
        "on w.ok -> b { x++ }",
        "on w.ok -> b { x-- y = 2 }",
        "on w.ok -> b {\n    x = 1;\n    y = 2;\n}",
        "on w.ok when x = 1 -> b",
        "on w.ok when x === 1 -> b",
        "on w.ok when x && y || !z -> b",
        "on w.ok when not x AND y <> 1 -> b",
        "on w.ok when !(x) -> b",
        "when x = 1 stay",
    ]));
}

#[test]
fn words_of_other_languages() {
    assert_snapshot!(said_of_lines(&[
        "on w.ok if x > 1 -> b",
        "if x > 1 -> b",
        "on w.ok when x > 1 -> b\nelif x > 2 -> a",
        "let x = 5",
        "var x: int = 5",
        "on w.ok -> b { set x = 5 }",
        "on w.ok -> b { let x = 5 }",
        "on enter { x = 1 }",
        "on w.ok -> b { print \"done\" }",
        "on w.ok when x == null -> b { y = None }",
        "on w.ok -> b { log 'done' }",
        "on w.ok b",
        "on w.ok goto b",
        "after 5m b",
        "for x in y { log x }",
    ]));
}

#[test]
fn declarations() {
    assert_snapshot!(said_of_declarations(&[
        "data x: 5",
        "data x: \"low\"",
        "data x := 5",
        "data x == 5",
        "data x = int = 5",
        "data x",
        "data x: int",
        "data x: int in 0-5 = 1",
        "data x: float in 0..5 = 1.5",
        "data x: int up to 5 = 1",
        "data on = 1",
        "data \"x\" = 1",
        "fact x = ",
        "secret token = \"abc\"",
        "secret token from HVAC_TOKEN",
        "secret token from env HVAC_TOKEN",
        "limit fans 3",
        "limit fans = 3 across flet",
        "limit fans = 3 across fleet offlin skip",
        "limit fans = 3 across fleet offline",
        "limit fans = 3 on node offline skip",
        "event e(reason string)",
        "event e(reason = string)",
        "event e form operator",
        "state a wass b {\n    }",
        "state a was {\n    }",
    ]));
}

#[test]
fn what_is_calculated() {
    assert_snapshot!(said_of_lines(&[
        "when 1 < x < 5 -> b",
        "when x == 1..5 -> b",
        "when (x > 1 -> b",
        "when x > -> b",
        "when x in -> b",
        "when max(x, -> b",
        "when x > 1 and -> b",
        "when -> b",
        "when x. > 1 -> b",
        "when x not 5 -> b",
    ]));
}

#[test]
fn actions() {
    assert_snapshot!(said_of_lines(&[
        "enter { x }",
        "enter { x = }",
        "enter {\n    emit\n    raise e\n}",
        "enter { emit page { room: 1 } }",
        "enter { emit page(room = 1) }",
        "enter { emti page }",
        "enter { log }",
        "enter { poll w.ok }",
        "enter { -> b }",
        "enter x = 1",
        "exit\nafter 1m -> b",
        "on w.ok -> b {\n    x = 1 2\n    y = = 3\n    z = 4\n}",
    ]));
}

#[test]
fn modifiers() {
    assert_snapshot!(said_of_lines(&[
        "watch x = exec(\"./x.sh\") every",
        "watch x = exec(\"./x.sh\") every 5m splay",
        "watch x = exec(\"./x.sh\") every 5m splay: 5s timeout 2s",
        "watch x = exec(\"./x.sh\") every 5m timeout 5 seconds quiet",
        "watch x = exec(\"./x.sh\") every 5m backoff 2 upto 5m",
        "watch x = exec(\"./x.sh\") every 5m announce 1h",
        "watch x = exec(\"./x.sh\") every 5m under wait 5m",
        "watch x = exec(\"./x.sh\") every 5m while other in idle",
        "watch x = exec(\"./x.sh\") every 5m returns { co2 = int }",
        "watch x = exec(\"./x.sh\") every 5m returns co2: int",
        "watch x = exec(\"./x.sh\") every 5m\n    returns { co2: int in 0.. }\n    splay 5s",
        "watch x = exec(\"./x.sh\") every 5m\n    retruns { co2: int }",
    ]));
}

#[test]
fn handlers() {
    assert_snapshot!(said_of_lines(&[
        "on w.ok(f, g) -> b",
        "on w.ok() -> b",
        "on w.ok(f when f.x > 1 -> b",
        "on other entrs idle -> b",
        "on other enters -> b",
        "on w.ok whne x > 1 -> b",
        "on w.ok when x > 1",
        "on w.ok { -> b }",
        "on w.ok -> b {",
    ]));
}

#[test]
fn between_machines() {
    assert_snapshot!(said_of(&[
        "import std/service\nmachine m 1.0.0 {\n    initial state a\n}\n",
        "use service\nuse door.machine\nuse std.service\nmachine m 1.0.0 {\n    initial state a\n}\n",
        "use \"{room}.machine\"\nmachine m 1.0.0 {\n    initial state a\n}\n",
        "/// What it does.\nuse std/service\nmachine m 1.0.0 {\n    initial state a\n}\n",
        "machine m(room string, level: int) 1.0.0 {\n    initial state a\n}\n",
        "machine m(room: string 1.0.0 {\n    initial state a\n}\n",
        "machine a = hvac(room = \"lab\")\nmachine b = hvac\nmachine c = \"hvac\"()\n",
        "extern machine door { states open shut }\nextern door { states open }\nextern machine gate { state open }\n",
        "watcher w(a: string) by \"./w.sh\" {\n    outcome ok\n}\n",
        "watcher w(a: string) by exec(\"./{a}.sh\") {\n    outcome ok\n}\n",
    ]));
}

#[test]
fn promises_and_tests() {
    let promise = |it: &str| {
        format!(
            "machine m 1.0.0 {{\n    initial state a {{ after 1m -> b }}\n    state b {{ after 1m -> a }}\n    {it}\n}}\n"
        )
    };
    let line = |it: &str| format!("{}\ntest \"t\" for m {{\n    {it}\n    expect a\n}}\n", promise(""));
    let promises = [
        "require allways can reach a",
        "require can reach a",
        "require a leads b",
        "require a -> b",
        "require",
        "require never",
        "require always reach a",
        "require a can reach b",
    ];
    let lines = [
        "advence 1m",
        "w answr ok",
        "w answers",
        "w answers ok then failed",
        "w answers ok, failed",
        "advance 3 minutes",
        "start tomorrow",
        "power off 3h",
        "expect path a -> b",
        "expect ran w thrice",
        "expect ran w 3",
        "until b",
        "never b",
        "state b",
        "expect",
        "wait 1m",
        "sleep 5s",
        "assert b",
        "expect b, n = 1",
    ];
    let tests = [
        "test for m { expect a }",
        "test \"t\" of m { expect a }",
        "\"t\" for m { expect a }",
        "test \"t\" for m each (n: int) in [1, 2] { expect a }",
    ];
    let tests = tests.iter().map(|it| format!("{}\n{it}\n", promise("")));
    let all: Vec<_> =
        promises.iter().map(|it| promise(it)).chain(lines.iter().map(|it| line(it))).chain(tests).collect();
    assert_snapshot!(said_of(&all.iter().map(String::as_str).collect::<Vec<_>>()));
}

/// What somebody writes who knows the words, and not yet what goes where.
#[test]
fn mix_ups_of_watch_and_run() {
    assert_snapshot!(said_of_lines(&[
        "watch w = run exec(\"./w.sh\") every 1m",
        "run w = watch exec(\"./w.sh\")",
        "watch run w = exec(\"./w.sh\")",
        "run watch w = exec(\"./w.sh\") every 1m",
        "w = exec(\"./w.sh\") every 1m",
        "w = watch exec(\"./w.sh\") every 1m",
        "watch w exec(\"./w.sh\") every 1m",
        "watch w: exec(\"./w.sh\") every 1m",
        "watch exec(\"./w.sh\") as w every 1m",
        "watch w = exec \"./w.sh\" every 1m",
        "watch w = \"./w.sh\" every 1m",
        "watch w = exec(./w.sh) every 1m",
        "watch w = exec(\"./w.sh\"), every 1m",
        "watch w = exec(\"./w.sh\", every: 1m)",
        "watch w = exec(\"./w.sh\") every: 1m",
        "watch w = exec(\"./w.sh\") every = 1m",
        "watch w = exec(\"./w.sh\") each 1m",
        "every 1m watch w = exec(\"./w.sh\")",
        "every 1m { run w = exec(\"./w.sh\") }",
        "run exec(\"./w.sh\")",
        "run \"./w.sh\"",
        "exec(\"./w.sh\")",
    ]));
}

#[test]
fn mix_ups_of_handlers() {
    assert_snapshot!(said_of_lines(&[
        "on w.ok: -> b",
        "on w.ok = b",
        "on w.ok => b",
        "on w.ok - > b",
        "on w.ok -> b -> a",
        "on w.ok -> state b",
        "on w.ok -> \"b\"",
        "on w.ok, -> b",
        "on w.ok and w.failed -> b",
        "on w.ok or w.failed -> b",
        "on w ok -> b",
        "on ok -> b",
        "w.ok -> b",
        "-> b",
        "on w.ok { -> b }",
        "on w.ok { x = 1 } -> b",
        "on w.ok do -> b",
        "on w.ok then b",
        "on after 5m -> b",
        "on every 5m -> b",
        "after: 5m -> b",
        "after 5m: b",
        "after 5 minutes -> b",
        "after \"5m\" -> b",
        "after w.ok -> b",
        "every 5m -> b",
        "when w.ok -> b",
        "on x > 3 -> b",
    ]));
}

/// Lines as YAML, HCL, JSON and Elm have them.
#[test]
fn habits_of_other_formats() {
    assert_snapshot!(said_of_lines(&[
        "watch: w",
        "- on: w.ok",
        "transitions:\n  - from: a\n    to: b",
        "onEnter: deploy",
        "command: ./w.sh",
        "watch \"exec\" \"w\" {\n    program = \"./w.sh\"\n    every = \"1m\"\n}",
        "on \"w.ok\" { to = \"b\" }",
        "\"on\": \"w.ok\"",
        "\"every\": \"1m\",",
        "case w of\n    Ok -> b",
        "w |> exec",
        "type Speed = Low | High",
        "# a comment",
        "-- a comment",
        "/* a comment */",
    ]));
}

#[test]
fn habits_of_whole_files() {
    assert_snapshot!(said_of(&[
        "machine: m\nversion: 1.0.0\nstates:\n  - name: a\n    initial: true\n",
        "machine \"m\" {\n  version = \"1.0.0\"\n  state \"a\" {}\n}\n",
        "{ \"machine\": \"m\", \"version\": \"1.0.0\" }\n",
        "machine m {\n    initial state a\n}\n",
        "machine m v1.0.0 {\n    initial state a\n}\n",
        "machine m \"1.0.0\" {\n    initial state a\n}\n",
        "machine m: 1.0.0 {\n    initial state a\n}\n",
        "machine m 1.0 {\n    initial state a\n}\n",
        "machine m 1.0.0\n    initial state a\n",
        "machine m 1.0.0 {\n    initial a\n    state b\n}\n",
        "machine m 1.0.0 {\n    initial: a\n    state a\n}\n",
        "machine m 1.0.0 {\n    state initial a\n}\n",
        "machine m 1.0.0 {\n    initial state a,\n    state b,\n}\n",
        "machine m 1.0.0 {\n    initial state a: { after 1m -> b }\n    state b = { after 1m -> a }\n}\n",
        "import \"other.machine\"\nmachine m 1.0.0 { initial state a }\n",
        "use other\nmachine m 1.0.0 { initial state a }\n",
        "module Main exposing (..)\nmachine m 1.0.0 { initial state a }\n",
        "machine m 1.0.0 begin\n    initial state a\nend\n",
    ]));
}
