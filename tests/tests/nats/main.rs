//! Events on their way to JetStream: a real `machined`, a real server, and every fault in between. What is told is
//! judged by a checker that only looks at the stream.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

mod absent;
mod access;
mod backlog;
mod container_manager;
mod copy;
mod full;
mod kill;
mod layout;
mod link;
mod payload;
mod regress;
mod retention;
mod scene;
mod writer;

use machine_tests::node::Site;
use scene::Scene;

/// Three machines that are never quiet: together some hundred events a second.
fn doors() -> String {
    let door = |n: u64| {
        format!(
            "machine door{n} 1.0.0 {{ initial state shut {{ after {0}ms -> open }} state open {{ after {0}ms -> shut }} }}\n",
            40 + 10 * n
        )
    };
    (1..=3).map(door).collect()
}

/// A choir of which each singer has twenty lines.
fn choir() -> String {
    let lines: Vec<_> = (1..=20).map(|n| format!("line {n}")).collect();
    machine_tests::choir::choir(&lines)
}

/// A call of the choir's caller brings about eight hundred events.
fn call(site: &Site) {
    let (code, said) = site.ask(&["fire", "caller", "call"]);
    assert_eq!(code, Some(0), "{said}");
}
