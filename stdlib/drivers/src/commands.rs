//! The life of a command, from the ask to the answer.
//!
//! It waits for a slot, is started, is read and watched until it ends, is stopped or has had its time, and is
//! then told. A command costs a task while it waits or runs; between two runs a watcher costs nothing.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{sleep, timeout};

use crate::arguments::{Arguments, Mismatch};
use crate::child::Child;
use crate::door::{Answer, Answers, Ask, Key};
use crate::ending::Ending;
use crate::guard::{Guard, Guarded, open_null};
use crate::launch::{Command, Prepared, Unstartable, no_room};
use crate::output::{Inlets, Output};
use crate::spawn::{Signals, Start, keep_children, spawn};
use crate::tree::{self, Tree};

/// How long a command that was asked to end may take to do so, before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// How often it is looked whether the last process of a command that was asked to end is gone.
const GRACE_LOOK: Duration = Duration::from_millis(50);

/// How long output is still taken after the command itself has ended: what it started may hold the pipes open for
/// ever, and nobody waits for that.
const DRAIN: Duration = Duration::from_millis(100);

/// What a watcher asks to be run.
pub(crate) struct Order {
    pub(crate) command: Command,
    /// How long it may run, counted from its start.
    pub(crate) timeout: Duration,
    /// How people and events call it.
    pub(crate) shown: String,
}

/// The commands of one kind that are waiting or running.
pub(crate) struct Commands {
    answers: Answers,
    launcher: Arc<Launcher>,
    /// The way to stop each; closed as soon as the command has ended.
    under_way: BTreeMap<Key, oneshot::Sender<()>>,
}

impl Commands {
    pub(crate) fn new(answers: Answers, launcher: Arc<Launcher>) -> Self {
        Self { answers, launcher, under_way: BTreeMap::new() }
    }

    /// Runs what `read` makes of the arguments, unless the watcher's command is still under way.
    pub(crate) fn ask(&mut self, ask: Ask, read: impl FnOnce(&mut Arguments) -> Result<Order, Mismatch>) {
        self.under_way.retain(|_, stop| !stop.is_closed());
        if self.under_way.contains_key(&ask.key) {
            return;
        }
        let (stop, stopped) = oneshot::channel();
        self.under_way.insert(ask.key, stop);
        let order = read(&mut Arguments::new(ask.args.clone()));
        let (answers, launcher) = (self.answers.clone(), Arc::clone(&self.launcher));
        tokio::spawn(async move {
            if let Some(answer) = answer(&launcher, &ask, order, stopped).await {
                // The node may have gone; then nobody wants to know.
                _ = answers.send(answer);
            }
        });
    }

    /// Stops the command of `key`, if there is one.
    pub(crate) fn stop(&mut self, key: Key) {
        self.under_way.remove(&key).map(|stop| stop.send(()));
    }
}

/// Runs what was ordered; `None` when it was stopped before its turn came.
async fn answer(
    launcher: &Launcher,
    ask: &Ask,
    order: Result<Order, Mismatch>,
    mut stopped: oneshot::Receiver<()>,
) -> Option<Answer> {
    let order = match order {
        Ok(order) => order,
        Err(mismatch) => {
            return Some(Ending::Unstartable(mismatch.into()).answer(ask, "", Duration::ZERO, None));
        }
    };
    let slot = tokio::select! {
        biased;
        _ = &mut stopped => return None,
        slot = launcher.slots.acquire() => slot,
    };
    let begun = Instant::now();
    let answer = match launcher.start(ask, &order.command) {
        Ok(running) => {
            let end = running.finish(order.timeout, &mut stopped).await;
            end.ending.answer(ask, &order.shown, end.at - begun, Some(&end.output))
        }
        Err(cause) => Ending::Unstartable(cause).answer(ask, &order.shown, begun.elapsed(), None),
    };
    drop(slot);
    Some(answer)
}

/// What the commands of a node share.
pub(crate) struct Launcher {
    slots: Semaphore,
    guard: Guard,
    null: OnceLock<OwnedFd>,
}

impl Launcher {
    /// At most `at_once` commands run at once.
    pub(crate) fn new(at_once: usize) -> Arc<Self> {
        Arc::new(Self { slots: Semaphore::new(at_once), guard: Guard::default(), null: OnceLock::new() })
    }

    fn start(&self, ask: &Ask, command: &Command) -> Result<Running<'_>, Unstartable> {
        let prepared = command.prepare(&ask.context, &ask.watcher, &ask.run_id)?;
        let null = self.null().map_err(refused)?;
        let (output, inlets) = Output::open().map_err(refused)?;
        let mut tree = Tree::new(ask.run_id.clone(), tree::now());
        let guarded = self.guard.begin(tree.clone(), null);
        let pid =
            spawn(&start(&prepared, &inlets, null)).map_err(|errno| command.explain(errno, &prepared, &ask.context))?;
        guarded.started(pid);
        tree.leader = Some(pid);
        let leash = Leash(Some(tree));
        let child = Child::adopt(pid).map_err(refused)?;
        Ok(Running { leash, child, output, _guarded: guarded })
    }

    fn null(&self) -> io::Result<BorrowedFd<'_>> {
        if let Some(null) = self.null.get() {
            return Ok(null.as_fd());
        }
        keep_children();
        let null = open_null()?;
        Ok(self.null.get_or_init(|| null).as_fd())
    }
}

fn start<'a>(prepared: &'a Prepared, inlets: &'a Inlets, null: BorrowedFd<'a>) -> Start<'a> {
    Start {
        program: &prepared.program,
        argv: &prepared.argv,
        envp: &prepared.envp,
        dir: &prepared.dir,
        stdio: [null, inlets.out.as_fd(), inlets.err.as_fd()],
        signals: Signals::Default,
    }
}

fn refused(error: io::Error) -> Unstartable {
    no_room(Errno::from_io_error(&error).unwrap_or(Errno::NOMEM))
}

/// A command that was started. Dropping it, which happens when the runtime is shut down around it, kills its tree.
struct Running<'a> {
    leash: Leash,
    child: Child,
    output: Output,
    _guarded: Guarded<'a>,
}

/// How a command ended.
struct End {
    ending: Ending,
    at: Instant,
    output: Output,
}

impl Running<'_> {
    /// Waits until the command ends by itself, and ends it when it is stopped or its time is over.
    async fn finish(mut self, limit: Duration, stopped: &mut oneshot::Receiver<()>) -> End {
        let child = &self.child;
        let cut = self.output.until(async {
            tokio::select! {
                biased;
                () = child.ended() => None,
                _ = stopped => Some(Ending::Interrupted),
                () = sleep(limit) => Some(Ending::Timeout(limit)),
            }
        });
        let cut = cut.await;
        if let (Some(_), Some(tree)) = (&cut, &mut self.leash.0) {
            self.output.until(end(child, tree)).await;
        }
        let at = Instant::now();
        _ = timeout(DRAIN, self.output.drain()).await;
        // What a command that ended by itself has left behind, it left behind on purpose.
        self.leash.0 = None;
        End { ending: collect(self.child, cut), at, output: self.output }
    }
}

/// Ends all processes of a command: first they are asked, then they are killed.
async fn end(child: &Child, tree: &mut Tree) {
    off_the_loop(tree, Tree::ask_to_end).await;
    let gone = async {
        child.ended().await;
        while off_the_loop(tree, Tree::is_alive).await {
            sleep(GRACE_LOOK).await;
        }
    };
    if timeout(GRACE, gone).await.is_err() {
        off_the_loop(tree, Tree::kill_all).await;
    }
}

/// Works on the process table on another thread: on a busy system that takes longer than the loop should stand
/// still.
async fn off_the_loop<T: Send + Default + 'static>(tree: &mut Tree, work: fn(&mut Tree) -> T) -> T {
    let mut seen = tree.clone();
    let done = tokio::task::spawn_blocking(move || (work(&mut seen), seen)).await;
    let (value, seen) = done.unwrap_or_else(|_| (T::default(), tree.clone()));
    *tree = seen;
    value
}

/// How the command ended: as it was made to, or by itself.
fn collect(child: Child, cut: Option<Ending>) -> Ending {
    let ended = child.collect();
    if ended.is_none() {
        child.collect_later();
    }
    cut.or(ended.map(Ending::ByItself)).unwrap_or(Ending::Interrupted)
}

/// Holds a tree that must not outlive its holder.
struct Leash(Option<Tree>);

impl Drop for Leash {
    fn drop(&mut self) {
        self.0.as_mut().map(Tree::kill);
    }
}
