//! The cause of a machine's visit, kept small: an event of the machine's own, so its number and its trace say it all.

use super::happening::{Cause, Origin};
use super::identity::About;
use super::trace;
use std::num::NonZeroU64;

/// Names an event of one machine; with the machine's [`Origin`] it is a [`Cause`] again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Led {
    sequence: NonZeroU64,
    trace: [u8; 16],
}

impl Led {
    /// What a cause comes down to; nothing if it is not an event of a machine of this runtime.
    pub(crate) fn by(cause: &Cause) -> Option<Self> {
        let (_, sequence) = cause.id.rsplit_once('.')?;
        let mut trace = [0; 16];
        hex::decode_to_slice(trace::trace_of(&cause.trace)?, &mut trace).ok()?;
        Some(Self { sequence: sequence.parse().ok()?, trace })
    }

    /// The cause, of the machine that `origin` names.
    pub(crate) fn cause(self, origin: &Origin) -> Option<Cause> {
        let machine = origin.machine.as_ref()?;
        let id = About::machine(&origin.node, machine).ok()?.id(origin.epoch, self.sequence.get());
        let trace = trace::of_event(&hex::encode(self.trace), &id);
        Some(Cause { id, trace })
    }

    /// The `traceparent` of a run in the visit that this led to.
    pub(crate) fn run(self, run_id: &str) -> String {
        trace::of_run(&hex::encode(self.trace), run_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::event;
    use crate::event::happening::{Happening, MachineOrigin, What};
    use serde_json::Map;

    fn origin(node: &str) -> Origin {
        let machine = MachineOrigin { name: "hvac.lab".into(), version: "1".into(), instance: "i".into() };
        Origin { node: node.into(), machine: Some(machine), epoch: 1_764_000_000_000 }
    }

    #[test]
    fn a_cause_comes_back_as_it_was() {
        let origin = origin("n1.example.net");
        let what = || What::Started { state: "off".into(), resumed: false, table: String::new(), facts: Map::new() };
        let happening = |sequence, cause| Happening { sequence, time_ns: 1, recorded_ns: 1, cause, what: what() };
        let first = event(&origin, &happening(7, None)).unwrap().as_cause();
        let second = event(&origin, &happening(8, Some(first.clone()))).unwrap().as_cause();
        for cause in [first, second] {
            assert_eq!(Led::by(&cause).unwrap().cause(&origin), Some(cause));
        }
    }

    #[test]
    fn what_is_no_event_of_ours_comes_down_to_nothing() {
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        for (id, trace) in [("n1.lamp.1.0", trace), ("n1.lamp.1.x", trace), ("7", trace), ("n1.lamp.1.7", "00-")] {
            assert_eq!(Led::by(&Cause { id: id.into(), trace: trace.into() }), None, "{id} {trace}");
        }
    }
}
