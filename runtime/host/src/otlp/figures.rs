//! The metrics of a node as OTLP has them: read from the same text that Prometheus reads, OpenMetrics, which names
//! kinds and buckets. So there is one place where figures are made, and no figure that only one of the two has.

use super::names::Name;
use super::resource::text as attribute;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, DataPointFlags, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum,
};
use std::collections::BTreeSet;

/// When the points of a message begin and end: nanoseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// Everything was 0 then.
    pub(super) start: u64,
    pub(super) now: u64,
}

/// Series of gauges, as they stand in the text.
pub(super) type Series = BTreeSet<Box<str>>;

/// All metrics of a text, and the series of its gauges. A series of before that is not there any more, such as the state
/// that a machine was in, is said to have no value: else it would look as if it went on.
pub(super) fn metrics(text: &str, span: Span, before: &Series) -> (Vec<Metric>, Series) {
    let (mut metrics, mut series) = (Vec::new(), Series::new());
    for family in Family::all(text) {
        let Some(Name { name, unit }) = Name::of(family.name) else { continue };
        let Some(data) = family.data(span, before, &mut series) else { continue };
        metrics.push(Metric {
            name,
            description: family.help.trim_end_matches('.').to_owned(),
            unit,
            data: Some(data),
            ..Metric::default()
        });
    }
    (metrics, series)
}

/// A figure with all that is said of it.
#[derive(Default)]
struct Family<'t> {
    name: &'t str,
    kind: &'t str,
    help: &'t str,
    /// A line each.
    samples: Vec<Sample<'t>>,
}

/// `name{label="value"} 7`.
#[derive(Clone, Copy)]
struct Sample<'t> {
    /// Name and labels.
    series: &'t str,
    value: &'t str,
}

impl<'t> Family<'t> {
    fn all(text: &'t str) -> Vec<Self> {
        let mut families: Vec<Self> = Vec::new();
        for line in text.lines() {
            match line.strip_prefix("# ").map(|it| it.splitn(3, ' ').collect::<Vec<_>>()).as_deref() {
                Some(["HELP", name, help]) => families.push(Self { name, help, ..Self::default() }),
                Some(["TYPE", _, kind]) => families.iter_mut().next_back().into_iter().for_each(|it| it.kind = kind),
                Some(_) => {}
                None => {
                    let sample = Sample::read(line);
                    families.iter_mut().next_back().into_iter().for_each(|it| it.samples.extend(sample));
                }
            }
        }
        families
    }

    fn data(&self, span: Span, before: &Series, series: &mut Series) -> Option<Data> {
        let cumulative = AggregationTemporality::Cumulative.into();
        let points = || self.samples.iter().filter_map(|it| it.point(span));
        Some(match self.kind {
            "counter" => Data::Sum(Sum {
                data_points: points().collect(),
                aggregation_temporality: cumulative,
                is_monotonic: true,
            }),
            "gauge" => {
                series.extend(self.samples.iter().map(|it| it.series.into()));
                let is_gone = |it: &&str| Sample { series: it, value: "" }.name() == self.name && !series.contains(*it);
                let gone = before.iter().map(|it| &**it).filter(is_gone).map(|it| gone(it, span));
                Data::Gauge(Gauge { data_points: points().map(without_start).chain(gone).collect() })
            }
            "histogram" => {
                let data_points = histograms(&self.samples, span);
                Data::Histogram(Histogram { data_points, aggregation_temporality: cumulative })
            }
            _ => return None,
        })
    }
}

impl<'t> Sample<'t> {
    fn read(line: &'t str) -> Option<Self> {
        // A label may have a space in it; what stands behind the value, after a `#`, we do not write.
        let (series, value) = line.rsplit_once(' ')?;
        Some(Self { series, value })
    }

    fn name(self) -> &'t str {
        self.series.split('{').next().unwrap_or(self.series)
    }

    fn labels(self) -> Vec<(&'t str, String)> {
        self.series.split_once('{').map(|(_, labels)| labels_of(labels)).unwrap_or_default()
    }

    fn attributes(self) -> Vec<KeyValue> {
        self.labels().into_iter().map(|(name, value)| attribute(name, value)).collect()
    }

    fn point(self, span: Span) -> Option<NumberDataPoint> {
        let whole = self.value.parse().map(Value::AsInt);
        let value = whole.or_else(|_| self.value.parse().map(Value::AsDouble)).ok()?;
        Some(NumberDataPoint {
            attributes: self.attributes(),
            start_time_unix_nano: span.start,
            time_unix_nano: span.now,
            value: Some(value),
            ..NumberDataPoint::default()
        })
    }
}

/// `a="b",c="d\"e"}`.
fn labels_of(text: &str) -> Vec<(&str, String)> {
    let (mut labels, mut rest) = (Vec::new(), text);
    while let Some((name, after)) = rest.split_once("=\"") {
        let mut value = String::new();
        let mut signs = after.chars();
        while let Some(sign) = signs.next().filter(|it| *it != '"') {
            match (sign, sign == '\\') {
                (_, true) => value.extend(signs.next().map(|it| if it == 'n' { '\n' } else { it })),
                (sign, _) => value.push(sign),
            }
        }
        labels.push((name.trim_start_matches(','), value));
        rest = signs.as_str();
    }
    labels
}

/// A gauge is not counted from anywhere.
fn without_start(point: NumberDataPoint) -> NumberDataPoint {
    NumberDataPoint { start_time_unix_nano: 0, ..point }
}

fn gone(series: &str, span: Span) -> NumberDataPoint {
    NumberDataPoint {
        attributes: Sample { series, value: "" }.attributes(),
        time_unix_nano: span.now,
        flags: DataPointFlags::NoRecordedValueMask as u32,
        ..NumberDataPoint::default()
    }
}

/// The lines of each histogram stand together: its buckets, each with all that are smaller, its sum and its count.
fn histograms(samples: &[Sample<'_>], span: Span) -> Vec<HistogramDataPoint> {
    let mut points: Vec<HistogramDataPoint> = Vec::new();
    for sample in samples {
        let mut labels = sample.labels();
        let bound = labels.iter().position(|it| it.0 == "le").map(|index| labels.remove(index).1);
        let attributes: Vec<_> = labels.into_iter().map(|(name, value)| attribute(name, value)).collect();
        if points.last().is_none_or(|it| it.attributes != attributes) {
            points.push(HistogramDataPoint {
                attributes,
                start_time_unix_nano: span.start,
                time_unix_nano: span.now,
                ..HistogramDataPoint::default()
            });
        }
        let Some(point) = points.last_mut() else { continue };
        match (bound, sample.name().rsplit('_').next()) {
            (Some(bound), _) => add_bucket(point, &bound, sample.value),
            (None, Some("sum")) => point.sum = sample.value.parse().ok(),
            (None, Some("count")) => point.count = sample.value.parse().unwrap_or_default(),
            _ => {}
        }
    }
    points
}

fn add_bucket(point: &mut HistogramDataPoint, bound: &str, value: &str) {
    let smaller: u64 = point.bucket_counts.iter().sum();
    let all: u64 = value.parse().unwrap_or_default();
    point.bucket_counts.push(all.saturating_sub(smaller));
    point.explicit_bounds.extend(bound.parse::<f64>().ok().filter(|it| it.is_finite()));
}
