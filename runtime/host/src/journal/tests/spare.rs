//! The next segment is ready before the one that is written is full, and costs nothing before that.

use super::sim::{Op, SimDisk};
use super::{SEGMENT, commit, judge, reopen};
use crate::journal::Lsn;
use crate::journal::spare::SPARE;

/// Appends records one by one until the next one would begin another segment; what was done meanwhile.
fn fill(disk: &SimDisk) -> Vec<Op> {
    let (mut writer, _) = reopen(disk).unwrap();
    while !disk.files().contains_key("0000000002.segment") {
        commit(&mut writer, 1, disk).unwrap();
    }
    disk.trace()
}

fn zeros(ops: &[Op]) -> usize {
    let written = |op: &Op| match op {
        Op::Write(name, _, bytes) if name == SPARE && bytes.iter().all(|byte| *byte == 0) => bytes.len(),
        _ => 0,
    };
    ops.iter().map(written).sum()
}

#[test]
fn no_group_waits_for_the_zeros_of_a_segment() {
    let disk = SimDisk::default();
    let ops = fill(&disk);
    let last_group = ops.iter().rposition(|op| matches!(op, Op::Acknowledge(_))).unwrap();
    let before = ops[..last_group].iter().rposition(|op| matches!(op, Op::Acknowledge(_))).unwrap();
    assert_eq!(zeros(&ops[before..last_group]), 0, "{:?}", &ops[before..]);
}

#[test]
fn nothing_is_prepared_before_half_of_a_segment_is_full() {
    let disk = SimDisk::default();
    let (mut writer, _) = reopen(&disk).unwrap();
    let has_spare = || disk.files().contains_key(SPARE);
    let size_of_records =
        |lsn: Lsn| (1..=lsn.0).map(|it| (20 + super::payload(it).len()).next_multiple_of(4)).sum::<usize>();
    while !has_spare() {
        commit(&mut writer, 1, &disk).unwrap();
    }
    let written = 64 + size_of_records(writer.next().before());
    assert!((SEGMENT as usize / 2..SEGMENT as usize / 2 + 64).contains(&written), "{written}");
}

#[test]
fn what_was_being_prepared_when_the_runtime_died_is_removed() {
    let disk = SimDisk::default();
    let (mut writer, _) = reopen(&disk).unwrap();
    while !disk.files().contains_key(SPARE) {
        commit(&mut writer, 1, &disk).unwrap();
    }
    let (_, recovered) = reopen(&disk).unwrap();
    assert_eq!(judge(&recovered), writer.next().before());
    assert!(!disk.files().contains_key(SPARE));
}
