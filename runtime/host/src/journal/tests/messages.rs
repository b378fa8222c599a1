//! What people are told.

use std::io;
use std::path::Path;

use insta::assert_snapshot;
use miette::Diagnostic;

use crate::journal::{Damage, JournalError, Lsn};

fn told(error: &JournalError) -> String {
    let help = error.help().unwrap();
    let mut lines = format!("{error}\n");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        lines += &format!("because: {error}\n");
        cause = error.source();
    }
    format!("{lines}help: {help}")
}

#[test]
fn each_error_says_what_where_and_the_way_out() {
    let dir = Path::new("/state/journal");
    let file = dir.join("0000000003.segment");
    assert_snapshot!(told(&JournalError::InUse { dir: dir.into() }), @r"
    another runtime is using the journal in `/state/journal`
    help: stop the other runtime, or give this one a state directory of its own
    ");
    assert_snapshot!(told(&JournalError::newer(file.clone(), 2)), @r"
    `/state/journal/0000000003.segment` was written by a newer runtime: it has journal format 2, and this one knows up to 1
    help: start a runtime that knows journal format 2; nothing in the directory was changed
    ");
    let damage = Damage::Record { lsn: Lsn(41) };
    assert_snapshot!(told(&JournalError::damaged(file.clone(), 1820, damage)), @r"
    the journal is damaged at byte 1820 of `/state/journal/0000000003.segment`: record 41 is broken, and it was safe once
    help: nothing was changed: keep a copy of the journal's directory and restore it from a backup; without one, move it away, and all machines start again in their initial states
    ");
    let full = io::Error::from_raw_os_error(28);
    assert_snapshot!(told(&JournalError::io("write", &file, full)), @r"
    there is no room left to write `/state/journal/0000000003.segment`
    because: No space left on device (os error 28)
    help: make room on its disk and start the runtime again: it goes on where it was
    ");
    let broken = io::Error::from_raw_os_error(5);
    assert_snapshot!(told(&JournalError::io("sync", &file, broken)), @r"
    could not sync `/state/journal/0000000003.segment`
    because: Input/output error (os error 5)
    help: check the disk and the permissions, then start the runtime again: it goes on where it was
    ");
    let too_large = JournalError::TooLarge { size: 5_000_000, limit: 4_194_220 };
    assert_snapshot!(told(&too_large), @r"
    a record of 5000000 bytes is too large: the journal takes up to 4194220
    help: keep what is that large in a file of its own
    ");
}

#[test]
fn each_kind_of_damage_has_its_words() {
    let (expected, found) = (Lsn(41), Lsn(43));
    let kinds = [
        Damage::Header,
        Damage::Size { found: 100, stated: 4096 },
        Damage::Misnamed { found: 4 },
        Damage::Foreign,
        Damage::Missing { number: 2 },
        Damage::NoSegments,
        Damage::Start { first: expected },
        Damage::Record { lsn: expected },
        Damage::Order { expected, found },
    ];
    let words: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    assert_snapshot!(words.join("\n"), @r"
    the segment's header is broken
    the segment has 100 bytes, and its header says 4096
    the file holds segment 4
    the file belongs to another journal
    segment 2 is missing before this one
    all segments of the journal of this checkpoint are missing
    the records before 41 are gone, and no whole checkpoint covers them
    record 41 is broken, and it was safe once
    record 43 stands where record 41 belongs
    ");
}
