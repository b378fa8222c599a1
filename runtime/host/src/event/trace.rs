//! The `traceparent` of an event (W3C Trace Context, version 00), computed from ids and never drawn by chance.
//!
//! An event without a cause begins a trace, named by the hash of its id; an event with a cause goes on with the
//! trace of its cause. So a whole chain of machines shows as one trace, and sending an event again changes nothing.
//! A command has a span of its own in the trace, named by its run: that is known before there is an event of it.

use super::happening::Cause;
use sha2::{Digest, Sha256};

/// `00-TRACE-SPAN-01` for the event `id`; `01` says that the trace is recorded, which it is: in the journal.
pub(super) fn parent(id: &str, cause: Option<&Cause>) -> String {
    let hash = Hash::of(id);
    match cause {
        Some(cause) => trace_of(&cause.trace)
            .map_or_else(|| hash.in_trace(&Hash::of(&cause.id).trace()), |trace| hash.in_trace(trace)),
        None => hash.in_trace(&hash.trace()),
    }
}

/// The same for an event of this trace.
pub(super) fn of_event(trace: &str, id: &str) -> String {
    Hash::of(id).in_trace(trace)
}

/// The same for a run of a watcher: what its command has as `TRACEPARENT`.
pub(super) fn of_run(trace: &str, run_id: &str) -> String {
    Hash::of_run(run_id).in_trace(trace)
}

/// The span of the event `id`.
pub(crate) fn span_of(id: &str) -> [u8; 8] {
    Hash::of(id).span()
}

/// The span of a run.
pub(crate) fn run_span(run_id: &str) -> [u8; 8] {
    Hash::of_run(run_id).span()
}

/// The names of trace and span in a `traceparent`, if it is well-formed.
pub(crate) fn trace_and_span(traceparent: &str) -> Option<([u8; 16], [u8; 8])> {
    let (mut trace, mut span) = ([0; 16], [0; 8]);
    hex::decode_to_slice(trace_of(traceparent)?, &mut trace).ok()?;
    hex::decode_to_slice(traceparent.split('-').nth(2)?, &mut span).ok()?;
    Some((trace, span))
}

/// The hash of an id. It names the trace that would begin with that event, and the event's own span.
///
/// All zeros are not allowed for either, and are as likely as a collision of the hash.
struct Hash([u8; 32]);

impl Hash {
    fn of(id: &str) -> Self {
        Self(Sha256::digest(id).into())
    }

    /// No id of an event has a space in it, so none is that of a run.
    fn of_run(run_id: &str) -> Self {
        Self::of(&format!("run {run_id}"))
    }

    fn span(&self) -> [u8; 8] {
        std::array::from_fn(|index| self.0[16 + index])
    }

    fn trace(&self) -> String {
        hex::encode(&self.0[..16])
    }

    fn in_trace(&self, trace: &str) -> String {
        format!("00-{trace}-{}-01", hex::encode(self.span()))
    }
}

/// The name of the trace in a `traceparent`, if it is well-formed. It may come from outside.
pub(super) fn trace_of(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let well_formed = version == "00"
        && parts.next().is_none()
        && is_name(trace, 32)
        && is_name(span, 16)
        && flags.len() == 2
        && is_hex(flags);
    well_formed.then_some(trace)
}

fn is_name(text: &str, digits: usize) -> bool {
    text.len() == digits && is_hex(text) && text.bytes().any(|b| b != b'0')
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(id: &str, trace: &str) -> Cause {
        Cause { id: id.to_owned(), trace: trace.to_owned() }
    }

    #[test]
    fn a_first_event_begins_a_trace() {
        assert_eq!(parent("n1.hvac.1.7", None), parent("n1.hvac.1.7", None));
        assert_ne!(parent("n1.hvac.1.7", None), parent("n1.hvac.1.8", None));
        assert!(trace_of(&parent("n1.hvac.1.7", None)).is_some());
    }

    #[test]
    fn a_chain_is_one_trace_with_a_span_each() {
        let first = parent("n1.hvac.1.1", None);
        let second = parent("n1.hvac.1.2", Some(&cause("n1.hvac.1.1", &first)));
        let third = parent("n1.fan.1.1", Some(&cause("n1.hvac.1.2", &second)));
        assert_eq!(trace_of(&first), trace_of(&second));
        assert_eq!(trace_of(&first), trace_of(&third));
        assert_ne!(second, third);
    }

    #[test]
    fn a_cause_without_a_good_trace_still_names_one() {
        let root = parent("n1.hvac.1.1", None);
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(trace_of(good), Some("0af7651916cd43dd8448eb211c80319c"));
        for bad in [
            "",
            "00",
            "\0",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-00",
            "00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-01",
        ] {
            assert_eq!(trace_of(bad), None, "{bad}");
            let next = parent("n1.hvac.1.2", Some(&cause("n1.hvac.1.1", bad)));
            assert_eq!(trace_of(&next), trace_of(&root), "{bad}");
        }
    }
}
