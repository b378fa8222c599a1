//! Faults of watchers and calculations that can fail, where nothing answers them; events that nothing answers anywhere.

use super::walk::{Event, Live};
use super::{LAYOUTS, Seen, each, written};
use machine_core::{Data, StateId, Verdict};
use machine_tests::compare::Random;
use std::collections::{BTreeMap, BTreeSet};

const MOST: i64 = 2;

const HEAD: &str = "    data n: int in 0..2 = 0\n    event zero from operator\n    event one from operator\n    \
                    event two from operator\n    event go from operator\n    event hint from operator\n";

/// States with watchers, guards and sums that may go beyond the bounds of their data. An operator leads anywhere, with any data.
fn source(random: &mut Random) -> String {
    let layout = *random.pick(&LAYOUTS);
    let leaves = || layout.iter().filter(|it| **it != "o");
    let head: String = leaves().map(|it| format!("    event to_{} from operator\n", it.replace('.', "_"))).collect();
    let watched = *random.pick(&["", "", layout[0], layout[1]]);
    written(&(HEAD.to_owned() + &head), layout, &mut |path| {
        let mut lines = Vec::new();
        if path.is_empty() {
            let words = [("zero", 0), ("one", 1), ("two", 2)];
            lines.extend(words.iter().map(|(name, n)| format!("on {name} stay {{ n = {n} }}")));
            lines.extend(leaves().map(|it| format!("on to_{} -> {it} again", it.replace('.', "_"))));
        }
        if path == watched {
            lines.push("watch w = exec(\"./w.sh\") every 10s".to_owned());
        }
        let is_watched = path == watched || watched.is_empty() || path.starts_with(&format!("{watched}."));
        for event in ["w.ok", "w.failed", "go", "hint", "fault"] {
            if event.starts_with("w.") && !is_watched {
                continue;
            }
            for _ in 0..if random.chance(45) { random.below(3) } else { 0 } {
                let guard = if event == "fault" && random.chance(70) { String::new() } else { guard(random) };
                lines.push(format!("on {event}{guard} {}", way(random, layout, path)));
            }
        }
        for block in ["enter", "exit"] {
            if !path.is_empty() && random.chance(6) {
                lines.push(format!("{block} {{{}}}", action(random)));
            }
        }
        lines
    })
}

fn guard(random: &mut Random) -> String {
    if random.chance(50) {
        return String::new();
    }
    format!(" when n {} {}", random.pick(&["==", "!=", "<", "<=", ">", ">="]), random.between(0, MOST))
}

fn action(random: &mut Random) -> &'static str {
    let of: [&str; 5] = [" n = 0 ", " n = 2 ", " n += 1 ", " n -= 1 ", " n += 1  n -= 1 "];
    of[random.below(of.len())]
}

fn way(random: &mut Random, layout: &[&str], path: &str) -> String {
    let actions = if random.chance(40) { format!(" {{{}}}", action(random)) } else { String::new() };
    if random.chance(40) {
        return format!("stay{actions}");
    }
    let target = *random.pick(layout);
    let is_inside = path == target || path.starts_with(&format!("{target}."));
    format!("-> {target}{}{actions}", if is_inside || random.chance(30) { " again" } else { "" })
}

/// What the core leaves without an answer.
#[derive(Default)]
struct Core {
    /// Leaves in which the fault of the watcher is not answered.
    faults: BTreeSet<String>,
    /// Leaves in which a failed calculation is not answered, and whether it was the answer to one that failed.
    failures: BTreeSet<String>,
    answers_fail: bool,
    /// Events of operators that were answered somewhere.
    heard: BTreeSet<String>,
}

impl Core {
    fn of(table: &[u8]) -> Self {
        let (mut core, mut known) = (Self::default(), BTreeSet::new());
        let mut start = Live::new(table).expect("a table");
        let came = start.give(machine_core::Input::Start);
        core.failures.extend(came.unhandled.then(|| start.leaf()));
        let mut open = vec![start];
        while let Some(here) = open.pop() {
            if !known.insert(place(&here)) {
                continue;
            }
            for event in here.events() {
                let mut there = here.clone();
                let came = there.happen(event);
                if came.unhandled {
                    core.failures.insert(here.leaf());
                    core.answers_fail |= came.answer_failed;
                }
                match event {
                    Event::Outcome(_, 1) if came.verdict == Some(Verdict::Unanswered) => {
                        core.faults.insert(here.leaf());
                    }
                    Event::Signal(it) if came.verdict != Some(Verdict::Unanswered) => {
                        let name = here.table.signals().find(|signal| signal.id == it).expect("a signal").name;
                        core.heard.insert(name.to_owned());
                    }
                    _ => {}
                }
                open.push(there);
            }
        }
        core
    }
}

fn place(live: &Live<'_>) -> (StateId, i64) {
    let Data::Int(n) = live.instance.data(&live.table, 0) else { panic!("a number") };
    (live.instance.state(), n)
}

fn check(source: &str, count: &mut BTreeMap<&'static str, u64>) {
    let seen = Seen::of(source);
    let core = Core::of(&seen.table);
    let context = |what: &str| format!("{what}\n{source}{:#?}", seen.said);
    let has = |code: &str| seen.has(&[code]);
    assert_eq!(has("E0401"), !core.faults.is_empty(), "{}", context(&format!("faults in {:?}", core.faults)));
    for it in seen.under(&["E0401"]).filter(|it| it.headline.contains("not answered in")) {
        core.faults.iter().for_each(|leaf| assert!(it.headline.contains(&format!("`{leaf}`")), "{}", context(leaf)));
    }
    let is_fine = core.failures.is_empty();
    let is_told = has("E0412") || has("E0420");
    assert!(is_told || is_fine, "{}", context(&format!("failures in {:?}", core.failures)));
    // Not looked at is whether a conditional answer is there just where something fails, what blocks find in the data, and
    // what conditions further in leave to those further out.
    let has_blocks = ["on fault when", "enter {", "exit {"].iter().any(|it| source.contains(it));
    let levels: BTreeSet<_> = source.lines().filter(|it| it.contains(" when ")).map(|it| it.find("on ")).collect();
    let is_close = !has_blocks && levels.len() < 2;
    assert!(!is_close || !has("E0412") || !is_fine, "{}", context("nothing fails"));
    // Whether something fails where the answer would is not looked at.
    assert!(has("E0420") || !core.answers_fail, "{}", context("the answer fails"));
    for it in ["go", "hint"] {
        let is_told = seen.under(&["W0403"]).any(|said| said.words == it);
        assert!(!is_told || !core.heard.contains(it), "{}", context(it));
        assert!(is_told || core.heard.contains(it) || seen.has(&["E0414", "E0404"]), "{}", context(it));
    }
    let counted =
        [("fault", has("E0401")), ("failure", has("E0412")), ("answer", has("E0420")), ("unheard", has("W0403"))];
    counted.iter().for_each(|(name, is)| *count.entry(name).or_default() += u64::from(*is));
    *count.entry("nothing").or_default() += u64::from(core.faults.is_empty() && is_fine);
}

#[test]
fn faults_and_failures_that_nothing_answers() {
    let mut count = BTreeMap::new();
    each(6_000, |random| check(&source(random), &mut count));
    println!("{count:?}");
    if std::env::var_os("QUESTIONS").is_none() {
        let all = ["fault", "failure", "answer", "unheard", "nothing"];
        assert!(all.iter().all(|it| count.get(it).is_some_and(|it| *it > 20)), "{count:?}");
    }
}
