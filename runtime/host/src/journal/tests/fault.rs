//! A disk that refuses: every single operation of a run, once each.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use super::sim::{Image, Refusal, SimDisk};
use super::{SEGMENT, judge, payload, reopen, state};
use crate::journal::{Journal, JournalError, Lsn, Options, Progress};

const OPTIONS: Options = Options { segment_size: SEGMENT, buffer_size: 1024 };

/// Appends record after record, each durable before the next, with checkpoints in between; gives the last that was
/// durable, all reports, and how it ended.
fn run(disk: &SimDisk) -> (Lsn, Vec<Progress>, Result<(), JournalError>) {
    let (send, reports) = channel();
    let all = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&all);
    let report = Box::new(move |progress: Progress| {
        seen.lock().unwrap().push(progress.clone());
        send.send(progress).unwrap();
    });
    let (journal, _) = match Journal::start(Box::new(disk.clone()), OPTIONS, report) {
        Ok(journal) => journal,
        Err(error) => return (Lsn::ZERO, Vec::new(), Err(error)),
    };
    let ended = write(&journal, &reports);
    let durable = journal.durable();
    if let Err(first) = &ended {
        check_that_it_stays_failed(&journal, first);
    }
    let closed = journal.close();
    assert_eq!(closed.is_err(), ended.is_err());
    let all = all.lock().unwrap().clone();
    (durable, all, ended)
}

fn write(journal: &Journal, reports: &Receiver<Progress>) -> Result<(), JournalError> {
    for number in 1..=30 {
        let lsn = journal.append(&payload(number))?;
        journal.wait(lsn)?;
        if number % 8 == 0 {
            let lsn = journal.checkpoint_of(&state(number))?;
            wait_for_checkpoint(reports, lsn)?;
        }
    }
    Ok(())
}

#[test]
fn whoever_waits_is_told_when_the_callback_panics() {
    let report = Box::new(|_| panic!("the node's callback"));
    let (journal, _) = Journal::start(Box::new(SimDisk::default()), OPTIONS, report).unwrap();
    let lsn = journal.append(&payload(1)).unwrap();
    // It is durable; what comes after it never will be.
    let error = journal.wait(lsn.next()).unwrap_err();
    assert_eq!(error.to_string(), "could not go on with `journal/`");
    assert!(journal.append(&payload(2)).is_err() && journal.close().is_err());
}

fn wait_for_checkpoint(reports: &Receiver<Progress>, wanted: Lsn) -> Result<(), JournalError> {
    for report in reports {
        match report {
            Progress::Checkpointed(lsn) if lsn == wanted => break,
            Progress::Failed(error) => return Err(error),
            _ => (),
        }
    }
    Ok(())
}

#[track_caller]
fn check_that_it_stays_failed(journal: &Journal, first: &JournalError) {
    let durable = journal.durable();
    let later = [journal.append(b"more").map(drop), journal.wait(durable.next()), journal.checkpoint_of(&[]).map(drop)];
    for outcome in later {
        assert_eq!(outcome.unwrap_err().to_string(), first.to_string());
    }
    journal.wait(durable).unwrap();
}

/// Refuses one operation after the other until a run gets by without.
fn refuse_each(refusal: Refusal, check: impl Fn(&JournalError)) {
    for operation in 0.. {
        let disk = SimDisk::default();
        disk.refuse(operation, refusal);
        let (durable, _, ended) = run(&disk);
        if !disk.has_refused() {
            ended.unwrap();
            assert!(operation > 100, "{operation} operations");
            return;
        }
        check(&ended.unwrap_err());
        assert!(!disk.was_used_after_refusal(), "operation {operation}");
        check_what_is_left(disk.files(), durable);
    }
}

#[track_caller]
fn check_what_is_left(files: Image, durable: Lsn) {
    let (_, recovered) = reopen(&SimDisk::holding(files)).unwrap();
    let last = judge(&recovered);
    assert!(last >= durable, "{last} recovered, {durable} promised");
}

#[test]
fn an_error_of_any_operation_ends_the_journal_and_loses_nothing_that_was_promised() {
    refuse_each(Refusal::Broken, |error| {
        assert!(matches!(error, JournalError::Io { .. }), "{error:?}");
    });
}

#[test]
fn a_full_disk_is_called_so_and_loses_nothing_that_was_promised() {
    refuse_each(Refusal::Full, |error| {
        assert!(matches!(error, JournalError::Full { .. }), "{error:?}");
    });
}

#[test]
fn a_failure_is_reported_once_and_last() {
    let disk = SimDisk::default();
    disk.refuse(30, Refusal::Broken);
    let (durable, reports, _) = run(&disk);
    let failed = |report: &Progress| matches!(report, Progress::Failed(_));
    assert_eq!(reports.iter().filter(|report| failed(report)).count(), 1);
    assert!(reports.last().is_some_and(failed));
    let told = reports.iter().rev().find_map(|report| match report {
        Progress::Durable(lsn) => Some(*lsn),
        _ => None,
    });
    assert_eq!(told, Some(durable));
}
