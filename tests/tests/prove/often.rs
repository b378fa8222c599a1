//! `at most`, on the same small machines: the most transitions, and the most commands, in a window of
//! time, by gone ways of the core alone.
//!
//! From every configuration that the machine can come to, all that watchers and timers can do is tried: an answer at once or
//! later, or none, in each order of what comes at the same time. What is promised to be kept has to be kept by all of these.
//! What is said to be broken ends in a test, which has to fail when it is pasted; there can be a little more than what was
//! tried, where something comes just before what is due at the same time.

use super::small::Plan;
use super::*;
use machine_compiler::diagnostic::Severity;
use machine_compiler::model::Counted;
use machine_core::Effects;
use machine_tests::binaries::directory;
use std::collections::{HashMap, HashSet};
use std::process::Command;

/// No multiple of most paces and times, so that few windows end just when something happens.
const WINDOW_MS: u64 = 65_000;
const WINDOW: u64 = WINDOW_MS * 1_000_000;

/// All paces and times are multiples of this, and so are the moments that are tried.
const MOMENT: u64 = 5_000_000_000;

/// Configurations, and those with what is left of a window, beyond which there is too much to be tried.
const REACHED: usize = 1_500;
const TRIED: usize = 150_000;

/// The machine as time 0 has come, and what decides how it goes on.
type Config = (Instance, Vec<u8>);

/// Where in a snapshot it stands what its last transitions and polls have cost: who goes round too fast is slowed down.
const PACE: std::ops::Range<usize> = 7..15;

struct Ways<'t> {
    table: Table<'t>,
    /// Whether it polls.
    polls: bool,
    /// What is counted.
    of: Counted,
    /// By configuration and what is left of the window.
    most: HashMap<(Vec<u8>, u64), u64>,
}

/// Transitions and asks.
#[derive(Default)]
struct Both {
    moves: u64,
    asks: u64,
}

impl Effects for Both {
    fn push(&mut self, effect: Effect) {
        match effect {
            Effect::Moved { .. } => self.moves += 1,
            Effect::Ask { .. } => self.asks += 1,
            _ => {}
        }
    }
}

impl Ways<'_> {
    fn config(&self, mut instance: Instance, now: Instant) -> Config {
        let (mut bytes, mut whole) = (Vec::new(), Vec::new());
        instance.canonical(&self.table, now).write(&self.table, &mut bytes);
        instance.rebase(now, 0, Instant(0));
        // Where nothing is asked but at its pace, nothing can be slowed down.
        if self.table.watchers().any(|it| self.table.owner(it) != self.table.machine()) || self.polls {
            instance.write(&self.table, &mut whole);
            bytes.extend(&whole[PACE]);
        }
        (instance, bytes)
    }

    /// The same, long after it came there.
    fn settled(&self, (instance, _): &Config) -> Config {
        self.config(instance.canonical(&self.table, Instant(0)), Instant(0))
    }

    /// What is counted at the start, and where that is.
    fn start(&self) -> (u64, Config) {
        let (mut instance, mut both) = (Instance::new(&self.table), Both::default());
        step(&self.table, &mut instance, Instant(0), Input::Start, &mut both);
        (if self.of == Counted::Commands { both.asks } else { 0 }, self.config(instance, Instant(0)))
    }

    /// What watchers and time can bring: so many nanoseconds pass, so many are counted, and where that leads. Of what comes
    /// at the same time, each order is tried.
    fn steps(&self, config: &Config) -> Vec<(u64, u64, Config)> {
        let from = &config.0;
        let answers = from.under_way().filter_map(|it| Some((it, from.visit_of(it)?)));
        let answers: Vec<_> = answers.flat_map(|(watcher, visit)| self.answers(watcher, visit)).collect();
        let mut steps: Vec<_> = answers.iter().map(|it| self.step(config, 0, Some(*it))).collect();
        match from.deadline() {
            Some(Instant(0)) => steps.push(self.step(config, 0, Some(Input::Tick))),
            Some(due) => steps.push(self.step(config, due.0.min(MOMENT), None)),
            None => {}
        }
        steps
    }

    /// What a watcher can answer: one of its outcomes, or, where asks are counted, nothing.
    fn answers(&self, watcher: WatcherId, visit: u32) -> Vec<Input<'static>> {
        let outcome = |it| Input::Outcome { watcher, visit, outcome: it, payload: &[] };
        let nothing = (self.of == Counted::Commands).then_some(Input::Done { watcher, visit });
        (0..2).map(outcome).chain(nothing).collect()
    }

    /// Time passes, then something happens.
    fn step(&self, (from, _): &Config, after: u64, input: Option<Input<'_>>) -> (u64, u64, Config) {
        let (mut instance, now, mut both) = (from.clone(), Instant(after), Both::default());
        if let Some(input) = input {
            step(&self.table, &mut instance, now, input, &mut both);
        }
        let counted = if self.of == Counted::Commands { both.asks } else { both.moves };
        (after, counted, self.config(instance, now))
    }

    /// All that the machine can come to, operators included.
    fn reachable(&self) -> Option<Vec<Config>> {
        let mut found = vec![self.settled(&self.start().1)];
        let mut known: HashSet<Vec<u8>> = found.iter().map(|it| it.1.clone()).collect();
        let mut at = 0;
        while at < found.len() {
            let here = found[at].clone();
            let mut next: Vec<Config> = self.steps(&here).into_iter().map(|it| self.settled(&it.2)).collect();
            for signal in self.table.signals() {
                let mut instance = here.0.clone();
                let input = Input::Signal { signal: signal.id, payload: &[] };
                step(&self.table, &mut instance, Instant(0), input, &mut Vec::new());
                next.push(self.settled(&self.config(instance, Instant(0))));
            }
            for it in next {
                if known.insert(it.1.clone()) {
                    found.push(it);
                }
            }
            at += 1;
            if at > REACHED {
                return None;
            }
        }
        Some(found)
    }

    /// The most in a window, which begins with the first of them; nothing if there is too much to be tried.
    fn in_any_window(&mut self) -> Option<u64> {
        let (started, start) = self.start();
        let first: Vec<_> = self.reachable()?.iter().flat_map(|it| self.steps(it)).collect();
        let mut most = started + self.most(&start, WINDOW)?;
        for (_, counted, to) in &first {
            most = most.max(counted + self.most(to, WINDOW)?);
        }
        Some(most)
    }

    /// The most in so much time.
    fn most(&mut self, config: &Config, left: u64) -> Option<u64> {
        if let Some(known) = self.most.get(&(config.1.clone(), left)) {
            return Some(*known);
        }
        let mut most = 0;
        for (after, moved, to) in self.steps(config).into_iter().filter(|it| it.0 < left) {
            most = most.max(moved + self.most(&to, left - after)?);
        }
        self.most.insert((config.1.clone(), left), most);
        (self.most.len() <= TRIED).then_some(most)
    }
}

fn at_most(count: u64, of: Counted) -> Property {
    promise(Claim::AtMost { count, of, per_ms: WINDOW_MS })
}

/// How often each answer was given.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) kept: u64,
    pub(super) broken: u64,
    pub(super) open: u64,
    /// As far as was tried it is kept, and that is not known.
    missed: u64,
    /// So much to be tried that it was not.
    large: u64,
    /// Tests that were pasted.
    pub(super) pasted: u64,
}

impl Told {
    fn note(&mut self, is_kept: bool, verdict: &Verdict) {
        let is = |holds: bool| u64::from(holds);
        self.kept += is(*verdict == Verdict::Kept);
        self.broken += is(matches!(verdict, Verdict::Broken(_)));
        self.open += is(matches!(verdict, Verdict::Open(_)));
        self.missed += is(is_kept && matches!(verdict, Verdict::Open(_)));
    }
}

/// With room for as many calls within calls as there are steps in a window.
fn deep<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(1 << 28).spawn_scoped(scope, work);
        thread.expect("a thread").join().expect("it comes to its end")
    })
}

/// Whether a test that is pasted behind its machine fails, as it has to, and not because of a mistake in it.
fn fails(source: &str, test: &str) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("m.machine"), format!("{source}\n{test}\n")).expect("a source");
    let mut machinec = Command::new(directory().join("machinec"));
    let output = machinec.args(["test", "m.machine"]).current_dir(folder.path()).env("NO_COLOR", "1").output();
    let told = String::from_utf8_lossy(&output.expect("machinec starts").stdout).into_owned();
    told.contains("0 tests passed, 1 failed") && !told.contains("cannot answer")
}

/// Machines with other mistakes cannot be tested.
fn is_in_order(source: &str) -> bool {
    let mut sources = SourceMap::default();
    sources.add("m.machine", source);
    machine_compiler::examine(&sources, &mut |_, _| {}).iter().all(|it| it.severity() != Severity::Error)
}

pub(super) fn one(source: &str, told: &mut Told) {
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source);
    let mut tests: Vec<(String, String)> = Vec::new();
    let _ = machine_compiler::examine(&sources, &mut |_, machine: &Machine| {
        let bytes = machine_compiler::table::flatten(machine, &sources, file).encode().expect("a table");
        for of in [Counted::Transitions, Counted::Commands] {
            // Some have mistakes for which there is no table.
            let Ok(table) = Table::verify(&bytes) else { return };
            let Some(most) =
                deep(|| Ways { table, polls: source.contains("poll"), of, most: HashMap::new() }.in_any_window())
            else {
                told.large += 1;
                return;
            };
            let promises: Vec<_> =
                [Some(most), most.checked_sub(1)].into_iter().flatten().map(|it| at_most(it, of)).collect();
            let verdicts = decide(&sources, file, machine, &promises);
            for (is_kept, verdict) in [true, false].into_iter().zip(&verdicts) {
                let context = || format!("{source}\n{of:?}, really at most {most}\n{verdict:#?}");
                match verdict {
                    Verdict::Kept => assert!(is_kept, "{}", context()),
                    Verdict::Broken(it) => tests.push((it.test.clone().expect("a test"), context())),
                    Verdict::Open(_) => {}
                }
                told.note(is_kept, verdict);
            }
        }
    });
    // A handler of the machine that no state leaves anything to would be a mistake.
    let source = source.replacen("10s\n    on w.failed stay\n", "10s\n", 1);
    if is_in_order(&source) {
        told.pasted += tests.len() as u64;
        tests.iter().for_each(|(test, context)| assert!(fails(&source, test), "{test}\n{context}"));
    }
}

#[test]
fn how_often_is_what_all_ways_show() {
    let (seed, machines) = (number("PROVE_SEED", 1), number("PROVE_OFTEN", 200));
    println!("PROVE_SEED={seed}");
    let (mut random, mut told) = (Random::new(seed), Told::default());
    for at in 0..machines.min(small::ALL) {
        let number = if machines >= small::ALL { at } else { random.draw() % small::ALL };
        one(&Plan::new(number).source(), &mut told);
    }
    println!("{told:?}");
    assert!(told.kept > machines && told.broken > machines, "both are found: {told:?}");
    assert!(told.open * 40 <= machines, "nearly all is decided: {told:?}");
}
