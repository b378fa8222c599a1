//! The servers that the rig starts are what they say they are.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_rig::{Access, Server, Setup, run};

/// Starts a server, and passes a message through a stream of it.
#[track_caller]
fn check(setup: Setup) -> Server {
    let server = setup.start();
    let stream = server.make_stream("S", &["s.>"]);
    stream.publish("s.one", b"hello");
    let read = stream.read();
    assert_eq!((read.len(), read[0].position, read[0].body.as_slice()), (1, 1, b"hello".as_slice()));
    server
}

/// Whether somebody gets in.
fn gets_in(server: &Server, options: async_nats::ConnectOptions) -> bool {
    run(async { options.connect(server.url()).await.is_ok() })
}

#[test]
fn an_open_one() {
    check(Setup::default());
}

#[test]
fn one_with_a_password() {
    let server = check(Setup::default().password("node", "secret"));
    assert!(!gets_in(&server, async_nats::ConnectOptions::new()));
}

#[test]
fn one_with_an_nkey() {
    let server = check(Setup::default().nkey());
    assert!(!gets_in(&server, async_nats::ConnectOptions::with_nkey(machine_rig::Credentials::user_seed())));
}

#[test]
fn one_with_credentials() {
    let server = check(Setup::default().credentials());
    let Access::Credentials(operator) = server.access() else { panic!("another access") };
    let file = |expires| operator.user("other", expires, &["s.>"]);
    let options = |file: &str| async_nats::ConnectOptions::with_credentials(file).expect("credentials");
    assert!(gets_in(&server, options(&file(None))));
    assert!(!gets_in(&server, options(&file(Some(1_000)))));
    assert!(!gets_in(&server, async_nats::ConnectOptions::new()));
}

#[test]
fn one_with_tls_for_both_sides() {
    let server = check(Setup::default().tls(true));
    let trusts = async_nats::ConnectOptions::new().add_root_certificates(server.certificates().authority.clone());
    assert!(!gets_in(&server, trusts.require_tls(true)));
}

#[test]
fn one_without_jetstream() {
    let server = Setup::default().without_jetstream().start();
    assert!(server.stream("S").info().is_none());
}

#[test]
fn what_is_stored_outlives_a_kill_and_no_wiping() {
    let mut server = check(Setup::default());
    let url = server.url();
    server.restart();
    assert_eq!((server.stream("S").len(), server.url()), (1, url));
    server.wipe();
    assert!(server.stream("S").info().is_none());
}

#[test]
fn a_backup_takes_a_server_back_in_time() {
    let mut server = check(Setup::default());
    let backup = server.back_up();
    server.stream("S").publish("s.two", b"lost");
    assert_eq!(server.stream("S").len(), 2);
    server.go_back(&backup);
    assert_eq!(server.stream("S").len(), 1);
    assert_eq!(server.stream("S").info().expect("a stream").state.last_sequence, 1);
}
