//! The journal's figures.

use super::machines::gauge;
use crate::journal::Figures;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::registry::Unit;
use std::fmt::Error;
use std::sync::Arc;

/// See the module.
#[derive(Debug)]
pub(super) struct JournalFigures(pub(super) Arc<Figures>);

impl Collector for JournalFigures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let figures = &self.0;
        let counter = |encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64| {
            ConstCounter::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)
        };
        counter(&mut encoder, "machined_journal_records", "Records that became durable", figures.records())?;
        counter(&mut encoder, "machined_journal_written_bytes", "Bytes of records written", figures.bytes())?;
        let size = |it: u64| usize::try_from(it).unwrap_or(usize::MAX);
        gauge(&mut encoder, "machined_journal_segments", "Files of the journal")?.one(size(figures.segments()))?;
        gauge(&mut encoder, "machined_journal_bytes", "What the journal takes on the disk")?
            .one(size(figures.disk()))?;

        let (name, help) = ("machined_journal_sync_duration", "Time to write a group of records and sync the disk");
        let buckets: Vec<_> = figures.syncs().collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        let mut times = encoder.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        times.encode_histogram::<NoLabelSet>(figures.sync_time().as_secs_f64(), count, &buckets, None)
    }
}
