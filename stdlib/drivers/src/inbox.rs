//! What the file thread wakes up for: requests of the node, and what the notification reports.
//!
//! Reports of one path are one, however many there are: a file that changes ten thousand times a second takes one
//! entry.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use notify::event::{Event, EventKind, ModifyKind};

/// The most paths that are told apart; beyond, everything is looked at again.
const MOST_TOUCHED: usize = 4096;

/// How long a wake-up waits for more: a node asks for many things at once, and a look takes less time than to ask for
/// the next one, so without it the thread would fall asleep and be woken for each of them.
const GATHER: Duration = Duration::from_millis(1);

/// Filled by the node and the notification, emptied by the file thread.
pub(crate) struct Inbox<R> {
    mail: Mutex<Mail<R>>,
    bell: Condvar,
}

/// What came in since the thread looked last.
pub(crate) struct Mail<R> {
    /// In the order in which they were made.
    pub(crate) requests: Vec<R>,
    /// The paths to which something happened, and whether that took them away from where they were.
    pub(crate) touched: BTreeMap<PathBuf, bool>,
    /// Reports were lost: anything may have happened.
    pub(crate) is_lost: bool,
    /// Nobody will ask for anything any more.
    pub(crate) is_closed: bool,
}

impl<R> Default for Inbox<R> {
    fn default() -> Self {
        Self { mail: Mutex::default(), bell: Condvar::new() }
    }
}

impl<R> Default for Mail<R> {
    fn default() -> Self {
        Self { requests: Vec::new(), touched: BTreeMap::new(), is_lost: false, is_closed: false }
    }
}

impl<R> Inbox<R> {
    pub(crate) fn request(&self, request: R) {
        self.put(|mail| mail.requests.push(request));
    }

    pub(crate) fn close(&self) {
        self.put(|mail| mail.is_closed = true);
    }

    /// Takes a report. That a file was opened or closed says nothing: what was written was reported before.
    pub(crate) fn report(&self, report: notify::Result<Event>) {
        match report {
            Ok(event) if event.need_rescan() => self.put(|mail| mail.is_lost = true),
            Ok(Event { kind: EventKind::Access(_), .. }) => {}
            Ok(event) => self.put(|mail| mail.touch(event)),
            Err(_) => self.put(|mail| mail.is_lost = true),
        }
    }

    /// Waits until something has come in, or until `deadline`, and takes it, with what comes right behind it.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> Mail<R> {
        if self.has_come(deadline) {
            thread::sleep(GATHER);
        }
        std::mem::take(&mut *self.lock())
    }

    /// Waits until something has come in; false if the deadline came first.
    fn has_come(&self, deadline: Option<Instant>) -> bool {
        let mut mail = self.lock();
        while mail.is_empty() {
            let Some(deadline) = deadline else {
                mail = self.bell.wait(mail).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let rest = deadline.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return false;
            }
            mail = self.bell.wait_timeout(mail, rest).unwrap_or_else(PoisonError::into_inner).0;
        }
        !mail.is_closed
    }

    fn put(&self, change: impl FnOnce(&mut Mail<R>)) {
        let mut mail = self.lock();
        // The thread waits only while there is nothing, and each ring of the bell is a call of the system.
        let was_empty = mail.is_empty();
        change(&mut mail);
        drop(mail);
        if was_empty {
            self.bell.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Mail<R>> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R> Mail<R> {
    fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.touched.is_empty() && !self.is_lost && !self.is_closed
    }

    fn touch(&mut self, event: Event) {
        let is_gone = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
        for path in event.paths {
            *self.touched.entry(path).or_default() |= is_gone;
        }
        if self.touched.len() > MOST_TOUCHED {
            self.touched.clear();
            self.is_lost = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind, Flag, RemoveKind};

    use super::*;

    fn event(kind: EventKind, path: &str) -> notify::Result<Event> {
        Ok(Event::new(kind).add_path(path.into()))
    }

    #[test]
    fn reports_of_one_path_are_one() {
        let inbox = Inbox::<()>::default();
        inbox.report(event(EventKind::Create(CreateKind::File), "/a"));
        inbox.report(event(EventKind::Remove(RemoveKind::File), "/a"));
        inbox.report(event(EventKind::Create(CreateKind::File), "/a"));
        inbox.report(event(EventKind::Create(CreateKind::File), "/b"));
        let touched = inbox.wait(None).touched;
        assert_eq!(touched, BTreeMap::from([("/a".into(), true), ("/b".into(), false)]));
    }

    #[test]
    fn reading_is_no_report() {
        let inbox = Inbox::<()>::default();
        inbox.report(event(EventKind::Access(AccessKind::Any), "/a"));
        assert!(inbox.lock().is_empty());
    }

    #[test]
    fn too_many_paths_are_a_loss() {
        let inbox = Inbox::<()>::default();
        for n in 0..=MOST_TOUCHED {
            inbox.report(event(EventKind::Create(CreateKind::File), &format!("/{n}")));
        }
        let mail = inbox.wait(None);
        assert!(mail.is_lost && mail.touched.is_empty());
    }

    #[test]
    fn an_overflow_is_a_loss() {
        let inbox = Inbox::<()>::default();
        inbox.report(Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
        assert!(inbox.wait(None).is_lost);
    }

    #[test]
    fn waiting_ends_with_the_deadline() {
        let mail = Inbox::<()>::default().wait(Some(Instant::now()));
        assert!(mail.is_empty());
    }
}
