//! `at most`, on the same small machines: the most transitions in a window of time, by gone ways of the core alone.
//!
//! From every configuration that the machine can come to, all that the watcher and the timer can do is tried: an answer at
//! once, or just before the watcher would be asked again, or none. What is promised to be kept has to be kept by all of
//! these; what is said to be broken is gone on the core by the prover itself before it says so.

use super::small::Plan;
use super::*;
use machine_compiler::model::Counted;
use machine_core::Verdict as Became;
use std::collections::HashMap;

/// No multiple of the watcher's pace and the timer's time, so that no window ends just when something happens.
const WINDOW_MS: u64 = 65_000;
const WINDOW: u64 = WINDOW_MS * 1_000_000;
/// The watcher is asked every 10 s.
const ASKS: u64 = 7;
const WATCHER: WatcherId = WatcherId(0);

/// The machine in the form that does not say how it came there.
type Config = (Instance, Vec<u8>);

struct Ways<'t> {
    table: Table<'t>,
    /// By configuration and what is left of the window.
    most: HashMap<(Vec<u8>, u64), u64>,
}

impl Ways<'_> {
    fn config(&self, instance: &Instance, now: Instant) -> Config {
        let instance = instance.canonical(&self.table, now);
        let mut bytes = Vec::new();
        instance.write(&self.table, &mut bytes);
        (instance, bytes)
    }

    fn start(&self) -> Config {
        let mut instance = Instance::new(&self.table);
        step(&self.table, &mut instance, Instant(0), Input::Start, &mut Vec::new());
        self.config(&instance, Instant(0))
    }

    /// What the watcher and time can bring: so many nanoseconds pass, so many transitions are taken, and where that leads.
    fn steps(&self, from: &Instance) -> Vec<(u64, u64, Config)> {
        let mut steps = Vec::new();
        let outcomes = || (0..2).filter(|_| from.under_way().next().is_some());
        steps.extend(outcomes().map(|it| self.step(from, 0, Some(it))));
        if let Some(due) = from.deadline() {
            steps.push(self.step(from, due.0, None));
            steps.extend(outcomes().map(|it| self.step(from, due.0, Some(it))));
        }
        steps
    }

    /// The watcher answers, if it does, then all that is due is done.
    fn step(&self, from: &Instance, after: u64, answer: Option<u8>) -> (u64, u64, Config) {
        let (mut instance, now, mut moved) = (from.clone(), Instant(after), 0);
        let mut give = |input: Input<'_>, instance: &mut Instance| {
            moved += u64::from(step(&self.table, instance, now, input, &mut Vec::new()) == Became::Moved);
        };
        if let (Some(outcome), Some(visit)) = (answer, from.visit_of(WATCHER)) {
            give(Input::Outcome { watcher: WATCHER, visit, outcome, payload: &[] }, &mut instance);
        }
        while after > 0 && instance.deadline().is_some_and(|it| it <= now) {
            give(Input::Tick, &mut instance);
        }
        (after, moved, self.config(&instance, now))
    }

    /// All that the machine can come to, operators included.
    fn reachable(&self) -> Vec<Config> {
        let mut found = vec![self.start()];
        let mut at = 0;
        while at < found.len() {
            let here = found[at].0.clone();
            let mut next: Vec<Config> = self.steps(&here).into_iter().map(|it| it.2).collect();
            for signal in self.table.signals() {
                let mut instance = here.clone();
                let input = Input::Signal { signal: signal.id, payload: &[] };
                step(&self.table, &mut instance, Instant(0), input, &mut Vec::new());
                next.push(self.config(&instance, Instant(0)));
            }
            for it in next {
                if !found.iter().any(|known| known.1 == it.1) {
                    found.push(it);
                }
            }
            at += 1;
        }
        found
    }

    /// The most transitions in a window, which begins with the first of them.
    fn in_any_window(&mut self) -> u64 {
        let first: Vec<_> = self.reachable().iter().flat_map(|it| self.steps(&it.0)).collect();
        first.iter().map(|(_, moved, to)| moved + self.most(to, WINDOW)).max().unwrap_or(0)
    }

    /// The most transitions in so much time.
    fn most(&mut self, (from, key): &Config, left: u64) -> u64 {
        if let Some(known) = self.most.get(&(key.clone(), left)) {
            return *known;
        }
        let steps = self.steps(from).into_iter().filter(|it| it.0 < left).collect::<Vec<_>>();
        let most = steps.iter().map(|(after, moved, to)| moved + self.most(to, left - after)).max().unwrap_or(0);
        self.most.insert((key.clone(), left), most);
        most
    }
}

fn at_most(count: u64, of: Counted) -> Property {
    promise(Claim::AtMost { count, of, per_ms: WINDOW_MS })
}

/// How often each answer was given.
#[derive(Debug, Default)]
struct Told {
    kept: u64,
    broken: u64,
    open: u64,
    /// Kept in truth, and not known to be.
    missed: u64,
}

fn one(number: u64, told: &mut Told) {
    let source = Plan::new(number).source();
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source.as_str());
    let _ = machine_compiler::examine(&sources, &mut |_, machine: &Machine| {
        let bytes = machine_compiler::table::flatten(machine, &sources, file).encode().expect("a table");
        let mut ways = Ways { table: Table::verify(&bytes).expect("a table"), most: HashMap::new() };
        let most = ways.in_any_window();
        let mut promises = vec![at_most(most, Counted::Transitions), at_most(ASKS - 1, Counted::Commands)];
        promises.extend(most.checked_sub(1).map(|it| at_most(it, Counted::Transitions)));
        let verdicts = decide(&sources, file, machine, &promises);
        for (promise, verdict) in promises.iter().zip(&verdicts) {
            let Claim::AtMost { count, of, .. } = promise.claim else { continue };
            let is_kept = of == Counted::Transitions && count >= most;
            let context =
                || format!("machine {number}:\n{source}\n{of:?} at most {count}, really {most}\n{verdict:#?}");
            match verdict {
                Verdict::Kept => assert!(is_kept, "{}", context()),
                Verdict::Broken(_) => assert!(!is_kept, "{}", context()),
                Verdict::Open(_) => {}
            }
            let is = |holds: bool| u64::from(holds);
            told.kept += is(*verdict == Verdict::Kept);
            told.broken += is(matches!(verdict, Verdict::Broken(_)));
            told.open += is(matches!(verdict, Verdict::Open(_)));
            told.missed += is(is_kept && *verdict != Verdict::Kept);
        }
    });
}

#[test]
fn how_often_is_what_all_ways_show() {
    let (seed, machines) = (number("PROVE_SEED", 1), number("PROVE_OFTEN", 200));
    println!("PROVE_SEED={seed}");
    let (mut random, mut told) = (Random::new(seed), Told::default());
    for at in 0..machines.min(small::ALL) {
        one(if machines >= small::ALL { at } else { random.draw() % small::ALL }, &mut told);
    }
    println!("{told:?}");
    assert!(told.kept > machines / 4 && told.broken > machines / 2, "both are found: {told:?}");
}
