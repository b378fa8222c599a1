use super::book::{Book, Counting};
use super::reading::{Desk, Reading};
use super::{Places, Textfile};
use crate::control::Request;
use crate::event::happening::{Happening, Origin, What};
use crate::event::{event, everything, samples};
use crate::journal::Figures;
use crate::sink::{Published, Sink};
use serde_json::Map;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Nothing takes this long, on however busy a computer.
const LIMIT: Duration = Duration::from_secs(60);

fn book() -> Arc<Book> {
    Arc::new(Book::new("n1", Some(Arc::new(Figures::default()))))
}

/// A book in which one of everything has happened.
pub(crate) fn full_book() -> Arc<Book> {
    let book = book();
    let again = [samples::transition(), What::Outcome(samples::exec_failed())].map(|what| ("again", what));
    // The last of all is the end of the machine's table.
    for (_, what) in everything::all().into_iter().chain(again) {
        publish(&book, samples::origin_of(&what), what);
    }
    book
}

fn publish(book: &Arc<Book>, origin: Origin, what: What) {
    let happening = Happening { ..samples::happening(what) };
    let json = event(&origin, &happening).unwrap().json;
    let published = Published { origin: &origin, happening: &happening, json: json.get().as_bytes() };
    Counting(Arc::clone(book)).publish(&published).unwrap();
}

/// What a node's loop answers.
fn answer(what: &Value) -> Value {
    if what.get("status").is_some() {
        return json!({"status": {"node": "n1", "machines": []}});
    }
    json!({"figures": {
        "waiting": 3,
        "limits": [{"name": "fans", "slots": 2, "used": 2, "waiting": 1}],
        "sinks": [{"name": "file", "is_troubled": true, "troubles": 4}],
        "carriers": [{"name": "nats", "delivered": 40, "behind": 7, "parcels": 50, "trouble": {"text": "no server"}}],
    }})
}

pub(crate) async fn answer_all(mut requests: UnboundedReceiver<Request>) {
    while let Some(request) = requests.recv().await {
        let _ = request.reply.send(answer(&request.what));
    }
}

/// What is read of a book, in the form that Prometheus has always read, or as OpenMetrics.
pub(crate) fn read(book: &Arc<Book>, is_open: bool) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (requests, asked) = unbounded_channel();
        tokio::spawn(answer_all(asked));
        let desk = Desk::new(Arc::clone(book), requests);
        desk.figures(if is_open { Book::open_metrics } else { Book::text }).await.unwrap()
    })
}

/// The lines without those of the process, which are other ones each time, in an order of their own.
fn steady(text: &str) -> String {
    let is_steady = |line: &&str| !line.starts_with("process_") && !line.contains("_bucket{");
    let mut lines: Vec<_> = text.lines().filter(is_steady).filter(|it| !it.starts_with('#')).collect();
    lines.sort_unstable();
    lines.join("\n")
}

#[test]
fn everything_that_happens_is_counted() {
    insta::assert_snapshot!(steady(&read(&full_book(), false)));
}

#[test]
fn names_and_kinds_of_figures_follow_the_conventions() {
    let text = read(&full_book(), false);
    let kinds = text.lines().filter_map(|it| it.strip_prefix("# TYPE ")).filter_map(|it| it.split_once(' '));
    let kinds: Vec<_> = kinds.collect();
    assert!(kinds.len() > 30, "{kinds:?}");
    for (name, kind) in kinds {
        assert_eq!(name.ends_with("_total"), kind == "counter", "{name}");
        let is_ours = ["machine_", "machined_", "process_"].iter().any(|it| name.starts_with(it));
        assert!(is_ours, "{name}");
        assert!(!name.contains("millisecond") && !name.ends_with("_ms"), "{name}");
    }
    let helped: BTreeSet<_> = text.lines().filter_map(|it| it.strip_prefix("# HELP ")?.split(' ').next()).collect();
    let used = text.lines().filter(|it| !it.starts_with('#')).filter_map(|it| it.split(['{', ' ']).next());
    let stem =
        |it: &str| ["_bucket", "_sum", "_count"].iter().find_map(|end| it.strip_suffix(end)).unwrap_or(it).to_owned();
    for name in used {
        assert!(helped.contains(name) || helped.contains(stem(name).as_str()), "{name}");
    }
}

#[test]
fn open_metrics_end_with_their_mark() {
    let text = read(&book(), true);
    assert!(text.ends_with("# EOF\n"), "{text}");
    assert!(text.contains("# UNIT machined_journal_sync_duration_seconds seconds"), "{text}");
}

/// What the dashboard draws is there to be drawn.
#[test]
fn the_dashboard_names_figures_that_there_are() {
    let dashboard = include_str!("../../../../docs/grafana/machines.json");
    let dashboard: Value = serde_json::from_str(dashboard).unwrap();
    let known = read(&full_book(), false);
    let known: BTreeSet<_> = known.lines().filter_map(|it| it.split(['{', ' ']).next()).collect();
    let mut drawn = BTreeSet::new();
    collect(&dashboard, &mut drawn);
    assert!(drawn.len() > 20, "{drawn:?}");
    let unknown: Vec<_> = drawn.iter().filter(|it| !known.contains(it.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// What it picks figures by, sums them up by and calls them by is there, too.
#[test]
fn the_dashboard_names_labels_that_there_are() {
    let dashboard = include_str!("../../../../docs/grafana/machines.json");
    let text = read(&full_book(), false);
    let (mut queries, mut count) = (Vec::new(), 0);
    collect_queries(&serde_json::from_str(dashboard).unwrap(), &mut queries);
    for (query, legend) in &queries {
        let names = figures(query);
        let known: BTreeSet<_> = text.lines().filter(|it| names.contains(name_of(it))).flat_map(labels).collect();
        for label in labels(query).chain(grouped_by(query)).chain(called_by(legend)) {
            count += 1;
            // The server adds where it has read a figure.
            let is_there = known.contains(label) || ["instance", "job"].contains(&label);
            assert!(is_there, "`{label}` in `{query}`: there are {known:?}");
        }
    }
    assert!(queries.len() > 25 && count > 50, "{count} labels in {} queries", queries.len());
}

/// Queries below a value, each with the legend of what it draws.
fn collect_queries(value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            into.extend(members.get("expr").map(|_| (text("expr"), text("legendFormat"))));
            members.values().for_each(|it| collect_queries(it, into));
        }
        Value::Array(items) => items.iter().for_each(|it| collect_queries(it, into)),
        _ => {}
    }
}

fn figures(query: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect(&Value::from(query), &mut names);
    names
}

/// The name of the figure on a line; nothing if that is a comment.
fn name_of(line: &str) -> &str {
    line.split(['{', ' ']).next().unwrap_or_default()
}

/// The labels in all braces of a line or a query.
fn labels(text: &str) -> impl Iterator<Item = &str> {
    let braces = text.split('{').skip(1).filter_map(|it| it.split('}').next());
    braces.flat_map(|it| it.split("\",")).filter_map(|it| it.split(['=', '!']).next()).map(|it| it.trim())
}

fn grouped_by(query: &str) -> impl Iterator<Item = &str> {
    query.split("by (").skip(1).filter_map(|it| it.split(')').next()).flat_map(|it| it.split(',')).map(str::trim)
}

fn called_by(legend: &str) -> impl Iterator<Item = &str> {
    legend.split("{{").skip(1).filter_map(|it| it.split("}}").next()).map(str::trim)
}

/// Names of figures in the queries below a value.
fn collect(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|it| collect(it, into)),
        Value::Array(items) => items.iter().for_each(|it| collect(it, into)),
        Value::String(text) => into.extend(
            text.split(|it: char| !it.is_ascii_alphanumeric() && it != '_')
                .filter(|it| ["machine_", "machined_", "process_"].iter().any(|prefix| it.starts_with(prefix)))
                .map(str::to_owned),
        ),
        _ => {}
    }
}

#[test]
fn the_page_lists_every_figure() {
    let page = include_str!("../../../../docs/metrics.md");
    let text = read(&full_book(), false);
    for name in text.lines().filter_map(|it| it.strip_prefix("# TYPE ")?.split(' ').next()) {
        assert!(page.contains(&format!("`{name}")), "docs/metrics.md has nothing about `{name}`");
    }
}

#[test]
fn machines_come_move_and_go() {
    let book = book();
    let tell = |what: What| publish(&book, samples::origin_of(&what), what);
    let states = || {
        let text = read(&book, false);
        let of_machines = ["machine_state{", "machine_transitions_total{", "machine_watcher_failing{"];
        let is_of_machine = |it: &&str| of_machines.iter().any(|name| it.starts_with(name));
        text.lines().filter(is_of_machine).map(str::to_owned).collect::<Vec<_>>()
    };
    tell(What::Started { state: "unknown".into(), resumed: false, table: "t".into(), facts: Map::new() });
    tell(samples::transition());
    tell(What::Outcome(samples::exec_failed()));
    let (state, moved) = (
        r#"machine_state{machine="container_manager",state="deploy"} 1"#,
        r#"machine_transitions_total{machine="container_manager"} 1"#,
    );
    let failing = r#"machine_watcher_failing{machine="container_manager",watcher="running",outcome="failed"} 1"#;
    assert_eq!(states(), [state, moved, failing]);
    let well = crate::event::happening::Outcome { watcher: "running".into(), ..samples::exec_ok() };
    tell(What::Outcome(well));
    assert_eq!(states(), [state, moved]);
    tell(What::Stopped { state: "deploy".into(), reason: "table removed".into() });
    assert_eq!(states(), [moved], "it is nowhere, and its count goes on");
    tell(What::TableRemoved { machine: "container_manager".into() });
    assert!(states().is_empty());
}

#[test]
fn series_of_machines_are_bounded() {
    let book = book();
    let started = What::Started { state: "s".into(), resumed: false, table: "t".into(), facts: Map::new() };
    for number in 0..=super::machines::MOST {
        book.note(&samples::origin("n1", Some(&format!("m{number}"))), &started);
    }
    let text = read(&book, false);
    assert_eq!(text.lines().filter(|it| it.starts_with("machine_state{")).count(), super::machines::MOST);
    assert!(text.contains("machined_machines_left_out 1\n"));
    assert!(text.contains("machined_machines 10001\n"));
}

/// A reading on a free port, and the thread that answers for the node.
struct Rig {
    address: SocketAddr,
    reading: Option<Reading>,
    dir: tempfile::TempDir,
}

impl Rig {
    fn new(node_answers: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let textfile = Textfile { path: dir.path().join("m.prom"), every: Duration::from_millis(20) };
        let places = Places { listen: Some(address), textfile: Some(textfile) };
        let (requests, asked) = unbounded_channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async move { if node_answers { answer_all(asked).await } else { drop(asked) } });
        });
        Self { address, reading: Some(Reading::begin(places, None, full_book(), requests)), dir }
    }

    /// The whole answer to a request.
    fn ask(&self, request: &str) -> String {
        let start = Instant::now();
        let mut stream = loop {
            match TcpStream::connect(self.address) {
                Ok(stream) => break stream,
                Err(error) => assert!(start.elapsed() < LIMIT, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let request = request.replace('\n', "\r\n");
        write!(stream, "{request}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\nHost: localhost"))
    }
}

#[test]
fn figures_are_served_on_this_host() {
    let rig = Rig::new(true);
    let text = rig.get("/metrics");
    assert!(text.starts_with("HTTP/1.1 200 ") && text.contains("text/plain; version=0.0.4"), "{text}");
    assert!(text.contains("machined_up 1") && text.contains(r#"machined_carrier_backlog_records{carrier="nats"} 7"#));
    let open = rig.ask("GET /metrics HTTP/1.1\nHost: [::1]:80\nAccept: application/openmetrics-text;version=1.0.0,*/*");
    assert!(open.contains("application/openmetrics-text") && open.ends_with("# EOF\n"), "{open}");
    assert!(rig.get("/health").ends_with("\r\n\r\nok\n"));
    assert!(rig.get("/status").contains("\"machines\": []"));
    assert!(rig.get("/nowhere").starts_with("HTTP/1.1 404 "));
    assert!(rig.ask("POST /metrics HTTP/1.1\nHost: localhost").starts_with("HTTP/1.1 405 "));
    let strange = rig.ask("GET /status HTTP/1.1\nHost: evil.example");
    assert!(strange.starts_with("HTTP/1.1 403 ") && !strange.contains("machines"), "{strange}");
}

#[test]
fn a_node_that_does_not_answer_is_not_well() {
    let rig = Rig::new(false);
    assert!(rig.get("/health").starts_with("HTTP/1.1 503 "));
    assert!(rig.get("/status").starts_with("HTTP/1.1 503 "));
    let text = rig.get("/metrics");
    assert!(text.contains("machined_up 0") && text.contains("machine_state{"), "the rest is there: {text}");
}

#[test]
fn the_textfile_is_written_again_and_again_and_goes_with_the_node() {
    let mut rig = Rig::new(true);
    let path = rig.dir.path().join("m.prom");
    for _ in 0..2 {
        let start = Instant::now();
        while !path.exists() {
            assert!(start.elapsed() < LIMIT);
            std::thread::sleep(Duration::from_millis(5));
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(text.contains("machined_up 1\n"), "it is never there in part: {text}");
        // It may be written again while it is removed: then it is there already.
        let _ = std::fs::remove_file(&path);
    }
    drop(rig.reading.take());
    assert!(!path.exists());
}
