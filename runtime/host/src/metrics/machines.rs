//! Where each machine is: one series a machine and figure. How many there are is bounded, whatever a node runs.

use crate::event::happening::{Outcome, What};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use std::collections::BTreeMap;
use std::fmt::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many machines have series of their own; of the others there is only how many they are.
pub(super) const MOST: usize = 10_000;

/// What is known of all machines.
#[derive(Debug, Default)]
pub(super) struct Machines(Mutex<BTreeMap<String, Seen>>);

/// What is known of one.
#[derive(Debug, Default)]
struct Seen {
    /// Where it is; nowhere when it does not run.
    state: Option<Box<str>>,
    transitions: u64,
    /// Watchers whose last outcome was a fault, with that.
    failing: Vec<(Box<str>, Box<str>)>,
}

impl Machines {
    /// Takes in what happened to a machine.
    pub(super) fn note(&self, machine: &str, what: &What) {
        let mut machines = self.lock();
        let seen = match machines.get_mut(machine) {
            Some(seen) => seen,
            None => machines.entry(machine.to_owned()).or_default(),
        };
        match what {
            What::Started { state, .. } => seen.state = Some(state.as_str().into()),
            What::Stopped { .. } => *seen = Seen { transitions: seen.transitions, ..Seen::default() },
            What::Transition { to, .. } => {
                seen.transitions += 1;
                seen.state = Some(to.as_str().into());
            }
            What::Outcome(outcome) if !outcome.late => seen.note_outcome(outcome),
            _ => {}
        }
    }

    /// The machine is gone for good.
    pub(super) fn forget(&self, machine: &str) {
        self.lock().remove(machine);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn note_outcome(&mut self, outcome: &Outcome) {
        self.failing.retain(|(watcher, _)| **watcher != *outcome.watcher);
        if outcome.fault {
            self.failing.push((outcome.watcher.as_str().into(), outcome.outcome.as_str().into()));
        }
    }
}

impl Collector for Machines {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let machines = self.lock();
        let running = || machines.iter().filter_map(|(name, seen)| Some((name.as_str(), seen.state.as_deref()?)));
        let count = running().count();
        gauge(&mut encoder, "machined_machines", "Machines that run")?.one(count)?;
        let help = "Machines without series of their own, because there are more than 10000";
        gauge(&mut encoder, "machined_machines_left_out", help)?.one(count.saturating_sub(MOST))?;

        let mut states = gauge(&mut encoder, "machine_state", "1 for the state that a machine is in")?;
        for (machine, state) in running().take(MOST) {
            states.with(&[("machine", machine), ("state", state)], 1)?;
        }
        let help = "Transitions that a machine took";
        let mut transitions = encoder.encode_descriptor("machine_transitions", help, None, MetricType::Counter)?;
        for (machine, seen) in machines.iter().take(MOST) {
            let labels = [("machine", machine.as_str())];
            ConstCounter::new(seen.transitions).encode(transitions.encode_family(&labels)?)?;
        }
        let mut failing = gauge(&mut encoder, "machine_watcher_failing", "1 while the last outcome was a fault")?;
        for (machine, seen) in machines.iter().take(MOST) {
            for (watcher, outcome) in &seen.failing {
                failing.with(&[("machine", machine.as_str()), ("watcher", watcher), ("outcome", outcome)], 1)?;
            }
        }
        Ok(())
    }
}

/// A gauge that is made when somebody reads.
pub(super) struct GaugeEncoder<'e>(MetricEncoder<'e>);

pub(super) fn gauge<'e>(
    encoder: &'e mut DescriptorEncoder<'_>,
    name: &'e str,
    help: &str,
) -> Result<GaugeEncoder<'e>, Error> {
    Ok(GaugeEncoder(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?))
}

impl GaugeEncoder<'_> {
    /// The only value.
    pub(super) fn one(self, value: usize) -> Result<(), Error> {
        ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX)).encode(self.0)
    }

    /// The value for these labels.
    pub(super) fn with<const N: usize>(&mut self, labels: &[(&str, &str); N], value: usize) -> Result<(), Error> {
        let value = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
        value.encode(self.0.encode_family(labels)?)
    }
}
