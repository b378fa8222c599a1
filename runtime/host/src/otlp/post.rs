//! One request to a collector, and what its answer means.

use super::Settings;
use crate::delivery::webhook::{Client, Fate, Reply, WebhookError, judged, words};
use crate::event::binding::Message;
use hyper::header::CONTENT_TYPE;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use std::borrow::Cow;
use std::time::Duration;

const PROTOBUF: &str = "application/x-protobuf";

/// What a collector gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    Traces,
    Metrics,
}

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It was taken.
    Taken,
    /// It was taken but for so many of its spans or points, or with something to say; nothing of it is to be sent again.
    Partly(String),
    /// It is to be sent again; not before this, if the collector said so.
    Later(Option<Duration>, String),
    /// Address, token or way are wrong: nothing would be taken.
    Unfit(String),
    /// This will never be taken.
    Refused(String),
}

/// What came of an empty request.
#[derive(Debug, PartialEq, Eq)]
pub enum Knock {
    /// The collector takes what it is sent.
    Open,
    /// It does not, for now or until somebody mends it: why.
    Closed(String),
}

/// The way to one door of a collector.
#[derive(Debug)]
pub(super) struct Post {
    client: Client,
    signal: Signal,
}

impl Signal {
    pub(super) fn path(self) -> &'static str {
        match self {
            Signal::Traces => "/v1/traces",
            Signal::Metrics => "/v1/metrics",
        }
    }
}

impl Post {
    pub(super) fn new(settings: &Settings, signal: Signal) -> Result<Self, WebhookError> {
        Ok(Self { client: Client::new(&settings.way(signal.path()))?, signal })
    }

    /// Sends a message once.
    pub(super) async fn send(&self, message: &impl prost::Message) -> Answer {
        let body = message.encode_to_vec();
        // An empty body says so, too: there are servers that answer 411 otherwise.
        let length = ("content-length".into(), body.len().to_string());
        let headers = vec![("content-type".into(), PROTOBUF.to_owned()), length];
        let message = Message { headers, body: Cow::Owned(body) };
        match self.client.send(message).await {
            Ok(reply) => self.read(&reply),
            Err(why) => Answer::Later(None, why),
        }
    }

    /// An empty message of either kind has no bytes.
    pub(super) async fn knock(&self) -> Knock {
        match self.send(&()).await {
            Answer::Taken | Answer::Partly(_) => Knock::Open,
            Answer::Later(_, why) | Answer::Unfit(why) | Answer::Refused(why) => Knock::Closed(why),
        }
    }

    fn read(&self, reply: &Reply) -> Answer {
        let text = said(reply);
        match judged(reply.status, &reply.headers) {
            Fate::Taken => self.left_out(&reply.body).map_or(Answer::Taken, Answer::Partly),
            _ if reply.is_renewed => Answer::Later(None, text),
            Fate::Later(when) => Answer::Later(when, text),
            Fate::Refused => Answer::Refused(text),
            Fate::Unfit => match reply.status.as_u16() {
                401 | 403 | 407 => Answer::Unfit(text + ": see `token-file` and `headers`"),
                _ => Answer::Unfit(text + ": see `endpoint`"),
            },
        }
    }

    /// What a collector that took a message says of parts that it did not take.
    fn left_out(&self, body: &[u8]) -> Option<String> {
        let (rejected, what, why) = match self.signal {
            Signal::Traces => {
                let partial = decoded::<ExportTraceServiceResponse>(body)?.partial_success?;
                (partial.rejected_spans, "spans", partial.error_message)
            }
            Signal::Metrics => {
                let partial = decoded::<ExportMetricsServiceResponse>(body)?.partial_success?;
                (partial.rejected_data_points, "points", partial.error_message)
            }
        };
        let why = bounded(&why);
        match (rejected, why.is_empty()) {
            (0, true) => None,
            (0, false) => Some(format!("the collector says: {why}")),
            (_, true) => Some(format!("the collector took all but {rejected} {what}, and does not say why")),
            (_, false) => Some(format!("the collector took all but {rejected} {what}: {why}")),
        }
    }
}

/// What stands in an answer that is no success: `google.rpc.Status`, as far as people read it.
#[derive(Clone, PartialEq, prost::Message)]
struct Status {
    #[prost(string, tag = "2")]
    message: String,
}

/// The status, and what was said with it; in protobuf if the collector says so.
fn said(reply: &Reply) -> String {
    let kind = reply.headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    match decoded::<Status>(&reply.body).filter(|_| kind.starts_with(PROTOBUF)) {
        Some(Status { message }) => words(reply.status, message.as_bytes()),
        None => words(reply.status, &reply.body),
    }
}

fn decoded<M: prost::Message + Default>(body: &[u8]) -> Option<M> {
    M::decode(body).ok()
}

/// A text from outside, on one line and not too long.
fn bounded(text: &str) -> String {
    text.chars().take(200).map(|it| if it.is_control() { ' ' } else { it }).collect()
}
