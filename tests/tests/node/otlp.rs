//! A real node and a collector: what machines did is there as spans, in one tree with what their commands trace, and
//! the figures beside it; whatever is killed meanwhile.

use super::close;
use machine_rig::Collector;
use machine_rig::collector::{Reply, attribute};
use machine_rig::otlp::trace::v1::Span;
use machine_tests::node::Site;
use serde_json::Value;
use std::collections::BTreeSet;

/// A command that leaves its place in the trace behind, and fails.
const CHECKER: &str = r#"
    machine checker 1.0.0 {
        initial state looking {
            run look = shell("echo $TRACEPARENT > trace; exit 3")
            on look.failed -> failing
            on look.ok     -> resting
        }
        state failing { after 100ms -> resting }
        final state resting
    }
"#;

fn configure(site: &Site, endpoint: &str) {
    site.configure(&format!("[otlp]\nendpoint = \"{endpoint}\"\nevery = \"1s\"\ntimeout = \"1s\"\n"));
}

fn id(span: &Span) -> &str {
    attribute(&span.attributes, "cloudevents.event_id").unwrap_or_default()
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    spans.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("no span `{name}`: {spans:#?}"))
}

#[test]
fn what_a_machine_did_is_one_tree_with_what_its_commands_trace() {
    let collector = Collector::start();
    let mut site = Site::new();
    configure(&site, &collector.endpoint());
    site.ship(CHECKER);
    site.start();
    let given = site.line("trace");
    site.expect("checker failing -> resting");
    let all = |it: &Collector| it.spans().iter().any(|it| it.name == "failing -> resting").then(|| it.spans());
    let spans = collector.until("the last span", all);
    let [start, look, command, fall] =
        ["start", "look.failed", "shell", "looking -> failing"].map(|name| named(&spans, name));
    for (child, parent) in [(look, start), (command, look), (fall, look), (named(&spans, "failing -> resting"), fall)] {
        assert_eq!(child.parent_span_id, parent.span_id, "{} of {}", child.name, parent.name);
        assert_eq!(child.trace_id, start.trace_id);
    }
    let hex = |bytes: &[u8]| bytes.iter().map(|it| format!("{it:02x}")).collect::<String>();
    assert_eq!(given, format!("00-{}-{}-01", hex(&command.trace_id), hex(&command.span_id)));
    assert!(command.start_time_unix_nano < command.end_time_unix_nano);
    assert_eq!(command.status.as_ref().map(|it| it.message.as_str()), Some("exit 3"));
    let metrics = collector.until("metrics with a machine", |it| {
        it.metrics().filter(|it| it.metrics.iter().any(|it| it.name == "machine.transitions"))
    });
    assert_eq!(attribute(&metrics.resource.attributes, "service.instance.id"), Some("n1"));
    close(site);
}

#[test]
fn no_transition_is_lost_over_kills_and_an_outage() {
    let collector = Collector::scripted(|number, _| if number % 3 == 1 { Reply::Cut } else { Reply::Ok });
    let (address, mut site) = (collector.address(), Site::new());
    configure(&site, &collector.endpoint());
    site.ship("machine ping 1.0.0 { initial state a { after 50ms -> b } state b { after 50ms -> a } }");
    site.start();
    collector.until("spans", |it| (it.spans().len() > 5).then_some(()));
    site.kill_and_start();
    let first: Vec<_> = collector.spans();
    drop(collector);
    site.expect("startup");
    site.kill_and_start();
    (0..10).for_each(|_| drop(site.expect_start("ping a -> b")));
    site.signal(rustix::process::Signal::TERM);
    assert!(site.ended().success(), "{}", site.said());
    let told: Vec<Value> = site.told().iter().map(|it| serde_json::from_str(&it.json).unwrap()).collect();
    let moves = told.iter().filter(|it| it["type"] == "io.choria.machine.v1.transition");
    let moves: BTreeSet<_> = moves.map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    // What nobody took comes with the next start.
    let collector = Collector::at(address, |_, _| Reply::Ok);
    site.start();
    collector.until("every transition", |it| {
        let ids: BTreeSet<_> = first.iter().chain(&it.spans()).map(|it| id(it).to_owned()).collect();
        moves.is_subset(&ids).then_some(())
    });
    close(site);
}

/// Without `[otlp]` there is neither a thread for it nor a cursor.
#[test]
fn a_node_that_has_no_collector_does_nothing_for_one() {
    let mut site = Site::running(CHECKER);
    site.expect("checker failing -> resting");
    let threads = std::fs::read_dir(format!("/proc/{}/task", site.pid())).unwrap().map_while(Result::ok);
    let names: BTreeSet<_> = threads.map(|it| std::fs::read_to_string(it.path().join("comm")).unwrap()).collect();
    assert!(!names.contains("delivery\n") && !names.contains("metrics\n"), "{names:?}");
    assert!(!site.path("state/delivery").exists());
    close(site);
}
