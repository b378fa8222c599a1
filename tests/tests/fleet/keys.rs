//! Keys of a bucket, watched by a node.

use super::{BUCKET, node, put, with_bucket};
use machine_rig::{Link, Proxy, Server, run, until};
use machine_tests::node::Site;

/// Takes on whatever size a key asks for, and says why not.
const SOURCE: &str = r#"machine fan 1.0.0 {
    data size: int in 0..100 = 0
    watch wanted = kv("fleet", "hvac/lab") every 1s returns { size: int in 0..100 }
    on wanted.changed(it), wanted.present(it) -> working again { size = it.size }
    on wanted.absent  -> waiting
    on wanted.deleted -> stopped
    on wanted.invalid(it) -> refusing again { log "{it.path}: wanted {it.wanted}, found {it.found}" }
    initial state waiting
    state working
    state stopped
    state refusing
}
"#;

/// Waits until the node is in this state, and has told this.
fn until_is(site: &Site, state: &str) {
    let events = || std::fs::read_to_string(site.path("events")).unwrap_or_default();
    until(&format!("a machine that is {state}"), || {
        let last = events().lines().filter_map(transition).next_back();
        (last.as_deref() == Some(state)).then_some(())
    });
}

/// Where a transition led, if the line tells of one.
fn transition(line: &str) -> Option<String> {
    let event: serde_json::Value = serde_json::from_str(line).ok()?;
    event["data"]["to_state"].as_str().map(str::to_owned)
}

#[test]
fn a_key_is_told_through_everything_that_can_happen_to_it() {
    let mut server = Server::start();
    let proxy = Proxy::to(server.address());
    let mut site = node(&proxy, SOURCE);
    put(&server, "hvac/lab", br#"{"size": 3}"#);
    site.start();
    until_is(&site, "working");

    // What a stranger writes never gets further than its type.
    let large = vec![b'x'; 100_000];
    let strange: [&[u8]; 6] = [b"\xff\xfe", b"[]", br#"{"size": 101}"#, br#"{"size": "3"}"#, b"", &large];
    for value in strange {
        put(&server, "hvac/lab", value);
        until_is(&site, "refusing");
        put(&server, "hvac/lab", br#"{"size": 4, "other": true}"#);
        until_is(&site, "working");
    }

    let revision = put(&server, "hvac/lab", br#"{"size": 5}"#);
    with_bucket(&server, |bucket| async move { bucket.delete("hvac/lab", revision).await.unwrap() });
    until_is(&site, "stopped");
    put(&server, "hvac/lab", br#"{"size": 6}"#);
    until_is(&site, "working");

    // Changed while there was no connection: told when there is one again.
    proxy.set(Link::Refused);
    proxy.cut();
    put(&server, "hvac/lab", b"no JSON");
    proxy.set(Link::Open);
    until_is(&site, "refusing");
    server.restart();
    put(&server, "hvac/lab", br#"{"size": 7}"#);
    until_is(&site, "working");

    // The bucket is gone, and comes back with revisions that begin anew.
    run(async {
        let client = server.client().await;
        let streams = machine_nats::async_nats::jetstream::new(client);
        streams.delete_stream(format!("KV_{BUCKET}")).await.unwrap();
    });
    until_is(&site, "waiting");
    put(&server, "hvac/lab", br#"{"size": 8}"#);
    until_is(&site, "working");
}

#[test]
fn ten_thousand_updates_are_few_for_the_machine() {
    let server = Server::start();
    let proxy = Proxy::to(server.address());
    let mut site = node(&proxy, SOURCE);
    put(&server, "hvac/lab", br#"{"size": 1}"#);
    site.start();
    until_is(&site, "working");
    run(async {
        let client = server.client().await;
        for count in 0..10_000 {
            let value = format!("{{\"size\": {}}}", count % 90);
            client.publish(format!("$KV.{BUCKET}.hvac/lab"), value.into()).await.unwrap();
        }
        // Over the same connection, so that it is the last one for the server, too.
        client.publish(format!("$KV.{BUCKET}.hvac/lab"), "the last one".into()).await.unwrap();
        client.flush().await.unwrap();
    });
    until_is(&site, "refusing");
    let events = std::fs::read_to_string(site.path("events")).unwrap();
    let told = events.lines().filter_map(transition).count();
    assert!(told < 1_000, "{told} transitions");
}

/// Counts what is told of another key meanwhile.
const CALM: &str = r#"machine calm 1.0.0 {
    watch wanted = kv("fleet", "calm") every 1s returns { turn: int in 0..100 }
    on wanted.changed(it), wanted.present(it) -> told again { log "turn {it.turn}" }
    on wanted.fault stay
    initial state waiting
    state told
}
"#;

/// Writes whatever it likes, as fast as it can: what is too large, what has another type, and thousands of what is in order.
async fn go_mad(server: &Server, times: usize) {
    let client = server.client().await;
    let large = "x".repeat(500_000);
    for count in 0..times {
        let value = match count % 1_000 {
            0 => large.clone(),
            1..400 => format!("{{\"size\": \"{count}\"}}"),
            400..500 => "[[[[[[".repeat(100),
            _ => format!("{{\"size\": {}}}", count % 90),
        };
        client.publish(format!("$KV.{BUCKET}.hvac/lab"), value.into()).await.unwrap();
        if count % 100 == 0 {
            client.flush().await.unwrap();
        }
    }
    client.publish(format!("$KV.{BUCKET}.hvac/lab"), "the last one".into()).await.unwrap();
    client.flush().await.unwrap();
}

/// Resident memory of the runtime, in KiB.
fn memory(site: &Site) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", site.pid())).unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_writer_gone_mad_holds_nobody_up() {
    let server = Server::start();
    let proxy = Proxy::to(server.address());
    let mut site = node(&proxy, &format!("{SOURCE}{CALM}"));
    put(&server, "hvac/lab", br#"{"size": 1}"#);
    site.start();
    until_is(&site, "working");
    let before = memory(&site);
    std::thread::scope(|threads| {
        let mad = threads.spawn(|| run(go_mad(&server, 60_000)));
        for turn in 0.. {
            put(&server, "calm", format!("{{\"turn\": {}}}", turn % 100).as_bytes());
            site.expect(&format!("calm log turn {}", turn % 100));
            if mad.is_finished() {
                break;
            }
        }
    });
    site.until("the last value", || site.told().iter().any(|it| it.text.contains("the last one")).then_some(()));
    let told = site.told().iter().filter(|it| it.machine == "fan").count();
    assert!(told < 2_000, "{told} events of 60,000 values");
    let grown = memory(&site).saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} KiB more than before");
}

#[test]
fn a_node_without_nats_says_so_once() {
    let mut site = Site::new();
    site.ship(&SOURCE.replace("initial state waiting", "initial state waiting { after 1s -> waiting again }"));
    site.start();
    let events = || std::fs::read_to_string(site.path("events")).unwrap_or_default();
    until("a word about it", || events().contains("no NATS server is configured").then_some(()));
    until("some transitions", || (events().lines().filter_map(transition).count() > 1).then_some(()));
    assert_eq!(events().matches("no NATS server is configured").count(), 1);
}
