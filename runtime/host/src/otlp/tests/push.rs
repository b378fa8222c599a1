//! Metrics that are sent to a collector which is not always well.

use crate::metrics::Desk;
use crate::metrics::tests::{answer_all, full_book};
use crate::otlp::Settings;
use machine_rig::Collector;
use machine_rig::collector::{Reply, Taken, attribute};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;

/// Pushes to a collector with this script until it has what the test looks for.
fn check<T>(
    script: fn(usize, &Taken) -> Reply,
    what: &str,
    find: impl Fn(&Collector) -> Option<T> + Send + 'static,
) -> T
where
    T: Send + 'static,
{
    let collector = Collector::scripted(script);
    let settings = Settings {
        every: Duration::from_millis(20),
        timeout: Duration::from_millis(300),
        resource: vec![("deployment.environment.name".into(), "lab".into())],
        ..Settings::to(collector.endpoint(), "n1")
    };
    let push = settings.push().unwrap().unwrap();
    let (requests, asked) = unbounded_channel();
    let desk = Desk::new(full_book(), requests);
    let what = what.to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        tokio::spawn(answer_all(asked));
        let found = tokio::task::spawn_blocking(move || collector.until(&what, find));
        tokio::select! {
            () = push.keep(&desk) => panic!("it goes on for ever"),
            found = found => found.unwrap(),
        }
    })
}

/// What the collector knows of pushes that were taken, and of those that were not.
fn pushes(taken: &Taken, is_taken: &str) -> i64 {
    let metric = taken.metrics.iter().find(|it| it.name == "machined.otlp.pushes");
    let Some(Data::Sum(sum)) = metric.and_then(|it| it.data.as_ref()) else { return 0 };
    let point = sum.data_points.iter().find(|it| attribute(&it.attributes, "taken") == Some(is_taken));
    match point.and_then(|it| it.value) {
        Some(Value::AsInt(it)) => it,
        _ => 0,
    }
}

#[test]
fn everything_comes_again_and_again() {
    let first = check(|_, _| Reply::Ok, "two messages", |it| (it.taken().len() >= 2).then(|| it.taken().remove(0)));
    assert_eq!(first.path, "/v1/metrics");
    assert!(first.headers.contains(&"content-type: application/x-protobuf".to_owned()), "{:?}", first.headers);
    let of_node = |name: &str| attribute(&first.resource.attributes, name);
    assert_eq!((of_node("service.name"), of_node("service.instance.id")), (Some("machined"), Some("n1")));
    assert_eq!(of_node("deployment.environment.name"), Some("lab"));
    assert!(of_node("service.version").is_some() && of_node("host.name").is_some());
    assert!(first.metrics.iter().any(|it| it.name == "machine.transitions"));
}

#[test]
fn pushes_that_fail_are_counted_and_made_good_by_the_next() {
    let scripts: [fn(usize, &Taken) -> Reply; 4] = [
        |number, _| if number <= 2 { Reply::Status(400, "", "no") } else { Reply::Ok },
        |number, _| if number <= 2 { Reply::Status(503, "retry-after: 0\r\n", "full") } else { Reply::Ok },
        |number, _| if number <= 2 { Reply::Silence } else { Reply::Ok },
        |number, _| if number <= 2 { Reply::Cut } else { Reply::Ok },
    ];
    for script in scripts {
        check(script, "word of both", |it| it.taken().iter().find(|it| pushes(it, "false") == 2).cloned());
    }
}

#[test]
fn what_is_left_out_does_not_count_as_failed() {
    let partly = |_, _: &Taken| Reply::Partly(3, "too old");
    let taken =
        check(partly, "a push that knows of one before", |it| it.taken().into_iter().find(|it| pushes(it, "true") > 0));
    assert_eq!(pushes(&taken, "false"), 0);
}

/// A wait that the collector asks for is kept, even where it is longer than the time between pushes.
#[test]
fn a_collector_that_asks_for_a_wait_is_left_alone() {
    let script = |number, _: &Taken| if number == 1 { Reply::Status(429, "retry-after: 1\r\n", "") } else { Reply::Ok };
    let begun = std::time::Instant::now();
    check(script, "the second push", |it| (!it.taken().is_empty()).then_some(()));
    assert!(begun.elapsed() >= Duration::from_secs(1));
}
