//! Where the collector is, and what it gets.

use super::post::{Knock, Post, Signal};
use super::{Push, Traces};
use crate::delivery::webhook::{self, WebhookError};
use std::path::PathBuf;
use std::time::Duration;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The collector's address, to which `/v1/traces` and `/v1/metrics` are added: `http://127.0.0.1:4318`.
    pub endpoint: String,
    /// Whether it gets traces.
    pub traces: bool,
    /// Whether it gets metrics.
    pub metrics: bool,
    /// How often it gets metrics.
    pub every: Duration,
    /// A file with the token that says who sends (`Authorization: Bearer …`).
    pub token_file: Option<PathBuf>,
    /// More headers.
    pub headers: Vec<(String, String)>,
    /// A file with certificates (PEM) to trust, in place of those that the system trusts.
    pub ca: Option<PathBuf>,
    /// A request that takes longer has failed.
    pub timeout: Duration,
    /// The node's name.
    pub node: String,
    /// More attributes of the node, or others in place of ours.
    pub resource: Vec<(String, String)>,
}

impl Settings {
    /// Those that have a default.
    #[must_use]
    pub fn to(endpoint: impl Into<String>, node: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            traces: true,
            metrics: true,
            every: Duration::from_secs(60),
            token_file: None,
            headers: Vec::new(),
            ca: None,
            timeout: Duration::from_secs(10),
            node: node.into(),
            resource: Vec::new(),
        }
    }

    /// What brings spans to the collector, if it gets any.
    ///
    /// # Errors
    /// When the settings are not in order.
    pub fn carrier(&self) -> Result<Option<Traces>, WebhookError> {
        self.traces.then(|| Traces::new(self)).transpose()
    }

    /// What brings metrics to the collector, if it gets any.
    ///
    /// # Errors
    /// When the settings are not in order.
    pub fn push(&self) -> Result<Option<Push>, WebhookError> {
        self.metrics.then(|| Push::new(self)).transpose()
    }

    /// Sends the collector an empty request of each kind that it is to get; each by its path with what came of it.
    ///
    /// # Errors
    /// When the settings are not in order.
    pub async fn knock(&self) -> Result<Vec<(&'static str, Knock)>, WebhookError> {
        let mut knocks = Vec::new();
        for (signal, _) in [(Signal::Traces, self.traces), (Signal::Metrics, self.metrics)].iter().filter(|it| it.1) {
            knocks.push((signal.path(), Post::new(self, *signal)?.knock().await));
        }
        Ok(knocks)
    }

    /// The way to one of the collector's two doors.
    pub(super) fn way(&self, path: &str) -> webhook::Settings {
        webhook::Settings {
            token_file: self.token_file.clone(),
            headers: self.headers.clone(),
            ca: self.ca.clone(),
            timeout: self.timeout,
            ..webhook::Settings::to(format!("{}{path}", self.endpoint.trim_end_matches('/')))
        }
    }
}
