//! Timers of states and of states around them: promises that hang on which is first, against all that the core does at any time.
//!
//! Time is gone in units so small that all orders come about. The core is on time, or late by any number of units.

use super::*;
use machine_tests::layout::{LAYOUTS, written};
use std::collections::HashMap;

/// What divides all times, by more than are armed at a time.
const UNIT_MS: u64 = 1_000;
const MS: u64 = 1_000_000;
/// Units that the node is late at most, one after the other.
const LATE: usize = 16;

fn lines(random: &mut Random, path: &str, layout: &[&str]) -> Vec<String> {
    let way = |random: &mut Random| {
        let again = if random.chance(30) { " again" } else { "" };
        if random.chance(25) { "stay".to_owned() } else { format!("-> {}{again}", random.pick(layout)) }
    };
    let mut lines = Vec::new();
    for _ in 0..[0, 1, 1, 2][random.below(4)] {
        // What a state around others takes may be more, and less.
        let times: &[&str] = if path == "o" { &["15s", "20s"] } else { &["5s", "10s", "15s"] };
        lines.push(format!("after {} {}", random.pick(times), way(random)));
    }
    for event in ["go", "halt"] {
        if random.chance(40) {
            lines.push(format!("on {event} {}", way(random)));
        }
    }
    lines
}

/// A machine with one state that has others inside.
fn source(random: &mut Random) -> String {
    let layout = *random.pick(&LAYOUTS[1..3]);
    written("    event go from operator\n    event halt from operator\n", layout, &mut |path| match path {
        "" => Vec::new(),
        _ => lines(random, path, layout),
    })
}

/// The core somewhere on its way.
#[derive(Clone)]
struct Live {
    instance: Instance,
    now: Instant,
    /// Units since something was due.
    late: usize,
}

/// Something that can come next.
struct Next {
    there: Live,
    moves: Vec<(u16, u16)>,
    is_timely: bool,
    /// Only time passes.
    passes: bool,
}

impl Live {
    fn give(&mut self, table: &Table<'_>, input: Input<'_>) -> Vec<(u16, u16)> {
        let mut effects: Vec<Effect> = Vec::new();
        step(table, &mut self.instance, self.now, input, &mut effects);
        let moves = effects.iter().filter_map(|it| match it {
            Effect::Moved { from, to, .. } => Some((from.0, to.0)),
            _ => None,
        });
        moves.collect()
    }

    fn key(&self, table: &Table<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.instance.canonical(table, self.now).write(table, &mut bytes);
        let due = self.instance.armed().map(|it| it.1.0.wrapping_sub(self.now.0).to_le_bytes());
        due.for_each(|it| bytes.extend(it));
        bytes
    }

    fn is_due(&self) -> bool {
        self.instance.deadline().is_some_and(|it| it <= self.now)
    }

    /// All that can come next. What is due comes first, unless the node was off.
    fn next(&self, table: &Table<'_>) -> Vec<Next> {
        let mut next = Vec::new();
        let mut add = |now: Instant, input: Option<Input<'_>>, late: usize, is_timely: bool| {
            let (mut there, passes) = (Self { now, late, ..self.clone() }, input.is_none());
            let moves = input.map(|it| there.give(table, it)).unwrap_or_default();
            next.push(Next { there, moves, is_timely, passes });
        };
        let is_due = self.is_due();
        if is_due {
            add(self.now, Some(Input::Tick), self.late, true);
        }
        for signal in table.signals() {
            add(self.now, Some(Input::Signal { signal: signal.id, payload: &[] }), self.late, !is_due);
        }
        if self.instance.armed().next().is_some() && self.late < LATE {
            let late = if is_due { self.late + 1 } else { 0 };
            add(Instant(self.now.0 + UNIT_MS * MS), None, late, !is_due);
        }
        next
    }
}

/// All that the core can come to.
#[derive(Default)]
struct All {
    leaves: Vec<u16>,
    /// Whether it can be come to on time.
    on_time: Vec<bool>,
    /// By place, where it leads, and whether that is on time.
    next: Vec<Vec<(usize, bool)>>,
    /// By place, where it leads when time passes, and whether nothing is armed.
    passes: Vec<Option<(usize, bool)>>,
    is_idle: Vec<bool>,
    /// Transitions, and whether one is on time.
    moves: HashMap<(u16, u16), bool>,
}

impl All {
    fn of(table: &Table<'_>) -> Option<Self> {
        let mut start = Live { instance: Instance::new(table), now: Instant(0), late: 0 };
        start.give(table, Input::Start);
        let (mut known, mut lives) = (HashMap::from([(start.key(table), 0)]), vec![start]);
        let mut all = Self::default();
        while let Some(here) = lives.get(all.next.len()).cloned() {
            let (mut next, mut passes) = (Vec::new(), None);
            for Next { there, moves, is_timely, passes: is_time } in here.next(table) {
                let count = lives.len();
                let at = *known.entry(there.key(table)).or_insert(count);
                if at == count {
                    lives.push(there);
                }
                next.push((at, is_timely));
                passes = passes.or(is_time.then_some((at, is_timely)));
                moves.into_iter().for_each(|it| _ = all.moves.entry(it).or_insert(false));
            }
            all.leaves.push(here.instance.state().0);
            all.next.push(next);
            all.passes.push(passes);
            all.is_idle.push(here.instance.armed().next().is_none());
            if lives.len() > 60_000 {
                return None;
            }
        }
        all.on_time = all.closure(&[0]);
        for at in (0..lives.len()).filter(|at| all.on_time[*at]) {
            let timely = lives[at].next(table).into_iter().filter(|it| it.is_timely).flat_map(|it| it.moves);
            timely.for_each(|it| _ = all.moves.insert(it, true));
        }
        Some(all)
    }

    /// All that can be come to on time.
    fn closure(&self, from: &[usize]) -> Vec<bool> {
        let (mut found, mut open) = (vec![false; self.leaves.len()], from.to_vec());
        from.iter().for_each(|it| found[*it] = true);
        while let Some(at) = open.pop() {
            for (to, _) in self.next[at].iter().filter(|it| it.1) {
                if !std::mem::replace(&mut found[*to], true) {
                    open.push(*to);
                }
            }
        }
        found
    }

    /// From where these leaves can be come to on time.
    fn reaching(&self, is_goal: &dyn Fn(u16) -> bool) -> Vec<bool> {
        let mut back = vec![Vec::new(); self.leaves.len()];
        for (at, next) in self.next.iter().enumerate() {
            next.iter().filter(|it| it.1).for_each(|it| back[it.0].push(at));
        }
        let mut open: Vec<usize> = (0..self.leaves.len()).filter(|at| is_goal(self.leaves[*at])).collect();
        let mut found: Vec<bool> = self.leaves.iter().map(|it| is_goal(*it)).collect();
        while let Some(at) = open.pop() {
            for from in &back[at] {
                if !std::mem::replace(&mut found[*from], true) {
                    open.push(*from);
                }
            }
        }
        found
    }

    /// Whether it can go on from one of these for ever without leaving those that it may be in: nothing is armed there, or
    /// there is a circle on which time passes.
    fn goes_on(&self, first: &[usize], may_be: &dyn Fn(usize) -> bool, late: bool) -> bool {
        let next = |at: usize| -> Vec<usize> {
            self.next[at].iter().filter(|it| (late || it.1) && may_be(it.0)).map(|it| it.0).collect()
        };
        let order = deep_first(first, self.leaves.len(), &next);
        let mut back = vec![Vec::new(); self.leaves.len()];
        order.iter().for_each(|at| next(*at).into_iter().for_each(|to| back[to].push(*at)));
        // Whoever comes to each other: what can be come to backwards, those first that were ended last.
        let (mut round, mut rounds) = (vec![usize::MAX; self.leaves.len()], 0);
        for at in order.iter().rev() {
            if round[*at] == usize::MAX {
                let mut open = vec![*at];
                while let Some(it) = open.pop() {
                    if std::mem::replace(&mut round[it], rounds) == usize::MAX {
                        open.extend(back[it].iter().copied().filter(|it| round[*it] == usize::MAX));
                    }
                }
                rounds += 1;
            }
        }
        let passes = |at: usize| self.passes[at].filter(|it| (late || it.1) && may_be(it.0));
        order.iter().any(|at| self.is_idle[*at] || passes(*at).is_some_and(|it| round[it.0] == round[*at]))
    }

    /// Whether a promise is kept on time, and whether it is kept when the node is late.
    fn keeps(&self, claim: &Claim, leaf: &dyn Fn(StateId) -> u16) -> (bool, bool) {
        let timely = |bad: &dyn Fn(usize) -> bool| !(0..self.leaves.len()).any(|at| self.on_time[at] && bad(at));
        let ever = |bad: &dyn Fn(usize) -> bool| !(0..self.leaves.len()).any(bad);
        match claim {
            Claim::Never(condition) => {
                let ExprKind::In(state) = condition.kind else { panic!("only states") };
                let bad = |at: usize| self.leaves[at] == leaf(state);
                (timely(&bad), ever(&bad))
            }
            Claim::NeverFollows(a, b) => {
                let found = self.moves.get(&(leaf(a.state), leaf(b.state))).copied();
                (found != Some(true), found.is_none())
            }
            Claim::CanReach(goals) => {
                let good = self.reaching(&|it| goals.iter().any(|goal| it == leaf(goal.state)));
                let bad = |at: usize| !good[at];
                (timely(&bad), ever(&bad))
            }
            Claim::LeadsTo(from, goals) => {
                let avoids = |at: usize| goals.iter().all(|goal| self.leaves[at] != leaf(goal.state));
                let first = |at: usize| self.leaves[at] == leaf(from.state) && avoids(at);
                let ever = (0..self.leaves.len()).filter(|at| first(*at)).collect::<Vec<_>>();
                let timely = ever.iter().copied().filter(|at| self.on_time[*at]).collect::<Vec<_>>();
                (!self.goes_on(&timely, &avoids, false), !self.goes_on(&ever, &avoids, true))
            }
            Claim::AtMost { .. } => panic!("not asked"),
        }
    }
}

/// All that can be come to, whoever has nothing more to come to first.
fn deep_first(first: &[usize], count: usize, next: &dyn Fn(usize) -> Vec<usize>) -> Vec<usize> {
    let (mut order, mut known) = (Vec::new(), vec![false; count]);
    for start in first {
        let mut open =
            if std::mem::replace(&mut known[*start], true) { Vec::new() } else { vec![(*start, next(*start))] };
        while let Some((at, more)) = open.last_mut() {
            match more.pop() {
                Some(it) if std::mem::replace(&mut known[it], true) => {}
                Some(it) => open.push((it, next(it))),
                None => {
                    order.push(*at);
                    open.pop();
                }
            }
        }
    }
    order
}

fn claims(machine: &Machine) -> Vec<Claim> {
    let leaves: Vec<StateId> = machine.leaves().collect();
    let mut claims: Vec<Claim> = leaves.iter().map(|it| Claim::Never(truth(ExprKind::In(*it)))).collect();
    claims.extend(leaves.iter().map(|it| Claim::CanReach(vec![goal(*it)])));
    let pairs = || leaves.iter().flat_map(|a| leaves.iter().map(|b| (*a, *b)));
    claims.extend(pairs().map(|(a, b)| Claim::NeverFollows(goal(a), goal(b))));
    claims.extend(pairs().filter(|it| it.0 != it.1).map(|(a, b)| Claim::LeadsTo(goal(a), vec![goal(b)])));
    claims
}

fn one(source: &str, told: &mut BTreeMap<(&'static str, &'static str), u64>) {
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source);
    let _ = machine_compiler::examine(&sources, &mut |_, machine: &Machine| {
        let bytes = machine_compiler::table::flatten(machine, &sources, file).encode().expect("a table");
        let Ok(table) = Table::verify(&bytes) else { return };
        let Some(all) = All::of(&table) else {
            *told.entry(("too much to be tried", "")).or_default() += 1;
            return;
        };
        let promises: Vec<_> = claims(machine).into_iter().map(promise).collect();
        let leaf = |it: StateId| {
            let path = &machine.state(it).path;
            table.leaves().find(|it| table.state_name(*it) == Some(path.as_str())).expect("a leaf").0
        };
        for (promise, verdict) in promises.iter().zip(decide(&sources, file, machine, &promises)) {
            let (on_time, late) = all.keeps(&promise.claim, &leaf);
            let context = || format!("{source}\n{:?}\non time {on_time}, late {late}\n{verdict:#?}", promise.claim);
            let name = match &verdict {
                Verdict::Kept => {
                    assert!(on_time && late, "{}", context());
                    "kept"
                }
                Verdict::Broken(_) => {
                    assert!(!on_time, "{}", context());
                    "broken"
                }
                Verdict::Open(Open::Late(_)) => {
                    assert!(on_time && !late, "{}", context());
                    "late"
                }
                Verdict::Open(_) => panic!("{}", context()),
            };
            let form = match promise.claim {
                Claim::Never(_) => "never",
                Claim::NeverFollows(..) => "never ->",
                Claim::CanReach(_) => "can reach",
                _ => "leads to",
            };
            *told.entry((form, name)).or_default() += 1;
        }
    });
}

#[test]
fn what_is_said_of_timers_is_what_the_core_shows() {
    let (seed, machines) = (number("PROVE_SEED", 1), number("PROVE_TIMED", 400));
    println!("PROVE_SEED={seed}");
    let mut told = BTreeMap::new();
    for at in 0..machines {
        let source = source(&mut Random::new(seed + at));
        println!("PROVE_SEED={}", seed + at);
        one(&source, &mut told);
    }
    println!("{told:?}");
    let is_told = |form, name| told.get(&(form, name)).is_some_and(|it| *it > 0);
    let forms = ["never", "never ->", "can reach", "leads to"];
    let all = forms.iter().all(|it| is_told(*it, "kept") && is_told(*it, "broken")) && is_told("never ->", "late");
    assert!(all || machines < 400, "each form is kept and broken, and one is kept on time: {told:?}");
}
