//! What the journal costs, beside the least that its disk can do, in the same run.
//!
//! `cargo bench -p machine-host --bench journal`; the files are made in `TMPDIR`, which should be on the disk that is
//! meant. Nothing is asserted: the figures belong to the machine, the limits beside them to the project.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use machine_host::journal::{Journal, JournalError, Lsn, Options, Progress};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const RECORD: &[u8] = &[0x5a; 200];
const OFFERED_PER_MILLISECOND: usize = 100;
const OFFERED_FOR: Duration = Duration::from_secs(2);
const ROUNDS: usize = 7;
const RECORDS_PER_ROUND: usize = 300;

fn main() -> Outcome<()> {
    let dir = tempfile::tempdir()?;
    group_commit(&dir.path().join("group"))?;
    one_by_one(dir.path())
}

/// 100,000 records a second, offered evenly.
fn group_commit(dir: &Path) -> Outcome<()> {
    let durable = Arc::new(Mutex::new(Vec::<(Lsn, Instant)>::new()));
    let seen = Arc::clone(&durable);
    let report = move |progress| {
        if let (Progress::Durable(lsn), Ok(mut seen)) = (progress, seen.lock()) {
            seen.push((lsn, Instant::now()));
        }
    };
    let (journal, _) = Journal::open(dir, Options::default(), Box::new(report))?;
    let start = Instant::now();
    let appended = offer(&journal, start)?;
    journal.wait(Lsn(appended.len() as u64))?;
    let took = start.elapsed();
    journal.close()?;

    let durable = durable.lock().map_err(|_| "the journal's thread has panicked")?;
    let mut latencies = latencies(&appended, &durable);
    println!("group commit, 100,000 records of 200 B a second offered for {OFFERED_FOR:?}");
    println!("  records a second      {:>9.0}", appended.len() as f64 / took.as_secs_f64());
    println!("  syncs a second        {:>9.0}", durable.len() as f64 / took.as_secs_f64());
    for (name, share) in [("50 %", 0.5), ("99 %", 0.99), ("99.9 %", 0.999), ("all", 1.0)] {
        let limit = if share == 0.99 { "   limit 20 ms" } else { "" };
        println!("  {name:<7} durable after {:>9.2} ms{limit}", millis(quantile(&mut latencies, share)));
    }
    Ok(())
}

fn offer(journal: &Journal, start: Instant) -> Result<Vec<Instant>, JournalError> {
    let mut appended = Vec::new();
    while start.elapsed() < OFFERED_FOR {
        let due = start.elapsed().as_millis() as usize * OFFERED_PER_MILLISECOND;
        while appended.len() < due {
            appended.push(Instant::now());
            journal.append(RECORD)?;
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(appended)
}

/// How long each record took, from the moment when it was appended to the report that covers it.
fn latencies(appended: &[Instant], durable: &[(Lsn, Instant)]) -> Vec<Duration> {
    let mut latencies = Vec::with_capacity(appended.len());
    for (lsn, at) in durable {
        let covered = appended.iter().take(lsn.0 as usize).skip(latencies.len());
        latencies.extend(covered.map(|since| at.duration_since(*since)).collect::<Vec<_>>());
    }
    latencies
}

/// Each record synced before the next, in turns with a loop that does nothing else.
fn one_by_one(dir: &Path) -> Outcome<()> {
    let report = Box::new(|_| ());
    let (journal, _) = Journal::open(&dir.join("single"), Options::default(), report)?;
    let file = preallocated(&dir.join("bare"))?;
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for place in 0..RECORDS_PER_ROUND {
            let offset = (round * RECORDS_PER_ROUND + place) * RECORD.len();
            bare.push(timed(|| append_and_sync(&file, offset))?);
        }
        for _ in 0..RECORDS_PER_ROUND {
            ours.push(timed(|| Ok(journal.wait(journal.append(RECORD)?)?))?);
        }
    }
    let rate = |times: &[Duration]| times.len() as f64 / times.iter().sum::<Duration>().as_secs_f64();
    println!("one synced record at a time, {} of each", bare.len());
    println!("  bare write + fdatasync {:>8.0} a second", rate(&bare));
    println!("  journal                {:>8.0} a second", rate(&ours));
    println!("  ratio of the rates     {:>8.2}   limit 0.80", rate(&ours) / rate(&bare));
    let (bare, ours) = (quantile(&mut bare, 0.5), quantile(&mut ours, 0.5));
    println!("  medians                {:>8.2} and {:.2} ms", millis(bare), millis(ours));
    Ok(())
}

fn preallocated(path: &Path) -> Outcome<File> {
    let file = File::create(path)?;
    file.write_all_at(&vec![0; 4 << 20], 0)?;
    file.sync_all()?;
    Ok(file)
}

fn append_and_sync(file: &File, offset: usize) -> Outcome<()> {
    file.write_all_at(RECORD, offset as u64)?;
    Ok(file.sync_data()?)
}

fn timed(work: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times.get((last as f64 * share) as usize).copied().unwrap_or_default()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
