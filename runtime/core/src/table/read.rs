//! Reading little-endian numbers, ids and texts out of borrowed bytes without ever going out of range.

use super::layout::Width;

/// Walks over bytes; `None` as soon as there are not enough of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Reader<'t> {
    pub(crate) const fn new(bytes: &'t [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How far it has come.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// What lies between here and where another reader of the same bytes has come to.
    pub(crate) fn until(&self, end: &Self) -> &'t [u8] {
        self.bytes.get(self.at..end.at).unwrap_or(&[])
    }

    /// Nothing is left.
    pub(crate) fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(crate) fn take(&mut self, count: usize) -> Option<&'t [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// LEB128 without superfluous bytes, at most three of them.
    pub(crate) fn length(&mut self) -> Option<usize> {
        self.number(3)
    }

    /// LEB128 without superfluous bytes, at most so many of them.
    pub(crate) fn number(&mut self, most: usize) -> Option<usize> {
        let mut value = 0;
        for at in 0..most {
            let byte = self.u8()?;
            value |= usize::from(byte & 0x7F) << (7 * at);
            if byte & 0x80 == 0 {
                let superfluous = byte == 0 && at > 0;
                return (!superfluous).then_some(value);
            }
        }
        None
    }

    /// LEB128 of a number that was put in zigzag.
    pub(crate) fn signed(&mut self) -> Option<i64> {
        let it = self.length()? as i64;
        Some(it >> 1 ^ -(it & 1))
    }

    /// A length, and so many texts; how many there are.
    pub(crate) fn texts(&mut self) -> Option<usize> {
        let count = self.length()?;
        (0..count).try_for_each(|_| self.text().map(drop))?;
        Some(count)
    }

    pub(crate) fn text(&mut self) -> Option<&'t str> {
        let length = self.length()?;
        self.text_of(length)
    }

    /// A text of so many bytes.
    pub(crate) fn text_of(&mut self, length: usize) -> Option<&'t str> {
        core::str::from_utf8(self.take(length)?).ok()
    }
}

/// Up to eight bytes as milliseconds.
pub(crate) fn duration(bytes: &[u8]) -> u64 {
    let mut eight = [0; 8];
    eight.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    u64::from_le_bytes(eight)
}

/// The id at a byte offset, "none" as `u16::MAX` whatever the width; `u16::MAX` beyond the end too.
#[inline]
pub(crate) fn id(bytes: &[u8], at: usize, width: Width) -> u16 {
    if width.wide {
        bytes.get(at..at + 2).map_or(u16::MAX, |it| u16::from_le_bytes([it[0], it[1]]))
    } else {
        bytes.get(at).map_or(u16::MAX, |it| if *it == 0xFF { u16::MAX } else { u16::from(*it) })
    }
}
