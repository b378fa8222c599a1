//! `machined doctor`: what is wrong with what a node wants of NATS (the way of its events, the buckets of its machines),
//! one thing after the other, each with its way out; then the webhook, the way of traces and metrics to a collector, and
//! what the runtime says that runs now.
//!
//! Each step looks at one thing and may end the examination, when what comes after it could not be looked at. Nothing is
//! changed on the server, and nothing is published.

mod bucket;
mod buckets;
mod finding;
mod login;
mod otlp;
mod runtime;
mod server;
mod stream;
mod webhook;

#[cfg(test)]
mod tests;

pub(crate) use finding::{Finding, Grade};

use crate::args::Doctor;
use crate::config::{self, ConfigError, Settings};
use std::io;

/// The exit code when something is at fault.
const FAULT: u8 = 1;

/// Examines what a configuration says; what to print, and the exit code.
///
/// # Errors
/// When the configuration cannot be read or is not in order.
pub(crate) fn examine(it: &Doctor) -> Result<(String, u8), ConfigError> {
    let settings = config::read(&it.config)?;
    let mut findings = findings(&settings).unwrap_or_else(|error| vec![Finding::fault("doctor", error)]);
    findings.extend(it.state.as_deref().or(settings.state.as_deref()).map(runtime::examine).into_iter().flatten());
    let is_fault = findings.iter().any(|it| it.grade == Grade::Fault);
    let text = if it.json { finding::json(&findings) } else { finding::lines(&findings) };
    Ok((text, if is_fault { FAULT } else { 0 }))
}

fn findings(settings: &Settings) -> io::Result<Vec<Finding>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let findings = runtime.block_on(async {
        let mut findings = all(settings).await;
        findings.extend(webhook::examine(settings).await);
        findings.extend(otlp::examine(settings).await);
        findings
    });
    runtime.shutdown_background();
    Ok(findings)
}

async fn all(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(nats) = settings.nats.connection() else {
        let none = Finding::ok("nats", "the configuration names no server, so there is nothing to connect to");
        return vec![none.help("add a section `[nats]` with `servers`, if events are to go to NATS")];
    };
    findings.extend(login::files(&settings.nats));
    let reached = server::reachable(nats).await;
    let is_reached = reached.iter().any(|it| it.grade == Grade::Ok);
    findings.extend(reached);
    if !is_reached {
        return findings;
    }
    let connection = match server::connected(nats, &mut findings).await {
        Some(connection) => connection,
        None => return findings,
    };
    if settings.events.nats.stream.is_some() {
        stream::examine(&connection, settings, &mut findings).await;
    } else {
        let none = Finding::warning("events", "no stream is named, so no events go to NATS");
        findings.push(none.help("add a section `[events.nats]` with `stream = \"MACHINES\"`"));
    }
    buckets::examine(&connection, settings, &mut findings).await;
    findings
}
