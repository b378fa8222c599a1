//! Small machines with states inside others, runs, two timers in a state, and transitions with and without `again`.
//!
//! All that the core does is gone, time by fifths of a minute: of all timers, four can be armed at a time.

use super::*;
use machine_core::{Effects, TimerId};
use machine_tests::layout::{LAYOUTS, written};
use std::collections::BTreeSet;

/// A machine of three leaves.
fn source(random: &mut Random) -> String {
    let layout = *random.pick(&LAYOUTS);
    written("    event go from operator\n", layout, &mut |path| {
        let mut lines = Vec::new();
        let name = format!("w_{}", path.replace('.', "_"));
        if random.chance(40) {
            let is_run = random.chance(50) && !path.is_empty();
            let (mode, pace) = if is_run { ("run", "") } else { ("watch", " every 10s") };
            lines.push(format!("{mode} {name} = exec(\"./w.sh\"){pace}"));
            lines.extend(["ok", "failed"].map(|it| format!("on {name}.{it} {}", way(random, layout, path))));
        }
        if random.chance(30) {
            lines.push(format!("on go {}", way(random, layout, path)));
        }
        let timers = if path.is_empty() { 0 } else { random.below(if path == "o" { 2 } else { 3 }) };
        lines.extend((0..timers).map(|_| format!("after {}m {}", random.between(1, 3), way(random, layout, path))));
        lines
    })
}

fn way(random: &mut Random, layout: &[&str], path: &str) -> String {
    let target = *random.pick(layout);
    let again = if is_in(path, target) || random.chance(30) { " again" } else { "" };
    if random.chance(30) { "stay".to_owned() } else { format!("-> {target}{again}") }
}

fn is_in(leaf: &str, state: &str) -> bool {
    leaf == state || leaf.strip_prefix(state).is_some_and(|it| it.starts_with('.'))
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Outcome(WatcherId, u8),
    Signal,
    Fired(TimerId),
    /// A fifth of a minute passes, or as much of it as is left after something fired.
    Passed,
}

/// Where the core can be: the leaf, the timers with what is left of them, the watchers that can answer.
type Node = (String, Vec<(TimerId, u64)>, Vec<WatcherId>);

#[derive(Clone, Debug)]
struct Step {
    from: Node,
    event: Event,
    to: Node,
    moved: bool,
    /// Watchers that begin anew.
    begun: Vec<WatcherId>,
}

#[derive(Default)]
struct Came {
    moved: bool,
    fired: Option<TimerId>,
}

impl Effects for Came {
    fn push(&mut self, effect: Effect) {
        match effect {
            Effect::Moved { .. } => self.moved = true,
            Effect::Disarmed { timer, fired: true } => self.fired = Some(timer),
            _ => {}
        }
    }
}

const FIFTH: u64 = 12_000_000_000;

/// All that a machine can do.
struct Runs<'t> {
    table: Table<'t>,
    known: BTreeSet<Node>,
    steps: Vec<Step>,
    open: Vec<Instance>,
}

impl<'t> Runs<'t> {
    /// Nothing for a table that the runtime would refuse.
    fn of(table: &'t [u8]) -> Option<Self> {
        let table = Table::verify(table).ok()?;
        let mut runs = Self { table, known: BTreeSet::new(), steps: Vec::new(), open: Vec::new() };
        let mut start = Instance::new(&table);
        step(&table, &mut start, Instant(0), Input::Start, &mut Came::default());
        runs.come(&start, Instant(0));
        while let Some(here) = runs.open.pop() {
            runs.go_on(&here);
        }
        Some(runs)
    }

    fn node(&self, here: &Instance, now: Instant) -> Node {
        let timers = here.armed().map(|(timer, due)| (timer, due.0 - now.0)).collect();
        let is_open = |it: &WatcherId| match self.table.watcher(*it).once {
            true => here.under_way().any(|open| open == *it),
            false => here.visit_of(*it).is_some(),
        };
        let leaf = self.table.state_name(here.state()).expect("a name").to_owned();
        (leaf, timers, self.table.watchers().filter(is_open).collect())
    }

    fn come(&mut self, here: &Instance, now: Instant) {
        if self.known.insert(self.node(here, now)) {
            self.open.push(here.canonical(&self.table, now));
        }
    }

    /// All that can happen to a machine at the time 0.
    fn go_on(&mut self, here: &Instance) {
        let table = self.table;
        let watchers = self.node(here, Instant(0)).2;
        for watcher in watchers {
            let visit = here.visit_of(watcher).expect("it is active");
            for outcome in 0..table.outcome_count(watcher) {
                let input = Input::Outcome { watcher, visit, outcome, payload: &[] };
                self.happen(here, Event::Outcome(watcher, outcome), input);
            }
        }
        // What nobody answers is no event.
        if let Some(signal) = table.signals().next() {
            self.happen(here, Event::Signal, Input::Signal { signal: signal.id, payload: &[] });
        }
        self.pass(here);
    }

    fn happen(&mut self, before: &Instance, event: Event, input: Input<'_>) {
        let (mut after, mut came) = (before.clone(), Came::default());
        step(&self.table, &mut after, Instant(0), input, &mut came);
        self.note((before, Instant(0)), event, (&after, Instant(0)), came.moved);
        self.come(&after, Instant(0));
    }

    fn note(&mut self, before: (&Instance, Instant), event: Event, after: (&Instance, Instant), moved: bool) {
        let begins = |it: &WatcherId| after.0.visit_of(*it) != before.0.visit_of(*it);
        let begun = self.table.watchers().filter(begins).collect();
        let (from, to) = (self.node(before.0, before.1), self.node(after.0, after.1));
        self.steps.push(Step { from, event, to, moved, begun });
    }

    /// A fifth of a minute, and what fires at its end: watchers are asked on the way.
    fn pass(&mut self, start: &Instance) {
        let (mut here, mut has_fired, end) = (start.clone(), false, Instant(FIFTH));
        while let Some(now) = here.deadline().filter(|it| *it <= end) {
            let (waited, mut came) = (here.clone(), Came::default());
            step(&self.table, &mut here, now, Input::Tick, &mut came);
            let Some(timer) = came.fired else { continue };
            if !std::mem::replace(&mut has_fired, true) {
                self.note((start, Instant(0)), Event::Passed, (&waited, now), false);
            }
            self.note((&waited, now), Event::Fired(timer), (&here, now), came.moved);
        }
        if !has_fired {
            self.note((start, Instant(0)), Event::Passed, (&here, end), false);
        }
        self.come(&here, end);
    }
}

/// The same with numbers for nodes.
struct Seen<'m> {
    machine: &'m Machine,
    nodes: Vec<Node>,
    steps: Vec<(usize, usize, Step)>,
}

impl<'m> Seen<'m> {
    fn of(machine: &'m Machine, runs: Runs<'_>) -> Self {
        let all: BTreeSet<Node> = runs.steps.iter().flat_map(|it| [it.from.clone(), it.to.clone()]).collect();
        let nodes: Vec<Node> = all.into_iter().collect();
        let number = |it: &Node| nodes.binary_search(it).expect("a node");
        let mut steps: Vec<_> = runs.steps.into_iter().map(|it| (number(&it.from), number(&it.to), it)).collect();
        steps.sort_by_key(|it| it.0);
        Self { machine, nodes, steps }
    }

    fn is_in(&self, node: usize, state: StateId) -> bool {
        is_in(&self.nodes[node].0, &self.machine.state(state).path)
    }

    fn is_at(&self, node: usize, goals: &[Goal]) -> bool {
        goals.iter().any(|it| self.is_in(node, it.state))
    }

    fn from(&self, node: usize) -> &[(usize, usize, Step)] {
        let start = self.steps.partition_point(|it| it.0 < node);
        let end = self.steps.partition_point(|it| it.0 <= node);
        &self.steps[start..end]
    }

    fn is_kept(&self, claim: &Claim) -> bool {
        let mut all = 0..self.nodes.len();
        match claim {
            Claim::Never(condition) => match condition.kind {
                ExprKind::In(it) => all.all(|node| !self.is_in(node, it)),
                _ => panic!("only states"),
            },
            Claim::NeverFollows(a, b) => {
                let follows = |(from, to, step): &(usize, usize, Step)| {
                    step.moved && self.is_in(*from, a.state) && self.is_in(*to, b.state)
                };
                !self.steps.iter().any(follows)
            }
            Claim::CanReach(goals) => {
                let mut good: BTreeSet<usize> = all.clone().filter(|it| self.is_at(*it, goals)).collect();
                while let Some(it) = self.steps.iter().find(|it| good.contains(&it.1) && !good.contains(&it.0)) {
                    good.insert(it.0);
                }
                good.len() == self.nodes.len()
            }
            Claim::LeadsTo(from, goals) => {
                let begins = all.filter(|it| self.is_in(*it, from.state) && !self.is_at(*it, goals));
                let allowed = self.reached(begins.collect(), &|it| !self.is_at(it, goals));
                !self.goes_on(&allowed)
            }
            Claim::AtMost { .. } => true,
        }
    }

    fn reached(&self, mut open: Vec<usize>, allowed: &dyn Fn(usize) -> bool) -> BTreeSet<usize> {
        let mut found: BTreeSet<usize> = open.iter().copied().collect();
        while let Some(at) = open.pop() {
            open.extend(self.from(at).iter().map(|it| it.1).filter(|it| allowed(*it) && found.insert(*it)));
        }
        found
    }

    /// Whether some of these nodes can be gone round for ever in a fair way: time passes, and no watcher keeps an outcome to
    /// itself that it could have all the time.
    fn goes_on(&self, nodes: &BTreeSet<usize>) -> bool {
        let mut left = nodes.clone();
        while let Some(first) = left.first().copied() {
            let forward = self.reached(vec![first], &|it| nodes.contains(&it));
            let backward = self.reaching(first, nodes);
            let group: BTreeSet<usize> = forward.intersection(&backward).copied().collect();
            if self.is_fair(&group) {
                return true;
            }
            left.retain(|it| !group.contains(it));
        }
        false
    }

    fn reaching(&self, end: usize, nodes: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut found = BTreeSet::from([end]);
        let mut count = 0;
        while found.len() > count {
            count = found.len();
            let more = self.steps.iter().filter(|it| nodes.contains(&it.0) && found.contains(&it.1)).map(|it| it.0);
            let more: Vec<_> = more.collect();
            found.extend(more);
        }
        found
    }

    fn is_fair(&self, group: &BTreeSet<usize>) -> bool {
        let inside: Vec<&Step> =
            self.steps.iter().filter(|it| group.contains(&it.0) && group.contains(&it.1)).map(|it| &it.2).collect();
        let time_passes = inside.iter().any(|it| it.event == Event::Passed);
        let first = group.first().expect("one");
        let mut always =
            self.nodes[*first].2.iter().filter(|it| group.iter().all(|node| self.nodes[*node].2.contains(it)));
        let serves = |watcher: WatcherId, outcome: u8| {
            inside.iter().any(|it| it.event == Event::Outcome(watcher, outcome) || it.begun.contains(&watcher))
        };
        // Both can happen whenever one can.
        time_passes && always.all(|it| serves(*it, 0) && serves(*it, 1))
    }
}

fn claims(machine: &Machine) -> Vec<Claim> {
    let states: Vec<StateId> = (1..machine.states.len()).map(StateId).collect();
    let mut claims: Vec<Claim> = states.iter().map(|it| Claim::Never(truth(ExprKind::In(*it)))).collect();
    for (at, a) in states.iter().enumerate() {
        claims.push(Claim::CanReach(vec![goal(*a)]));
        for (other, b) in states.iter().enumerate() {
            claims.push(Claim::NeverFollows(goal(*a), goal(*b)));
            claims.extend((at < other).then(|| Claim::CanReach(vec![goal(*a), goal(*b)])));
            claims.push(Claim::LeadsTo(goal(*a), vec![goal(*b)]));
            let third = states[(other + 1) % states.len()];
            claims.push(Claim::LeadsTo(goal(*a), vec![goal(*b), goal(third)]));
        }
    }
    claims
}

const FORMS: [&str; 4] = ["never", "never ->", "can reach", "leads to"];

fn form(claim: &Claim) -> &'static str {
    match claim {
        Claim::Never(_) => FORMS[0],
        Claim::NeverFollows(..) => FORMS[1],
        Claim::CanReach(_) => FORMS[2],
        _ => FORMS[3],
    }
}

fn one(source: &str, told: &mut BTreeMap<(&'static str, &'static str), u64>) {
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source);
    let _ = machine_compiler::examine(&sources, &mut |_, machine: &Machine| {
        let table = machine_compiler::table::flatten(machine, &sources, file).encode().expect("a table");
        let Some(runs) = Runs::of(&table) else { return };
        let seen = Seen::of(machine, runs);
        let promises: Vec<_> = claims(machine).into_iter().map(promise).collect();
        for (promise, verdict) in promises.iter().zip(decide(&sources, file, machine, &promises)) {
            let kept = seen.is_kept(&promise.claim);
            let (said, agrees) = match &verdict {
                Verdict::Kept => ("kept", kept),
                Verdict::Broken(_) => ("broken", !kept),
                // Of the time that things take nobody says that he has thought of everything.
                Verdict::Open(_) => ("open", true),
            };
            *told.entry((form(&promise.claim), said)).or_insert(0) += 1;
            assert!(agrees, "{source}\n{:?}\nkept: {kept}\n{verdict:#?}", promise.claim);
        }
    });
}

#[test]
fn what_is_decided_of_states_inside_others_is_what_all_runs_show() {
    let (seed, machines) = (number("PROVE_SEED", 1), number("PROVE_NESTED", 300));
    let mut told = BTreeMap::new();
    for at in seed..seed + machines {
        println!("PROVE_SEED={at} PROVE_NESTED=1");
        one(&source(&mut Random::new(at)), &mut told);
    }
    println!("{told:?}");
    let is_told = |form, said| told.get(&(form, said)).is_some_and(|it| *it > 20);
    let all = FORMS.iter().all(|form| is_told(*form, "kept") && is_told(*form, "broken"));
    assert!(all || machines < 100, "each form is kept by some machines and broken by others: {told:?}");
}
