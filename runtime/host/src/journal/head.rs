//! The first 64 bytes of every file of the journal.
//!
//! Label, format and checksum keep their places in all formats to come, so that every runtime can tell
//! "newer than I am" from "broken".

use super::bytes::{array, u32_at};

/// The bytes of a head.
pub(super) const HEAD: usize = 64;

/// The newest format that this runtime writes and knows.
pub(super) const FORMAT: u32 = 1;

/// Sixteen random bytes, drawn when the journal is founded; every file of it carries them.
pub type JournalId = [u8; 16];

const FORMAT_AT: usize = 8;
const ID_AT: usize = 32;
const CHECKSUM_AT: usize = 60;

/// What a head begins with.
pub(super) type Label = [u8; 8];

/// Why a head was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadHead {
    /// Too short, another label, or a wrong checksum.
    Broken,
    /// Whole, and in a format that this runtime does not know.
    Newer(u32),
}

/// A head whose label, format and checksum are right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head([u8; HEAD]);

impl Head {
    /// A head with the fields that all files share; the checksum comes with [`Head::seal`].
    pub(super) fn new(label: Label, id: JournalId) -> Head {
        let mut head = Head([0; HEAD]);
        head.put(0, &label);
        head.put(FORMAT_AT, &FORMAT.to_le_bytes());
        head.put(ID_AT, &id);
        head
    }

    /// Sets a field of the file's own.
    pub(super) fn put(&mut self, at: usize, field: &[u8]) {
        for (byte, value) in self.0.iter_mut().skip(at).zip(field) {
            *byte = *value;
        }
    }

    /// The finished bytes.
    pub(super) fn seal(mut self) -> [u8; HEAD] {
        let checksum = self.computed();
        self.put(CHECKSUM_AT, &checksum.to_le_bytes());
        self.0
    }

    /// Accepts the beginning of a file. The checksum is looked at before the format: a flipped bit must not
    /// send anybody to look for a newer runtime.
    pub(super) fn open(file: &[u8], label: Label) -> Result<Head, BadHead> {
        let head = Head(array(file, 0).ok_or(BadHead::Broken)?);
        if !head.0.starts_with(&label) || head.checksum() != head.computed() {
            return Err(BadHead::Broken);
        }
        match u32_at(&head.0, FORMAT_AT) {
            Some(FORMAT) => Ok(head),
            Some(newer) if newer > FORMAT => Err(BadHead::Newer(newer)),
            _ => Err(BadHead::Broken),
        }
    }

    /// The bytes of the head, to read the file's own fields from.
    pub(super) fn bytes(&self) -> &[u8; HEAD] {
        &self.0
    }

    /// Whose file it is.
    pub(super) fn id(&self) -> JournalId {
        array(&self.0, ID_AT).unwrap_or_default()
    }

    /// The checksum that is written in it.
    pub(super) fn checksum(&self) -> u32 {
        u32_at(&self.0, CHECKSUM_AT).unwrap_or_default()
    }

    fn computed(&self) -> u32 {
        let (fields, _) = self.0.split_at(CHECKSUM_AT);
        crc32c::crc32c(fields)
    }
}
