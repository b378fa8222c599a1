//! The example of `docs/journal.md`: the bytes of a small journal, which must not change within a format.

use insta::assert_snapshot;

use super::sim::SimDisk;
use super::{KEEP_NOTHING, write_checkpoint};
use crate::journal::Lsn;
use crate::journal::batch::Batch;
use crate::journal::recover::recover;

fn hex(file: &[u8]) -> String {
    let mut lines = Vec::new();
    for (number, line) in file.chunks(16).enumerate() {
        let bytes: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        if line.iter().any(|byte| *byte != 0) {
            lines.push(format!("{:04x}  {}", number * 16, bytes.join(" ")));
        }
    }
    lines.join("\n")
}

#[test]
fn the_bytes_are_those_of_the_documentation() {
    let disk = SimDisk::default();
    let (mut writer, _) = recover(Box::new(disk.clone()), 256).unwrap();
    let mut group = Batch::default();
    group.push(Lsn(1), b"hello");
    group.push(Lsn(2), b"journal!");
    writer.commit(&mut group, &mut |_| ()).unwrap();
    write_checkpoint(&mut writer, Lsn(2), b"two records", KEEP_NOTHING).unwrap();

    let files = disk.files();
    let (segment, checkpoint) = (hex(&files["0000000001.segment"]), hex(&files["checkpoint.a"]));
    assert_snapshot!(segment, @r"
    0000  4d 41 43 48 4a 52 4e 4c 01 00 00 00 00 01 00 00
    0010  01 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00
    0020  1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d
    0030  00 00 00 00 00 00 00 00 00 00 00 00 93 5c 93 63
    0040  05 00 00 00 10 e5 aa ee 01 00 00 00 00 00 00 00
    0050  00 00 00 00 68 65 6c 6c 6f 00 00 00 08 00 00 00
    0060  5d 6a 2e 58 02 00 00 00 00 00 00 00 01 00 00 00
    0070  6a 6f 75 72 6e 61 6c 21 00 00 00 00 00 00 00 00
    ");
    assert_snapshot!(checkpoint, @r"
    0000  4d 41 43 48 43 4b 50 54 01 00 00 00 d4 cf ea 6a
    0010  01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00
    0020  1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d 1d
    0030  0b 00 00 00 00 00 00 00 00 00 00 00 57 32 29 16
    0040  74 77 6f 20 72 65 63 6f 72 64 73
    ");
    let documentation = include_str!("../../../../../docs/journal.md");
    assert!(documentation.contains(&segment));
    assert!(documentation.contains(&checkpoint));
}
