//! Waiting by condition, with a limit that only a broken test meets.

use std::future::Future;
use std::thread;
use std::time::{Duration, Instant};

/// Nothing takes this long, on however busy a computer.
const LIMIT: Duration = Duration::from_secs(60);

/// Asks until there is an answer.
///
/// # Panics
/// When there is none after a minute.
pub fn until<T>(what: &str, mut find: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(begun.elapsed() < LIMIT, "this never came: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Runs something asynchronous to its end on a thread of its own, so that it does not matter who calls.
///
/// # Panics
/// When it panics, or takes longer than a minute.
pub fn run<T: Send>(future: impl Future<Output = T> + Send) -> T {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async { tokio::time::timeout(LIMIT, future).await.expect("an end within a minute") })
    };
    thread::scope(|scope| scope.spawn(run).join()).unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
