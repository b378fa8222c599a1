//! The proxy does what it is told, seen from both ends of plain connections.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_rig::{Deed, Link, Proxy, Server, When, run, until};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// A server that says what it is told.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            thread::spawn(move || {
                let mut buffer = [0; 1024];
                while let Ok(count @ 1..) = stream.read(&mut buffer) {
                    if stream.write_all(&buffer[..count]).is_err() {
                        break;
                    }
                }
            });
        }
    });
    address
}

fn client(proxy: &Proxy) -> TcpStream {
    let stream = until("a connection", || TcpStream::connect(proxy.address()).ok());
    stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a time");
    stream
}

/// Says something; whether it comes back, nothing comes, or the connection ends.
fn say(stream: &mut TcpStream, text: &str) -> &'static str {
    let mut back = vec![0; text.len()];
    if stream.write_all(text.as_bytes()).is_err() {
        return "ended";
    }
    match stream.read_exact(&mut back) {
        Ok(()) if back == text.as_bytes() => "echo",
        Ok(()) => "noise",
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => "silence",
        Err(_) => "ended",
    }
}

#[test]
fn what_is_open_passes_and_what_is_cut_ends() {
    let proxy = Proxy::to(echo());
    let mut stream = client(&proxy);
    assert_eq!(say(&mut stream, "hello"), "echo");
    proxy.cut();
    assert_eq!(say(&mut stream, "hello"), "ended");
    assert_eq!(say(&mut client(&proxy), "hello"), "echo");
    let seen = proxy.until("the ends", |seen| seen.open == 0);
    assert_eq!((seen.connections, seen.to_server, seen.to_client), (2, 10, 10));
}

#[test]
fn what_is_refused_is_refused() {
    let proxy = Proxy::to(echo());
    let mut stream = client(&proxy);
    proxy.set(Link::Refused);
    assert_eq!(say(&mut stream, "hello"), "ended");
    until("a refusal", || {
        TcpStream::connect(proxy.address()).is_err_and(|it| it.kind() == ErrorKind::ConnectionRefused).then_some(())
    });
    proxy.set(Link::Open);
    assert_eq!(say(&mut client(&proxy), "hello"), "echo");
}

#[test]
fn what_is_stalled_stays_open_and_comes_later() {
    let proxy = Proxy::to(echo());
    let mut stream = client(&proxy);
    proxy.set(Link::Stalled);
    assert_eq!(say(&mut stream, "hello"), "silence");
    proxy.set(Link::Open);
    let mut back = [0; 5];
    until("the echo", || stream.read_exact(&mut back).ok());
    assert_eq!(&back, b"hello");
}

#[test]
fn what_is_deaf_hears_nothing_of_what_was_done() {
    let proxy = Proxy::to(echo());
    let mut stream = client(&proxy);
    proxy.set(Link::Deaf);
    assert_eq!(say(&mut stream, "hello"), "silence");
    assert_eq!((proxy.seen().to_server, proxy.seen().to_client), (5, 0));
    proxy.set(Link::Open);
    assert_eq!(say(&mut stream, "hello"), "ended");
    assert_eq!(say(&mut client(&proxy), "hello"), "echo");
}

#[test]
fn what_is_slow_takes_its_time() {
    let proxy = Proxy::to(echo());
    proxy.set(Link::Slow(1_000));
    let mut stream = client(&proxy);
    stream.set_read_timeout(None).expect("no time");
    let begun = Instant::now();
    assert_eq!(say(&mut stream, &"x".repeat(500)), "echo");
    assert!(begun.elapsed() >= Duration::from_millis(500), "{:?}", begun.elapsed());
}

#[test]
fn a_script_cuts_to_the_byte() {
    let proxy = Proxy::to(echo());
    proxy.script([(When::ToServer(7), Deed::Cut), (When::Connections(2), Deed::Set(Link::Stalled))]);
    assert_eq!(say(&mut client(&proxy), "0123456789"), "ended");
    assert_eq!(proxy.seen().to_server, 7);
    assert_eq!(say(&mut client(&proxy), "hello"), "silence");
    assert!(proxy.is_done());
}

#[test]
fn a_link_that_flaps_is_up_and_down_until_it_settles() {
    let mut proxy = Proxy::to(echo());
    proxy.flap(20..40, 20..40);
    let mut stream = client(&proxy);
    for _ in 0..3 {
        until("a cut", || (say(&mut stream, "hello") == "ended").then_some(()));
        stream = client(&proxy);
    }
    proxy.settle();
    // Who came to a listener that was about to end has to come again; who came after that stays.
    until("an answer", || (say(&mut client(&proxy), "hello") == "echo").then_some(()));
    assert_eq!(say(&mut client(&proxy), "hello"), "echo");
}

#[test]
fn acknowledgements_are_lost_while_the_connection_lives() {
    let server = Server::start();
    let stream = server.make_stream("S", &["s"]);
    let proxy = Proxy::to(server.address());
    proxy.set(Link::LosesAcks(1.0));
    let lost = run(async {
        let client = async_nats::connect(proxy.url()).await.expect("a connection");
        let mut context = async_nats::jetstream::new(client.clone());
        context.set_timeout(Duration::from_millis(200));
        let lost = context.publish("s", "hello".into()).await.expect("a connection").await.is_err();
        client.flush().await.expect("the same connection");
        lost
    });
    assert!(lost);
    let seen = proxy.seen();
    assert_eq!((stream.len(), seen.lost_acks, seen.connections), (1, 1, 1));
}

/// What others start has a copy of every socket for a moment; it must not keep a proxy from its place.
#[test]
fn a_proxy_gets_its_port_while_processes_are_started() {
    let server = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    thread::scope(|scope| {
        let starters = [(); 8].map(|()| {
            scope.spawn(|| (0..50).for_each(|_| assert!(Command::new("true").status().expect("it runs").success())))
        });
        while starters.iter().any(|it| !it.is_finished()) {
            drop(Proxy::to(server));
        }
    });
}
