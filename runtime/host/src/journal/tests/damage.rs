//! Damage that no crash explains: flipped bits, cut, missing, swapped and foreign files.
//!
//! Whatever was done to the files, the journal gives back a true beginning of the story and says what is missing, or
//! refuses and leaves everything as it is.

use super::sim::{Image, SimDisk};
use super::{SEGMENT, checkpoint, commit, judge, payload, reopen, story, write_checkpoint};
use crate::journal::head::{FORMAT, HEAD};
use crate::journal::record::size;
use crate::journal::recover::recover;
use crate::journal::segment::{Segment, number_of};
use crate::journal::{Damage, JournalError, Lsn};

struct Story {
    files: Image,
    last: Lsn,
    /// The last record before the group that ends the story.
    safe: Lsn,
}

fn told() -> Story {
    let disk = SimDisk::default();
    let safe = story(&disk).unwrap();
    let (mut writer, _) = reopen(&disk).unwrap();
    commit(&mut writer, 2, &disk).unwrap();
    let last = Lsn(safe.0 + 2);
    let files = disk.files();
    Story { files, last, safe }
}

fn segments(files: &Image) -> Vec<String> {
    files.keys().filter(|name| name.ends_with(".segment")).cloned().collect()
}

/// Either refused, and nothing changed, or true, and nothing missing in silence.
fn is_refused_or_true(story: &Story, damaged: Image) -> Result<Lsn, JournalError> {
    let disk = SimDisk::holding(damaged.clone());
    let (_, recovered) = reopen(&disk).inspect_err(|_| assert_eq!(disk.files(), damaged))?;
    let last = judge(&recovered);
    assert!(last >= story.safe, "{last} recovered of {}", story.safe);
    match &recovered.cut {
        Some(cut) => assert_eq!(cut.lsn, last.next()),
        None => assert_eq!(last, story.last),
    }
    Ok(last)
}

#[test]
fn every_flipped_bit_is_noticed() {
    let story = told();
    let (mut refused, mut served) = (0, 0);
    for (name, file) in &story.files {
        for bit in 0..file.len() * 8 {
            let mut files = story.files.clone();
            files.get_mut(name).unwrap()[bit / 8] ^= 1 << (bit % 8);
            match is_refused_or_true(&story, files) {
                Ok(_) => served += 1,
                Err(JournalError::Damaged { .. }) => refused += 1,
                Err(other) => panic!("bit {bit} of {name}: {other}"),
            }
        }
    }
    assert!(refused > 8 * HEAD && served > 8 * HEAD, "{refused} refused, {served} served");
}

#[test]
fn every_shortened_or_lengthened_segment_is_refused() {
    let story = told();
    for name in segments(&story.files) {
        for length in (0..SEGMENT as usize).chain([SEGMENT as usize + 1]) {
            let mut files = story.files.clone();
            files.get_mut(&name).unwrap().resize(length, 0);
            let error = is_refused_or_true(&story, files).unwrap_err();
            assert!(matches!(error, JournalError::Damaged { .. }), "{error}");
        }
    }
}

#[test]
fn the_last_segment_zeroed_from_any_byte_on_yields_what_stands_before_it() {
    let story = told();
    let last = segments(&story.files).pop().unwrap();
    let mut found = Vec::new();
    for from in HEAD..SEGMENT as usize {
        let mut files = story.files.clone();
        files.get_mut(&last).unwrap()[from..].fill(0);
        let (_, recovered) = reopen(&SimDisk::holding(files)).unwrap();
        found.push(judge(&recovered));
    }
    assert!(found.is_sorted());
    assert_eq!(found.last(), Some(&story.last));
}

#[test]
fn a_missing_file_is_refused_or_not_needed() {
    let story = told();
    let last_segment = segments(&story.files).pop().unwrap();
    for name in story.files.keys() {
        let mut files = story.files.clone();
        files.remove(name);
        match reopen(&SimDisk::holding(files)) {
            // Without its last segment a journal is a sound one that ends earlier.
            Ok((_, recovered)) if *name == last_segment => drop(judge(&recovered)),
            Ok((_, recovered)) => assert_eq!(judge(&recovered), story.last, "without {name}"),
            Err(error) => assert!(matches!(error, JournalError::Damaged { .. }), "{error}"),
        }
    }
}

#[track_caller]
fn check(files: Image, expected: Damage) {
    let disk = SimDisk::holding(files.clone());
    match reopen(&disk).map(|(_, recovered)| recovered) {
        Err(JournalError::Damaged { damage, .. }) => assert_eq!(damage, expected),
        other => panic!("{other:?}"),
    }
    assert_eq!(disk.files(), files, "a damaged journal is left as it is");
}

/// A journal with so many records, each a group of its own, and no checkpoint.
fn journal(records: u64) -> (SimDisk, Image) {
    let disk = SimDisk::default();
    let (mut writer, _) = reopen(&disk).unwrap();
    for _ in 0..records {
        commit(&mut writer, 1, &disk).unwrap();
    }
    let files = disk.files();
    (disk, files)
}

#[test]
fn a_missing_segment_in_the_middle() {
    let (_, mut files) = journal(40);
    files.remove("0000000002.segment").unwrap();
    check(files, Damage::Missing { number: 2 });
}

#[test]
fn a_missing_beginning() {
    let (_, mut files) = journal(40);
    files.remove("0000000001.segment").unwrap();
    let head = Segment::open(&files["0000000002.segment"]).unwrap();
    check(files, Damage::Start { first: head.first });
}

#[test]
fn a_checkpoint_without_segments() {
    let (disk, _) = journal(3);
    checkpoint(&mut reopen(&disk).unwrap().0).unwrap();
    let mut files = disk.files();
    files.remove("0000000001.segment").unwrap();
    check(files, Damage::NoSegments);
}

#[test]
fn records_that_a_checkpoint_covers_are_not_cut() {
    let (disk, _) = journal(3);
    checkpoint(&mut reopen(&disk).unwrap().0).unwrap();
    let starts = [1, 2, 3].map(|lsn| (1..lsn).map(|lsn| size(payload(lsn).len())).sum::<usize>());
    for (start, lsn) in starts.into_iter().zip(1..) {
        let mut files = disk.files();
        files.get_mut("0000000001.segment").unwrap()[HEAD + start..].fill(0);
        check(files, Damage::Record { lsn: Lsn(lsn) });
    }
}

#[test]
fn a_segment_under_the_name_of_another() {
    let (_, mut files) = journal(40);
    let second = files["0000000002.segment"].clone();
    files.insert("0000000001.segment".into(), second);
    check(files, Damage::Misnamed { found: 2 });
}

#[test]
fn a_segment_of_another_journal() {
    let (_, mut files) = journal(40);
    let foreign = Segment::new([0xee; 16], 2, Lsn(7), SEGMENT);
    files.get_mut("0000000002.segment").unwrap()[..HEAD].copy_from_slice(&foreign.head());
    check(files, Damage::Foreign);
}

#[test]
fn a_checkpoint_of_another_journal() {
    let (disk, _) = journal(3);
    checkpoint(&mut reopen(&disk).unwrap().0).unwrap();
    let mut files = disk.files();
    let foreign = Segment::new([0xee; 16], 1, Lsn(4), SEGMENT);
    let segment = files.get_mut("0000000001.segment").unwrap();
    segment.fill(0);
    segment[..HEAD].copy_from_slice(&foreign.head());
    check(files, Damage::Foreign);
}

#[test]
fn a_newer_format_is_named_and_a_broken_one_is_not() {
    let (_, files) = journal(1);
    let name = "0000000001.segment";
    let mut newer = files.clone();
    let head = newer.get_mut(name).unwrap();
    head[8] = FORMAT as u8 + 1;
    check(newer.clone(), Damage::Header);
    let head = newer.get_mut(name).unwrap();
    let checksum = crc32c::crc32c(&head[..HEAD - 4]);
    head[HEAD - 4..HEAD].copy_from_slice(&checksum.to_le_bytes());
    let error = reopen(&SimDisk::holding(newer)).map(|_| ()).unwrap_err();
    assert!(matches!(error, JournalError::Newer { needed, known, .. } if (needed, known) == (2, 1)));
}

#[test]
fn the_older_checkpoint_serves_when_the_newest_is_broken() {
    let (disk, _) = journal(5);
    let (mut writer, _) = reopen(&disk).unwrap();
    for _ in 0..2 {
        checkpoint(&mut writer).unwrap();
        commit(&mut writer, 5, &disk).unwrap();
    }
    let mut files = disk.files();
    files.get_mut("checkpoint.b").unwrap()[HEAD] ^= 1;
    let disk = SimDisk::holding(files);
    let (mut writer, recovered) = reopen(&disk).unwrap();
    assert_eq!(recovered.checkpoint.as_ref().map(|c| c.lsn), Some(Lsn(5)));
    assert_eq!(recovered.bad_checkpoints, [std::path::Path::new("journal/checkpoint.b")]);
    assert_eq!(judge(&recovered), Lsn(15));

    checkpoint(&mut writer).unwrap();
    let (_, recovered) = reopen(&disk).unwrap();
    assert_eq!(recovered.checkpoint.as_ref().map(|c| c.lsn), Some(Lsn(15)));
    assert!(recovered.bad_checkpoints.is_empty(), "the broken one was replaced");
}

#[test]
fn one_whole_checkpoint_is_enough() {
    let story = told();
    assert!(!story.files.contains_key("0000000001.segment"), "segments were dropped");
    for name in ["checkpoint.a", "checkpoint.b"] {
        let mut broken = story.files.clone();
        broken.get_mut(name).unwrap().pop();
        assert_eq!(is_refused_or_true(&story, broken).unwrap(), story.last);
        let mut missing = story.files.clone();
        missing.remove(name);
        assert_eq!(is_refused_or_true(&story, missing).unwrap(), story.last);
    }
}

/// What is left of the segments when all is covered twice and a record is still wanted.
fn oldest_with(retain_from: Lsn) -> u64 {
    let (disk, _) = journal(40);
    let (mut writer, _) = reopen(&disk).unwrap();
    for _ in 0..2 {
        write_checkpoint(&mut writer, Lsn(40), &[], retain_from).unwrap();
    }
    let oldest = segments(&disk.files()).remove(0);
    number_of(&oldest).unwrap()
}

#[test]
fn exactly_the_segments_without_a_wanted_record_go() {
    let (_, files) = journal(40);
    let third = Segment::open(&files["0000000003.segment"]).unwrap().first;
    assert_eq!(oldest_with(third), 3);
    assert_eq!(oldest_with(third.before()), 2);
    assert_eq!(oldest_with(Lsn::FIRST), 1);
    let last = number_of(&segments(&files).pop().unwrap()).unwrap();
    assert_eq!(oldest_with(Lsn(u64::MAX)), last);
}

#[test]
fn files_of_others_are_left_alone() {
    let (_, mut files) = journal(3);
    files.insert("notes.txt".into(), b"mine".to_vec());
    files.insert("1.segment".into(), b"mine".to_vec());
    let disk = SimDisk::holding(files);
    recover(Box::new(disk.clone()), SEGMENT).unwrap();
    assert_eq!(disk.files()["notes.txt"], b"mine");
}
