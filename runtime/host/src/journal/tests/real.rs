//! The journal on a real directory.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;

use super::{judge, payload, state};
use crate::journal::{Journal, JournalError, Lsn, Options, Progress, Recovered, Report};

const OPTIONS: Options = Options { segment_size: 4096, buffer_size: 1 << 16 };

fn silent() -> Report {
    Box::new(|_| ())
}

fn open(dir: &Path) -> (Journal, Recovered) {
    Journal::open(dir, OPTIONS, silent()).unwrap()
}

fn append(journal: &Journal, numbers: std::ops::RangeInclusive<u64>) {
    for number in numbers {
        assert_eq!(journal.append(&payload(number)).unwrap(), Lsn(number));
    }
}

fn segments(dir: &Path) -> usize {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_str().unwrap().ends_with(".segment")).count()
}

#[test]
fn a_new_journal_is_empty_and_makes_its_directory() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, recovered) = open(&dir.path().join("state/journal"));
    assert_eq!((recovered.checkpoint, recovered.records.len()), (None, 0));
    assert_eq!(journal.durable(), Lsn::ZERO);
    assert_ne!(recovered.id, [0; 16]);
}

#[test]
fn what_is_remembered_is_for_the_runtime_s_user_alone() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let (_journal, _) = open(&dir.join("state/journal"));
    let mode = |name: &str| fs::metadata(dir.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("state/journal"), 0o700);
}

#[test]
fn numbers_go_on_over_restarts_and_many_segments() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, first) = open(dir.path());
    append(&journal, 1..=1000);
    journal.close().unwrap();
    let (journal, second) = open(dir.path());
    assert_eq!(judge(&second), Lsn(1000));
    assert_eq!(journal.durable(), Lsn(1000));
    append(&journal, 1001..=1500);
    drop(journal);
    let (_, third) = open(dir.path());
    assert_eq!(judge(&third), Lsn(1500));
    assert_eq!((first.id, second.id), (third.id, third.id));
    assert!(segments(dir.path()) > 10);
}

/// Appends with a checkpoint after every hundred records; gives the segments that are left.
fn with_checkpoints(dir: &Path, retain_from: Option<Lsn>) -> usize {
    let (send, reports) = channel();
    let report = Box::new(move |progress| drop(send.send(progress)));
    let (journal, _) = Journal::open(dir, OPTIONS, report).unwrap();
    if let Some(lsn) = retain_from {
        journal.retain_from(lsn);
    }
    for hundred in 0..10 {
        append(&journal, hundred * 100 + 1..=hundred * 100 + 100);
        let covered = journal.checkpoint_of(&state(hundred * 100 + 100)).unwrap();
        let is_it = |report| matches!(report, Progress::Checkpointed(lsn) if lsn == covered);
        assert!(reports.iter().any(is_it));
    }
    append(&journal, 1001..=1010);
    journal.close().unwrap();
    segments(dir)
}

#[test]
fn checkpoints_let_old_segments_go() {
    let dir = tempfile::tempdir().unwrap();
    assert!(with_checkpoints(dir.path(), None) <= 3);
    let (_, recovered) = open(dir.path());
    assert_eq!(recovered.checkpoint.as_ref().map(|c| c.lsn), Some(Lsn(1000)));
    assert_eq!(recovered.records.len(), 10);
    assert_eq!(judge(&recovered), Lsn(1010));
}

#[test]
fn segments_that_are_still_wanted_stay() {
    let dir = tempfile::tempdir().unwrap();
    let all = with_checkpoints(dir.path(), Some(Lsn::FIRST));
    assert!(all > 10);
    let dir = tempfile::tempdir().unwrap();
    let half = with_checkpoints(dir.path(), Some(Lsn(500)));
    assert!((all / 3..all).contains(&half), "{half} of {all}");
}

#[test]
fn a_checkpoint_that_was_asked_for_is_written_before_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path());
    append(&journal, 1..=10);
    journal.checkpoint_of(&state(10)).unwrap();
    journal.close().unwrap();
    let (_, recovered) = open(dir.path());
    assert_eq!(recovered.records, []);
    assert_eq!(judge(&recovered), Lsn(10));
}

#[test]
fn a_second_owner_is_refused_until_the_first_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path());
    let refused = Journal::open(dir.path(), OPTIONS, silent()).unwrap_err();
    assert!(matches!(refused, JournalError::InUse { .. }), "{refused:?}");
    drop(journal);
    open(dir.path());
}

#[test]
fn a_command_does_not_inherit_the_lock() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path());
    let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    drop(journal);
    open(dir.path());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_torn_end_is_cut_once_and_said() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path());
    append(&journal, 1..=5);
    journal.close().unwrap();
    let file = dir.path().join("0000000001.segment");
    let mut bytes = fs::read(&file).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[end + 9..end + 99].fill(0xa5);
    fs::write(&file, bytes).unwrap();

    let (_, recovered) = open(dir.path());
    assert_eq!(judge(&recovered), Lsn(5));
    let cut = recovered.cut.unwrap();
    assert_eq!((cut.file, cut.lsn), (file, Lsn(6)));
    let (_, recovered) = open(dir.path());
    assert_eq!(recovered.cut, None);
}

#[test]
fn a_record_of_the_largest_size_fits_and_a_larger_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path());
    let largest = journal.largest_record();
    journal.append(&vec![1; largest]).unwrap();
    let refused = journal.append(&vec![1; largest + 1]).unwrap_err();
    assert!(matches!(refused, JournalError::TooLarge { .. }), "{refused:?}");
    journal.append(&vec![2; largest]).unwrap();
    journal.close().unwrap();
    let (_, recovered) = open(dir.path());
    let lengths: Vec<_> = recovered.records.iter().map(|(_, bytes)| bytes.len()).collect();
    assert_eq!(lengths, [largest, largest]);
}

#[test]
fn segments_of_another_size_are_read_and_continued() {
    let dir = tempfile::tempdir().unwrap();
    for (size, numbers) in [(1024, 1..=100), (8192, 101..=400), (1, 401..=500)] {
        let options = Options { segment_size: size, ..OPTIONS };
        let (journal, _) = Journal::open(dir.path(), options, silent()).unwrap();
        append(&journal, numbers);
        journal.close().unwrap();
    }
    assert_eq!(judge(&open(dir.path()).1), Lsn(500));
}

#[test]
fn a_directory_that_cannot_be_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let refused = Journal::open(&file.join("journal"), OPTIONS, silent()).unwrap_err();
    assert!(matches!(refused, JournalError::Io { .. }), "{refused:?}");
}

#[test]
fn a_checkpoint_of_many_pieces_comes_back_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path());
    append(&journal, 1..=10);
    // One that is given up leaves nothing behind.
    let mut given_up = journal.checkpoint().unwrap();
    given_up.write_all(&[7; 100_000]).unwrap();
    drop(given_up);
    let large: Vec<u8> = (0..1_000_003_u32).map(|number| (number % 251) as u8).collect();
    assert_eq!(journal.checkpoint_of(&large).unwrap(), Lsn(10));
    journal.close().unwrap();
    let (_, recovered) = open(dir.path());
    assert!(recovered.checkpoint.is_some_and(|it| it.lsn == Lsn(10) && it.state == large));
}
