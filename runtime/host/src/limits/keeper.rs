//! Between pools and a bucket: a task on the thread of the connection. It asks what pools want asked, gives them the
//! answers and the time, and tells the node who has a slot.

mod bucket;

use super::pool::{Answer, Claim, Input, Output, Pool};
use super::{FleetLimits, Terms};
use crate::clock::Clock;
use bucket::{Place, Seen};
use machine_core::Instant;
use machine_drivers::Lease;
use machine_nats::{Connection, Worker};
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

/// Commands are asked to end so long before their slot runs out, at most.
const GRACE: Duration = Duration::from_secs(2);
/// When the node ends, slots are given back within this time, or run out by themselves.
const FAREWELL: Duration = Duration::from_secs(2);

/// What the node wants.
#[derive(Debug)]
pub(crate) enum Order {
    /// There is a limit, of so many slots.
    Declare { limit: String, count: u32 },
    /// A slot of it.
    Want { limit: String, claim: Claim },
    /// No slot after all.
    Leave { claim: Claim },
}

/// What the node is told.
#[derive(Debug)]
pub(crate) enum News {
    /// A claim has a slot, as long as the lease lasts.
    Granted { claim: Claim, slot: u32, lease: Lease },
    /// It has none any more: it was given back, or lost.
    Over { claim: Claim, is_lost: bool },
    /// Why nobody gets a slot; `None` when that has passed.
    Trouble(Option<String>),
}

/// The node's end.
#[derive(Debug)]
pub(crate) struct Keeper(UnboundedSender<Order>);

impl Keeper {
    /// Starts it.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub(crate) fn start(
        worker: &Worker,
        settings: &FleetLimits,
        node: &str,
        news: UnboundedSender<News>,
    ) -> io::Result<Self> {
        let (sender, orders) = unbounded_channel();
        let (settings, node) = (settings.clone(), node.to_owned());
        worker.spawn(move |connection| Work::new(connection, &settings, node, news).run(orders))?;
        Ok(Self(sender))
    }

    /// Orders something.
    pub(crate) fn order(&self, order: Order) {
        // It ends with the node and never before it.
        let _ = self.0.send(order);
    }
}

/// Which question of which limit was answered how.
struct Answered {
    limit: String,
    request: u64,
    answer: Answer,
}

/// What the task works on.
struct Work {
    terms: Terms,
    holder: u64,
    node: String,
    place: Place,
    pools: BTreeMap<String, Pool>,
    /// Who wants or has a slot: of which limit, and until when.
    claims: BTreeMap<Claim, (String, Option<watch::Sender<u64>>)>,
    clock: Clock,
    news: UnboundedSender<News>,
    trouble: Option<String>,
    answers: (UnboundedSender<Answered>, UnboundedReceiver<Answered>),
    over: (UnboundedSender<Claim>, UnboundedReceiver<Claim>),
    grace: Duration,
}

/// What woke the task.
enum Woken {
    Order(Option<Order>),
    Answered(Answered),
    Over(Claim),
    Seen(Box<Seen>),
    Tick,
}

impl Work {
    fn new(connection: Connection, settings: &FleetLimits, node: String, news: UnboundedSender<News>) -> Self {
        let terms = Terms::of(settings.ttl);
        Self {
            terms,
            holder: fastrand::u64(1..),
            node,
            place: Place::new(connection, settings),
            pools: BTreeMap::new(),
            claims: BTreeMap::new(),
            clock: Clock::system(),
            news,
            trouble: None,
            answers: unbounded_channel(),
            over: unbounded_channel(),
            grace: GRACE.min(settings.ttl / 6),
        }
    }

    async fn run(mut self, mut orders: UnboundedReceiver<Order>) {
        loop {
            match self.woken(Some(&mut orders)).await {
                Woken::Order(None) => break,
                woken => self.handle(woken),
            }
        }
        // What still holds a slot ends with the node, and says so.
        let _ = tokio::time::timeout(FAREWELL, async {
            while !self.pools.values().all(Pool::is_idle) {
                let woken = self.woken(None).await;
                self.handle(woken);
            }
        })
        .await;
    }

    async fn woken(&mut self, orders: Option<&mut UnboundedReceiver<Order>>) -> Woken {
        let deadline = self.pools.values().map(Pool::deadline).min().unwrap_or(Instant::NEVER);
        let rest = Duration::from_nanos(deadline.0.saturating_sub(self.clock.now().0));
        let is_wanted = !self.claims.is_empty();
        let order = async {
            match orders {
                Some(orders) => orders.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            order = order => Woken::Order(order),
            Some(claim) = self.over.1.recv() => Woken::Over(claim),
            Some(answered) = self.answers.1.recv() => Woken::Answered(answered),
            seen = self.place.look(is_wanted || self.trouble.is_some()) => Woken::Seen(Box::new(seen)),
            () = tokio::time::sleep(rest), if deadline != Instant::NEVER => Woken::Tick,
        }
    }

    fn handle(&mut self, woken: Woken) {
        match woken {
            Woken::Order(Some(Order::Declare { limit, count })) => {
                self.declare(&limit);
                self.step(&limit, Input::Count(count));
            }
            Woken::Order(Some(Order::Want { limit, claim })) => {
                self.claims.insert(claim, (limit.clone(), None));
                self.step(&limit, Input::Want(claim));
            }
            Woken::Order(Some(Order::Leave { claim })) | Woken::Over(claim) => self.leave(claim),
            Woken::Order(None) => {}
            Woken::Answered(Answered { limit, request, answer }) => {
                if answer == Answer::Unknown {
                    self.place.doubt();
                }
                self.step(&limit, Input::Answer { request, answer });
            }
            Woken::Seen(seen) => self.seen(*seen),
            Woken::Tick => self.step_all(&Input::Tick),
        }
    }

    fn declare(&mut self, limit: &str) {
        if !self.pools.contains_key(limit) {
            self.pools.insert(limit.to_owned(), Pool::new(self.terms, self.holder, fastrand::u64(..)));
            self.step(limit, Input::Bucket(self.place.known));
        }
    }

    fn leave(&mut self, claim: Claim) {
        let Some((limit, until)) = self.claims.remove(&claim) else { return };
        if until.is_some() {
            self.tell(News::Over { claim, is_lost: false });
        }
        self.step(&limit, Input::Leave(claim));
    }

    fn seen(&mut self, seen: Seen) {
        let is_other = self.place.take(&seen, self.terms, self.clock.now());
        let trouble = seen.err();
        if trouble != self.trouble {
            self.trouble.clone_from(&trouble);
            self.tell(News::Trouble(trouble));
        }
        let known = self.place.known;
        self.step_all(&if is_other { Input::Bucket(known) } else { Input::Tick });
    }

    fn step_all(&mut self, input: &Input) {
        let limits: Vec<_> = self.pools.keys().cloned().collect();
        limits.iter().for_each(|limit| self.step(limit, input.clone()));
    }

    fn step(&mut self, limit: &str, input: Input) {
        let Some(pool) = self.pools.get_mut(limit) else { return };
        let mut outputs = Vec::new();
        pool.step(self.clock.now(), input, &mut outputs);
        outputs.into_iter().for_each(|output| self.carry_out(limit, output));
    }

    fn carry_out(&mut self, limit: &str, output: Output) {
        match output {
            Output::Read { request, slot } => {
                let question = self.place.read(limit, slot);
                self.ask(limit, request, question);
            }
            Output::Write { request, slot, stamp, over } => {
                let question = self.place.write(limit, slot, stamp.value(&self.node), over);
                self.ask(limit, request, question);
            }
            Output::Free { request, slot, over } => {
                let question = self.place.free(limit, slot, over);
                self.ask(limit, request, question);
            }
            Output::Granted { claim, token, slot, until } => self.grant(claim, token, slot, until),
            Output::Extended { claim, until } => self.hold(claim, until.0),
            Output::Lost { claim } => {
                self.hold(claim, 0);
                self.tell(News::Over { claim, is_lost: true });
            }
        }
    }

    fn grant(&mut self, claim: Claim, token: u64, slot: u32, until: Instant) {
        let (sender, ends) = watch::channel(until.0);
        let lease = Lease::new(claim, token, ends, self.grace, self.over.0.clone());
        if let Some((_, until)) = self.claims.get_mut(&claim) {
            *until = Some(sender);
        }
        self.tell(News::Granted { claim, slot, lease });
    }

    fn hold(&self, claim: Claim, until: u64) {
        if let Some((_, Some(sender))) = self.claims.get(&claim) {
            sender.send_replace(until);
        }
    }

    fn ask(&self, limit: &str, request: u64, question: impl Future<Output = Answer> + Send + 'static) {
        let (limit, answers) = (limit.to_owned(), self.answers.0.clone());
        tokio::spawn(async move {
            let answer = question.await;
            let _ = answers.send(Answered { limit, request, answer });
        });
    }

    fn tell(&self, news: News) {
        // The node may have gone; then nobody wants to know.
        let _ = self.news.send(news);
    }
}
