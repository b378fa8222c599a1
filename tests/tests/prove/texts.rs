//! `never` over texts: machines that compare and keep what an operator sends, against all that the core does with texts that the
//! source names and others that it does not.

use super::*;
use machine_core::{Data, Effect};
use std::collections::BTreeSet;

const STATES: [&str; 3] = ["x", "y", "z"];
/// Those of the source.
const NAMED: [&str; 3] = ["a", "b", ""];
/// And as many others as a machine can hold at a time, and what it makes of its own.
const SENT: [&str; 8] = ["a", "b", "", "p", "q", "r", "A", "B"];

/// How texts are compared and made: with what the source names, or with one another as well.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Named,
    Related,
}

fn condition(random: &mut Random, sort: Sort, has_word: bool) -> String {
    let place =
        |random: &mut Random| *random.pick(if has_word { &["kept", "last", "s.word"] } else { &["kept", "last"] });
    let one = |random: &mut Random| {
        let how = random.pick(&["==", "!="]);
        match sort {
            Sort::Related if random.chance(40) => format!("{} {how} {}", place(random), place(random)),
            _ => format!("{} {how} \"{}\"", place(random), random.pick(&NAMED)),
        }
    };
    match random.below(4) {
        0 => format!("{} and {}", one(random), one(random)),
        1 => format!("not ({} or {})", one(random), one(random)),
        _ => one(random),
    }
}

fn action(random: &mut Random, sort: Sort, has_word: bool) -> String {
    let value = match random.below(if has_word { 4 } else { 3 }) {
        0 => format!("\"{}\"", random.pick(&NAMED)),
        1 => "last".to_owned(),
        2 if sort == Sort::Related => format!("upper({})", random.pick(&["kept", "last"])),
        2 => "kept".to_owned(),
        _ => "s.word".to_owned(),
    };
    format!("{} = {value}", random.pick(&["kept", "last"]))
}

fn source(random: &mut Random, sort: Sort) -> String {
    let mut text = "machine m 1.0.0 {\n    event say(word: string) from operator\n    event go from operator\n    \
                    data kept: string = \"a\"\n    data last: string = \"\"\n"
        .to_owned();
    for (at, state) in STATES.into_iter().enumerate() {
        text += &format!("    {}state {state} {{\n", if at == 0 { "initial " } else { "" });
        for (event, has_word) in [("say(s)", true), ("say(s)", true), ("go", false)] {
            if random.chance(75) {
                let when = condition(random, sort, has_word);
                let actions =
                    (0..random.below(3)).map(|_| action(random, sort, has_word)).collect::<Vec<_>>().join("\n");
                let to = random.pick(&STATES);
                text += &format!("        on {event} when {when} -> {to} again {{ {actions} }}\n");
            }
        }
        text += "    }\n";
    }
    for state in STATES {
        for (data, named) in ["kept", "last"].into_iter().flat_map(|data| NAMED.map(|it| (data, it))) {
            text += &format!("    require never {state} and {data} == \"{named}\"\n");
        }
        text += &format!("    require never {state} and kept != \"a\" and kept != \"b\" and kept != \"\"\n");
    }
    text + "}\n"
}

/// Each leaf with the texts that data has there, on any word of events.
fn reached(table: &Table<'_>) -> BTreeSet<[String; 3]> {
    let seen = |it: &Instance| {
        let text = |at| if let Data::Text(it) = it.data(table, at) { it.to_owned() } else { String::new() };
        [table.state_name(it.state()).unwrap_or_default().to_owned(), text(0), text(1)]
    };
    let signal = |name: &str| table.signals().find(|it| it.name == name).map(|it| it.id);
    let mut start = Instance::new(table);
    step(table, &mut start, Instant(0), Input::Start, &mut Vec::<Effect>::new());
    let (mut found, mut open) = (BTreeSet::from([seen(&start)]), vec![start]);
    while let Some(here) = open.pop() {
        let mut give = |name: &str, payload: &[Data<'_>]| {
            let Some(signal) = signal(name) else { return };
            let mut there = here.clone();
            step(table, &mut there, Instant(0), Input::Signal { signal, payload }, &mut Vec::<Effect>::new());
            if found.insert(seen(&there)) {
                open.push(there);
            }
        };
        SENT.iter().for_each(|it| give("say", &[Data::Text(it)]));
        give("go", &[]);
    }
    found
}

/// The state of a promise, and whether it holds of what data is.
fn breaks(promise: &str, [leaf, kept, last]: &[String; 3]) -> bool {
    let words: Vec<&str> = promise.split(' ').filter(|it| *it != "and").collect();
    let holds = |it: &[&str]| {
        let [data, how, text] = it else { panic!("a comparison") };
        let is = if *data == "kept" { kept } else { last } == text.trim_matches('"');
        is == (*how == "==")
    };
    words[0] == leaf.as_str() && words[1..].chunks(3).all(holds)
}

fn one(source: &str, sort: Sort, told: &mut BTreeMap<&'static str, u64>) {
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source);
    let promises: Vec<&str> = source.lines().filter_map(|it| it.trim_start().strip_prefix("require never ")).collect();
    let _ = machine_compiler::examine(&sources, &mut |_, machine: &Machine| {
        let bytes = machine_compiler::table::flatten(machine, &sources, file).encode().expect("a table");
        let reached = reached(&Table::verify(&bytes).expect("a table"));
        for (promise, verdict) in promises.iter().zip(decide(&sources, file, machine, &machine.requires)) {
            let is_broken = reached.iter().any(|it| breaks(promise, it));
            let context = || format!("{source}\n{promise}: {is_broken}\n{verdict:#?}\n{reached:?}");
            let name = match &verdict {
                Verdict::Kept => {
                    assert!(!is_broken, "{}", context());
                    "kept"
                }
                Verdict::Broken(it) if it.depends.is_none() => {
                    assert!(is_broken && it.test.is_some(), "{}", context());
                    "broken"
                }
                Verdict::Broken(_) => "may be broken",
                Verdict::Open(_) => "open",
            };
            let is_decided = matches!(name, "kept" | "broken");
            assert!(is_decided || sort == Sort::Related, "{}", context());
            *told.entry(name).or_default() += 1;
        }
    });
}

#[test]
fn what_is_said_of_texts_is_what_the_core_shows() {
    let (seed, machines) = (number("PROVE_SEED", 1), number("PROVE_TEXTS", 60));
    println!("PROVE_SEED={seed}");
    for sort in [Sort::Named, Sort::Related] {
        let mut told = BTreeMap::new();
        for at in 0..machines {
            one(&source(&mut Random::new(seed + at), sort), sort, &mut told);
        }
        println!("{told:?}");
        assert!(machines < 60 || ["kept", "broken"].iter().all(|it| told[it] > machines), "both are found: {told:?}");
    }
}
