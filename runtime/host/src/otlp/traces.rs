//! The carrier of traces: what the journal holds, as spans.
//!
//! At least once: a span that is sent again has the ids that it had. What a collector will never take is told by an event,
//! as a webhook tells it, and passed over; what it cannot take now, or nobody can be reached, waits in the journal.

use super::post::{Answer, Post, Signal};
use super::resource::{resource, scope};
use super::{Settings, span};
use crate::delivery::bring::{Brought, Left, WORTH_A_WORD, in_parts, put_aside, wait};
use crate::delivery::webhook::WebhookError;
use crate::delivery::{Backlog, BacklogError, Carrier, Carrying, End, Parcel};
use crate::event::happening::What;
use machine_nats::Backoff;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// So many bytes of events are read for one request; as spans they take about as many.
const AT_ONCE: usize = 256 * 1024;
/// So long more are waited for: a span that is a second late is better than a request for each.
const GATHERING: Duration = Duration::from_secs(1);
/// After something that only people can mend it is tried again this often.
const PATIENCE: Duration = Duration::from_secs(30);
/// What it is called in status and events.
const NAME: &str = "otlp";

/// Brings spans to a collector.
#[derive(Debug)]
pub struct Traces {
    post: Post,
    resource: Resource,
}

impl Traces {
    pub(super) fn new(settings: &Settings) -> Result<Self, WebhookError> {
        Ok(Self { post: Post::new(settings, Signal::Traces)?, resource: resource(settings) })
    }
}

impl Carrier for Traces {
    fn name(&self) -> &str {
        NAME
    }

    fn carry(self: Box<Self>, backlog: Backlog, end: End) -> Carrying {
        let Self { post, resource } = *self;
        let work = Work { post, resource, end, pause: Backoff::default(), partly: String::new() };
        Box::pin(work.carry(backlog))
    }
}

struct Work {
    post: Post,
    resource: Resource,
    end: End,
    pause: Backoff,
    /// What was said last of spans that were left out.
    partly: String,
}

impl Work {
    async fn carry(mut self, mut backlog: Backlog) {
        while let Ok(parcels) = self.gather(&mut backlog).await {
            if in_parts(&parcels, async |some| self.bring(&backlog, some).await).await.is_err() {
                return;
            }
            if let Some(last) = parcels.iter().rfind(|it| !it.again) {
                backlog.delivered(last.position);
            }
        }
    }

    /// The next events, with those that come soon after.
    async fn gather(&mut self, backlog: &mut Backlog) -> Result<Vec<Parcel>, BacklogError> {
        let mut parcels = backlog.next(AT_ONCE).await?;
        let until = Instant::now() + GATHERING;
        let size = |parcels: &[Parcel]| parcels.iter().map(|it| it.json.len()).sum::<usize>();
        while size(&parcels) < AT_ONCE && !self.end.has_come() {
            let more = tokio::select! {
                biased;
                more = timeout_at(until, backlog.next(AT_ONCE)) => more,
                () = self.end.come() => break,
            };
            // What is over, for whatever reason, is met again by the next one.
            let Ok(Ok(more)) = more else { break };
            parcels.extend(more);
        }
        Ok(parcels)
    }

    /// Sends until it is taken, or never will be.
    async fn bring(&mut self, backlog: &Backlog, parcels: &[Parcel]) -> Result<Brought, Left> {
        let spans: Vec<_> = parcels.iter().flat_map(|it| span::spans(&it.json)).collect();
        if spans.is_empty() {
            return Ok(Brought::All);
        }
        let request = self.request(spans);
        for attempt in 1_u32.. {
            match self.post.send(&request).await {
                Answer::Taken => return Ok(self.taken(backlog)),
                Answer::Partly(text) => {
                    self.say_partly(backlog, text);
                    return Ok(self.taken(backlog));
                }
                Answer::Refused(_) if parcels.len() > 1 => return Ok(Brought::TooMany),
                Answer::Refused(why) => return put_aside(backlog, NAME, parcels, &why).await,
                Answer::Unfit(text) => {
                    backlog.trouble(&text);
                    wait(&self.end, PATIENCE).await?;
                }
                Answer::Later(when, text) => {
                    if attempt >= WORTH_A_WORD {
                        backlog.trouble(&text);
                    }
                    let least = self.pause.wait();
                    wait(&self.end, when.map_or(least, |when| when.max(least))).await?;
                }
            }
        }
        Err(Left)
    }

    fn request(&self, spans: Vec<Span>) -> ExportTraceServiceRequest {
        let spans = ScopeSpans { scope: Some(scope()), spans, ..ScopeSpans::default() };
        let resource = Some(self.resource.clone());
        let all = ResourceSpans { resource, scope_spans: vec![spans], ..ResourceSpans::default() };
        ExportTraceServiceRequest { resource_spans: vec![all] }
    }

    fn taken(&mut self, backlog: &Backlog) -> Brought {
        self.pause.worked();
        backlog.fine();
        Brought::All
    }

    /// Which spans those were nobody knows, and they may not be sent again. Said once until it is something else.
    fn say_partly(&mut self, backlog: &Backlog, text: String) {
        if self.partly != text {
            let what = What::NodeWarning { about: format!("sink `{NAME}`"), text: text.clone() };
            backlog.tell(None, what);
            self.partly = text;
        }
    }
}
