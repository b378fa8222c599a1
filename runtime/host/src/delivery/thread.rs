//! The thread that all carriers run on.

use super::again::{Order, fill};
use super::backlog::Backlog;
use super::cursor::Cursor;
use super::desk::{End, Figures, Notice, Share};
use super::keep::{Keep, Keeper};
use super::{Carrier, Epochs, Position};
use crate::journal::Lsn;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::LocalSet;

/// A cursor is written so long after it has moved, with all that came meanwhile.
const LAZY: Duration = Duration::from_secs(1);

/// Where the journal of a node is, and what was known of it when the node began.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// The directory of the journal.
    pub(crate) journal: PathBuf,
    /// The directory of the cursors.
    pub(crate) cursors: PathBuf,
    /// The journal's identity.
    pub(crate) id: [u8; 16],
    /// The last record that is durable.
    pub(crate) durable: Lsn,
    /// Which numbers it has given out.
    pub(crate) epochs: Epochs,
}

/// The carriers of a node, from the node's side.
#[derive(Debug)]
pub(crate) struct Delivery {
    durable: watch::Sender<Lsn>,
    end: watch::Sender<bool>,
    look: Arc<Notify>,
    orders: UnboundedSender<Order>,
    site: Site,
    shares: Vec<Arc<Share>>,
    ended: oneshot::Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread takes with it.
struct Crew {
    carriers: Vec<(Box<dyn Carrier>, Arc<Share>)>,
    orders: UnboundedReceiver<Order>,
    keeper: Keeper,
    look: Arc<Notify>,
    site: Site,
    durable: watch::Receiver<Lsn>,
    end: End,
    dirty: Arc<Notify>,
}

impl Delivery {
    /// Starts the thread. Notices come until it ends.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub(crate) fn start(
        carriers: Vec<Box<dyn Carrier>>,
        keep: Keep,
        site: Site,
        notices: UnboundedSender<Notice>,
    ) -> io::Result<Self> {
        let (durable, seen) = watch::channel(site.durable);
        let (end, ends) = watch::channel(false);
        let (over, ended) = oneshot::channel();
        let dirty = Arc::new(Notify::new());
        let share = |it: Box<dyn Carrier>| {
            let share = share(it.name(), &site, &dirty, &notices);
            (it, Arc::new(share))
        };
        let carriers: Vec<_> = carriers.into_iter().map(share).collect();
        let shares: Vec<_> = carriers.iter().map(|(_, share)| Arc::clone(share)).collect();
        let keeper = Keeper { dir: site.journal.clone(), keep, shares: shares.clone(), notices };
        let look = Arc::new(Notify::new());
        let (orders, taken) = unbounded_channel();
        let crew = Crew {
            carriers,
            orders: taken,
            keeper,
            look: look.clone(),
            site: site.clone(),
            durable: seen,
            end: End(ends),
            dirty,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let work = move || {
            LocalSet::new().block_on(&runtime, crew.work());
            // A name that is being looked up, for example, is not waited for.
            runtime.shutdown_background();
            let _ = over.send(());
        };
        let thread = std::thread::Builder::new().name("delivery".into()).spawn(work)?;
        Ok(Self { durable, end, look, orders, site, shares, ended, thread: Some(thread) })
    }

    /// Everything up to this record is durable.
    pub(crate) fn is_durable(&self, lsn: Lsn) {
        self.durable.send_if_modified(|known| {
            let is_news = lsn > *known;
            *known = lsn.max(*known);
            is_news
        });
    }

    /// The journal may have become too large, or too old.
    pub(crate) fn look(&self) {
        self.look.notify_one();
    }

    /// Somebody asks for events again. Who asks is told nothing if the node ends meanwhile.
    pub(crate) fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }

    /// How each carrier is.
    pub(crate) fn figures(&self) -> Vec<Figures> {
        self.shares.iter().map(|it| it.figures()).collect()
    }

    /// Tells the carriers that the node ends, and gives them so long to bring what is left and to write down where they
    /// are.
    pub(crate) async fn end(mut self, grace: Duration) {
        self.end.send_replace(true);
        let ended = tokio::time::timeout(grace, &mut self.ended).await;
        if ended.is_err() {
            write(&self.site, &self.shares);
        } else if let Some(thread) = self.thread.take() {
            // It is past its last word. A panic in it has been told on standard error.
            let _ = thread.join();
        }
    }
}

fn share(name: &str, site: &Site, dirty: &Arc<Notify>, notices: &UnboundedSender<Notice>) -> Share {
    let cursor = Cursor::read(&site.cursors, name, &hex::encode(site.id)).unwrap_or_default();
    // A journal that was restored from a copy may not have come as far as its cursor.
    let delivered = cursor.position().min(Position::end_of(site.durable));
    Share::new(name.to_owned(), delivered, cursor.notes, dirty.clone(), notices.clone())
}

impl Crew {
    /// Carries until all carriers have ended.
    async fn work(self) {
        let Self { carriers, orders, keeper, look, site, durable, mut end, dirty } = self;
        let shares: Vec<_> = carriers.iter().map(|(_, share)| share.clone()).collect();
        let carrying = carriers.into_iter().map(|(carrier, share)| {
            let backlog = Backlog::new(site.journal.clone(), durable.clone(), end.clone(), share, site.epochs.clone());
            tokio::task::spawn_local(carrier.carry(backlog, end.clone()))
        });
        let carrying: Vec<_> = carrying.collect();
        let keeper = tokio::task::spawn_local(keeper.work(look));
        let filling = fill_all(orders, site.journal.clone(), durable, shares.clone());
        let filling = tokio::task::spawn_local(filling);
        let clerk = tokio::task::spawn_local(write_lazily(site.clone(), shares.clone(), dirty));
        for carrier in carrying {
            // A panic in one of them has been told on standard error, and is not the others' business.
            let _ = carrier.await;
        }
        end.come().await;
        keeper.abort();
        filling.abort();
        clerk.abort();
        write(&site, &shares);
    }
}

/// Has ranges sent again that are asked for.
async fn fill_all(
    mut orders: UnboundedReceiver<Order>,
    dir: PathBuf,
    durable: watch::Receiver<Lsn>,
    shares: Vec<Arc<Share>>,
) {
    while let Some(order) = orders.recv().await {
        let durable = *durable.borrow();
        fill(order, dir.clone(), durable, &shares).await;
    }
}

/// Writes cursors that have moved, at most each second.
async fn write_lazily(site: Site, shares: Vec<Arc<Share>>, dirty: Arc<Notify>) {
    loop {
        dirty.notified().await;
        tokio::time::sleep(LAZY).await;
        write(&site, &shares);
    }
}

fn write(site: &Site, shares: &[Arc<Share>]) {
    for share in shares {
        let mut state = share.lock();
        if !std::mem::take(&mut state.is_dirty) {
            continue;
        }
        let Position { lsn, place } = state.delivered;
        let cursor = Cursor { journal: hex::encode(site.id), lsn, place, notes: state.notes.clone() };
        drop(state);
        // Safe to lose: a disk that is full or broken ends the node by its journal.
        let _ = cursor.write(&site.cursors, &share.name);
    }
}
