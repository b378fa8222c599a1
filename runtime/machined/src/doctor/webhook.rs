//! The webhook: whether somebody listens there, and its files can be read. Nothing is sent: whoever receives events could
//! take a request for one.

use super::Finding;
use super::server::reach;
use crate::config::Settings;
use std::fs::File;

/// Looks at all of it.
pub(super) async fn examine(settings: &Settings) -> Vec<Finding> {
    let Some(webhook) = settings.events.webhook.settings() else { return Vec::new() };
    let mut findings = match webhook.place() {
        Ok((host, port)) => vec![reach("webhook", &webhook.url, (&host, port)).await],
        Err(error) => vec![Finding::fault("webhook", error).help("see to `url` in `[events.webhook]`")],
    };
    let files = [("token-file", &settings.events.webhook.token_file), ("ca", &settings.events.webhook.ca)];
    for (name, file) in files {
        let unreadable = file.as_ref().and_then(|file| Some((file, File::open(file).err()?)));
        findings.extend(unreadable.map(|(file, error)| {
            Finding::fault(name, format!("`{}` cannot be read: {error}", file.display()))
                .help("put it there, for the user that `machined` runs as")
        }));
    }
    findings
}
