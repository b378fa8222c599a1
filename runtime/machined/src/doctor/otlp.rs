//! The collector of traces and metrics: whether it takes what it is sent.

use super::Finding;
use crate::config::Settings;
use machine_host::otlp::Knock;

/// Sends it an empty request of each kind; it stores nothing of these.
pub(super) async fn examine(settings: &Settings) -> Vec<Finding> {
    let node = settings.node.clone().unwrap_or_else(machine_host::host_name);
    let Some(otlp) = settings.otlp.settings(&node) else { return Vec::new() };
    match otlp.knock().await {
        Ok(knocks) if knocks.is_empty() => {
            let none = Finding::warning("otlp", "a collector is named, and neither traces nor metrics go to it");
            vec![none.help("set `traces = true` or `metrics = true` in `[otlp]`")]
        }
        Ok(knocks) => knocks.into_iter().map(|(path, knock)| found(&otlp.endpoint, path, knock)).collect(),
        Err(error) => vec![Finding::fault("otlp", error).help("see to the files and headers in `[otlp]`")],
    }
}

fn found(endpoint: &str, path: &str, knock: Knock) -> Finding {
    let shown = format!("{}{path}", endpoint.trim_end_matches('/'));
    match knock {
        Knock::Open => Finding::ok("otlp", format!("`{shown}` takes what it is sent")),
        Knock::Closed(why) => {
            Finding::fault("otlp", format!("`{shown}` takes nothing: {why}")).help(way_in(endpoint, &why))
        }
    }
}

fn way_in(endpoint: &str, why: &str) -> &'static str {
    if why.contains("`token-file`") {
        return "put the token that the collector knows into `token-file`, or what it wants instead into `headers`";
    }
    match endpoint.trim_end_matches('/').ends_with(":4317") {
        true => "4317 is the port for gRPC: name the one for HTTP, 4318 unless the collector says otherwise",
        false => "see whether the collector runs, and has a receiver `otlp` with the protocol `http` at this address",
    }
}
