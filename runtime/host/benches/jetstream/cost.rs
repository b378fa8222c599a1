//! What a run costs: the time that passed, and the time of processors, which does not count waiting for one.

use crate::{EVENTS, Outcome};
use rustix::time::{ClockId, clock_gettime};
use std::fs;
use std::time::{Duration, Instant};

/// A moment, and what was used until then.
pub(crate) struct Moment {
    at: Instant,
    here: Duration,
    server: Duration,
}

/// What a run took for each event, in microseconds.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) time: f64,
    /// Of processors, in this process.
    pub(crate) here: f64,
    /// Of processors, in the server.
    pub(crate) server: f64,
}

impl Moment {
    /// Now, with the server of this process id.
    pub(crate) fn now(server: u32) -> Outcome<Self> {
        let here = clock_gettime(ClockId::ProcessCPUTime).try_into()?;
        Ok(Self { here, server: used(server)?, at: Instant::now() })
    }

    /// What it took from this moment to that one.
    pub(crate) fn until(&self, end: &Self) -> Cost {
        let each = |time: Duration| time.as_secs_f64() * 1e6 / EVENTS as f64;
        Cost {
            time: each(end.at - self.at),
            here: each(end.here.saturating_sub(self.here)),
            server: each(end.server.saturating_sub(self.server)),
        }
    }
}

impl Cost {
    pub(crate) fn median(costs: &[Cost]) -> Cost {
        let of = |part: fn(&Cost) -> f64| {
            let mut parts: Vec<_> = costs.iter().map(part).collect();
            parts.sort_by(f64::total_cmp);
            parts.get(parts.len() / 2).copied().unwrap_or_default()
        };
        Cost { time: of(|it| it.time), here: of(|it| it.here), server: of(|it| it.server) }
    }

    pub(crate) fn rate(&self) -> f64 {
        1e6 / self.time
    }
}

/// What all threads of a process have used.
fn used(process: u32) -> Outcome<Duration> {
    let mut used = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let times = fs::read_to_string(thread?.path().join("schedstat"))?;
        used += times.split_whitespace().next().and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(used))
}
