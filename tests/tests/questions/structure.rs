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
    let text = written(HEAD, layout, &mut |path| {
        let mut lines = Vec::new();
        for event in EVENTS {
            let again = if random.chance(30) { " again" } else { "" };
            lines.extend(match (random.below(8), path) {
                (0..4, "") | (0..2, _) => None,
                (7, _) => Some(format!("on {event} stay")),
                _ => Some(format!("on {event} -> {}{again}", random.pick(layout))),
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
fn path(source: &str, name: &str) -> String {
    let is_inner = source.lines().any(|it| it.starts_with("        ") && it.contains(&format!("state {name} {{")));
    if is_inner { format!("o.{name}") } else { name.to_owned() }
}

const WAYS: [&str; 3] = ["E0402", "E0404", "E0408"];

/// One machine: what is said of it, and what it does.
struct Case<'c> {
    source: &'c str,
    seen: Seen,
    core: Core,
}

impl Case<'_> {
    fn context(&self, what: &str) -> String {
        format!("{what}\n{}{:#?}\n{:#?}", self.source, self.seen.said, self.core.leads)
    }

    fn path(&self, name: &str) -> String {
        path(self.source, name)
    }

    /// What is said is so.
    fn is_true(&self) {
        for it in self.seen.under(&["E0402"]) {
            assert!(!self.core.was_in(&self.path(&it.words)), "{}", self.context(&it.words));
        }
        for it in self.seen.under(&["E0404", "E0408"]) {
            assert!(!self.core.used.contains(&it.line), "{}", self.context(&format!("line {} is used", it.line)));
        }
        for it in self.seen.under(&["E0403"]) {
            assert!(!self.core.left.contains(&self.path(&it.words)), "{}", self.context(&it.words));
        }
    }

    /// Nothing is wrong where nothing is said.
    fn is_all(&self) {
        for (at, line) in self.source.lines().enumerate() {
            if let Some(name) = line.split("state ").nth(1).and_then(|it| it.split(' ').next()) {
                assert!(self.core.was_in(&self.path(name)), "{}", self.context(&format!("{name} is never entered")));
            }
            let is_handler = line.trim_start().starts_with("on ");
            let is_used = self.core.used.contains(&(at + 1));
            assert!(!is_handler || is_used, "{}", self.context(&format!("line {} is never used", at + 1)));
        }
        for leaf in self.core.leads.keys().filter(|it| !self.core.left.contains(*it) && !self.is_final(it)) {
            let is_told = self.seen.under(&["E0403"]).any(|it| self.path(&it.words) == *leaf);
            assert!(is_told, "{}", self.context(&format!("{leaf} is never left")));
        }
    }

    fn is_final(&self, leaf: &str) -> bool {
        let has = |name: &str| self.source.contains(&format!("final state {name} {{"));
        leaf.split('.').any(has)
    }
}

fn check(source: &str, count: &mut BTreeMap<&'static str, u64>) {
    let case = Case { source, seen: Seen::of(source), core: Core::of(source) };
    case.seen.said.iter().for_each(|it| *count.entry(it.code).or_default() += 1);
    case.is_true();
    let mut ends = figures(source).ends;
    ends.iter_mut().for_each(|it| it.sort());
    let ends: BTreeSet<_> = ends.into_iter().collect();
    assert_eq!(ends, case.core.ends(), "{}", case.context("ends"));
    *count.entry("ends").or_default() += u64::from(!ends.is_empty());
    if !case.seen.has(&WAYS) {
        case.is_all();
        *count.entry("nothing").or_default() += 1;
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
