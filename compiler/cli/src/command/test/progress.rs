//! How far the tests are, on a terminal, when they take long.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What is over sooner needs no bar.
const LONG: Duration = Duration::from_secs(1);

pub(super) struct Progress {
    count: usize,
    done: AtomicU64,
    began: Instant,
    is_wanted: bool,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    pub(super) fn of(count: usize, is_silent: bool) -> Self {
        let is_wanted = !is_silent && std::io::stderr().is_terminal();
        Self { count, done: AtomicU64::new(0), began: Instant::now(), is_wanted, bar: OnceLock::new() }
    }

    /// A test has ended.
    pub(super) fn one_more(&self, name: &str) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.is_wanted && self.began.elapsed() > LONG {
            let bar = self.bar.get_or_init(|| bar(self.count));
            bar.set_position(done);
            bar.set_message(name.to_owned());
        }
    }

    /// All have: the bar goes away.
    pub(super) fn end(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar(count: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{bar:30} {pos} of {len} tests  {wide_msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
