//! Buckets and streams of a real server.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is a test's report")]

use futures_util::StreamExt;
use machine_nats::async_nats::HeaderMap;
use machine_nats::async_nats::header::NATS_MESSAGE_TTL;
use machine_nats::bucket::{Bucket, BucketError, Entry, Making};
use machine_nats::stream::{Shape, StreamError};
use machine_nats::{Connection, Settings};
use machine_rig::{Access, Server, Setup};
use std::time::Duration;

/// Only a broken test waits so long.
const LIMIT: Duration = Duration::from_secs(30);

fn settings(server: &Server) -> Settings {
    let mut settings = Settings { servers: vec![server.url()], ..Settings::default() };
    match server.access() {
        Access::Open => {}
        Access::Password { user, password } => {
            settings.user = Some(user.clone());
            settings.password_file = Some(server.file("password", password));
        }
        Access::Nkey { seed } => settings.nkey_file = Some(server.file("seed", seed)),
        Access::Credentials(it) => settings.credentials_file = Some(server.file("creds", &it.file)),
    }
    settings
}

async fn connected(settings: &Settings) -> Connection {
    let connection = Connection::begin(settings, "test").await.unwrap();
    tokio::time::timeout(LIMIT, connection.up()).await.expect("a connection");
    connection
}

fn value(text: &str, revision: u64) -> Entry {
    Entry { key: "hvac/lab".to_owned(), value: Some(text.as_bytes().into()), revision }
}

#[tokio::test]
async fn a_key_is_written_by_revision() {
    let server = Server::start();
    let connection = connected(&settings(&server)).await;
    let none = Bucket::open(&connection, "fleet").await.err();
    assert_eq!(none, Some(BucketError::NoBucket { name: "fleet".to_owned() }));

    let bucket = Bucket::open_or_make(&connection, "fleet", &Making::default()).await.unwrap();
    assert_eq!(bucket.get("hvac/lab").await, Ok(None));
    let first = bucket.create("hvac/lab", b"1").await.unwrap();
    assert_eq!(bucket.create("hvac/lab", b"2").await, Err(BucketError::Changed));
    assert_eq!(bucket.get("hvac/lab").await, Ok(Some(value("1", first))));
    let second = bucket.update("hvac/lab", b"2", first).await.unwrap();
    assert_eq!(bucket.update("hvac/lab", b"3", first).await, Err(BucketError::Changed));
    assert_eq!(bucket.delete("hvac/lab", first).await, Err(BucketError::Changed));
    bucket.delete("hvac/lab", second).await.unwrap();
    let gone = bucket.get("hvac/lab").await.unwrap().unwrap();
    assert_eq!((gone.value, gone.revision), (None, second + 1));
    let third = bucket.create("hvac/lab", b"").await.unwrap();
    assert_eq!(bucket.get("hvac/lab").await, Ok(Some(value("", third))));

    let again = Bucket::open_or_make(&connection, "fleet", &Making { history: 5, ..Making::default() }).await.unwrap();
    assert_eq!(again.get("hvac/lab").await, Ok(Some(value("", third))), "a bucket that is there is left as it is");
}

#[tokio::test]
async fn a_watch_shows_what_is_and_what_comes_and_goes_on_over_a_restart() {
    let mut server = Server::start();
    let connection = connected(&settings(&server)).await;
    let bucket = Bucket::open_or_make(&connection, "fleet", &Making::default()).await.unwrap();
    bucket.put("hvac/lab", b"1").await.unwrap();
    let mut watch = bucket.watch("hvac/lab").await.unwrap();
    let mut next = async || tokio::time::timeout(LIMIT, watch.next()).await.expect("an entry").unwrap().unwrap();
    assert_eq!(next().await, value("1", 1));
    bucket.delete("hvac/lab", 1).await.unwrap();
    assert_eq!(next().await, Entry { key: "hvac/lab".to_owned(), value: None, revision: 2 });

    let made = connection.link().made;
    server.restart();
    connection.changes().wait_for(|link| link.up && link.made > made).await.unwrap();
    bucket.put("hvac/lab", b"3").await.unwrap();
    assert_eq!(next().await, value("3", 3));
}

/// Whether the server knows ages of single values: it does from 2.11 on, so this wants `MACHINE_NATS_SERVER=newest`.
fn knows_ages(connection: &Connection) -> bool {
    let version = connection.client().server_info().version;
    let mut numbers = version.split('.').map_while(|it| it.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(2), Some(11))
}

#[tokio::test]
async fn a_value_whose_time_is_over_is_gone() {
    let server = Server::start();
    let connection = connected(&settings(&server)).await;
    if !knows_ages(&connection) {
        return eprintln!("this server does not know ages of single values");
    }
    let shape = r#"{"name": "KV_fleet", "subjects": ["$KV.fleet.>"], "storage": "file", "retention": "limits",
        "max_msgs_per_subject": 1, "allow_rollup_hdrs": true,
        "allow_msg_ttl": true, "subject_delete_marker_ttl": 600000000000}"#;
    let client = connection.client();
    client.request("$JS.API.STREAM.CREATE.KV_fleet", shape.into()).await.unwrap();
    let bucket = Bucket::open(&connection, "fleet").await.unwrap();
    let mut watch = bucket.watch("hvac/lab").await.unwrap();
    let mut next = async || tokio::time::timeout(LIMIT, watch.next()).await.expect("an entry").unwrap().unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(NATS_MESSAGE_TTL, "1s");
    let sent = connection.jetstream().publish_with_headers("$KV.fleet.hvac/lab", headers, "1".into()).await.unwrap();
    sent.await.unwrap();
    assert_eq!(next().await, value("1", 1));
    // The server writes by itself that it is over.
    let gone = Entry { key: "hvac/lab".to_owned(), value: None, revision: 2 };
    assert_eq!(next().await, gone);
    assert_eq!(bucket.get("hvac/lab").await, Ok(Some(gone)));
}

#[tokio::test]
async fn without_a_connection_nothing_is_sent() {
    let mut server = Server::start();
    let connection = connected(&settings(&server)).await;
    let bucket = Bucket::open_or_make(&connection, "fleet", &Making::default()).await.unwrap();
    server.kill();
    connection.changes().wait_for(|link| !link.up).await.unwrap();
    assert_eq!(bucket.put("hvac/lab", b"lost").await, Err(BucketError::Offline));
    server.start_again();
    connection.up().await;
    assert_eq!(bucket.get("hvac/lab").await, Ok(None));
}

#[tokio::test]
async fn a_stream_is_made_once_and_its_messages_are_found() {
    let server = Server::start();
    let connection = connected(&settings(&server)).await;
    assert_eq!(connection.stream("MACHINES").await.err(), Some(StreamError::NoStream { name: "MACHINES".to_owned() }));
    let shape = Shape { name: "MACHINES".to_owned(), subjects: vec!["machines.>".to_owned()], ..Shape::default() };
    connection.make_stream(&shape).await.unwrap();
    let again = connection.make_stream(&Shape { max_age: Duration::from_secs(60), ..shape }).await.unwrap();
    assert_eq!(again.config.max_age, Duration::ZERO, "one that is there is left as it is");

    server.stream("MACHINES").publish("machines.n1.hvac", b"one");
    let stored = connection.last_on("MACHINES", "machines.n1.hvac").await.unwrap().unwrap();
    assert_eq!((stored.sequence, stored.id.as_str(), &*stored.payload), (1, "", b"one".as_slice()));
    assert_eq!(connection.message_at("MACHINES", 1).await, Ok(Some(stored)));
    assert_eq!(connection.message_at("MACHINES", 2).await, Ok(None));
    assert_eq!(connection.last_on("MACHINES", "machines.n2.hvac").await, Ok(None));
}

#[tokio::test]
async fn a_server_without_jetstream_is_told_apart() {
    let server = Setup::default().without_jetstream().start();
    let connection = connected(&settings(&server)).await;
    assert_eq!(connection.stream("MACHINES").await.err(), Some(StreamError::NoJetStream));
    assert_eq!(Bucket::open(&connection, "fleet").await.err(), Some(BucketError::NoJetStream));
}

#[tokio::test]
async fn a_node_shows_who_it_is() {
    for setup in [Setup::default().password("n1", "secret"), Setup::default().nkey(), Setup::default().credentials()] {
        let server = setup.start();
        connected(&settings(&server)).await;
    }
}

#[tokio::test]
async fn both_sides_of_tls_are_checked() {
    let server = Setup::default().tls(true).start();
    let mut settings = settings(&server);
    let files = server.certificates();
    settings.tls.ca = Some(files.authority.clone());
    settings.tls.certificate = Some(files.certificate.clone());
    settings.tls.key = Some(files.key.clone());
    connected(&settings).await;

    settings.tls.ca = None;
    let stranger = Connection::begin(&settings, "test").await.unwrap();
    let link = stranger.changes().wait_for(|link| link.trouble.is_some()).await.unwrap().clone();
    assert!(link.trouble.as_deref().unwrap_or_default().contains("UnknownIssuer"), "{link:?}");
}

#[tokio::test]
async fn a_changed_password_counts_without_a_restart() {
    let server = Setup::default().password("n1", "secret").start();
    let settings = settings(&server);
    server.file("password", "wrong");
    let connection = Connection::begin(&settings, "test").await.unwrap();
    let denied = |link: &machine_nats::Link| link.trouble.as_deref().is_some_and(|it| it.contains("authorization"));
    connection.changes().wait_for(denied).await.unwrap();
    server.file("password", "secret");
    tokio::time::timeout(LIMIT, connection.up()).await.expect("a connection");
}
