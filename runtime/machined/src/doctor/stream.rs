//! The stream: whether it is there, takes the node's subjects, and keeps what it takes.

use super::Finding;
use crate::config::Settings;
use machine_host::delivery::jetstream::Layout;
use machine_nats::async_nats::header::{NATS_EXPECTED_LAST_MESSAGE_ID, NATS_MESSAGE_ID};
use machine_nats::async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType};
use machine_nats::async_nats::{HeaderMap, RequestErrorKind};
use machine_nats::stream::StreamError;
use machine_nats::{Connection, subject};
use machine_value::counted;
use std::time::Duration;

/// The most that an event takes in a message, headers included.
const LARGEST: usize = 66 * 1024;
/// What a node sends again after a lost answer comes within this time.
const WINDOW: Duration = Duration::from_secs(120);

/// How a server comes to JetStream.
pub(super) const JETSTREAM: &str =
    "add `jetstream { store_dir: \"…\" }` to the server's configuration, and enable it for the account";

/// Looks at all of it.
pub(super) async fn examine(connection: &Connection, settings: &Settings, findings: &mut Vec<Finding>) {
    let events = &settings.events.nats;
    let name = events.stream.as_deref().unwrap_or_default();
    let info = match connection.stream(name).await {
        Ok(info) => info,
        Err(error) => {
            let is_alone = connection.client().server_info().cluster.is_none();
            findings.push(missing(&error, settings, is_alone, connection.link().denied));
            return;
        }
    };
    findings
        .push(Finding::ok("stream", format!("`{name}` is there, with {}", counted(info.state.messages, "message"))));
    findings.push(payload(connection.max_payload(), &info.config));
    findings.push(subjects(settings, &info.config));
    findings.extend(permission(connection, settings, name, &info).await);
    findings.extend(keeps(settings, &info));
    findings.extend(window(settings, &info.config));
    findings.extend(copies(&info));
}

/// Why it cannot be looked at; whether the server belongs to no cluster, and what it refused.
fn missing(error: &StreamError, settings: &Settings, is_alone: bool, denied: Option<String>) -> Finding {
    let shape = settings.events.nats.shape();
    match error {
        StreamError::NoStream { name } => match shape {
            Some(shape) if is_alone && shape.replicas > 1 => {
                let text = format!("`{name}` cannot be made on {} servers: this one is in no cluster", shape.replicas);
                Finding::fault("stream", text).help("write `replicas = 1` in `create` of `[events.nats]`")
            }
            Some(_) => Finding::warning("stream", format!("`{name}` is not there; the node makes it when it starts"))
                .help(format!("nothing, or make it by hand: {}", add(settings, name))),
            None => Finding::fault("stream", format!("there is no stream `{name}`")).help(add(settings, name)),
        },
        StreamError::NoJetStream => Finding::fault("jetstream", error).help(JETSTREAM),
        StreamError::NoAnswer => {
            let why = denied.map_or_else(|| error.to_string(), |words| format!("refused: {words}"));
            Finding::fault("permissions", format!("the stream cannot be looked at: {why}"))
                .help("allow the node's user to publish `$JS.API.STREAM.INFO.*` and `$JS.API.STREAM.MSG.GET.*`, and to subscribe to `_INBOX.>`")
        }
        StreamError::Refused { .. } => Finding::fault("stream", error).help("see what the server's log says"),
    }
}

/// The command that makes the stream.
fn add(settings: &Settings, name: &str) -> String {
    let subjects = settings.events.nats.subjects().join(",");
    format!(
        "nats stream add {name} --subjects '{subjects}' --storage file --retention limits --discard old --max-age 30d \
         --dupe-window 2m --replicas 1 --defaults"
    )
}

fn payload(server: usize, config: &Config) -> Finding {
    let of_stream = usize::try_from(config.max_message_size).unwrap_or(usize::MAX);
    if server < LARGEST {
        return Finding::fault(
            "size",
            format!("the server takes {server} bytes a message, and events have up to {LARGEST}"),
        )
        .help(format!("write `max_payload: {LARGEST}`, or more, in the server's configuration"));
    }
    if of_stream < LARGEST {
        return Finding::fault(
            "size",
            format!("the stream takes {of_stream} bytes a message, and events have up to {LARGEST}"),
        )
        .help(format!("nats stream edit {} --max-msg-size {LARGEST}", config.name));
    }
    Finding::ok("size", format!("events have up to {LARGEST} bytes, and the server takes {}", server.min(of_stream)))
}

fn subjects(settings: &Settings, config: &Config) -> Finding {
    let wanted = settings.events.nats.subjects();
    let is_taken = |pattern: &String| {
        let sample = pattern.replace('>', "a.b");
        config.subjects.iter().any(|it| subject::matches(it, &sample))
    };
    let (taken, missing): (Vec<_>, Vec<_>) = wanted.into_iter().partition(is_taken);
    if missing.is_empty() {
        return Finding::ok("subjects", format!("`{}` is taken", taken.join("`, `")));
    }
    // A stream takes no two subjects of which one holds the other.
    let apart = |it: &&String| !missing.iter().any(|wide| subject::matches(wide, it));
    let all: Vec<_> = config.subjects.iter().filter(apart).chain(&missing).cloned().collect();
    Finding::fault("subjects", format!("the stream does not take `{}`", missing.join("`, `"))).help(format!(
        "nats stream edit {} --subjects '{}'",
        config.name,
        all.join(",")
    ))
}

/// Publishes what the stream has to refuse: nothing is stored, and whether it would have been let in shows.
async fn permission(connection: &Connection, settings: &Settings, name: &str, info: &Info) -> Vec<Finding> {
    let node = settings.node.clone().unwrap_or_else(machine_host::host_name);
    let (to, own) = match settings.events.nats.layout() {
        Layout::Machine => {
            let own = format!("{}.{}", settings.events.nats.subject, subject::token(&node));
            (format!("{own}.@"), vec![format!("{own}.>")])
        }
        Layout::Choria => ("choria.machine.transition".to_owned(), settings.events.nats.subjects()),
    };
    let mut headers = HeaderMap::new();
    headers.insert(NATS_EXPECTED_LAST_MESSAGE_ID, "machined doctor: no message has this id");
    headers.insert(NATS_MESSAGE_ID, "machined doctor: this is never stored");
    let asked = connection.client().request_with_headers(to.clone(), headers, "".into()).await;
    let refused = |what: &str, words: Option<String>| {
        let words = words.unwrap_or_else(|| "no answer".to_owned());
        Finding::fault("permissions", format!("the node may not {what}: {words}"))
    };
    let publish = match (asked, connection.link().denied) {
        (Ok(_), _) => Some(Finding::ok("permissions", format!("the node may publish `{to}`"))),
        // That no stream takes it is told elsewhere.
        (Err(error), None) if error.kind() == RequestErrorKind::NoResponders => None,
        (Err(_), denied) => Some(
            refused(&format!("publish `{to}`"), denied)
                .help(format!("allow the node's user to publish `{}`", own.join("`, `"))),
        ),
    };
    let read = match connection.message_at(name, info.state.last_sequence.max(1)).await {
        Ok(_) => Finding::ok("permissions", "the node may look whether the stream still holds its events"),
        Err(_) => refused("look at messages of the stream", connection.link().denied)
            .help(format!("allow the node's user to publish `$JS.API.STREAM.MSG.GET.{name}`")),
    };
    publish.into_iter().chain([read]).collect()
}

fn keeps(settings: &Settings, info: &Info) -> Vec<Finding> {
    let config = &info.config;
    let edit = format!("nats stream edit {}", config.name);
    let mut findings = Vec::new();
    if config.retention != RetentionPolicy::Limits {
        let text = "it forgets a message as soon as its consumers have it, and then nobody can look whether it arrived";
        findings.push(Finding::warning("retention", text).help("make a stream with `--retention limits`"));
    }
    if config.storage == StorageType::Memory {
        let text = "it is kept in memory: when the server restarts, nodes send all that they still hold again";
        findings.push(Finding::warning("storage", text).help("make a stream with `--storage file`"));
    }
    let budget = settings.journal.keep_for();
    if !config.max_age.is_zero() && config.max_age < budget {
        let (age, budget) = (words(config.max_age), words(budget));
        let text = format!("it keeps messages for {age}, and nodes keep events for {budget} (`journal.keep-for`)");
        findings.push(Finding::warning("retention", text).help(format!("{edit} --max-age {budget}")));
    }
    if config.max_messages_per_subject > 0 {
        let text = format!("it keeps {} of each machine", counted(config.max_messages_per_subject, "message"));
        findings.push(Finding::warning("retention", text).help(format!("{edit} --max-msgs-per-subject=-1")));
    }
    findings.extend(room(info, &edit));
    if findings.is_empty() {
        let age =
            if config.max_age.is_zero() { "for ever".to_owned() } else { format!("for {}", words(config.max_age)) };
        findings.push(Finding::ok("retention", format!("it keeps messages {age}")));
    }
    findings
}

fn room(info: &Info, edit: &str) -> Option<Finding> {
    let limits = [
        ("bytes", info.config.max_bytes, info.state.bytes, "max-bytes"),
        ("messages", info.config.max_messages, info.state.messages, "max-msgs"),
    ];
    for (what, limit, used, flag) in limits {
        let Ok(limit) = u64::try_from(limit) else { continue };
        if limit == 0 {
            continue;
        }
        let is_new = info.config.discard == DiscardPolicy::New;
        if is_new && used >= limit {
            return Some(
                Finding::fault("room", format!("it is full: {used} of {limit} {what}"))
                    .help(format!("{edit} --{flag}={}, or --discard old", limit * 2)),
            );
        }
        if is_new {
            let text = format!("when it is full ({used} of {limit} {what} now) it takes no more events");
            return Some(Finding::warning("room", text).help(format!("{edit} --discard old")));
        }
        if used >= limit / 10 * 9 {
            let text = format!("it is full ({used} of {limit} {what}), so old messages go before their time");
            return Some(Finding::warning("room", text).help(format!("{edit} --{flag}={}", limit * 2)));
        }
    }
    None
}

fn window(settings: &Settings, config: &Config) -> Option<Finding> {
    let is_short = config.duplicate_window < WINDOW;
    if settings.events.nats.layout() == Layout::Machine || !is_short {
        return Some(Finding::ok("duplicates", format!("ids are known again for {}", words(config.duplicate_window))));
    }
    let text = format!("ids are known again for {} only", words(config.duplicate_window));
    Some(Finding::warning("duplicates", text).help(format!("nats stream edit {} --dupe-window 2m", config.name)))
}

pub(super) fn copies(info: &Info) -> Option<Finding> {
    let replicas = info.config.num_replicas;
    let servers = info.cluster.as_ref().and_then(|it| it.name.as_ref());
    match servers {
        Some(cluster) if replicas < 3 => {
            let text = format!("it is on {replicas} server of the cluster `{cluster}`: what that one loses is lost");
            Some(Finding::warning("replicas", text).help(format!("nats stream edit {} --replicas 3", info.config.name)))
        }
        _ => Some(Finding::ok("replicas", format!("{replicas}"))),
    }
}

pub(super) fn words(duration: Duration) -> String {
    machine_value::duration_text(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}
