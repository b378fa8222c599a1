//! How a node ends.

use super::Node;
use super::signals::Signals;
use crate::error::NodeError;
use crate::event::happening::What;
use std::time::Duration;

/// Commands get this long to end after the node was told to; they are asked first, and killed after two seconds. As long
/// may events take that are on their way.
const GRACE: Duration = Duration::from_secs(5);

impl Node {
    /// Says goodbye, waits until that is durable and handed on, and ends what is under way. A second signal that
    /// does not come with the first ends it at once.
    pub(super) async fn end(mut self, signals: &mut Signals) -> Result<(), NodeError> {
        // What has not begun yet begins with the next start.
        self.outbox.forget_acts();
        self.say_goodbye()?;
        tokio::select! {
            result = self.finish() => result,
            () = signals.end_again() => {
                // Dropping it would wait for a disk that does not answer; its records are durable or they are not.
                std::mem::forget(self.journal.take());
                Ok(())
            }
        }
    }

    fn say_goodbye(&mut self) -> Result<(), NodeError> {
        while let Ok(notice) = self.notices.try_recv() {
            self.noticed(notice)?;
        }
        for number in self.fleet.numbers() {
            self.say_stopped(number, "shutdown")?;
        }
        self.say_numbers()?;
        self.tell(What::Shutdown)
    }

    async fn finish(&mut self) -> Result<(), NodeError> {
        while self.journal.is_some() && self.outbox.durable() < self.appended {
            self.next_progress().await?;
        }
        self.let_out();
        let delivered = self.delivery.take().map(|it| tokio::spawn(it.end(GRACE)));
        // With it the next start has no record to read.
        self.checkpoint()?;
        self.commands_end().await;
        self.leases.end().await;
        while self.is_checkpoint_due {
            self.next_progress().await?;
        }
        self.forget_old_tables();
        if let Some(delivered) = delivered {
            // What could not be brought in time is brought by the next start.
            let _ = delivered.await;
        }
        Ok(())
    }

    /// The journal reports until it has done everything, or says why it cannot.
    async fn next_progress(&mut self) -> Result<(), NodeError> {
        match self.progress.recv().await {
            Some(progress) => self.progressed(progress),
            None => std::future::pending().await,
        }
    }

    /// Ends all commands: each ends with its driver. What they still answer is for the next start to find out: a `run`
    /// that was under way ends as interrupted then.
    async fn commands_end(&mut self) {
        self.drivers.clear();
        let all_end = async { while self.answers.recv().await.is_some() {} };
        // Those that do not end in time are killed with the event loop.
        let _ = tokio::time::timeout(GRACE, all_end).await;
    }
}
