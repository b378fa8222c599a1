//! `[events.webhook]`: an address that events are sent to over HTTP.

use super::error::ConfigError;
use super::units;
use machine_host::delivery::webhook::{Mode, Refused, Settings};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Where events are sent, and how.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Webhook {
    /// None: nowhere.
    pub(crate) url: Option<String>,
    pub(crate) mode: HttpMode,
    pub(crate) token_file: Option<PathBuf>,
    pub(crate) ca: Option<PathBuf>,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    #[serde(deserialize_with = "timeout")]
    pub(crate) timeout: Duration,
    pub(crate) refused: WhenRefused,
    pub(crate) headers: BTreeMap<String, String>,
}

/// How events stand in a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HttpMode {
    #[default]
    Structured,
    Binary,
    Batch,
}

/// What becomes of an event that the other end will never take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WhenRefused {
    #[default]
    Stop,
    PutAside,
}

impl Default for Webhook {
    fn default() -> Self {
        Self {
            url: None,
            mode: HttpMode::default(),
            token_file: None,
            ca: None,
            certificate: None,
            key: None,
            timeout: Duration::from_secs(10),
            refused: WhenRefused::default(),
            headers: BTreeMap::new(),
        }
    }
}

impl Webhook {
    /// What the carrier needs to be told, if there is one.
    pub(crate) fn settings(&self) -> Option<Settings> {
        let url = self.url.as_ref()?;
        Some(Settings {
            mode: match self.mode {
                HttpMode::Structured => Mode::Structured,
                HttpMode::Binary => Mode::Binary,
                HttpMode::Batch => Mode::Batch,
            },
            token_file: self.token_file.clone(),
            headers: self.headers.clone().into_iter().collect(),
            ca: self.ca.clone(),
            identity: self.certificate.clone().zip(self.key.clone()),
            timeout: self.timeout,
            refused: match self.refused {
                WhenRefused::Stop => Refused::Stop,
                WhenRefused::PutAside => Refused::PutAside,
            },
            ..Settings::to(url)
        })
    }

    /// Whether it has both halves of what shows who the node is, or none.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let is_half = self.certificate.is_some() != self.key.is_some();
        if is_half { Err(ConfigError::HalfIdentity) } else { Ok(()) }
    }

    pub(super) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.token_file.iter_mut().chain(&mut self.ca).chain(&mut self.certificate).chain(&mut self.key)
    }
}

pub(super) const EXAMPLE: &str = r#"# An address that events are sent to over HTTP.
[events.webhook]
# Each event is POSTed to it until it is taken; docs/delivery.md says what is promised. Nothing is sent without it.
#url = "https://events.example.net/machines"
# "structured": the event in the body. "binary": its attributes in headers, its data in the body. "batch": many events in
# the body, as a JSON array.
mode = "structured"
# A file with a token, sent as `Authorization: Bearer TOKEN`; read again when it is not accepted.
#token-file = "webhook.token"
# A file with the certificates (PEM) to trust, in place of those that the system trusts.
#ca = "ca.pem"
# The certificate (PEM) by which the node shows who it is, if the other end asks, and its key; read at the start.
#certificate = "n1.pem"
#key = "n1.key"
# A request that takes longer has failed, and is sent again.
timeout = "10s"
# An event that the other end will never take (400, 413, 422) stops everything until it is taken: "stop". Or it is passed
# over, and an event `machine.v1.undeliverable` names it: "put-aside".
refused = "stop"
# More headers.
#headers = { x-site = "lab" }
"#;

fn timeout<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    units::duration_from(from, Duration::from_millis(100))
}
