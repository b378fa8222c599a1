//! Events typed on standard input.

use super::{Request, Requests};
use rustix::event::{PollFd, PollFlags, poll};
use serde_json::{Value, json};
use std::io::{BufRead, IsTerminal};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;

/// Reads lines until the input ends or the node does. A thread of its own waits for them; it ends with the process.
pub(crate) fn listen(requests: Requests) {
    // Without a thread nobody can type; all else goes on.
    let _ = thread::Builder::new().name("input".to_owned()).spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            wait_for_turn();
            let mut line = String::new();
            let is_there = input.read_line(&mut line).is_ok_and(|count| count > 0);
            if !is_there || (!line.trim().is_empty() && !pass_on(&requests, line.trim())) {
                return;
            }
        }
    });
}

/// Waits until there is something to read and this process is the one that may: one in the background would be stopped
/// for reading from its terminal.
fn wait_for_turn() {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return;
    }
    loop {
        let mut descriptors = [PollFd::new(&input, PollFlags::IN)];
        let is_ready = poll(&mut descriptors, None).is_ok();
        let owner = rustix::termios::tcgetpgrp(&input);
        if is_ready && owner.is_ok_and(|it| it == rustix::process::getpgrp()) {
            return;
        }
        thread::sleep(Duration::from_secs(1));
    }
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
