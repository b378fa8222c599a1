//! The webhook: whether somebody listens there, and whether its files and headers can be used. Nothing is sent: whoever
//! receives events could take a request for one.

use super::Finding;
use super::server::reach;
use crate::config::Settings;
use machine_host::delivery::webhook::{Webhook, WebhookError};
use miette::Diagnostic;
use std::error::Error;

/// Looks at all of it.
pub(super) async fn examine(settings: &Settings) -> Vec<Finding> {
    let Some(webhook) = settings.events.webhook.settings() else { return Vec::new() };
    let (host, port) = match webhook.place() {
        Ok(place) => place,
        Err(error) => return vec![unfit(&error)],
    };
    let mut findings = vec![reach("webhook", &webhook.url, (&host, port)).await];
    // A node would not begin with these.
    findings.extend(Webhook::new(webhook).err().map(|error| unfit(&error)));
    findings
}

fn unfit(error: &WebhookError) -> Finding {
    let cause = error.source().map_or_else(String::new, |it| format!(": {it}"));
    let finding = Finding::fault("webhook", format!("{error}{cause}"));
    match error.help() {
        Some(help) => finding.help(help),
        None => finding,
    }
}
