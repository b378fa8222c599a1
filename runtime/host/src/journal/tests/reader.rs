//! Reading beside the writer: only what is durable, over new segments and gone ones, and damage is told.

use std::fs;
use std::path::{Path, PathBuf};

use super::{payload, state};
use crate::journal::held::{self, Gate};
use crate::journal::{Damage, Journal, JournalError, Lsn, Options, Reader, stretches};

const OPTIONS: Options = Options { segment_size: 1024, buffer_size: 1 << 16 };

fn open(dir: &Path) -> Journal {
    Journal::open(dir, OPTIONS, Box::new(drop)).unwrap().0
}

/// Appends so many records of the story, and waits for them.
fn write(journal: &Journal, records: u64) {
    for _ in 0..records {
        let next = journal.durable().next();
        let lsn = journal.append(&payload(next.0)).unwrap();
        journal.wait(lsn).unwrap();
    }
}

/// Reads what there is, and finds the story in it; the last record.
fn read_on(reader: &mut Reader, durable: Lsn) -> Lsn {
    while let Some((lsn, record)) = reader.next(durable).unwrap() {
        assert_eq!(record, payload(lsn.0), "record {lsn}");
    }
    reader.place().before()
}

#[test]
fn what_is_durable_is_read_however_the_journal_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    let mut reader = Reader::new(dir.path());
    for records in [0, 1, 1, 7, 30, 1, 100] {
        write(&journal, records);
        assert_eq!(read_on(&mut reader, journal.durable()), journal.durable());
        reader.rest();
    }
    assert!(stretches(dir.path()).unwrap().len() > 5);
}

#[test]
fn what_is_written_and_not_durable_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let gate = Gate::default();
    let (journal, _) = held::open(dir.path(), gate.clone(), Box::new(drop)).unwrap();
    write(&journal, 3);
    gate.close();
    journal.append(&payload(4)).unwrap();
    let mut reader = Reader::new(dir.path());
    assert_eq!(read_on(&mut reader, journal.durable()), Lsn(3));
    gate.open();
    journal.wait(Lsn(4)).unwrap();
    assert_eq!(read_on(&mut reader, journal.durable()), Lsn(4));
}

#[test]
fn a_reader_begins_anywhere() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    write(&journal, 100);
    let mut reader = Reader::new(dir.path());
    for lsn in (1..=100).chain((1..=100).rev()) {
        reader.go_to(Lsn(lsn));
        let (found, record) = reader.next(Lsn(100)).unwrap().unwrap();
        assert_eq!((found, record), (Lsn(lsn), &payload(lsn)[..]));
    }
    assert_eq!(reader.next(Lsn(1)).unwrap(), None);
}

#[test]
fn the_record_that_was_read_last_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    write(&journal, 100);
    let mut reader = Reader::new(dir.path());
    for lsn in 1..=100 {
        for again in 0..3 {
            reader.go_to(Lsn(lsn));
            let (found, record) = reader.next(Lsn(100)).unwrap().unwrap();
            assert_eq!((found, record), (Lsn(lsn), &payload(lsn)[..]));
            if again == 1 {
                reader.rest();
            }
        }
    }
}

#[test]
fn a_record_as_large_as_a_segment_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { segment_size: 1 << 20, ..OPTIONS };
    let (journal, _) = Journal::open(dir.path(), options, Box::new(drop)).unwrap();
    let large = vec![7; journal.largest_record()];
    for record in [b"small", &large[..], b"small"] {
        let lsn = journal.append(record).unwrap();
        journal.wait(lsn).unwrap();
    }
    let mut reader = Reader::new(dir.path());
    let mut sizes = Vec::new();
    while let Some((_, record)) = reader.next(Lsn(3)).unwrap() {
        sizes.push(record.len());
    }
    assert_eq!(sizes, [5, large.len(), 5]);
}

#[test]
fn what_has_gone_is_said_and_what_is_open_is_read_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    write(&journal, 60);
    let mut reader = Reader::new(dir.path());
    reader.next(Lsn(60)).unwrap();
    journal.retain_from(Lsn(50));
    for _ in 0..2 {
        journal.checkpoint_of(&state(journal.durable().0)).unwrap();
        // What comes next is written after it.
        write(&journal, 2);
    }
    let first = stretches(dir.path()).unwrap()[0].first;
    assert!(first > Lsn(1) && first <= Lsn(50), "{first}");
    let check_gone = |reader: &mut Reader| {
        let error = (0..60).find_map(|_| reader.next(Lsn(60)).err());
        let Some(JournalError::Gone { wanted, first: begins }) = error else { panic!("{error:?}") };
        assert_eq!((wanted, begins), (reader.place(), first));
        wanted
    };
    let end = check_gone(&mut reader);
    assert!(end > Lsn(2), "the open one was read to its end");
    reader.go_to(Lsn(1));
    assert_eq!(check_gone(&mut reader), Lsn(1));
}

fn segment(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("{number:010}.segment"))
}

#[track_caller]
fn check_damage(spoil: impl FnOnce(&Path, &mut Vec<u8>), expected: Damage, whole: u64) {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    write(&journal, 60);
    let file = segment(dir.path(), 1);
    let mut bytes = fs::read(&file).unwrap();
    spoil(dir.path(), &mut bytes);
    fs::write(&file, bytes).unwrap();
    let mut reader = Reader::new(dir.path());
    for lsn in 1..=whole {
        assert_eq!(reader.next(Lsn(60)).unwrap().unwrap().1, payload(lsn));
    }
    for _ in 0..2 {
        let Err(JournalError::Damaged { damage, .. }) = reader.next(Lsn(60)) else { panic!("it was read") };
        assert_eq!(damage, expected);
    }
}

#[test]
fn damage_is_told_and_nothing_behind_it_is_guessed() {
    // Records begin at 64; the first has 7 bytes of payload and takes 28.
    check_damage(|_, bytes| bytes[64 + 28 + 21] ^= 1, Damage::Record { lsn: Lsn(2) }, 1);
    check_damage(|_, bytes| bytes[70] ^= 1, Damage::Record { lsn: Lsn(1) }, 0);
    check_damage(|_, bytes| bytes[10] ^= 1, Damage::Header, 0);
    let second = |dir: &Path| fs::remove_file(segment(dir, 2)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    write(&journal, 60);
    let after = stretches(dir.path()).unwrap()[1].first;
    check_damage(|dir, _| second(dir), Damage::Record { lsn: after }, after.0 - 1);
}
