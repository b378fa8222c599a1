//! The webhook against a real server on real sockets, which does what servers do to their clients.

mod server;
mod tls;

use super::{Mode, Refused, Settings, Webhook, WebhookError};
use crate::delivery::Notice;
use crate::delivery::tests::{LIMIT, Place};
use crate::event::happening::What;
use server::{Act, Got, Server};
use std::time::Duration;

const OK: Act = Act::Answer(204, "");

fn settings(server: &Server, mode: Mode) -> Settings {
    Settings { mode, timeout: Duration::from_millis(500), ..Settings::to(&server.url) }
}

fn ids(numbers: std::ops::RangeInclusive<u64>) -> Vec<String> {
    numbers.map(|it| format!("n1.lamp.1.{it}")).collect()
}

/// Delivers so many events to a server with this script, in every mode: each is there, in order, to the byte.
async fn check(events: usize, script: fn(usize, &Got) -> Act) {
    for mode in [Mode::Structured, Mode::Binary, Mode::Batch] {
        let server = Server::start(script).await;
        let mut place = Place::new();
        place.write(events / 2);
        place.write(events - events / 2);
        let (delivery, _told) = place.run(Box::new(Webhook::new(settings(&server, mode)).unwrap()));
        let all = ids(1..=events as u64);
        server.until(|it| it.ids().len() == all.len()).await;
        assert_eq!(server.ids(), all, "{mode:?}");
        delivery.end(LIMIT).await;
        for (id, body) in server.got().iter().flat_map(|it| it.ids.iter().zip(&it.bodies)) {
            assert!(place.written(id).contains(body.as_str()), "{mode:?}: {body}");
        }
    }
}

#[tokio::test]
async fn every_event_comes_in_order_and_to_the_byte() {
    check(20, |_, _| OK).await;
}

#[tokio::test]
async fn what_a_server_cannot_take_now_comes_later() {
    check(12, |number, _| if number % 3 == 1 { Act::Answer(500, "") } else { OK }).await;
    check(3, |number, _| if number == 1 { Act::Answer(503, "retry-after: 0\r\n") } else { OK }).await;
}

#[tokio::test]
async fn lost_answers_lose_no_event_and_no_order() {
    check(12, |number, _| if number % 3 == 1 { Act::LoseAnswer } else { OK }).await;
}

#[tokio::test]
async fn answers_that_break_off_lose_no_event_and_no_order() {
    check(12, |number, _| if number % 3 == 1 { Act::CutAnswer } else { OK }).await;
}

#[tokio::test]
async fn a_server_that_is_asked_too_often_says_when() {
    check(3, |number, _| if number <= 2 { Act::Answer(429, "retry-after: 0\r\n") } else { OK }).await;
}

/// A redirection could lead anywhere, with the token.
#[tokio::test]
async fn redirections_are_trouble_and_are_not_followed() {
    let other = Server::start(|_, _| OK).await;
    let location: &'static str = format!("location: {}\r\n", other.url).leak();
    let server = Server::start(move |number, _| if number <= 3 { Act::Answer(307, location) } else { OK }).await;
    let mut place = Place::new();
    place.write(3);
    let (delivery, mut told) = place.run(Box::new(Webhook::new(settings(&server, Mode::Structured)).unwrap()));
    let Some(Notice::Trouble { text, .. }) = told.recv().await else { panic!("nothing was told") };
    assert_eq!(text, "the answer is 307 Temporary Redirect, said: see `url`");
    server.until(|it| it.ids() == ids(1..=3)).await;
    assert_eq!(other.asked(), 0);
    delivery.end(LIMIT).await;
}

/// One event is too large for the other end: that is no reason for the others.
#[tokio::test]
async fn what_is_too_large_is_named_alone() {
    for mode in [Mode::Structured, Mode::Batch] {
        let is_large = |got: &Got| got.ids.len() > 2 || got.ids.contains(&"n1.lamp.1.3".to_owned());
        let server = Server::start(move |_, got| if is_large(got) { Act::Answer(413, "") } else { OK }).await;
        let mut place = Place::new();
        place.write(6);
        let settings = Settings { refused: Refused::PutAside, ..settings(&server, mode) };
        let (delivery, mut told) = place.run(Box::new(Webhook::new(settings).unwrap()));
        let Some(Notice::Happened { what, told: Some(answer), .. }) = told.recv().await else { panic!("not told") };
        let What::Undeliverable { number, .. } = *what else { panic!("{what:?}") };
        answer.send(serde_json::Value::Null).unwrap();
        server.until(|it| it.ids().len() == 5).await;
        assert_eq!((number, server.ids()), (3, [ids(1..=2), ids(4..=6)].concat()), "{mode:?}");
        delivery.end(LIMIT).await;
    }
}

#[tokio::test]
async fn connections_that_end_in_the_middle_lose_no_event() {
    check(12, |number, _| if number % 3 == 1 { Act::Cut } else { OK }).await;
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_in_time() {
    check(4, |number, _| if number == 2 { Act::Hang } else { OK }).await;
}

#[tokio::test]
async fn machines_do_not_wait_for_one_another_within_a_turn() {
    // The lamp's first event is only answered when the fan's has come.
    let server = Server::start(|number, got| match got.ids.first() {
        Some(id) if id == "n1.lamp.1.1" && number == 1 => Act::Hang,
        _ => OK,
    });
    let server = server.await;
    let mut place = Place::new();
    place.write(2);
    place.write_of("fan", 1);
    let (delivery, _told) = place.run(Box::new(Webhook::new(settings(&server, Mode::Structured)).unwrap()));
    server.until(|it| it.ids().len() == 3).await;
    assert_eq!(server.ids(), ["n1.fan.1.3", "n1.lamp.1.1", "n1.lamp.1.2"]);
    delivery.end(LIMIT).await;
}

#[tokio::test]
async fn the_next_start_sends_what_was_left_and_nothing_that_was_taken() {
    let server = Server::start(|number, _| if number <= 3 { OK } else { Act::Answer(500, "") }).await;
    let mut place = Place::new();
    (0..3).for_each(|_| drop(place.write(1).to_string()));
    let webhook = || Box::new(Webhook::new(settings(&server, Mode::Structured)).unwrap());
    let (delivery, mut told) = place.run(webhook());
    server.until(|it| it.got().len() == 3).await;
    let lsn = place.write(2);
    delivery.is_durable(lsn);
    assert!(matches!(told.recv().await, Some(Notice::Trouble { is_first: true, .. })));
    delivery.end(LIMIT).await;
    let address = server.url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    drop(server);
    let server = Server::at(&address, |_, _| OK).await;
    let (delivery, _told) = place.run(Box::new(Webhook::new(settings(&server, Mode::Structured)).unwrap()));
    server.until(|it| it.got().len() == 2).await;
    delivery.end(LIMIT).await;
    assert_eq!(server.ids(), ids(4..=5));
}

#[tokio::test]
async fn a_request_is_what_was_set() {
    let server = Server::start(|_, _| OK).await;
    let mut place = Place::new();
    place.write(1);
    let token = place.cursors().with_file_name("token");
    std::fs::write(&token, "s3cret\n").unwrap();
    let headers = vec![("x-site".to_owned(), "lab 1".to_owned())];
    let settings = Settings { token_file: Some(token), headers, ..settings(&server, Mode::Structured) };
    let (delivery, _told) = place.run(Box::new(Webhook::new(settings).unwrap()));
    server.until(|it| it.got().len() == 1).await;
    delivery.end(LIMIT).await;
    let lines: Vec<_> = server.got()[0].headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let lines = lines.join("\n").replace(server.url.split('/').nth(2).unwrap(), "HOST");
    insta::assert_snapshot!(lines, @r"
    :request: POST /events?from=n1 HTTP/1.1
    user-agent: machined/0.1.0
    content-type: application/cloudevents+json; charset=UTF-8
    authorization: Bearer s3cret
    x-site: lab 1
    host: HOST
    content-length: 170
    ");
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_read_again() {
    let server = Server::start(|_, got| {
        let is_new = got.headers.contains(&("authorization".to_owned(), "Bearer new".to_owned()));
        if is_new { OK } else { Act::Answer(401, "") }
    });
    let server = server.await;
    let mut place = Place::new();
    place.write(1);
    let token = place.cursors().with_file_name("token");
    std::fs::write(&token, "old").unwrap();
    let settings = Settings { token_file: Some(token.clone()), ..settings(&server, Mode::Structured) };
    let webhook = Webhook::new(settings).unwrap();
    std::fs::write(&token, "new").unwrap();
    let (delivery, _told) = place.run(Box::new(webhook));
    server.until(|it| it.ids() == ids(1..=1)).await;
    delivery.end(LIMIT).await;
}

/// A server that never takes the second event.
async fn picky() -> Server {
    Server::start(|_, got| if got.ids.contains(&"n1.lamp.1.2".to_owned()) { Act::Answer(422, "") } else { OK }).await
}

#[tokio::test]
async fn what_is_refused_stops_everything_and_says_so() {
    for mode in [Mode::Structured, Mode::Binary, Mode::Batch] {
        let server = picky().await;
        let mut place = Place::new();
        place.write(4);
        let (delivery, mut told) = place.run(Box::new(Webhook::new(settings(&server, mode)).unwrap()));
        let Some(Notice::Trouble { text, .. }) = told.recv().await else { panic!("nothing was told") };
        assert_eq!(
            text,
            "the answer is 422 Unprocessable Entity, said (event `n1.lamp.1.2`): mend the other end, or set \
             `refused = \"put-aside\"` to go on without it"
        );
        assert_eq!(server.ids(), ids(1..=1), "{mode:?}");
        delivery.end(LIMIT).await;
    }
}

#[tokio::test]
async fn what_is_put_aside_is_told_before_it_counts() {
    for mode in [Mode::Structured, Mode::Batch] {
        let server = picky().await;
        let mut place = Place::new();
        place.write(4);
        let settings = Settings { refused: Refused::PutAside, ..settings(&server, mode) };
        let (delivery, mut told) = place.run(Box::new(Webhook::new(settings.clone()).unwrap()));
        let Some(Notice::Happened { machine, what, told: answer }) = told.recv().await else { panic!("not told") };
        let What::Undeliverable { sink, event, number, reason, .. } = *what else { panic!("{what:?}") };
        assert_eq!((machine.as_deref(), sink.as_str(), event.as_str()), (Some("lamp"), "webhook", "n1.lamp.1.2"));
        assert_eq!((number, reason.as_str()), (2, "the answer is 422 Unprocessable Entity, said"));
        // The node ends before that is durable: nothing counts, and the next start tells it again.
        drop(answer);
        delivery.end(LIMIT).await;
        let (delivery, mut told) = place.run(Box::new(Webhook::new(settings).unwrap()));
        let Some(Notice::Happened { told: Some(answer), .. }) = told.recv().await else { panic!("not told again") };
        answer.send(serde_json::Value::Null).unwrap();
        server.until(|it| it.ids().len() == 3).await;
        assert_eq!(server.ids(), [ids(1..=1), ids(3..=4)].concat(), "{mode:?}");
        delivery.end(LIMIT).await;
    }
}

/// What names the gap would be a gap itself.
#[tokio::test]
async fn what_names_an_event_that_was_put_aside_is_never_passed_over() {
    for mode in [Mode::Structured, Mode::Batch] {
        let server = picky().await;
        let mut place = Place::new();
        place.write(1);
        place.write_kind("machine.v1.undeliverable");
        place.write(2);
        let settings = Settings { refused: Refused::PutAside, ..settings(&server, mode) };
        let (delivery, mut told) = place.run(Box::new(Webhook::new(settings).unwrap()));
        let Some(Notice::Trouble { text, .. }) = told.recv().await else { panic!("nothing was told") };
        assert_eq!(
            text,
            "the answer is 422 Unprocessable Entity, said (event `n1.lamp.1.2`, which names an event that was put \
             aside): mend the other end"
        );
        let asked = server.asked();
        server.until(|it| it.asked() >= asked + 3).await;
        assert_eq!(server.ids(), ids(1..=1), "{mode:?}");
        delivery.end(LIMIT).await;
    }
}

#[tokio::test]
async fn nobody_there_is_trouble_until_somebody_is() {
    let server = Server::start(|_, _| OK).await;
    let (url, address) = (server.url.clone(), server.url.split('/').nth(2).unwrap().to_owned());
    drop(server);
    let mut place = Place::new();
    place.write(3);
    let (delivery, mut told) = place.run(Box::new(Webhook::new(Settings::to(url)).unwrap()));
    // The one that was there may still take a connection, and break it.
    let refused = "there is no connection: Connection refused (os error 111)";
    while !matches!(told.recv().await, Some(Notice::Trouble { text, .. }) if text == refused) {}
    let server = Server::at(&address, |_, _| OK).await;
    server.until(|it| it.ids() == ids(1..=3)).await;
    assert!(matches!(told.recv().await, Some(Notice::Fine { .. })));
    delivery.end(LIMIT).await;
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let check = |settings: Settings, error: &str| {
        assert_eq!(Webhook::new(settings).err().map(|it: WebhookError| it.to_string()).as_deref(), Some(error));
    };
    for url in ["events.example.net", "ftp://n1/x", "http://", "https:///x", ""] {
        check(Settings::to(url), &format!("`{url}` is no address of a webhook"));
    }
    let header = |name: &str, value: &str| Settings {
        headers: vec![(name.to_owned(), value.to_owned())],
        ..Settings::to("http://n1/")
    };
    for (name, value) in [("a b", "c"), ("x", "a\nb"), ("ce-id", "7"), ("Authorization", "x"), ("content-type", "x")] {
        check(header(name, value), &format!("`{name}` cannot be a header, or its value cannot"));
    }
}
