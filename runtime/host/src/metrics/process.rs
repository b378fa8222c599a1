//! The process, under the names that Prometheus has for any process.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use std::fmt::Error;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

/// See the module.
#[derive(Debug)]
pub(super) struct Process {
    /// When this began, in seconds since 1970.
    start: f64,
}

impl Default for Process {
    fn default() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { start: since.as_secs_f64() }
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let help = "When the process started, in seconds since 1970";
        let start = encoder.encode_descriptor("process_start_time", help, Some(&Unit::Seconds), MetricType::Gauge)?;
        ConstGauge::new(self.start).encode(start)?;
        if let Some(seconds) = processor_time() {
            let (name, help) = ("process_cpu", "Processor time that the process has used");
            let time = encoder.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Counter)?;
            ConstCounter::new(seconds).encode(time)?;
        }
        if let Some(bytes) = resident_memory() {
            let (name, help) = ("process_resident_memory", "Memory that the process has");
            let memory = encoder.encode_descriptor(name, help, Some(&Unit::Bytes), MetricType::Gauge)?;
            ConstGauge::new(bytes).encode(memory)?;
        }
        if let Ok(open) = fs::read_dir("/proc/self/fd") {
            let (name, help) = ("process_open_fds", "Files and sockets that the process has open");
            let files = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            ConstGauge::new(i64::try_from(open.count()).unwrap_or(i64::MAX)).encode(files)?;
        }
        Ok(())
    }
}

/// Seconds of this process, without its commands.
fn processor_time() -> Option<f64> {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let nanoseconds = u32::try_from(now.tv_nsec).ok()?;
    let seconds = u64::try_from(now.tv_sec).ok()?;
    Some(std::time::Duration::new(seconds, nanoseconds).as_secs_f64())
}

fn resident_memory() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?.trim().strip_suffix(" kB")?;
    kilobytes.parse::<i64>().ok()?.checked_mul(1024)
}
