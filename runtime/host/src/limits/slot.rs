//! What stands in the bucket: names of slots, and who holds them.

use serde::{Deserialize, Serialize};

/// Who wrote a slot: a run of a runtime, and which of its writes it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// A number that no other run of any runtime has.
    pub(super) holder: u64,
    /// Counts the writes of that run.
    pub(super) attempt: u64,
}

/// What a slot was found to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Its revision; 0 if it was never written.
    pub(super) revision: u64,
    /// Who holds it; `None` if it is free.
    pub(super) stamp: Option<Stamp>,
}

/// The value of a slot that is held.
#[derive(Debug, Deserialize, Serialize)]
struct Text {
    holder: String,
    attempt: u64,
    /// For people who look into the bucket; nobody relies on it.
    #[serde(default)]
    node: String,
}

impl Stamp {
    /// Of a value that nobody here understands: somebody else's.
    const STRANGE: Self = Self { holder: 0, attempt: 0 };

    /// The value to write.
    pub(super) fn value(self, node: &str) -> Vec<u8> {
        let text = Text { holder: format!("{:016x}", self.holder), attempt: self.attempt, node: node.to_owned() };
        serde_json::to_vec(&text).unwrap_or_default()
    }

    /// Who wrote a value. What cannot be read was written by somebody, and a slot with it is held.
    pub(super) fn read(value: &[u8]) -> Self {
        let read =
            |text: Text| Some(Self { holder: u64::from_str_radix(&text.holder, 16).ok()?, attempt: text.attempt });
        serde_json::from_slice(value).ok().and_then(read).unwrap_or(Self::STRANGE)
    }
}

/// The key of a slot. A name may hold anything: what a key cannot is written as `=` and two hexadecimal digits.
///
/// It ends with when the bucket was made, in milliseconds. Revisions of a bucket that was lost and made again begin anew,
/// and who still holds something in the old one must not write over the same revision of somebody else in the new one.
pub(super) fn key(limit: &str, slot: u32, made: i64) -> String {
    let mut key = "limit.".to_owned();
    for byte in limit.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_".contains(&byte) {
            key.push(char::from(byte));
        } else {
            key.push_str(&format!("={byte:02X}"));
        }
    }
    format!("{key}.{slot}.{made:x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_safe_whatever_a_limit_is_called() {
        assert_eq!(key("fans", 0, 1_795_000_000_000), "limit.fans.0.1a1ee565e00");
        assert_eq!(key("a.b *>=", 12, 255), "limit.a=2Eb=20=2A=3E=3D.12.ff");
        assert_eq!(key("über", 1, 0), "limit.=C3=BCber.1.0");
    }

    #[test]
    fn what_is_written_can_be_read() {
        let stamp = Stamp { holder: 0xfedc_ba98_7654_3210, attempt: 7 };
        assert_eq!(Stamp::read(&stamp.value("n1")), stamp);
    }

    #[test]
    fn what_strangers_write_is_theirs() {
        for value in [&b""[..], b"{}", b"\xff\xfe", b"[1]", br#"{"holder":"zz","attempt":1}"#, br#"{"holder":1}"#] {
            assert_eq!(Stamp::read(value), Stamp::STRANGE);
        }
    }
}
