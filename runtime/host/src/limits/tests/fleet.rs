//! A fleet in virtual time. Requests and answers are lost, late and out of order; runtimes stand still and are killed; the
//! server is away, and forgets everything; clocks run faster and slower. The one thing that is looked at is how many work at
//! once. Each run has a seed, which is printed before it.

use crate::limits::Terms;
use crate::limits::pool::{Answer, Claim, Input, Output, Pool};
use crate::limits::slot::{Found, Stamp};
use fastrand::Rng;
use machine_core::Instant;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

const SECOND: u64 = 1_000_000_000;
/// Faults end here; what waits then has to be served by the end.
const CALM: u64 = 600 * SECOND;
const END: u64 = 6_000 * SECOND;
/// A question is given up after this time.
const PATIENCE: u64 = 5 * SECOND;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Tick,
    Arrive(Question),
    Reply(Question, Given),
    Want,
    /// Work is done, or is looked at because its time may be over.
    Done(Claim),
    Check(Claim),
    Kill,
    Wipe,
}

/// A question to the server; of a write, whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Question {
    request: u64,
    slot: u32,
    /// `None` to read it.
    over: Option<u64>,
    /// `None` to free it.
    stamp: Option<(u64, u64)>,
    /// When the bucket was made, as far as who asks knows.
    made: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Given {
    Holds(u64, Option<(u64, u64)>),
    Wrote(u64),
    Freed,
    Refused,
    Unknown,
}

struct Node {
    pool: Pool,
    /// Counts its runs: what was meant for an earlier one reaches nobody.
    run: u64,
    /// When the bucket was made, as far as it knows.
    made: u64,
    rate: f64,
    stands_until: u64,
    /// When it is called next because of the time.
    tick: u64,
    /// What works here, and until when it may, by the node's clock.
    works: BTreeMap<Claim, Instant>,
    granted: u64,
}

/// When, the order of those at one time, for which node, in which of its lives, and what.
type Due = (u64, u64, usize, u64, Event);

struct Fleet {
    rng: Rng,
    terms: Terms,
    count: u32,
    now: u64,
    queue: BinaryHeap<Reverse<Due>>,
    order: u64,
    nodes: Vec<Node>,
    slots: Vec<(u64, Option<(u64, u64)>)>,
    revision: u64,
    made: u64,
    away_until: u64,
    holders: u64,
    claims: u64,
    most: usize,
    tokens: BTreeMap<(u64, u64), Claim>,
}

impl Fleet {
    fn new(seed: u64, terms: Terms) -> Self {
        let mut rng = Rng::with_seed(seed);
        let count = rng.u32(1..=3);
        let size = rng.usize(2..=5);
        let mut fleet = Self {
            rng,
            terms,
            count,
            now: 0,
            queue: BinaryHeap::new(),
            order: 0,
            nodes: Vec::new(),
            slots: vec![(0, None); 3],
            revision: 0,
            made: 0,
            away_until: 0,
            holders: 0,
            claims: 0,
            most: 0,
            tokens: BTreeMap::new(),
        };
        for node in 0..size {
            let rate = 0.85 + 0.3 * fleet.rng.f64();
            let pool = fleet.pool();
            fleet.nodes.push(Node {
                pool,
                run: 0,
                made: 0,
                rate,
                stands_until: 0,
                tick: u64::MAX,
                works: BTreeMap::new(),
                granted: 0,
            });
            fleet.begin(node);
            let first = fleet.rng.u64(0..20 * SECOND);
            fleet.put(first, node, Event::Want);
            let kill = fleet.rng.u64(0..2 * CALM);
            fleet.put(kill, node, Event::Kill);
        }
        let wipe = fleet.rng.u64(0..4 * CALM);
        fleet.put(wipe, 0, Event::Wipe);
        fleet
    }

    fn pool(&mut self) -> Pool {
        self.holders += 1;
        Pool::new(self.terms, self.holders, self.rng.u64(..))
    }

    fn begin(&mut self, node: usize) {
        self.give(node, Input::Count(self.count));
        self.look_at_bucket(node);
    }

    /// The server says how old the bucket is.
    fn look_at_bucket(&mut self, node: usize) {
        let rest = (self.made + self.terms.ttl).saturating_sub(self.now);
        let known = self.clock(node).after_ns(if self.made == 0 { 0 } else { rest });
        self.nodes[node].made = self.made;
        self.give(node, Input::Bucket(known));
    }

    fn clock(&self, node: usize) -> Instant {
        Instant((self.now as f64 * self.nodes[node].rate) as u64)
    }

    fn put(&mut self, at: u64, node: usize, event: Event) {
        self.order += 1;
        let run = self.nodes.get(node).map_or(0, |it| it.run);
        self.queue.push(Reverse((at.max(self.now), self.order, node, run, event)));
    }

    fn is_calm(&self) -> bool {
        self.now > CALM
    }

    /// How long a message takes; `None` if it is lost.
    fn way(&mut self) -> Option<u64> {
        let ordinary = self.rng.u64(0..SECOND / 10);
        if self.is_calm() {
            return Some(ordinary);
        }
        match self.rng.u8(0..20) {
            0 | 1 => None,
            2 => Some(self.rng.u64(0..2 * self.terms.ttl)),
            _ => Some(ordinary),
        }
    }

    fn run(&mut self) {
        while let Some(Reverse((at, _, node, run, event))) = self.queue.pop() {
            if at > END {
                return;
            }
            self.now = at;
            self.happen(node, run, event);
        }
    }

    fn happen(&mut self, node: usize, run: u64, event: Event) {
        let stands = self.nodes[node].stands_until;
        match event {
            Event::Arrive(question) => return self.serve(node, run, question),
            Event::Wipe => return self.wipe(),
            // The guard is another process: it keeps the time while the runtime stands still.
            Event::Check(claim) if run == self.nodes[node].run => return self.check(node, claim),
            _ if run != self.nodes[node].run => return,
            _ if self.now < stands => {
                self.order += 1;
                return self.queue.push(Reverse((stands, self.order, node, run, event)));
            }
            Event::Tick if self.nodes[node].tick <= self.now => {
                self.nodes[node].tick = u64::MAX;
                self.give(node, Input::Tick);
            }
            Event::Tick => {}
            Event::Reply(question, given) => self.reply(node, question, given),
            Event::Want => self.want(node),
            Event::Done(claim) => {
                self.nodes[node].works.remove(&claim);
                self.give(node, Input::Leave(claim));
            }
            Event::Check(_) => {}
            Event::Kill => self.kill(node),
        }
        if !self.is_calm() && self.rng.u8(..) == 0 {
            self.nodes[node].stands_until = self.now + self.rng.u64(0..2 * self.terms.ttl);
        }
    }

    fn reply(&mut self, node: usize, Question { request, over, made, .. }: Question, given: Given) {
        // Who wrote a key for the first time looks whether the bucket is the same one still.
        let is_other = over == Some(0) && made != self.made && given != Given::Unknown;
        if is_other || self.rng.u8(0..8) == 0 && self.nodes[node].made != self.made {
            self.look_at_bucket(node);
        }
        let answer = if is_other { Answer::Unknown } else { answer(given) };
        self.give(node, Input::Answer { request, answer });
    }

    fn want(&mut self, node: usize) {
        self.claims += 1;
        let claim = self.claims;
        self.give(node, Input::Want(claim));
        if !self.is_calm() && self.rng.u8(0..6) == 0 {
            let patience = self.rng.u64(0..self.terms.ttl);
            self.put(self.now + patience, node, Event::Done(claim));
        }
        let next = self.now + self.rng.u64(SECOND..60 * SECOND);
        if next < CALM {
            self.put(next, node, Event::Want);
        }
    }

    fn kill(&mut self, node: usize) {
        if self.is_calm() {
            return;
        }
        let pool = self.pool();
        let it = &mut self.nodes[node];
        (it.pool, it.run, it.tick) = (pool, it.run + 1, u64::MAX);
        it.works.clear();
        self.begin(node);
        for event in [Event::Want, Event::Kill] {
            let at = self.now + self.rng.u64(0..CALM);
            self.put(at, node, event);
        }
    }

    fn wipe(&mut self) {
        if self.is_calm() {
            return;
        }
        (self.slots, self.revision, self.made) = (vec![(0, None); 3], 0, self.now);
        self.away_until = self.now + self.rng.u64(0..self.terms.ttl);
    }

    /// The server takes a question.
    fn serve(&mut self, node: usize, run: u64, question: Question) {
        if self.now < self.away_until {
            return;
        }
        if !self.is_calm() && self.rng.u16(0..400) == 0 {
            self.away_until = self.now + self.rng.u64(0..2 * self.terms.ttl);
        }
        // A key of a bucket that is no more, in the one that is.
        let (mut other, is_other) = ((0, None), question.made != self.made);
        let slot = if is_other { &mut other } else { &mut self.slots[question.slot as usize] };
        let given = match question.over {
            None => Given::Holds(slot.0, slot.1),
            Some(over) if over != slot.0 => Given::Refused,
            Some(_) => {
                self.revision += 1;
                *slot = (self.revision, question.stamp);
                if question.stamp.is_some() { Given::Wrote(self.revision) } else { Given::Freed }
            }
        };
        if let Some(way) = self.way() {
            self.order += 1;
            self.queue.push(Reverse((self.now + way, self.order, node, run, Event::Reply(question, given))));
        }
    }

    fn give(&mut self, node: usize, input: Input) {
        let (now, mut outputs) = (self.clock(node), Vec::new());
        self.nodes[node].pool.step(now, input, &mut outputs);
        for output in outputs {
            self.carry_out(node, output);
        }
        let deadline = self.nodes[node].pool.deadline();
        if deadline != Instant::NEVER {
            let at = ((deadline.0 as f64 / self.nodes[node].rate) as u64 + 1_000).max(self.now);
            if at < self.nodes[node].tick {
                self.nodes[node].tick = at;
                self.put(at, node, Event::Tick);
            }
        }
    }

    fn carry_out(&mut self, node: usize, output: Output) {
        match output {
            Output::Read { request, slot } => self.send(node, request, slot, None, None),
            Output::Free { request, slot, over } => {
                self.send(node, request, slot, Some(over), None);
            }
            Output::Write { request, slot, stamp, over } => {
                self.send(node, request, slot, Some(over), Some((stamp.holder, stamp.attempt)));
            }
            Output::Granted { claim, token, until, .. } => {
                assert!(self.tokens.insert((self.nodes[node].made, token), claim).is_none(), "a token is given twice");
                self.nodes[node].granted += 1;
                self.nodes[node].works.insert(claim, until);
                let working: usize = self.nodes.iter().map(|it| it.works.len()).sum();
                self.most = self.most.max(working);
                let took = self.rng.u64(0..3 * self.terms.ttl);
                self.put(self.now + took, node, Event::Done(claim));
                self.check_at(node, claim, until);
            }
            Output::Extended { claim, until } => {
                if let Some(it) = self.nodes[node].works.get_mut(&claim) {
                    *it = until;
                    self.check_at(node, claim, until);
                }
            }
            Output::Lost { claim } => {
                self.nodes[node].works.remove(&claim);
                self.put(self.now, node, Event::Done(claim));
            }
        }
    }

    fn check_at(&mut self, node: usize, claim: Claim, until: Instant) {
        let at = (until.0 as f64 / self.nodes[node].rate) as u64;
        self.put(at, node, Event::Check(claim));
    }

    fn check(&mut self, node: usize, claim: Claim) {
        let now = self.clock(node);
        let works = &mut self.nodes[node].works;
        if works.get(&claim).is_some_and(|until| *until <= now.after_ns(2_000)) {
            works.remove(&claim);
            self.put(self.now, node, Event::Done(claim));
        }
    }

    fn send(&mut self, node: usize, request: u64, slot: u32, over: Option<u64>, stamp: Option<(u64, u64)>) {
        let question = Question { request, slot, over, stamp, made: self.nodes[node].made };
        if let Some(way) = self.way() {
            self.put(self.now + way, node, Event::Arrive(question));
        }
        self.put(self.now + PATIENCE, node, Event::Reply(question, Given::Unknown));
    }
}

fn answer(given: Given) -> Answer {
    match given {
        Given::Holds(revision, stamp) => {
            Answer::Holds(Found { revision, stamp: stamp.map(|(holder, attempt)| Stamp { holder, attempt }) })
        }
        Given::Wrote(revision) => Answer::Wrote(revision),
        Given::Freed => Answer::Freed,
        Given::Refused => Answer::Refused,
        Given::Unknown => Answer::Unknown,
    }
}

fn terms() -> Terms {
    Terms::of(std::time::Duration::from_secs(10))
}

/// By how many the limit was overstepped, at most, in a run.
fn beyond(seed: u64, terms: Terms) -> usize {
    let mut fleet = Fleet::new(seed, terms);
    fleet.run();
    fleet.most.saturating_sub(fleet.count as usize)
}

#[test]
fn never_more_work_than_there_are_slots() {
    let runs: u64 = std::env::var("FLEET_RUNS").ok().and_then(|it| it.parse().ok()).unwrap_or(400);
    let (mut granted, mut full) = (0, 0);
    for seed in 0..runs {
        println!("seed {seed}");
        let mut fleet = Fleet::new(seed, terms());
        fleet.run();
        let count = fleet.count as usize;
        assert!(fleet.most <= count, "seed {seed}: {} worked under a limit of {count}", fleet.most);
        full += usize::from(fleet.most == count);
        granted += fleet.nodes.iter().map(|it| it.granted).sum::<u64>();
        for node in &fleet.nodes {
            assert!(node.pool.is_idle(), "seed {seed}: somebody was never served: {:?}", node.pool);
        }
    }
    assert!(granted > runs * 20 && full as u64 > runs / 2, "too little happens: {granted} grants, {full} runs full");
}

#[test]
fn a_rule_that_is_broken_is_seen() {
    // Work that ends only after others may take its slot.
    let late = Terms { stop: terms().ttl * 2, ..terms() };
    assert!((0..200).any(|seed| beyond(seed, late) > 0));
    // Clocks that differ by more than leases allow for.
    let close = Terms { stop: terms().ttl / 100 * 99, ..terms() };
    assert!((0..2_000).any(|seed| beyond(seed, close) > 0));
}
