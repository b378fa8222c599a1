//! `[otlp]`: a collector of OpenTelemetry that gets traces and metrics.

use super::units::{self, Mistake};
use machine_host::otlp::Settings;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt::{self, Formatter};
use std::path::PathBuf;
use std::time::Duration;

/// Where the collector is, and what it gets; nothing by default.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Otlp {
    /// None: nobody gets anything.
    #[serde(deserialize_with = "endpoint")]
    pub(crate) endpoint: Option<String>,
    pub(crate) traces: bool,
    pub(crate) metrics: bool,
    #[serde(deserialize_with = "every")]
    pub(crate) every: Duration,
    pub(crate) token_file: Option<PathBuf>,
    pub(crate) ca: Option<PathBuf>,
    #[serde(deserialize_with = "timeout")]
    pub(crate) timeout: Duration,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) resource: Attributes,
}

impl Default for Otlp {
    fn default() -> Self {
        Self {
            endpoint: None,
            traces: true,
            metrics: true,
            every: Duration::from_secs(60),
            token_file: None,
            ca: None,
            timeout: Duration::from_secs(10),
            headers: BTreeMap::new(),
            resource: Attributes::default(),
        }
    }
}

impl Otlp {
    /// What a node of this name needs to be told, if it has a collector.
    pub(crate) fn settings(&self, node: &str) -> Option<Settings> {
        let endpoint = self.endpoint.as_ref()?;
        Some(Settings {
            traces: self.traces,
            metrics: self.metrics,
            every: self.every,
            token_file: self.token_file.clone(),
            headers: self.headers.clone().into_iter().collect(),
            ca: self.ca.clone(),
            timeout: self.timeout,
            resource: self.resource.0.clone().into_iter().collect(),
            ..Settings::to(endpoint, node)
        })
    }

    pub(super) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.token_file.iter_mut().chain(&mut self.ca)
    }
}

pub(super) const EXAMPLE: &str = r#"# A collector of OpenTelemetry; docs/otlp.md lists every span and every name.
[otlp]
# Its address for OTLP over HTTP, to which `/v1/traces` and `/v1/metrics` are added. Nothing is sent without it.
#endpoint = "http://127.0.0.1:4318"
# Whether it gets traces: what machines did, from the journal, so that an outage of the collector loses nothing.
traces = true
# Whether it gets metrics, those that Prometheus reads, and how often.
metrics = true
every = "1m"
# A file with a token, sent as `Authorization: Bearer TOKEN`; read again when it is not accepted.
#token-file = "otlp.token"
# A file with the certificates (PEM) to trust, in place of those that the system trusts.
#ca = "ca.pem"
# A request that takes longer has failed.
timeout = "10s"
# More headers.
#headers = { x-scope-orgid = "lab" }

# What is said of the node beside `service.name`, `service.version`, `service.instance.id` and `host.name`, or in place of
# these.
[otlp.resource]
#deployment.environment.name = "production"
"#;

/// An address without the paths of the protocol.
fn endpoint<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    units::text(from, "an address", |text| {
        let rest = ["http://", "https://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        let host = rest.and_then(|it| it.split(['/', ':', '?']).next()).unwrap_or_default();
        let is_address =
            rest.is_some_and(|it| it.bytes().all(|sign| sign.is_ascii_graphic() && !b"?#@".contains(&sign)));
        if host.is_empty() || !is_address {
            let help = "write it in full, with the port for HTTP: \"http://127.0.0.1:4318\"";
            return Err(Mistake::new(format!("`{text}` is no address of a collector"), help));
        }
        for path in ["/v1/traces", "/v1/metrics"] {
            if let Some(start) = text.trim_end_matches('/').strip_suffix(path) {
                let help = format!("write \"{start}\"");
                return Err(Mistake::new(format!("`{path}` is added by the node"), help));
            }
        }
        Ok(Some(text.to_owned()))
    })
}

fn every<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    units::duration_from(from, Duration::from_secs(1))
}

fn timeout<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    units::duration_from(from, Duration::from_millis(100))
}

/// Attributes by their names. TOML makes tables of names with dots that are not in quotes; here they are names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Attributes(pub(crate) BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let parts = BTreeMap::<String, Part>::deserialize(from)?;
        let mut names = BTreeMap::new();
        parts.into_iter().for_each(|(name, part)| part.flatten(name, &mut names));
        Ok(Self(names))
    }
}

/// A text, or what begins with the same words.
enum Part {
    Text(String),
    Table(Vec<(String, Part)>),
}

impl Part {
    fn flatten(self, name: String, into: &mut BTreeMap<String, String>) {
        match self {
            Part::Text(text) => drop(into.insert(name, text)),
            Part::Table(parts) => {
                parts.into_iter().for_each(|(rest, part)| part.flatten(format!("{name}.{rest}"), into))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(PartVisitor)
    }
}

struct PartVisitor;

impl<'de> Visitor<'de> for PartVisitor {
    type Value = Part;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a text in quotes")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Part, E> {
        Ok(Part::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Part, A::Error> {
        let mut parts = Vec::new();
        while let Some(part) = map.next_entry()? {
            parts.push(part);
        }
        Ok(Part::Table(parts))
    }
}
