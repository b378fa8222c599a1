//! Timers behind the default timeout of a command: whatever it answers, and whenever, within its time.
//!
//! The core knows no timeout of commands. So each ask is answered here at every moment, in steps of five seconds, up to the
//! ten that a command has, and then at the latest.

use super::timers::{is_timer, marked};
use super::{LAYOUTS, Seen, each, written};
use machine_core::{Effect, Effects, Input, Instance, Instant, SignalId, Table, TimerId, WatcherId, step};
use machine_tests::compare::Random;
use std::collections::{BTreeMap, BTreeSet};

/// States with a watcher and up to two timers each, and an operator who leads wherever he likes.
fn source(random: &mut Random) -> String {
    let layout = *random.pick(&LAYOUTS);
    let leaves = || layout.iter().filter(|it| **it != "o");
    let head: String = leaves().map(|it| format!("    event to_{} from operator\n", it.replace('.', "_"))).collect();
    written(&head, layout, &mut |path| {
        if path.is_empty() {
            return leaves().map(|it| format!("on to_{} -> {it} again", it.replace('.', "_"))).collect();
        }
        let mut lines = Vec::new();
        if random.chance(60) {
            let name = format!("w_{}", path.replace('.', "_"));
            let (mode, pace) = *random.pick(&[("run", ""), ("watch", " every 30s"), ("watch", " every 30s splay 5s")]);
            lines.push(format!("{mode} {name} = exec(\"./w.sh\"){pace}"));
            lines.extend(["ok", "failed"].map(|it| format!("on {name}.{it} {}", way(random, layout, path, 80))));
        }
        for _ in 0..random.below(3) {
            lines.push(format!(
                "after {} {}",
                random.pick(&["5s", "10s", "15s", "20s"]),
                way(random, layout, path, 70)
            ));
        }
        lines
    })
}

fn way(random: &mut Random, layout: &[&str], path: &str, leads: u64) -> String {
    let target = *random.pick(layout);
    let is_inside = path == target || path.starts_with(&format!("{target}."));
    let again = if is_inside || random.chance(30) { " again" } else { "" };
    if random.chance(leads) { format!("-> {target}{again}") } else { "stay".to_owned() }
}

const STEP: u64 = 5_000_000_000;
const TIMEOUT: u64 = 2 * STEP;

#[derive(Clone)]
struct Live<'t> {
    table: Table<'t>,
    instance: Instance,
    now: Instant,
    /// Watchers that were asked, and when they have answered at the latest.
    asked: BTreeMap<WatcherId, u64>,
}

#[derive(Default)]
struct Came {
    asked: Vec<WatcherId>,
    stopped: Vec<WatcherId>,
    lines: Vec<usize>,
}

impl Effects for Came {
    fn push(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { watcher, .. } => self.asked.push(watcher),
            Effect::Stop { watcher, .. } => self.stopped.push(watcher),
            _ => {}
        }
    }

    fn log(&mut self, text: &str) {
        self.lines.extend(text.parse::<usize>());
    }
}

/// What decides how it goes on: the leaf, the timers, the asks that are open or still to come, each with what is left.
type Place = (u16, Vec<(TimerId, u64)>, Vec<(WatcherId, u64)>, Vec<Option<u64>>);

impl<'t> Live<'t> {
    /// Returns the lines of the timers that fired.
    fn give(&mut self, input: Input<'_>) -> Vec<usize> {
        let mut came = Came::default();
        step(&self.table, &mut self.instance, self.now, input, &mut came);
        came.stopped.iter().for_each(|it| _ = self.asked.remove(it));
        self.asked.extend(came.asked.iter().map(|it| (*it, self.now.0 + TIMEOUT)));
        came.lines
    }

    fn place(&self) -> Place {
        let left = |it: u64| it.saturating_sub(self.now.0);
        let timers = self.instance.armed().map(|it| (it.0, left(it.1.0))).collect();
        let asked = self.asked.iter().map(|it| (*it.0, left(*it.1))).collect();
        let due = self.table.watchers().map(|it| self.instance.next_ask_of(it).map(|it| left(it.0))).collect();
        (self.instance.state().0, timers, asked, due)
    }

    /// All that can happen next, with the lines of timers that fired.
    fn next(&self) -> Vec<(Self, Vec<usize>)> {
        let mut next = Vec::new();
        let mut add = |happen: &dyn Fn(&mut Self) -> Vec<usize>| {
            let mut there = self.clone();
            let lines = happen(&mut there);
            next.push((there, lines));
        };
        for watcher in self.asked.keys().copied() {
            let visit = self.instance.visit_of(watcher).expect("it is under way");
            for outcome in 0..2 {
                add(&|it| {
                    it.asked.remove(&watcher);
                    it.give(Input::Outcome { watcher, visit, outcome, payload: &[] })
                });
            }
        }
        for signal in self.table.signals().map(|it| it.id).collect::<Vec<SignalId>>() {
            add(&|it| it.give(Input::Signal { signal, payload: &[] }));
        }
        let is_due = self.instance.deadline().is_some_and(|it| it <= self.now);
        if is_due {
            add(&|it| it.give(Input::Tick));
        } else if self.asked.values().all(|it| *it > self.now.0) {
            add(&|it| {
                // An ask may come between two steps, and its answer with it.
                let until = Instant(self.now.0 + STEP);
                it.now = it.instance.deadline().filter(|it| *it < until).unwrap_or(until);
                if let Some(first) = it.asked.values().min() {
                    it.now = it.now.min(Instant(*first));
                }
                Vec::new()
            });
        }
        next
    }
}

/// The lines of all timers that fire.
fn fired(table: &[u8], seed: u64) -> Option<BTreeSet<usize>> {
    let table = Table::verify(table).ok()?;
    let mut start = Live { table, instance: Instance::new(&table), now: Instant(0), asked: BTreeMap::new() };
    start.instance.set_seed(seed);
    start.give(Input::Start);
    let (mut fired, mut known, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![start]);
    while let Some(mut here) = open.pop() {
        // Nobody is slowed down here.
        here.instance = here.instance.canonical(&table, here.now);
        let by = here.now.0;
        here.asked.values_mut().for_each(|it| *it -= by);
        here.now = Instant(0);
        here.instance.set_seed(seed);
        if known.insert(here.place()) {
            for (there, lines) in here.next() {
                fired.extend(lines);
                open.push(there);
            }
        }
    }
    Some(fired)
}

fn check(source: &str, seed: u64, count: &mut BTreeMap<&'static str, u64>) {
    let seen = Seen::of(source);
    let marked = marked(source);
    let Some(fired) = fired(&Seen::of(&marked).table, seed) else { return };
    let context = |what: String| format!("{what}\n{source}{:#?}", seen.said);
    for it in seen.under(&["W0404"]) {
        *count.entry("said").or_default() += 1;
        assert!(!fired.contains(&it.line), "{}", context(format!("line {} fires", it.line)));
    }
    if seen.has(&["E0402", "E0404", "E0408"]) {
        return;
    }
    for line in (1..=source.lines().count()).filter(|it| is_timer(source, *it)) {
        let is_told = seen.under(&["W0404"]).any(|it| it.line == line);
        if !is_told && !fired.contains(&line) {
            *count.entry("silent").or_default() += 1;
            if std::env::var_os("SHOW").is_some() {
                println!("{}", context(format!("line {line} never fires")));
            }
        }
        *count.entry("fires").or_default() += u64::from(fired.contains(&line));
    }
}

#[test]
fn timers_that_the_default_timeout_of_a_command_is_before() {
    let mut count = BTreeMap::new();
    each(300, |random| check(&source(random), random.draw(), &mut count));
    println!("{count:?}");
    if std::env::var_os("QUESTIONS").is_none() {
        assert!(["said", "fires"].iter().all(|it| count.get(it).is_some_and(|it| *it > 20)), "{count:?}");
    }
}
