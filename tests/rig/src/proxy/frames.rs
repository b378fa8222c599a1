//! What a NATS server says, cut into its messages, so that single ones can be lost.

use super::link::{Link, Shared};

/// The end of a message that has not come as a whole.
#[derive(Debug, Default)]
pub(super) struct Frames {
    pending: Vec<u8>,
}

impl Frames {
    /// Takes what came; returns what may go on, in whole messages.
    pub(super) fn pass(&mut self, bytes: &[u8], shared: &Shared, link: Link) -> Vec<u8> {
        self.pending.extend_from_slice(bytes);
        let mut passed = Vec::new();
        let mut begin = 0;
        while let Some(length) = length(&self.pending[begin..]) {
            let frame = &self.pending[begin..begin + length];
            begin += length;
            match link {
                Link::LosesAcks(share) if is_ack(frame) && fastrand::f64() < share => {
                    shared.count(|seen| seen.lost_acks += 1);
                }
                _ => passed.extend_from_slice(frame),
            }
        }
        self.pending.drain(..begin);
        passed
    }
}

/// How long the first message is, if it is there as a whole.
fn length(bytes: &[u8]) -> Option<usize> {
    let line = bytes.windows(2).position(|it| it == b"\r\n")? + 2;
    let text = std::str::from_utf8(&bytes[..line]).unwrap_or_default();
    let has_payload = text.starts_with("MSG ") || text.starts_with("HMSG ");
    let payload = if has_payload { text.split_whitespace().next_back()?.parse::<usize>().ok()? + 2 } else { 0 };
    Some(line + payload).filter(|it| *it <= bytes.len())
}

/// Whether this says that a stream has stored something, or had it already.
fn is_ack(frame: &[u8]) -> bool {
    let text = String::from_utf8_lossy(frame);
    text.starts_with("MSG ") && text.split_once("\r\n").is_some_and(|(_, body)| body.starts_with(r#"{"stream":"#))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledgements_are_lost_and_nothing_else() {
        let said = b"PING\r\nMSG _INBOX.1 1 9\r\nhello\r\nyo\r\nMSG _INBOX.1 1 26\r\n{\"stream\":\"S\", \"seq\": 123}\r\nPONG\r\n";
        let shared = Shared::default();
        let mut frames = Frames::default();
        // It does not matter how it comes in pieces.
        let pieces = said.chunks(3).flat_map(|it| frames.pass(it, &shared, Link::LosesAcks(1.0)));
        let passed = String::from_utf8(pieces.collect()).expect("text");
        assert_eq!(passed, "PING\r\nMSG _INBOX.1 1 9\r\nhello\r\nyo\r\nPONG\r\n");
        assert_eq!(shared.seen().lost_acks, 1);
    }
}
