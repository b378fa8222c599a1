//! Records gather while a sync is under way, and only then.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::sim::SimDisk;
use super::{judge, payload, reopen};
use crate::journal::{Journal, Lsn, Options};

/// A journal whose syncs wait to be let go.
struct Held {
    disk: SimDisk,
    journal: Journal,
    begun: Receiver<()>,
    go_on: Sender<()>,
}

fn held(buffer_size: usize) -> Held {
    let options = Options { segment_size: 1 << 20, buffer_size };
    let disk = SimDisk::default();
    let (journal, _) = Journal::start(Box::new(disk.clone()), options, Box::new(|_| ())).unwrap();
    let (begin, begun) = channel();
    let (go_on, gone_on) = channel();
    disk.hold_syncs(begin, gone_on);
    Held { disk, journal, begun, go_on }
}

#[test]
fn a_crowd_shares_a_sync() {
    let held = held(1 << 20);
    let before = held.disk.syncs();
    held.journal.append(&payload(1)).unwrap();
    held.begun.recv().unwrap();
    for number in 2..=1000 {
        held.journal.append(&payload(number)).unwrap();
    }
    assert_eq!(held.journal.durable(), Lsn::ZERO);
    held.go_on.send(()).unwrap();
    held.journal.wait(Lsn(1)).unwrap();
    held.begun.recv().unwrap();
    held.go_on.send(()).unwrap();
    held.journal.wait(Lsn(1000)).unwrap();
    assert_eq!(held.disk.syncs() - before, 2);
}

#[test]
fn a_full_buffer_holds_the_caller_until_the_disk_is_ready() {
    let held = held(64);
    thread::scope(|scope| {
        let appending = scope.spawn(|| {
            for number in 1..=200 {
                held.journal.append(&payload(number)).unwrap();
            }
        });
        held.begun.recv().unwrap();
        // At most one group is under way and one of 64 bytes waits: the caller cannot be through.
        assert!(!appending.is_finished());
        assert_eq!(held.journal.durable(), Lsn::ZERO);
        drop((&held.begun, held.go_on));
    });
    drop(held.journal);
    let (_, recovered) = reopen(&held.disk).unwrap();
    assert_eq!(judge(&recovered), Lsn(200));
}

#[test]
fn records_of_many_threads_stand_in_the_order_of_their_numbers() {
    let disk = SimDisk::default();
    let report = Box::new(|_| ());
    let (journal, _) = Journal::start(Box::new(disk.clone()), Options::default(), report).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in 0..500_u32 {
                    let lsn = journal.append(&number.to_le_bytes()).unwrap();
                    if number % 50 == 0 {
                        journal.wait(lsn).unwrap();
                        assert!(journal.durable() >= lsn);
                    }
                }
            });
        }
    });
    journal.close().unwrap();
    let (_, recovered) = reopen(&disk).unwrap();
    let lsns: Vec<u64> = recovered.records.iter().map(|(lsn, _)| lsn.0).collect();
    assert_eq!(lsns, (1..=2000).collect::<Vec<_>>());
}
