//! Code told back from a table is a source of the same code.
#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use machine_compiler::diagnostic::{Diagnostic, Diagnostics};
use machine_compiler::source::SourceMap;
use machine_compiler::{check, lower, table};
use machine_core::table::{Code, Listing, Section, Transition};
use machine_core::{EventId, Table};

const FIELDS: &str = "n: int, name: string, rooms: list of string up to 4, speed: low | high | off";

/// A machine with one handler for each condition, and one for all actions.
fn machine(conditions: &[String], actions: &[String]) -> String {
    let mut source = r#"machine m 1.0.0 {
        data n = 3
        data many: int in 0..100 = 0
        data co2: int in 0..5000 = 0
        data share = 0.5
        data name = "m"
        data hot = false
        data pause = 1m
        data since: time = "2026-01-01"
        data speed: low | high | off = low
        data rooms: list of string up to 8 = []
        data counts: list of int up to 8 = []
        data times: list of time up to 8 = []
        data speeds: list of low | high | off up to 8 = []
        data `2nd` = 1
        fact location = "unknown"
        event other(speed: low | high | off, at: time, share: float)
        on fault stay
        initial state a {
            watch w = exec("./w") every 1m
            on w.ok, w.failed stay
"#
    .to_owned();
    // Each has an event of its own: one that always holds would leave nothing to others.
    for (at, it) in conditions.iter().enumerate() {
        source += &format!("            on go{at}(it) when {it} stay\n");
    }
    source += "            on other stay\n";
    for it in actions {
        source += &format!("            after 1h -> b {{ {it} }}\n");
    }
    source += "        }\n        state b { after 1m -> a { raise other(speed: off, at: since, share: 1.0) } }\n";
    for at in 0..conditions.len() {
        source += &format!("        event go{at}({FIELDS}) from operator\n");
    }
    source + "    }\n"
}

/// The table of a source, whatever can be said against conditions that always or never hold.
fn compiled(source: &str) -> Vec<u8> {
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source);
    let mut sink = Diagnostics::default();
    let ast = lower::lower(file, source, &mut sink);
    let machine = check::machine(file, &ast.machines[0], &check::Setting::alone(&[]), &mut sink);
    let place = |it: &Diagnostic| format!("{}: {}", it.headline, &source[it.labels[0].span.range()]);
    assert_eq!(sink.sorted().iter().map(place).collect::<Vec<_>>(), [""; 0], "{source}");
    table::flatten(&machine.unwrap(), &sources, file).encode().unwrap()
}

/// Every way of a table to react to an event.
fn ways<'t>(table: &Table<'t>) -> Vec<(EventId, Transition)> {
    let all = table.leaves().flat_map(|leaf| table.transitions(leaf).collect::<Vec<_>>());
    all.flat_map(|(event, first)| table.ways(first).map(move |it| (event, it))).collect()
}

/// The parts of a table that must be the same; where calculations stand in the source is another matter.
fn code(bytes: &[u8]) -> Vec<u8> {
    let table = Table::verify(bytes).unwrap();
    let section = |wanted: &str| {
        let found = table.sections().find(|it: &(Section, usize, usize)| it.0.name() == wanted);
        found.map_or_else(Vec::new, |(_, at, length)| bytes[at..at + length].to_vec())
    };
    ["code", "plans", "arguments", "blocks", "whens", "declarations"].map(section).concat()
}

/// What comes back for each condition, after it has been shown to be the same code.
fn conditions(written: &[&str]) -> Vec<String> {
    let written: Vec<_> = written.iter().map(|it| (*it).to_owned()).collect();
    let bytes = compiled(&machine(&written, &[]));
    let table = Table::verify(&bytes).unwrap();
    let listing = Listing::new(table);
    let guards = ways(&table).into_iter().filter_map(|(event, it)| Some((event, table.plan(it.plan).guard?)));
    let told: Vec<_> = guards.map(|(event, it)| listing.calculation(it, Some(event))).collect();
    assert_eq!(told.len(), written.len());
    assert_eq!(code(&bytes), code(&compiled(&machine(&told, &[]))), "{told:#?}");
    told
}

fn actions(written: &str) -> String {
    let bytes = compiled(&machine(&[], &[written.to_owned()]));
    let table = Table::verify(&bytes).unwrap();
    let listing = Listing::new(table);
    let (event, block): (EventId, Code) =
        ways(&table).into_iter().find_map(|(event, it)| Some((event, table.plan(it.plan).actions?))).unwrap();
    let told = listing.code(block, Some(event)).lines.join("  ");
    assert_eq!(code(&bytes), code(&compiled(&machine(&[], std::slice::from_ref(&told)))), "{told}");
    told
}

/// Written like this, they come back like this.
#[test]
fn conditions_come_back_as_they_were_written() {
    let written = [
        "co2 > 800",
        "co2 > 800 and n < 3 and not hot",
        "hot",
        "hot != true",
        "co2 in 100..200",
        "co2 in 100..200 and n in -5..5 and speed == high and pause >= 10s",
        "speed != off",
        "`2nd` == -1",
        "it.n > n or hot",
        "(hot or n > 3) and it.n == 1",
        "hot or n > 3 and it.n == 1",
        "hot and (n > 3 and it.n == 1)",
        "not (hot or it.n == 1)",
        "not it.n == 1",
        "(it.n == 1) == hot",
        "it.n - (n - 1) > 3",
        "it.n - n - 1 > 3",
        "(it.n + n) * 2 > 3",
        "it.n + n * 2 > 3",
        "it.n * (n / 2) > 3",
        "it.n * n / 2 % 7 > 3",
        "-it.n > -3",
        "-(-it.n) > -3",
        "-(it.n + 1) > n - -3",
        "it.n in 1..5 or it.n not in [7, 8, 9]",
        "not hot and (it.n in 1..5 and n in 1..5)",
        "it.name in rooms and it.name not in it.rooms",
        "it.n in counts",
        "it.speed in [low, high] or speed in speeds",
        "contains(it.name, name) and starts_with(it.name, \"a\") and ends_with(name, \"z\")",
        "matches(lower(it.name), upper(\"{name}*\"))",
        "min(max(n, it.n), 3) == abs(n) + len(name) + len(rooms)",
        "int(share) == int(name) or float(n) > share",
        "share > 60.0 or share < -0.25 or share * 100000000000000000000000.0 > 1.0",
        "it.name == \"a \\\"quote\\\", \\\\, \\{braces\\}, \\n\\t\\r\\u{7} and grün 'so'\"",
        "it.name == \"{n} of {it.n + 1}: {name}\"",
        "string(n) == it.name",
        "now() - since > 1h30m",
        "now() > \"2026-02-03T04:05:06Z\" and since < \"2026-02-03T04:05:06.007Z\"",
        "since + pause * 2 - 1d > now()",
        "pause / 2 > 1m or pause / 10s > it.n",
        "max(since, now()) in times",
        "times == [now(), since]",
        "it.rooms == [\"a\", name]",
        "it.rooms != []",
        "location == name",
        "it.n == 9223372036854775807",
    ];
    for (told, written) in conditions(&written).iter().zip(written) {
        assert_eq!(told, written);
    }
}

#[test]
fn other_forms_come_back_in_one() {
    let pairs = [
        ("hot == false", "not hot"),
        ("5 < co2", "co2 > 5"),
        ("co2 >= 1 and co2 <= 2", "co2 in 1..2"),
        ("it.n in 1..n", "it.n >= 1 and it.n <= n"),
        ("it.n >= 1 and it.n <= n - 1", "it.n >= 1 and it.n <= n - 1"),
        ("it.name >= \"1\" and it.name <= \"2\"", "it.name >= \"1\" and it.name <= \"2\""),
        ("contains(rooms, it.name)", "it.name in rooms"),
        ("not (it.n in counts)", "it.n not in counts"),
        ("\"{n}\" == it.name", "string(n) == it.name"),
        ("((it.n)) + (1 + 1) > 2 * 60 * 60", "it.n + 2 > 7200"),
        ("it.n == -9223372036854775807 - 1", "it.n == (-9223372036854775807 - 1)"),
        ("\"2026-01-01\" < now()", "\"2026-01-01T00:00:00Z\" < now()"),
        ("min(it.n, n, 3) > 2s / 1s", "min(min(it.n, n), 3) > 2"),
        ("max(\"2026-01-01\", since) > now()", "max(\"2026-01-01T00:00:00Z\", since) > now()"),
    ];
    let told = conditions(&pairs.map(|it| it.0));
    assert_eq!(told, pairs.map(|it| it.1));
}

#[test]
fn actions_come_back() {
    for written in [
        "n = 3  hot = true  speed = off  pause = 1h30m",
        "n += 1  hot = false",
        "many -= 1",
        "n = n * 2  log \"now {n}\"",
        "emit page(room: name, at: now(), `2nd`: `2nd`)  emit done",
        "raise other(speed: low, at: \"2026-01-01T00:00:00Z\", share: 2.0)",
        "poll w  log location",
        "rooms = []  rooms = [\"a\", name]  counts = [1, 2]  counts = [n, 2]  speeds = [low, speed, off]",
        "since = \"2026-01-01T00:00:00Z\"  since = now() - 1d  times = [now(), \"2026-01-01T00:00:00Z\"]",
        "share = 1.0  share = -0.5 * share  hot = n > 3 and not hot",
    ] {
        assert_eq!(actions(written), written);
    }
}

#[test]
fn arguments_come_back() {
    let source = r#"machine m 1.0.0 {
        data n: int in 0..9 = 3
        data hot = false
        secret token from env "TOKEN"
        initial final state a {
            watch w = exec("./w", "--n={n}", "{n}", env: { TOKEN: token }, timeout: 1m) every 1m
            on w.ok, w.failed stay
        }
    }"#;
    let bytes = compiled(source);
    let table = Table::verify(&bytes).unwrap();
    let listing = Listing::new(table);
    let told: Vec<_> = table.arguments().flatten().map(|it| listing.value(it)).collect();
    assert_eq!(told[..3], [r#""./w""#, r#"["--n={n}", string(n)]"#, r#"{"TOKEN": token}"#]);
}
