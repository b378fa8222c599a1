//! The carrier of traces: what the journal holds, as spans.
//!
//! At least once: a span that is sent again has the ids that it had. What a collector will never take is told by an event,
//! as a webhook tells it, and passed over; what it cannot take now, or nobody can be reached, waits in the journal.

use super::post::{Answer, Post, Signal};
use super::resource::{resource, scope};
use super::{Settings, span};
use crate::delivery::webhook::WebhookError;
use crate::delivery::{Backlog, BacklogError, Carrier, Carrying, End, Parcel};
use crate::event::happening::What;
use machine_nats::Backoff;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// So many bytes of events are read for one request; as spans they take about as many.
const AT_ONCE: usize = 256 * 1024;
/// So long more are waited for: a span that is a second late is better than a request for each.
const GATHERING: Duration = Duration::from_secs(1);
/// What has failed so often in a row is worth a word; less than that happens every day.
const WORTH_A_WORD: u32 = 3;
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

/// The node ends, and what is not delivered is left to its next start.
struct Left;

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
            if self.bring_all(&backlog, &parcels).await.is_err() {
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

    /// All in one request; if it is refused, in two, to find the one that is meant.
    async fn bring_all(&mut self, backlog: &Backlog, parcels: &[Parcel]) -> Result<(), Left> {
        let mut waiting = vec![parcels];
        while let Some(some) = waiting.pop() {
            if self.bring(backlog, some).await? == Brought::TooMany {
                let (first, second) = some.split_at(some.len() / 2);
                waiting.extend([second, first]);
            }
        }
        Ok(())
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
                Answer::Refused(why) => return self.pass_over(backlog, parcels, &why).await,
                Answer::Unfit(text) => {
                    backlog.trouble(&text);
                    self.wait(PATIENCE).await?;
                }
                Answer::Later(when, text) => {
                    if attempt >= WORTH_A_WORD {
                        backlog.trouble(&text);
                    }
                    let wait = self.pause.wait();
                    self.wait(when.map_or(wait, |when| when.max(wait))).await?;
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

    /// The event that says so is durable before this one counts as delivered.
    async fn pass_over(&self, backlog: &Backlog, parcels: &[Parcel], why: &str) -> Result<Brought, Left> {
        for parcel in parcels {
            let what = What::Undeliverable {
                sink: NAME.to_owned(),
                event: parcel.id.clone(),
                kind: parcel.kind.clone(),
                number: parcel.sequence,
                reason: why.to_owned(),
            };
            if !backlog.told(parcel.machine.as_deref(), what).await {
                return Err(Left);
            }
        }
        Ok(Brought::All)
    }

    async fn wait(&self, time: Duration) -> Result<(), Left> {
        let mut end = self.end.clone();
        tokio::select! {
            () = sleep(time) => Ok(()),
            () = end.come() => Err(Left),
        }
    }
}

#[derive(PartialEq, Eq)]
enum Brought {
    All,
    TooMany,
}
