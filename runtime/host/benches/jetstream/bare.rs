//! A bare loop of async-nats, for what it is given to send: its own messages, with an id for each, or the very ones that
//! the carrier sends, so that one can see what the carrier costs, and what its protocol costs the server.

use crate::{EVENTS, Outcome, WINDOW};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use machine_nats::async_nats::jetstream::ContextBuilder;
use machine_nats::async_nats::jetstream::message::PublishMessage;
use machine_nats::async_nats::{self, HeaderMap, Subject, header};
use std::future::IntoFuture;
use std::sync::mpsc::channel;
use std::thread;
use tokio::runtime::{Builder, Runtime};

/// A message to send.
#[derive(Clone)]
pub(crate) struct Sent {
    subject: Subject,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Sent {
    /// One that a bare loop would send: with an id, so that it can be sent again, and with the type of its content.
    pub(crate) fn plain(machine: &str, id: String, json: String) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::NATS_MESSAGE_ID, id);
        headers.insert("Content-Type", "application/cloudevents+json");
        Self { subject: format!("machines.n1.{machine}").into(), headers, body: json.into() }
    }

    /// How many bytes of headers these have, on the average.
    pub(crate) fn header_bytes(all: &[Sent]) -> usize {
        let line = |name: &str, value: &str| name.len() + value.len() + ": \r\n".len();
        let lines = all.iter().flat_map(|it| it.headers.iter());
        let bytes = lines.flat_map(|(name, values)| values.iter().map(|it| line(name.as_ref(), it.as_str())));
        bytes.sum::<usize>() / all.len().max(1)
    }
}

/// Sends these, with so many on their way.
pub(crate) fn bare_loop(url: &str, messages: Vec<Sent>) -> Outcome<()> {
    runtime()?.block_on(async {
        let client = async_nats::connect(url).await?;
        let streams = ContextBuilder::new().max_ack_inflight(100_000).build(client);
        let mut waiting = FuturesUnordered::new();
        for Sent { subject, headers, body } in messages {
            let publish = PublishMessage::build().headers(headers).payload(body.into());
            waiting.push(streams.send_publish(subject, publish).await?.into_future());
            if waiting.len() >= WINDOW {
                waiting.next().await.transpose()?;
            }
        }
        while waiting.next().await.transpose()?.is_some() {}
        Ok(())
    })
}

/// What `run` sends, in its order, as a listener beside the stream hears it.
pub(crate) fn heard(url: &str, run: impl FnOnce() -> Outcome<()>) -> Outcome<Vec<Sent>> {
    let (url, (ready, is_ready)) = (url.to_owned(), channel());
    let listener = thread::spawn(move || -> Result<Vec<Sent>, String> {
        let listen = async {
            let options = async_nats::ConnectOptions::new().subscription_capacity(2 * EVENTS as usize);
            let client = options.connect(url).await.map_err(|it| it.to_string())?;
            let messages = client.subscribe("machines.>").await.map_err(|it| it.to_string())?;
            client.flush().await.map_err(|it| it.to_string())?;
            let _ = ready.send(());
            let sent = messages.take(EVENTS as usize).map(|it| Sent {
                subject: it.subject,
                headers: it.headers.unwrap_or_default(),
                body: it.payload.into(),
            });
            Ok(sent.collect().await)
        };
        runtime().map_err(|it| it.to_string())?.block_on(listen)
    });
    is_ready.recv()?;
    run()?;
    Ok(listener.join().map_err(|_| "the listener is gone")??)
}

fn runtime() -> Outcome<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}
