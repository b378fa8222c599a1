//! The events of a node on this host. The node only says how far its journal is durable; the events are read from the
//! journal itself, by whoever watches. So a slow reader holds up nobody, and nothing is kept for it: what it has not read
//! is still in the journal, or is said to be gone.

use crate::control::{ControlError, Watching};
use crate::journal::{JournalError, JournalId, Lsn, Reader, identity, stretches};
use miette::Diagnostic;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};
use thiserror::Error;

/// A runtime that ended is looked for this often.
const AGAIN: Duration = Duration::from_secs(1);

/// What whoever watches hears.
#[derive(Debug)]
pub enum News<'n> {
    /// An event, as JSON.
    Event(&'n [u8]),
    /// Something to know.
    Note(&'n str),
    /// All that there is now has been told.
    UpToDate,
    /// Nothing more will come.
    End,
}

/// Why nothing can be watched.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum WatchError {
    /// The node cannot be asked.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Control(#[from] ControlError),
    /// Its journal cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Journal(#[from] JournalError),
}

/// The events of the node on a state directory.
#[derive(Debug)]
pub struct Follow {
    state: PathBuf,
    reader: Reader,
    since: Option<SystemTime>,
    /// A place to go on from is known.
    is_placed: bool,
    /// The journal that it is a place of.
    journal: Option<JournalId>,
}

impl Follow {
    /// Those from now on, or those since some moment that the journal still has.
    #[must_use]
    pub fn new(state: &Path, since: Option<SystemTime>) -> Self {
        let reader = Reader::new(&state.join("journal"));
        Self { state: state.to_owned(), reader, since, is_placed: false, journal: None }
    }

    /// Tells all that there is now, and then, if asked to go on, whatever comes: also after the node was started again. Ends
    /// when `tell` says that it has heard enough.
    ///
    /// # Errors
    /// When no node runs and nothing of the past is asked for, or its journal cannot be read.
    pub fn tell(&mut self, goes_on: bool, tell: &mut dyn FnMut(News<'_>) -> bool) -> Result<(), WatchError> {
        let mut is_lost = false;
        loop {
            match Watching::begin(&self.state) {
                Ok(watching) => {
                    if is_lost && !tell(News::Note("the runtime is back")) {
                        return Ok(());
                    }
                    // What a runtime wrote down last is read when it is gone.
                    if !self.follow(watching, goes_on, tell)? || !self.tell_the_rest(tell)? {
                        return Ok(());
                    }
                    // Numbers that are missing come before the end is told, and that is to be seen at once.
                    let end = News::Note("the runtime ended; waiting for it to come back");
                    if ![News::UpToDate, end, News::UpToDate].into_iter().all(&mut *tell) {
                        return Ok(());
                    }
                }
                // None will come back there.
                Err(ControlError::NobodyThere { .. }) if is_lost && !self.state.is_dir() => {
                    tell(News::Note("the state directory is gone"));
                    tell(News::UpToDate);
                    return Ok(());
                }
                Err(ControlError::NobodyThere { .. }) if is_lost || self.is_placed => {}
                Err(ControlError::NobodyThere { .. })
                    if self.since.is_some() && self.state.join("journal").is_dir() =>
                {
                    if !self.tell_the_past(goes_on, tell)? {
                        return Ok(());
                    }
                }
                Err(error) => return Err(error.into()),
            }
            is_lost = true;
            thread::sleep(AGAIN);
        }
    }

    /// Whether to wait for the runtime to come back: it ended.
    fn follow(
        &mut self,
        mut watching: Watching,
        goes_on: bool,
        tell: &mut dyn FnMut(News<'_>) -> bool,
    ) -> Result<bool, WatchError> {
        let mut is_first = true;
        while let Some(durable) = watching.durable() {
            if std::mem::take(&mut is_first)
                && self.is_another(durable)?
                && !tell(News::Note("it is another journal than before: this is what it holds"))
            {
                return Ok(false);
            }
            self.place(durable)?;
            if !self.tell_up_to(durable, tell)? || !tell(News::UpToDate) || !goes_on {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// No runtime runs: what its journal holds. Whether to wait for one.
    fn tell_the_past(&mut self, goes_on: bool, tell: &mut dyn FnMut(News<'_>) -> bool) -> Result<bool, WatchError> {
        self.place(Lsn::ZERO)?;
        Ok(self.tell_the_rest(tell)?
            && tell(News::Note("no runtime runs on this state directory: this is what its journal holds"))
            && tell(News::UpToDate)
            && goes_on)
    }

    /// All that the journal of a runtime holds that is not there any more. Whether there is somebody to tell more.
    fn tell_the_rest(&mut self, tell: &mut dyn FnMut(News<'_>) -> bool) -> Result<bool, WatchError> {
        match self.tell_up_to(Lsn(u64::MAX), tell) {
            // The end of what was written looks like damage to whoever does not know where it is.
            Err(WatchError::Journal(JournalError::Damaged { .. })) => Ok(true),
            other => other,
        }
    }

    /// Whether the journal is not the one that was read so far, because the state directory was made anew, or put back
    /// from a copy. What is read from now on begins with its first record then.
    fn is_another(&mut self, durable: Lsn) -> Result<bool, WatchError> {
        if !self.is_placed {
            return Ok(false);
        }
        let dir = self.state.join("journal");
        let found = identity(&dir)?;
        let is_same = found == self.journal && durable.next() >= self.reader.place();
        if !is_same {
            let first = stretches(&dir)?.first().map_or(Lsn::FIRST, |it| it.first);
            (self.reader, self.journal) = (Reader::new(&dir), found);
            self.reader.go_to(first);
        }
        Ok(!is_same)
    }

    /// Goes to the first record of interest.
    fn place(&mut self, durable: Lsn) -> Result<(), WatchError> {
        if std::mem::replace(&mut self.is_placed, true) {
            return Ok(());
        }
        let dir = self.state.join("journal");
        self.journal = identity(&dir)?;
        let first = match self.since {
            None => durable.next(),
            Some(since) => {
                let stretches = stretches(&dir)?;
                let is_old = |it: &&crate::journal::Stretch| it.written < since;
                let old = stretches.iter().take_while(is_old).count();
                stretches.get(old).or(stretches.last()).map_or(durable.next(), |it| it.first)
            }
        };
        self.reader.go_to(first);
        Ok(())
    }

    /// Whether there is somebody to tell more.
    fn tell_up_to(&mut self, durable: Lsn, tell: &mut dyn FnMut(News<'_>) -> bool) -> Result<bool, WatchError> {
        loop {
            match self.reader.next(durable) {
                Ok(None) => return Ok(true),
                Ok(Some((_, record))) => {
                    let events = serde_json::from_slice(record).map(|it: Page<'_>| it.events).unwrap_or_default();
                    if !events.iter().all(|it| tell(News::Event(it.get().as_bytes()))) {
                        return Ok(false);
                    }
                }
                Err(JournalError::Gone { first, .. }) => {
                    self.reader.go_to(first);
                    if !tell(News::Note("what comes next in the journal is gone already: it was read too slowly")) {
                        return Ok(false);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A record, as far as it has events.
#[derive(Deserialize)]
struct Page<'r> {
    #[serde(borrow, default)]
    events: Vec<&'r RawValue>,
}
