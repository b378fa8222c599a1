//! A thread for what a node does over its connection beside carrying events: a flood of updates never holds up the node.

use crate::connection::Connection;
use crate::shared::Shared;
use std::future::{Future, pending};
use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use tokio::runtime::{Builder, Handle};

/// Runs tasks that need the connection; clones are the same. The thread is started with the first of them, and runs until
/// the process ends.
#[derive(Clone, Debug)]
pub struct Worker {
    shared: Shared,
    handle: Arc<Mutex<Option<Handle>>>,
}

impl Worker {
    /// A thread for tasks over this connection; nothing is started yet.
    #[must_use]
    pub fn new(shared: Shared) -> Worker {
        Worker { shared, handle: Arc::default() }
    }

    /// Begins a task with the connection, which is begun as well if nobody needed it so far. Settings that cannot be meant
    /// end the task.
    ///
    /// # Errors
    ///
    /// When the system has no thread to give.
    pub fn spawn<F>(&self, task: impl FnOnce(Connection) -> F + Send + 'static) -> io::Result<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let shared = self.shared.clone();
        self.handle()?.spawn(async move {
            if let Ok(connection) = shared.get().await {
                task(connection).await;
            }
        });
        Ok(())
    }

    /// Begins the connection on this thread, which outlives all others, and waits until it is begun; that takes no server.
    ///
    /// # Errors
    ///
    /// When the system has no thread to give.
    pub fn begin(&self) -> io::Result<()> {
        let (sender, begun) = mpsc::channel();
        self.spawn(move |_| async move { _ = sender.send(()) })?;
        // If it takes longer, somebody else may begin it.
        _ = begun.recv_timeout(Duration::from_secs(1));
        Ok(())
    }

    fn handle(&self) -> io::Result<Handle> {
        let mut handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = &*handle {
            return Ok(handle.clone());
        }
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let started = runtime.handle().clone();
        std::thread::Builder::new().name("nats".to_owned()).spawn(move || runtime.block_on(pending::<()>()))?;
        *handle = Some(started.clone());
        Ok(started)
    }
}
