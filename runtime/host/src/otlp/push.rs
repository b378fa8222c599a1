//! The metrics, sent again and again. Each message has everything since the start, so one that is lost is made good by the
//! next.

use super::Settings;
use super::figures::{Series, Span, metrics};
use super::post::{Answer, Post, Signal};
use super::resource::{resource, scope};
use crate::delivery::webhook::WebhookError;
use crate::metrics::{Book, Desk};
use crate::node::{note, say};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::{Metric, ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use std::io;
use std::time::{Duration, SystemTime};
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Brings metrics to a collector.
#[derive(Debug)]
pub struct Push {
    post: Post,
    resource: Resource,
    every: Duration,
}

/// What was said last of the way to the collector.
#[derive(Debug, Default, PartialEq, Eq)]
enum Word {
    #[default]
    Fine,
    /// It took what it was sent, but for something.
    Partly(String),
    Trouble,
}

impl Push {
    pub(super) fn new(settings: &Settings) -> Result<Self, WebhookError> {
        let post = Post::new(settings, Signal::Metrics)?;
        Ok(Self { post, resource: resource(settings), every: settings.every })
    }

    /// Pushes for ever, at once for the first time.
    pub(crate) async fn keep(&self, desk: &Desk) {
        let start = now();
        let mut clock = interval(self.every);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut series, mut word) = (Series::new(), Word::default());
        loop {
            clock.tick().await;
            let Some(text) = desk.figures(Book::open_metrics).await else { continue };
            let (metrics, now_there) = metrics(&text, Span { start, now: now() }, &series);
            drop(text);
            let answer = self.post.send(&self.request(metrics)).await;
            let is_taken = matches!(answer, Answer::Taken | Answer::Partly(_));
            desk.note_push(is_taken);
            if is_taken {
                series = now_there;
            }
            if let Answer::Later(Some(wait), _) = &answer {
                sleep(*wait).await;
            }
            word = word.then(answer);
        }
    }

    fn request(&self, metrics: Vec<Metric>) -> ExportMetricsServiceRequest {
        let scope_metrics = vec![ScopeMetrics { scope: Some(scope()), metrics, ..ScopeMetrics::default() }];
        let resource = Some(self.resource.clone());
        let all = ResourceMetrics { resource, scope_metrics, ..ResourceMetrics::default() };
        ExportMetricsServiceRequest { resource_metrics: vec![all] }
    }
}

impl Word {
    /// Says what is new, once.
    fn then(self, answer: Answer) -> Self {
        match answer {
            Answer::Taken => {
                if self == Word::Trouble {
                    note("the collector takes metrics again");
                }
                Word::Fine
            }
            Answer::Partly(text) => {
                let word = Word::Partly(text);
                if let (Word::Partly(text), true) = (&word, word != self) {
                    say(&io::Error::other(format!("metrics over OTLP: {text}")));
                }
                word
            }
            Answer::Later(_, why) | Answer::Unfit(why) | Answer::Refused(why) => {
                if self != Word::Trouble {
                    let text = format!("metrics do not reach the collector, and are sent again and again: {why}");
                    say(&io::Error::other(text));
                }
                Word::Trouble
            }
        }
    }
}

/// Nanoseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
