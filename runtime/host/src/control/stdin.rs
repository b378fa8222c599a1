//! Events typed on standard input.

use super::{Request, Requests};
use serde_json::{Value, json};
use std::io::BufRead;
use std::thread;
use tokio::sync::oneshot;

/// Reads lines until the input ends or the node does. A thread of its own waits for them; it ends with the process.
pub(crate) fn listen(requests: Requests) {
    // Without a thread nobody can type; all else goes on.
    let _ = thread::Builder::new().name("input".to_owned()).spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if !line.trim().is_empty() && !pass_on(&requests, &line) {
                return;
            }
        }
    });
}

/// Whether the node still listens.
fn pass_on(requests: &Requests, line: &str) -> bool {
    let (reply, answer) = oneshot::channel();
    if requests.send(Request { what: json!({"line": line}), reply }).is_err() {
        return false;
    }
    let Ok(answer) = answer.blocking_recv() else {
        return false;
    };
    tell(&answer);
    true
}

/// An event that was taken is told as an event; only what went wrong needs words.
fn tell(answer: &Value) {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    if !text("error").is_empty() {
        anstream::eprintln!("note: {}; {}", text("error"), text("help"));
    }
}
