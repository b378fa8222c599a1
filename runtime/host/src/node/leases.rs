//! Limits across the fleet, from the node's side: who waits for a slot, and who has one.

use super::Node;
use super::limits::Limits;
use super::outbox::{Asking, Out};
use crate::chronicle::watcher_name;
use crate::error::NodeError;
use crate::event::happening::{SlotTurn, What};
use crate::limits::{FleetLimits, Keeper, News, Order};
use machine_core::Instant;
use machine_core::definition::Offline;
use machine_drivers::{Key, Lease};
use machine_nats::Worker;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Who does not wait for a slot has at least this long to be told whether there is one: that takes a way over a network.
const ASKING_MS: u64 = 2_000;
/// When the node ends, slots are given back within this time.
const FAREWELL: Duration = Duration::from_secs(2);

/// All limits across the fleet.
#[derive(Debug, Default)]
pub(super) struct Leases {
    keeper: Option<(Keeper, UnboundedReceiver<News>)>,
    /// The number of the last claim.
    last: u64,
    /// Those that wait.
    waiting: BTreeMap<u64, Waiting>,
    /// Slots of those whose turn has not come yet.
    granted: BTreeMap<Key, Lease>,
    /// Those that work.
    held: BTreeMap<u64, Held>,
    /// Nobody can be asked for a slot.
    is_offline: bool,
}

/// Somebody who waits for a slot.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) asking: Asking,
    pub(super) limit: String,
    pub(super) until: Instant,
    /// What it does when nobody can be asked.
    pub(super) offline: Offline,
}

/// Somebody who has one.
#[derive(Debug)]
struct Held {
    machine: u32,
    limit: String,
    watcher: String,
    /// From 1.
    slot: u64,
}

impl Leases {
    /// Starts what keeps them.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub(super) fn start(worker: &Worker, settings: &FleetLimits, node: &str) -> Result<Self, NodeError> {
        let (sender, news) = unbounded_channel();
        let keeper = worker.begin().and_then(|()| Keeper::start(worker, settings, node, sender));
        let keeper = keeper.map_err(|source| NodeError::System { what: "start a thread", source })?;
        Ok(Self { keeper: Some((keeper, news)), ..Self::default() })
    }

    /// Whether limits can count across the fleet.
    pub(super) fn are_kept(&self) -> bool {
        self.keeper.is_some()
    }

    /// What comes next; never anything if there is no fleet.
    pub(super) async fn news(&mut self) -> News {
        match &mut self.keeper {
            Some((_, news)) => match news.recv().await {
                Some(news) => news,
                None => std::future::pending().await,
            },
            None => std::future::pending().await,
        }
    }

    /// There is a limit of so many slots.
    pub(super) fn declare(&self, limit: &str, count: u32) {
        self.order(Order::Declare { limit: limit.to_owned(), count });
    }

    /// Somebody wants a slot.
    pub(super) fn want(&mut self, wanted: Waiting, now: Instant) {
        let key = wanted.asking.key();
        if self.waiting.values().any(|it| it.asking.key() == key) || self.granted.contains_key(&key) {
            return;
        }
        self.last += 1;
        self.order(Order::Want { limit: wanted.limit.clone(), claim: self.last });
        let until = wanted.until.max(now.after_ms(ASKING_MS));
        self.waiting.insert(self.last, Waiting { until, ..wanted });
        self.skip_offline(now);
    }

    /// Who does not wait while nobody can be asked does not wait any more.
    fn skip_offline(&mut self, now: Instant) {
        let is_over = |it: &&mut Waiting| self.is_offline && it.offline == Offline::Skip;
        self.waiting.values_mut().filter(is_over).for_each(|it| it.until = now);
    }

    /// Those that go ahead while nobody can be asked, as far as they get a slot on this node.
    fn proceeding(&mut self, limits: &mut Limits) -> Vec<Waiting> {
        if !self.is_offline {
            return Vec::new();
        }
        let goes =
            |_: &u64, it: &mut Waiting| it.offline == Offline::Proceed && limits.try_take(&it.limit, it.asking.key());
        let gone: Vec<_> = self.waiting.extract_if(.., goes).collect();
        gone.iter().for_each(|(claim, _)| self.order(Order::Leave { claim: *claim }));
        gone.into_iter().map(|it| it.1).collect()
    }

    /// The slot of what is asked now.
    pub(super) fn take(&mut self, key: Key) -> Option<Lease> {
        self.granted.remove(&key)
    }

    /// Nobody wants to be asked any more.
    pub(super) fn leave(&mut self, key: Key) {
        self.granted.remove(&key);
        let left: Vec<_> =
            self.waiting.extract_if(.., |_, it| it.asking.key() == key).map(|(claim, _)| claim).collect();
        left.into_iter().for_each(|claim| self.order(Order::Leave { claim }));
    }

    /// Those that have waited for too long, each with the name of its limit; they do not wait any more.
    pub(super) fn give_up(&mut self, now: Instant) -> Vec<(Asking, String)> {
        let over: Vec<_> = self.waiting.extract_if(.., |_, it| it.until <= now).collect();
        for (claim, _) in &over {
            self.order(Order::Leave { claim: *claim });
        }
        over.into_iter().map(|(_, it)| (it.asking, it.limit)).collect()
    }

    /// When the first of those that wait gives up.
    pub(super) fn deadline(&self) -> Instant {
        self.waiting.values().map(|it| it.until).min().unwrap_or(Instant::NEVER)
    }

    /// Waits until all slots are given back, or long enough. Everything that works has ended before.
    pub(super) async fn end(&mut self) {
        self.granted.clear();
        if let Some((keeper, mut news)) = self.keeper.take() {
            drop(keeper);
            let _ = tokio::time::timeout(FAREWELL, async { while news.recv().await.is_some() {} }).await;
        }
    }

    fn order(&self, order: Order) {
        if let Some((keeper, _)) = &self.keeper {
            keeper.order(order);
        }
    }
}

impl Node {
    /// There is news of slots.
    pub(super) fn take_slot_news(&mut self, news: News) -> Result<(), NodeError> {
        match news {
            News::Granted { claim, slot, lease } => self.granted(claim, slot, lease),
            News::Over { claim, is_lost } => self.slot_is_over(claim, is_lost),
            News::Trouble(trouble) => self.tell_trouble(trouble),
        }
    }

    fn granted(&mut self, claim: u64, slot: u32, lease: Lease) -> Result<(), NodeError> {
        let Some(Waiting { asking, limit, .. }) = self.leases.waiting.remove(&claim) else {
            return Ok(());
        };
        let Some(machine) = self.asked_machine(asking) else {
            return Ok(());
        };
        let watcher = watcher_name(&machine.table(), asking.watcher);
        let slot = u64::from(slot) + 1;
        let (turn, told) = (SlotTurn::Entered, (limit.clone(), watcher.clone()));
        self.limits.note(&limit, asking.key());
        self.leases.held.insert(claim, Held { machine: asking.machine, limit, watcher, slot });
        self.leases.granted.insert(asking.key(), lease);
        self.tell_machine(asking.machine, What::Slot { limit: told.0, watcher: told.1, turn, slot })?;
        // Nothing is done under it before that is durable.
        self.outbox.put(self.appended, Out::Begin(asking));
        Ok(())
    }

    /// Somebody has waited for too long.
    pub(super) fn tell_no_slot(&mut self, asking: Asking, limit: String) -> Result<(), NodeError> {
        let Some(machine) = self.fleet.get(asking.machine) else {
            return Ok(());
        };
        let watcher = watcher_name(&machine.table(), asking.watcher);
        self.tell_machine(asking.machine, What::Slot { limit, watcher, turn: SlotTurn::TimedOut, slot: 0 })
    }

    fn slot_is_over(&mut self, claim: u64, is_lost: bool) -> Result<(), NodeError> {
        let turn = if is_lost { SlotTurn::Evicted } else { SlotTurn::Left };
        let Some(Held { machine, limit, watcher, slot }) = self.leases.held.remove(&claim) else {
            return Ok(());
        };
        if self.fleet.get(machine).is_none() {
            return Ok(());
        }
        self.tell_machine(machine, What::Slot { limit, watcher, turn, slot })
    }

    /// Those that may go ahead while nobody can be asked for a slot do so.
    pub(super) fn go_ahead_offline(&mut self) {
        for it in self.leases.proceeding(&mut self.limits) {
            self.ask_in_turn(it.asking);
        }
    }

    fn tell_trouble(&mut self, trouble: Option<String>) -> Result<(), NodeError> {
        self.leases.is_offline = trouble.is_some();
        self.leases.skip_offline(self.clock.now());
        self.go_ahead_offline();
        let text = match trouble {
            Some(why) => {
                let alone: String = self
                    .limits
                    .going_ahead()
                    .map(|it| format!("; `{it}` counts on this node alone meanwhile"))
                    .collect();
                format!("nobody gets a slot: {why}{alone}")
            }
            None => "slots are to be had again".to_owned(),
        };
        self.tell(What::NodeWarning { about: "limits across the fleet".to_owned(), text })
    }
}
