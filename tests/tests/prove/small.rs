//! Every machine of three states and three events: a watcher of the whole machine that reports `ok` or `failed`, and
//! something that an operator sends, or a timer. Each handler stays, or leads to one of the states.

use super::*;

const NAMES: [&str; 3] = ["a", "b", "c"];

/// So many machines there are.
pub(super) const ALL: u64 = 2 * 4_u64.pow(9);

/// What each state does on each event: 0 to stay, or the number of a state and 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan([[usize; 3]; 3], bool);

impl Plan {
    /// The machine of this number.
    pub(super) fn new(mut number: u64) -> Self {
        let timed = number % 2 == 1;
        number /= 2;
        let mut draw = || {
            let it = (number % 4) as usize;
            number /= 4;
            it
        };
        Self(std::array::from_fn(|_| std::array::from_fn(|_| draw())), timed)
    }

    pub(super) fn source(self) -> String {
        let Self(plan, timed) = self;
        let states = (0..3).map(|state| {
            let events = ["on w.ok", "on w.failed", if timed { "after 1m" } else { "on go" }];
            let line = |event: usize| match plan[state][event] {
                0 => format!("        {} stay\n", events[event]),
                to => format!("        {} -> {} again\n", events[event], NAMES[to - 1]),
            };
            let lines: String = (0..3).map(line).collect();
            format!("    {}state {} {{\n{lines}    }}\n", if state == 0 { "initial " } else { "" }, NAMES[state])
        });
        let go = if timed { "" } else { "    event go from operator\n" };
        format!(
            "machine m 1.0.0 {{\n{go}    watch w = exec(\"./w.sh\") every 10s\n    on w.failed stay\n{}}}\n",
            states.collect::<String>()
        )
    }
}

/// Where the core can be: a leaf, and whether its timer has not fired.
type Node = (u16, bool);

/// What it does there: an event, where it leads, and whether that is a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    from: Node,
    event: usize,
    to: Node,
    moved: bool,
}

/// All that the core does on any word of so many events.
fn runs(table: &[u8], timed: bool) -> Vec<Step> {
    let table = Table::verify(table).expect("a table");
    let mut start = Live { instance: Instance::new(&table), now: Instant(0), armed: false };
    start.give(&table, Input::Start);
    let (mut steps, mut row) = (Vec::new(), vec![start]);
    for _ in 0..6 {
        let mut next = Vec::new();
        for live in row {
            for event in 0..3 {
                let (mut live, from) = (live.clone(), live.node());
                let Some(moved) = live.happen(&table, event, timed) else { continue };
                let it = Step { from, event, to: live.node(), moved };
                if !steps.contains(&it) {
                    steps.push(it);
                    next.push(live);
                }
            }
        }
        row = next;
    }
    steps
}

/// The machine on the core.
#[derive(Clone)]
struct Live {
    instance: Instance,
    now: Instant,
    armed: bool,
}

impl Live {
    fn node(&self) -> Node {
        (self.instance.state().0, self.armed)
    }

    /// Whether there was a transition, and whether a timer fired.
    fn give(&mut self, table: &Table<'_>, input: Input<'_>) -> (bool, bool) {
        let mut effects: Vec<Effect> = Vec::new();
        step(table, &mut self.instance, self.now, input, &mut effects);
        let (mut moved, mut fired) = (false, false);
        for it in effects {
            match it {
                Effect::Moved { .. } => moved = true,
                Effect::Armed { .. } => self.armed = true,
                Effect::Disarmed { fired: has_fired, .. } => (self.armed, fired) = (false, fired || has_fired),
                _ => {}
            }
        }
        (moved, fired)
    }

    /// Whether there was a transition; nothing if the event cannot happen.
    fn happen(&mut self, table: &Table<'_>, event: usize, timed: bool) -> Option<bool> {
        if event < 2 {
            let watcher = WatcherId(0);
            let visit = self.instance.visit_of(watcher)?;
            return Some(self.give(table, Input::Outcome { watcher, visit, outcome: event as u8, payload: &[] }).0);
        }
        if !timed {
            let signal = table.signals().next()?.id;
            return Some(self.give(table, Input::Signal { signal, payload: &[] }).0);
        }
        while self.armed {
            self.now = self.instance.deadline()?.max(self.now);
            let (moved, fired) = self.give(table, Input::Tick);
            if fired {
                return Some(moved);
            }
        }
        None
    }
}

/// Whether the promise is kept, by looking at all that the core does.
fn is_kept(claim: &Claim, steps: &[Step], timed: bool, leaf: &dyn Fn(StateId) -> u16) -> bool {
    let start: Node = (0, timed);
    let nodes = || steps.iter().map(|it| it.to).chain([start]);
    match claim {
        Claim::Never(condition) => match condition.kind {
            ExprKind::In(it) => nodes().all(|node| node.0 != leaf(it)),
            _ => panic!("only states"),
        },
        Claim::NeverFollows(a, b) => {
            !steps.iter().any(|it| it.moved && it.from.0 == leaf(a.state) && it.to.0 == leaf(b.state))
        }
        Claim::CanReach(goals) => nodes().all(|node| {
            closure(steps, node, &|_| true).iter().any(|it| goals.iter().any(|goal| it.0 == leaf(goal.state)))
        }),
        Claim::LeadsTo(from, goals) => {
            let outside = |it: Node| goals.iter().all(|goal| it.0 != leaf(goal.state));
            let begins = nodes().filter(|it| it.0 == leaf(from.state) && outside(*it));
            !begins.into_iter().any(|it| goes_on(steps, &closure(steps, it, &outside), timed))
        }
        Claim::AtMost { .. } => true,
    }
}

fn closure(steps: &[Step], from: Node, allowed: &dyn Fn(Node) -> bool) -> Vec<Node> {
    let mut found = vec![from];
    let mut at = 0;
    while at < found.len() {
        let here = found[at];
        for it in steps.iter().filter(|it| it.from == here && allowed(it.to)) {
            if !found.contains(&it.to) {
                found.push(it.to);
            }
        }
        at += 1;
    }
    found
}

/// Whether some of these nodes can be gone round for ever in a fair way.
fn goes_on(steps: &[Step], nodes: &[Node], timed: bool) -> bool {
    (1_u32..1 << nodes.len()).any(|set| {
        let set: Vec<Node> = (0..nodes.len()).filter(|at| set >> at & 1 == 1).map(|at| nodes[at]).collect();
        let inside: Vec<&Step> = steps.iter().filter(|it| set.contains(&it.from) && set.contains(&it.to)).collect();
        let own: Vec<Step> = inside.iter().map(|it| **it).collect();
        let is_connected = set.iter().all(|a| {
            let reached = closure(&own, *a, &|_| true);
            set.iter().all(|b| reached.contains(b))
        });
        let happens = |event| inside.iter().any(|it| it.event == event);
        let moves = || inside.iter().any(|it| it.moved);
        let timer = !timed || set.iter().any(|it| !it.1) || happens(2) || moves();
        is_connected && happens(0) && happens(1) && timer
    })
}

fn claims() -> Vec<Claim> {
    let states = || (1..=3).map(StateId);
    let mut claims: Vec<Claim> = states().map(|it| Claim::Never(truth(ExprKind::In(it)))).collect();
    claims.extend(states().map(|it| Claim::CanReach(vec![goal(it)])));
    claims.push(Claim::CanReach(vec![goal(StateId(2)), goal(StateId(3))]));
    for a in states() {
        claims.extend(states().map(|b| Claim::NeverFollows(goal(a), goal(b))));
        claims.extend(states().filter(|b| *b != a).map(|b| Claim::LeadsTo(goal(a), vec![goal(b)])));
    }
    claims
}

#[test]
fn what_is_decided_is_what_all_runs_show() {
    let (seed, machines) = (number("PROVE_SEED", 1), number("PROVE_MACHINES", 1_000));
    println!("PROVE_SEED={seed}");
    let mut random = Random::new(seed);
    let mut told: BTreeMap<(usize, bool), u64> = BTreeMap::new();
    for at in 0..machines.min(ALL) {
        let number = if machines >= ALL { at } else { random.draw() % ALL };
        one(number, &mut told);
    }
    println!("{told:?}");
    assert!(told.len() == 8 || machines < 100, "each form is kept by some machines and broken by others: {told:?}");
}

fn one(number: u64, told: &mut BTreeMap<(usize, bool), u64>) {
    let plan = Plan::new(number);
    let source = plan.source();
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source.as_str());
    let promises: Vec<_> = claims().into_iter().map(promise).collect();
    let _ = machine_compiler::examine(&sources, &mut |_, machine: &Machine| {
        let table = machine_compiler::table::flatten(machine, &sources, file).encode().expect("a table");
        let steps = runs(&table, plan.1);
        let leaf = |it: StateId| it.0 as u16 - 1;
        for (promise, verdict) in promises.iter().zip(decide(&sources, file, machine, &promises)) {
            let kept = is_kept(&promise.claim, &steps, plan.1, &leaf);
            let form = match promise.claim {
                Claim::Never(_) => 0,
                Claim::CanReach(_) => 1,
                Claim::NeverFollows(..) => 2,
                _ => 3,
            };
            *told.entry((form, kept)).or_insert(0) += 1;
            let agrees = match &verdict {
                Verdict::Kept => kept,
                Verdict::Broken(_) => !kept,
                Verdict::Open(_) => false,
            };
            assert!(agrees, "machine {number}:\n{source}\n{:?}\nkept: {kept}\n{verdict:#?}\n{steps:?}", promise.claim);
        }
    });
}
