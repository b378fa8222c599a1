//! What the node's loop alone knows: it is asked when somebody reads, and not before.

use super::machines::gauge;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use serde::{Deserialize, Serialize};
use std::fmt::Error;
use std::sync::{Mutex, PoisonError};

/// What the loop answered last.
#[derive(Debug, Default)]
pub(super) struct Asked(Mutex<Option<Answer>>);

/// How the node is, in its own figures.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// Entries that wait to become durable: events, commands, replies.
    pub(crate) waiting: usize,
    pub(crate) limits: Vec<LimitFigures>,
    pub(crate) sinks: Vec<SinkFigures>,
    pub(crate) carriers: Vec<CarrierFigures>,
}

/// A limit on how many watchers work at once.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LimitFigures {
    pub(crate) name: String,
    pub(crate) slots: usize,
    pub(crate) used: usize,
    pub(crate) waiting: usize,
}

/// A place that events go to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SinkFigures {
    pub(crate) name: String,
    /// It does not take what it is given, now.
    pub(crate) is_troubled: bool,
    /// How often that began.
    pub(crate) troubles: u64,
}

/// What brings events elsewhere, as status shows it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CarrierFigures {
    name: String,
    /// The last record of which it has delivered everything.
    delivered: usize,
    /// Records that are durable and have not been delivered.
    behind: usize,
    /// Events that it has taken from the journal.
    parcels: u64,
    #[serde(default)]
    trouble: Option<serde_json::Value>,
}

impl CarrierFigures {
    fn has_given_up(&self) -> bool {
        self.trouble.as_ref().is_some_and(|it| it["final"] == true)
    }
}

impl Asked {
    /// Nothing when the loop did not answer in time: then these figures are missing, which an alert can see.
    pub(super) fn put(&self, answer: Option<Answer>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }
}

impl Collector for Asked {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let answer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let help = "1 if the node answered when this was read";
        gauge(&mut encoder, "machined_up", help)?.one(usize::from(answer.is_some()))?;
        let Some(answer) = &*answer else {
            return Ok(());
        };
        let help = "Events, commands and replies that wait to become durable";
        gauge(&mut encoder, "machined_outbox_entries", help)?.one(answer.waiting)?;
        answer.encode_limits(&mut encoder)?;
        answer.encode_sinks(&mut encoder)?;
        answer.encode_carriers(&mut encoder)
    }
}

impl Answer {
    fn encode_limits(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        type Figure = fn(&LimitFigures) -> usize;
        let figures: [(&str, &str, Figure); 3] = [
            ("machined_limit_slots", "Watchers that may work at once under a limit", |it| it.slots),
            ("machined_limit_slots_used", "Watchers that work under a limit", |it| it.used),
            ("machined_limit_waiting", "Watchers that wait for a slot", |it| it.waiting),
        ];
        for (name, help, figure) in figures {
            let mut gauge = gauge(encoder, name, help)?;
            self.limits.iter().try_for_each(|it| gauge.with(&[("limit", it.name.as_str())], figure(it)))?;
        }
        Ok(())
    }

    fn encode_sinks(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        let help = "1 while a sink does not take or write what it is given";
        let mut troubled = gauge(encoder, "machined_sink_troubled", help)?;
        for sink in &self.sinks {
            troubled.with(&[("sink", sink.name.as_str())], usize::from(sink.is_troubled))?;
        }
        let help = "Times that a sink began not to take or write what it is given";
        let mut troubles = encoder.encode_descriptor("machined_sink_troubles", help, None, MetricType::Counter)?;
        for sink in &self.sinks {
            let labels = [("sink", sink.name.as_str())];
            ConstCounter::new(sink.troubles).encode(troubles.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn encode_carriers(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        type Figure = fn(&CarrierFigures) -> usize;
        let figures: [(&str, &str, Figure); 4] = [
            ("machined_carrier_delivered_record", "The last record whose events are delivered", |it| it.delivered),
            ("machined_carrier_backlog_records", "Records that are durable and not delivered yet", |it| it.behind),
            ("machined_carrier_troubled", "1 while events do not get there", |it| usize::from(it.trouble.is_some())),
            ("machined_carrier_given_up", "1 if nothing is tried before the next start", |it| {
                usize::from(it.has_given_up())
            }),
        ];
        for (name, help, figure) in figures {
            let mut gauge = gauge(encoder, name, help)?;
            self.carriers.iter().try_for_each(|it| gauge.with(&[("carrier", it.name.as_str())], figure(it)))?;
        }
        let help = "Events that a carrier took from the journal, those that it sends again too";
        let mut taken = encoder.encode_descriptor("machined_carrier_events", help, None, MetricType::Counter)?;
        for carrier in &self.carriers {
            let labels = [("carrier", carrier.name.as_str())];
            ConstCounter::new(carrier.parcels).encode(taken.encode_family(&labels)?)?;
        }
        Ok(())
    }
}
