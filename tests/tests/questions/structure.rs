//! States that are never entered, handlers that never do anything, states that are never left, groups of states that are.

use super::walk::{Live, walk};
use super::{LAYOUTS, Seen, each, figures, written};
use machine_tests::compare::Random;
use std::collections::{BTreeMap, BTreeSet};

const EVENTS: [&str; 3] = ["w.ok", "w.failed", "go"];
const HEAD: &str = "    event go from operator\n    watch w = exec(\"./w.sh\") every 10s\n";

/// A machine of three leaves and three events, each handler a line.
fn source(random: &mut Random) -> String {
    let layout = *random.pick(&LAYOUTS);
    let goals: Vec<&str> = layout.iter().copied().collect();
    let text = written(HEAD, layout, &mut |path| {
        let mut lines = Vec::new();
        for event in EVENTS {
            let again = if random.chance(30) { " again" } else { "" };
            lines.extend(match (random.below(8), path) {
                (0..4, "") | (0..2, _) => None,
                (7, _) => Some(format!("on {event} stay")),
                _ => Some(format!("on {event} -> {}{again}", random.pick(&goals))),
            });
        }
        lines
    });
    // Two may end.
    if random.chance(30) { text.replacen("    state ", "    final state ", 1) } else { text }
}

/// The same with a line of log for each handler: where it stands.
fn marked(source: &str) -> String {
    let mark = |(at, line): (usize, &str)| match line.trim_start().starts_with("on ") {
        true => format!("{line} {{ log \"{}\" }}\n", at + 1),
        false => format!("{line}\n"),
    };
    source.lines().enumerate().map(mark).collect()
}

/// What the core does on all words.
#[derive(Default)]
struct Core {
    /// Leaves that were entered, each with those that one step leads to.
    leads: BTreeMap<String, BTreeSet<String>>,
    /// Leaves that were left, or entered anew.
    left: BTreeSet<String>,
    /// Lines of handlers that led somewhere, or stayed as they should.
    used: BTreeSet<usize>,
}

impl Core {
    fn of(source: &str) -> Self {
        let seen = Seen::of(&marked(source));
        let start = Live::start(&seen.table).expect("a table");
        let stays: Vec<bool> = source.lines().map(|it| it.ends_with(" stay")).collect();
        let mut core = Self::default();
        core.leads.entry(start.leaf()).or_default();
        walk(&start, &mut |before, _, after, came| {
            core.leads.entry(before.leaf()).or_default().insert(after.leaf());
            core.leads.entry(after.leaf()).or_default();
            if !came.moves.is_empty() {
                core.left.insert(before.leaf());
            }
            let lines = came.logs.iter().filter_map(|it| it.parse::<usize>().ok());
            core.used.extend(lines.filter(|it| stays[it - 1] || !came.moves.is_empty()));
        });
        core
    }

    fn was_in(&self, state: &str) -> bool {
        self.leads.keys().any(|it| is_in(it, state))
    }

    /// All leaves that can be come to from one.
    fn from<'s>(&'s self, leaf: &'s String) -> BTreeSet<&'s String> {
        let (mut found, mut open) = (BTreeSet::from([leaf]), vec![leaf]);
        while let Some(at) = open.pop() {
            open.extend(self.leads[at].iter().filter(|it| found.insert(*it)));
        }
        found
    }

    /// Groups of leaves that are never left; none if it is all of them.
    fn ends(&self) -> BTreeSet<Vec<String>> {
        let reached = |it| self.from(it);
        let ends = self.leads.keys().map(reached).filter(|all| all.iter().all(|it| self.from(it) == *all));
        ends.filter(|it| it.len() < self.leads.len()).map(|it| it.into_iter().cloned().collect()).collect()
    }
}

fn is_in(leaf: &str, state: &str) -> bool {
    leaf == state || leaf.strip_prefix(state).is_some_and(|it| it.starts_with('.'))
}

/// The path of a state by its name, which is there once.
fn path<'s>(source: &str, name: &'s str) -> String {
    let is_inner = source.lines().any(|it| it.starts_with("        ") && it.contains(&format!("state {name} {{")));
    if is_inner { format!("o.{name}") } else { name.to_owned() }
}

/// Whether the state that a line stands in was ever entered.
fn owner_was_entered(source: &str, line: usize, core: &Core) -> bool {
    let before = source.lines().take(line).collect::<Vec<_>>();
    let indent = |it: &str| it.len() - it.trim_start().len();
    let own = indent(before[line - 1]);
    let Some(head) = before.iter().rev().find(|it| it.contains("state ") && indent(it) < own) else { return true };
    let name = head.split("state ").nth(1).and_then(|it| it.split(' ').next()).expect("a name");
    core.was_in(&path(source, name))
}

const WAYS: [&str; 3] = ["E0402", "E0404", "E0408"];

fn check(source: &str, count: &mut BTreeMap<&'static str, u64>) {
    let (seen, core) = (Seen::of(source), Core::of(source));
    let context = |what: &str| format!("{what}\n{source}{:#?}\n{:#?}", seen.said, core.leads);
    for it in &seen.said {
        *count.entry(it.code).or_default() += 1;
    }
    for it in seen.under(&["E0402"]) {
        assert!(!core.was_in(&path(source, &it.words)), "{}", context(&it.words));
    }
    for it in seen.under(&["E0404", "E0408"]) {
        assert!(!core.used.contains(&it.line), "{}", context(&format!("line {} is used", it.line)));
    }
    for it in seen.under(&["E0403"]) {
        assert!(!core.left.contains(&path(source, &it.words)), "{}", context(&format!("{} is left", it.words)));
    }
    let ends: BTreeSet<_> = figures(source)
        .ends
        .iter()
        .cloned()
        .map(|mut it| {
            it.sort();
            it
        })
        .collect();
    assert_eq!(ends, core.ends(), "{}", context("ends"));
    *count.entry("ends").or_default() += u64::from(!ends.is_empty());
    // Where nothing is said of ways, all states are entered, and all handlers do what they say.
    if seen.has(&WAYS) {
        return;
    }
    *count.entry("nothing").or_default() += 1;
    for (at, line) in source.lines().enumerate() {
        if let Some(name) = line.split("state ").nth(1).and_then(|it| it.split(' ').next()) {
            assert!(core.was_in(&path(source, name)), "{}", context(&format!("{name} is never entered")));
        }
        let is_handler = line.trim_start().starts_with("on ");
        assert!(!is_handler || core.used.contains(&(at + 1)), "{}", context(&format!("line {} is never used", at + 1)));
        assert!(!is_handler || owner_was_entered(source, at + 1, &core));
    }
    let is_final = |leaf: &str| {
        source.contains(&format!("final state {} {{", leaf.split('.').next_back().unwrap_or(leaf)))
            || leaf.starts_with("o.") && source.contains("final state o {")
    };
    for leaf in core.leads.keys().filter(|it| !core.left.contains(*it) && !is_final(it)) {
        assert!(
            seen.under(&["E0403"]).any(|it| path(source, &it.words) == *leaf),
            "{}",
            context(&format!("{leaf} is never left"))
        );
    }
}

#[test]
fn states_and_handlers_that_nothing_leads_to_and_states_that_are_never_left() {
    let mut count = BTreeMap::new();
    each(3_000, |random| check(&source(random), &mut count));
    println!("{count:?}");
    if std::env::var_os("QUESTIONS").is_none() {
        for code in ["E0402", "E0403", "E0404", "E0408", "ends", "nothing"] {
            assert!(count.get(code).is_some_and(|it| *it > 20), "{code} is asked: {count:?}");
        }
    }
}
