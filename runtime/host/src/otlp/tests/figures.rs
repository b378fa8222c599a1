//! The text that Prometheus reads, as metrics.

use super::shown;
use crate::metrics::tests::{full_book, read};
use crate::otlp::figures::{Series, Span, metrics};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, Metric, NumberDataPoint};

const SPAN: Span = Span { start: 10, now: 20 };

fn of(text: &str) -> Vec<Metric> {
    metrics(text, SPAN, &Series::new()).0
}

fn points(metric: &Metric) -> Vec<NumberDataPoint> {
    match metric.data.clone().unwrap() {
        Data::Gauge(it) => it.data_points,
        Data::Sum(it) => it.data_points,
        _ => Vec::new(),
    }
}

/// A line for each point.
fn lines(metric: &Metric) -> Vec<String> {
    let kind = match metric.data.as_ref().unwrap() {
        Data::Gauge(_) => "gauge",
        Data::Sum(_) => "sum",
        _ => "histogram",
    };
    let head = format!("{} [{}] {kind}", metric.name, metric.unit);
    if let Some(Data::Histogram(it)) = &metric.data {
        let line = |it: &_| histogram(&head, it);
        return it.data_points.iter().map(line).collect();
    }
    let value = |it: &NumberDataPoint| match it.value {
        Some(Value::AsInt(it)) => it.to_string(),
        Some(Value::AsDouble(it)) => it.to_string(),
        None => "gone".to_owned(),
    };
    points(metric).iter().map(|it| format!("{head} {{{}}} {}", shown(&it.attributes), value(it))).collect()
}

fn histogram(head: &str, it: &opentelemetry_proto::tonic::metrics::v1::HistogramDataPoint) -> String {
    let count: u64 = it.bucket_counts.iter().sum();
    assert_eq!((count, it.bucket_counts.len()), (it.count, it.explicit_bounds.len() + 1));
    format!("{head} {{{}}} {} in {} s", shown(&it.attributes), it.count, it.sum.unwrap())
}

#[test]
fn every_figure_of_prometheus_is_a_metric() {
    let text = read(&full_book(), true);
    let mut all: Vec<_> = of(&text).iter().filter(|it| !it.name.starts_with("process.")).flat_map(lines).collect();
    all.sort();
    insta::assert_snapshot!(all.join("\n"));
    let figures = text.lines().filter(|it| it.starts_with("# TYPE ")).count();
    assert_eq!(of(&text).len(), figures - 2, "all but the two that each message says anyway");
}

#[test]
fn the_page_lists_every_metric_that_has_another_name() {
    let page = include_str!("../../../../../docs/otlp.md");
    for metric in of(&read(&full_book(), true)).iter().filter(|it| it.name.starts_with("process.")) {
        assert!(page.contains(&format!("`{}`", metric.name)), "docs/otlp.md has nothing about `{}`", metric.name);
    }
}

#[test]
fn sums_go_on_from_the_start_of_the_node() {
    let text = "# HELP machine_slowed Slowed.\n# TYPE machine_slowed counter\nmachine_slowed_total 7\n# EOF\n";
    let [metric] = &of(text)[..] else { panic!() };
    let Some(Data::Sum(sum)) = &metric.data else { panic!("{metric:?}") };
    assert!(sum.is_monotonic);
    assert_eq!(sum.aggregation_temporality(), AggregationTemporality::Cumulative);
    assert_eq!((sum.data_points[0].start_time_unix_nano, sum.data_points[0].time_unix_nano), (10, 20));
    assert_eq!(metric.description, "Slowed");
}

#[test]
fn labels_come_back_as_they_were() {
    let text = "# HELP machine_state S.\n# TYPE machine_state gauge\n\
                machine_state{machine=\"a \\\"b\\\" \\\\ c\\nd, e=}\",state=\"on\"} 1\n";
    let [metric] = &of(text)[..] else { panic!() };
    assert_eq!(shown(&points(metric)[0].attributes), "machine=a \"b\" \\ c\nd, e=} state=on");
}

#[test]
fn a_state_that_was_left_has_no_value_any_more_and_that_is_said_once() {
    let text = |state: &str| {
        format!(
            "# HELP machine_state S.\n# TYPE machine_state gauge\nmachine_state{{machine=\"a\",state=\"{state}\"}} 1\n"
        )
    };
    let (_, before) = metrics(&text("on"), SPAN, &Series::new());
    let (moved, after) = metrics(&text("off"), SPAN, &before);
    let head = "machine.state [] gauge";
    assert_eq!(
        lines(&moved[0]),
        [format!("{head} {{machine=a state=off}} 1"), format!("{head} {{machine=a state=on}} gone")]
    );
    assert_eq!(points(&moved[0])[1].flags, 1);
    assert_eq!(lines(&metrics(&text("off"), SPAN, &after).0[0]), [format!("{head} {{machine=a state=off}} 1")]);
}
