//! Numbers that begin anew. An event's number, with its machine and its epoch, is given out once: by one state directory.
//! One that is a copy of another, or was put back from one, goes on in an epoch of its own.

use super::start::VERSION;
use super::{Node, say};
use crate::error::NodeError;
use crate::event::happening::What;
use crate::record::{Entry, Former, epoch_after};
use serde_json::Value as Json;
use std::io;
use tokio::sync::oneshot;

/// Why numbers begin anew when the directory shows that it is a copy.
pub(super) const COPY: &str = "it is a copy, or was put back from one: the numbers of events begin anew";

/// Why, when a stream shows it.
const FORKED: &str = "a stream has other events under its numbers, so it was put back to an older state, or another node \
                      runs on the same: the numbers of events begin anew";

/// The event that says it.
pub(super) fn told(why: &str) -> What {
    What::NodeWarning { about: "state directory".to_owned(), text: why.to_owned() }
}

impl Node {
    /// Says in the journal what runs here, and under which numbers.
    pub(super) fn append_run(&mut self, is_forked: bool) -> Result<(), NodeError> {
        let (node, boot, place) = (self.name.clone(), self.clock.boot().to_owned(), self.place.clone());
        let version = VERSION.to_owned();
        self.append(Entry::Run { node, epoch: self.epoch, boot, version, place, is_forked }, &[])
    }

    /// Somebody else has given out numbers of this epoch: another one begins. Answered with that once it is durable.
    pub(super) fn forked(&mut self, told_to: oneshot::Sender<Json>) -> Result<(), NodeError> {
        say(&io::Error::other(format!("the state directory: {FORKED}")));
        Former::add(&mut self.former, self.epoch, true);
        self.epoch = epoch_after(self.epoch, self.clock.wall_ns());
        self.sequence = 0;
        self.fleet.iter_mut().for_each(|it| (it.sequence, it.cause) = (0, None));
        self.memory.values_mut().for_each(|it| it.saved.begin_anew());
        self.append_run(true)?;
        self.tell(told(FORKED))?;
        self.answer_when_durable(told_to, self.epoch.into());
        Ok(())
    }
}
