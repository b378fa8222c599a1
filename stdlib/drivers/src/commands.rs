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
use crate::ending::{self, Ending};
use crate::guard::{Guard, Guarded, open_null};
use crate::launch::{Command, Prepared, Unstartable, no_room};
use crate::lease::Lease;
use crate::lines::Lines;
use crate::output::{Inlets, Output};
use crate::secret::{Patterns, secrets_in};
use crate::spawn::{Signals, Start, User, keep_children, spawn};
use crate::tree::{self, Tree};

/// How long a command that was asked to end may take to do so, before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// How often it is looked whether the last process of a command that was asked to end is gone.
const GRACE_LOOK: Duration = Duration::from_millis(50);

/// How long output is still taken after the command itself has ended: what it started may hold the pipes open for
/// ever, and nobody waits for that.
const DRAIN: Duration = Duration::from_millis(100);

/// What a watcher asks to be run.
#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) command: Command,
    /// How long it may run, counted from its start.
    pub(crate) timeout: Duration,
    /// How people and events call it.
    pub(crate) shown: String,
    /// What is told of its end.
    pub(crate) tell: Tell,
}

/// Makes an answer of how a command ended: the ask, how it is called, its end, how long it took, what it printed.
pub(crate) type Tell = fn(&Ask, &str, &Ending, Duration, Option<&mut Output>) -> Answer;

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
        let order = read(&mut Arguments::new(ask.args.clone()));
        self.begin(ask, |launcher, ask, mut stopped, answers| async move {
            if let Some(answer) = answer(&launcher, &ask, order, &mut stopped).await {
                // The node may have gone; then nobody wants to know.
                _ = answers.send(answer);
            }
        });
    }

    /// Has something done in a task of its own until it is stopped.
    pub(crate) fn begin<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        ask: Ask,
        work: impl FnOnce(Arc<Launcher>, Ask, oneshot::Receiver<()>, Answers) -> F,
    ) {
        self.under_way.retain(|_, stop| !stop.is_closed());
        if self.under_way.contains_key(&ask.key) {
            return;
        }
        let (stop, stopped) = oneshot::channel();
        self.under_way.insert(ask.key, stop);
        tokio::spawn(work(Arc::clone(&self.launcher), ask, stopped, self.answers.clone()));
    }

    /// Stops the command of `key`, if there is one.
    pub(crate) fn stop(&mut self, key: Key) {
        self.under_way.remove(&key).map(|stop| stop.send(()));
    }
}

/// Runs what was ordered; `None` when it was stopped before its turn came.
pub(crate) async fn answer(
    launcher: &Launcher,
    ask: &Ask,
    order: Result<Order, Mismatch>,
    stopped: &mut oneshot::Receiver<()>,
) -> Option<Answer> {
    let order = match order {
        Ok(order) => order,
        Err(mismatch) => {
            return Some(ending::tell(ask, "", &Ending::Unstartable(mismatch.into()), Duration::ZERO, None));
        }
    };
    let slot = tokio::select! {
        biased;
        _ = &mut *stopped => return None,
        slot = launcher.slots.acquire() => slot,
    };
    let begun = Instant::now();
    let tell =
        |ending: &Ending, took, output: Option<&mut Output>| (order.tell)(ask, &order.shown, ending, took, output);
    let answer = match launcher.start(ask, &order.command).await {
        Ok(mut running) => {
            if ask.program.is_some() {
                running.output.split_lines(Lines::only_last());
            }
            let mut end = running.finish(ask.timeout.unwrap_or(order.timeout), stopped).await;
            tell(&end.ending, end.at - begun, Some(&mut end.output))
        }
        Err(cause) => tell(&Ending::Unstartable(cause), begun.elapsed(), None),
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

    /// Starts a command, as the user that was asked for, unless the slot that it works under has run out meanwhile: others
    /// may have it now.
    pub(crate) async fn start(&self, ask: &Ask, command: &Command) -> Result<Running<'_>, Unstartable> {
        let user = match &ask.user {
            Some(name) => Some(user(name).await?),
            None => None,
        };
        let prepared = command.prepare(ask)?;
        if ask.lease.as_ref().is_some_and(Lease::is_over) {
            return Err(Unstartable::SlotOver);
        }
        let null = self.null().map_err(refused)?;
        let (output, inlets) = Output::open(&Patterns::new(&secrets_in(&ask.args))).map_err(refused)?;
        let mut tree = Tree::new(ask.run_id.clone(), tree::now());
        let guarded = self.guard.begin(tree.clone(), null);
        // Before it is there: this process may stand still from then on, and its slot goes on to others.
        ask.lease.iter().for_each(|it| guarded.until(it.until()));
        let start = Start { user: user.as_ref(), ..start(&prepared, &inlets, null) };
        let pid = spawn(&start).map_err(|errno| command.explain(errno, &prepared, &ask.context))?;
        guarded.started(pid);
        tree.leader = Some(pid);
        let leash = Leash(Some(tree));
        let child = Child::adopt(pid).map_err(refused)?;
        Ok(Running { leash, child, output, guarded, lease: ask.lease.clone() })
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
        user: None,
    }
}

/// Looks a user up on another thread: directories of users may be on the network.
async fn user(name: &str) -> Result<User, Unstartable> {
    let looked_up = name.to_owned();
    let found = tokio::task::spawn_blocking(move || User::named(&looked_up)).await;
    let found = found.unwrap_or_else(|_| Err("the runtime ends".to_owned()));
    found.map_err(|why| Unstartable::User { name: name.to_owned(), why })
}

fn refused(error: io::Error) -> Unstartable {
    no_room(Errno::from_io_error(&error).unwrap_or(Errno::NOMEM))
}

/// A command that was started. Dropping it, which happens when the runtime is shut down around it, kills its tree.
pub(crate) struct Running<'a> {
    leash: Leash,
    child: Child,
    pub(crate) output: Output,
    guarded: Guarded<'a>,
    /// It has to have ended when this has run out.
    lease: Option<Lease>,
}

/// How a command ended.
pub(crate) struct End {
    pub(crate) ending: Ending,
    pub(crate) at: Instant,
    pub(crate) output: Output,
}

impl Running<'_> {
    /// Waits until the command ends by itself, and ends it when it is stopped or its time is over.
    async fn finish(mut self, limit: Duration, stopped: &mut oneshot::Receiver<()>) -> End {
        let (child, guarded, lease) = (&self.child, &self.guarded, self.lease.as_ref());
        let cut = self.output.until(async {
            tokio::select! {
                biased;
                () = child.ended() => None,
                _ = stopped => Some(Ending::Interrupted),
                () = runs_out(lease, guarded) => Some(Ending::Interrupted),
                () = sleep(limit) => Some(Ending::Timeout(limit)),
            }
        });
        let cut = cut.await;
        self.close(cut).await
    }

    /// Takes what is printed next; whether the command is still there and wanted. Can be given up and called again.
    pub(crate) async fn next(&mut self, stopped: &mut oneshot::Receiver<()>) -> Result<(), Option<Ending>> {
        tokio::select! {
            biased;
            _ = stopped => Err(Some(Ending::Interrupted)),
            () = runs_out(self.lease.as_ref(), &self.guarded) => Err(Some(Ending::Interrupted)),
            () = self.output.read() => Ok(()),
            () = self.child.ended() => Err(None),
        }
    }

    /// Ends it, if it did not end by itself, and takes what is left of its output.
    pub(crate) async fn close(mut self, cut: Option<Ending>) -> End {
        if let (Some(_), Some(tree)) = (&cut, &mut self.leash.0) {
            let grace = self.lease.as_ref().map_or(GRACE, |it| it.rest().min(GRACE));
            self.output.until(end(&self.child, tree, grace)).await;
        }
        let at = Instant::now();
        _ = timeout(DRAIN, self.output.drain()).await;
        self.output.finish();
        // What a command that ended by itself has left behind, it left behind on purpose.
        self.leash.0 = None;
        End { ending: collect(self.child, cut), at, output: self.output }
    }
}

/// Waits until the slot that a command works under has run out; without one, for ever.
async fn runs_out(lease: Option<&Lease>, guarded: &Guarded<'_>) {
    match lease {
        Some(lease) => lease.runs_out(|until| guarded.until(until)).await,
        None => std::future::pending().await,
    }
}

/// Ends all processes of a command: first they are asked, then they are killed.
async fn end(child: &Child, tree: &mut Tree, grace: Duration) {
    off_the_loop(tree, Tree::ask_to_end).await;
    let gone = async {
        child.ended().await;
        while off_the_loop(tree, Tree::is_alive).await {
            sleep(GRACE_LOOK).await;
        }
    };
    if timeout(grace, gone).await.is_err() {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Rig;
    use tokio::sync::mpsc::unbounded_channel;
    use tokio::sync::watch;

    fn command(program: &str) -> Command {
        Command { program: program.into(), args: Vec::new(), env: Vec::new(), watcher_args: None, dir: ".".into() }
    }

    /// A slot that is held until then; it moves when the first of the two says so.
    fn slot(until: u64, grace: Duration) -> (watch::Sender<u64>, Lease) {
        let (renewals, until) = watch::channel(until);
        (renewals, Lease::new(1, 1, until, grace, unbounded_channel().0))
    }

    fn rig() -> Rig {
        Rig::new(|answers| Box::new(crate::exec::Exec::new(answers, Launcher::new(1))))
    }

    /// Nothing is waited for here, so this is what the guard knows if the runtime stands still from the start on.
    #[tokio::test]
    async fn the_guard_knows_the_end_before_the_command_is_there() {
        let (launcher, rig) = (Launcher::new(1), rig());
        let end = crate::lease::now() + 3_600_000_000_000;
        let (_renewals, lease) = slot(end, Duration::ZERO);
        let ask = Ask { lease: Some(lease), ..rig.an_ask(Vec::new()) };
        let running = launcher.start(&ask, &command("true")).await.unwrap_or_else(|_| panic!("true is there"));
        assert_eq!(launcher.guard.ends(), [end]);
        drop(running);
        assert!(launcher.guard.ends().is_empty());
    }

    /// It waited for its turn, and nobody renewed its slot meanwhile.
    #[tokio::test]
    async fn what_has_no_slot_any_more_is_not_begun() {
        let (launcher, rig) = (Launcher::new(1), rig());
        let turn = launcher.slots.acquire().await.unwrap();
        let (renewals, lease) = slot(crate::lease::now() + 3_600_000_000_000, Duration::from_secs(1));
        rig.script("begun", "#!/bin/sh\necho begun > begun.txt\n");
        let ask = Ask { lease: Some(lease), ..rig.an_ask(Vec::new()) };
        let order =
            Order { command: command("./begun"), timeout: Duration::MAX, shown: String::new(), tell: ending::tell };
        let (_stop, mut stopped) = oneshot::channel();
        let (answer, ()) = tokio::join!(answer(&launcher, &ask, Ok(order), &mut stopped), async {
            // Less is left than a command is given to end.
            renewals.send_replace(crate::lease::now() + 500_000_000);
            drop(turn);
        });
        let answer = answer.expect("an answer");
        assert_eq!(answer.why, "not started: its slot of the limit ran out before its turn came");
        assert_eq!(answer.fields["reason"], "unstartable");
        assert!(!rig.path("begun.txt").exists());
    }
}
