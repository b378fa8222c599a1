//! Power cuts: at every point of a story, with every part of what was not synced lost, torn or turned to garbage.

use std::collections::BTreeMap;

use super::sim::{Image, Op, SimDisk, put};
use super::{commit, judge, reopen, story};
use crate::journal::{JournalError, Lsn};

/// The unit in which a disk may keep or lose parts of a write; as small beside our segments as 512 bytes are beside real
/// ones.
const SECTOR: usize = 16;

/// What a power cut may leave of a trace: files by number, and the names that lead to them.
#[derive(Debug, Clone, Default)]
struct Survivors {
    contents: Vec<Vec<u8>>,
    names: BTreeMap<String, usize>,
    unsynced_writes: Vec<(usize, usize, Vec<u8>)>,
    /// Each with the file that it creates, if it does.
    unsynced_names: Vec<(Op, usize)>,
    /// Where each name leads by now, synced or not.
    current: BTreeMap<String, usize>,
    acknowledged: Lsn,
}

impl Survivors {
    fn holding(files: &Image) -> Survivors {
        let names: BTreeMap<_, _> = files.keys().cloned().zip(0..).collect();
        Survivors { contents: files.values().cloned().collect(), current: names.clone(), names, ..Survivors::default() }
    }

    fn go_on(&mut self, op: &Op) {
        match op {
            Op::Write(name, offset, bytes) => {
                let write = (self.current[name], *offset, bytes.clone());
                self.unsynced_writes.push(write);
            }
            Op::Sync(name) => self.sync(self.current[name]),
            Op::SyncNames => {
                self.names = self.current.clone();
                self.unsynced_names.clear();
            }
            Op::Acknowledge(lsn) => self.acknowledged = *lsn,
            Op::Create(_) | Op::Rename(..) | Op::Remove(_) => {
                let created = self.contents.len();
                if matches!(op, Op::Create(_)) {
                    self.contents.push(Vec::new());
                }
                rename(&mut self.current, op, created);
                self.unsynced_names.push((op.clone(), created));
            }
        }
    }

    fn sync(&mut self, file: usize) {
        for (_, offset, bytes) in self.unsynced_writes.extract_if(.., |write| write.0 == file) {
            put(&mut self.contents[file], offset, &bytes);
        }
    }

    /// Every image that the power cut may leave. Names survive in the order in which they were changed.
    fn images(&self, judge: &mut dyn FnMut(Image)) {
        let mut names = self.names.clone();
        self.images_with(&names, judge);
        for (op, created) in &self.unsynced_names {
            rename(&mut names, op, *created);
            self.images_with(&names, judge);
        }
    }

    /// The image that the next process sees when only this one ends.
    fn visible(&self) -> Image {
        let mut contents = self.contents.clone();
        self.write_all_but(usize::MAX, &mut contents);
        self.image(&self.current, &contents)
    }

    /// With the other writes lost or whole, each unsynced write in all its forms.
    fn images_with(&self, names: &BTreeMap<String, usize>, judge: &mut dyn FnMut(Image)) {
        judge(self.image(names, &self.contents));
        for (torn, (file, offset, bytes)) in self.unsynced_writes.iter().enumerate() {
            let mut others = self.contents.clone();
            for keep_others in [false, true] {
                if keep_others {
                    self.write_all_but(torn, &mut others);
                }
                for pieces in forms(bytes) {
                    let mut contents = others.clone();
                    for (at, piece) in pieces {
                        put(&mut contents[*file], offset + at, &piece);
                    }
                    judge(self.image(names, &contents));
                }
            }
        }
    }

    fn write_all_but(&self, torn: usize, contents: &mut [Vec<u8>]) {
        for (number, (file, offset, bytes)) in self.unsynced_writes.iter().enumerate() {
            if number != torn {
                put(&mut contents[*file], *offset, bytes);
            }
        }
    }

    fn image(&self, names: &BTreeMap<String, usize>, contents: &[Vec<u8>]) -> Image {
        let file = |(name, file): (&String, &usize)| (name.clone(), contents[*file].clone());
        names.iter().map(file).collect()
    }
}

fn rename(names: &mut BTreeMap<String, usize>, op: &Op, created: usize) {
    match op {
        Op::Create(name) => drop(names.insert(name.clone(), created)),
        Op::Rename(from, to) => {
            let file = names.remove(from).unwrap();
            names.insert(to.clone(), file);
        }
        Op::Remove(name) => drop(names.remove(name)),
        _ => unreachable!("changes no name: {op:?}"),
    }
}

/// What a disk may have kept of a write that was not synced.
fn forms(bytes: &[u8]) -> Vec<Vec<(usize, Vec<u8>)>> {
    let mut forms = vec![vec![(0, bytes.to_vec())]];
    for cut in 0..bytes.len() {
        let (before, after) = bytes.split_at(cut);
        forms.push(vec![(0, before.to_vec())]);
        forms.push(vec![(cut, after.to_vec())]);
        forms.push(vec![(0, before.to_vec()), (cut, vec![0xa5; after.len()])]);
    }
    for start in (0..bytes.len()).step_by(SECTOR) {
        let end = (start + SECTOR).min(bytes.len());
        let (before, sector, after) = (&bytes[..start], &bytes[start..end], &bytes[end..]);
        forms.push(vec![(start, sector.to_vec())]);
        forms.push(vec![(0, before.to_vec()), (end, after.to_vec())]);
        let garbage = vec![0xa5; sector.len()];
        forms.push(vec![(0, before.to_vec()), (start, garbage), (end, after.to_vec())]);
    }
    forms
}

/// Recovers an image, which no crash may make impossible, and finds all that was promised in it.
#[track_caller]
fn recovers(disk: &SimDisk, acknowledged: Lsn) -> Result<Lsn, JournalError> {
    let (_, recovered) = reopen(disk)?;
    let last = judge(&recovered);
    assert!(last >= acknowledged, "{last} recovered, {acknowledged} promised");
    assert_eq!(recovered.bad_checkpoints, Vec::<std::path::PathBuf>::new());
    Ok(last)
}

/// What is appended after the recovery is found next time, right behind what was recovered.
fn goes_on(disk: &SimDisk) -> Result<(), JournalError> {
    let (mut writer, recovered) = reopen(disk)?;
    let last = judge(&recovered);
    commit(&mut writer, 2, disk)?;
    let (_, recovered) = reopen(disk)?;
    assert_eq!(judge(&recovered), Lsn(last.0 + 2));
    assert_eq!(recovered.cut, None);
    Ok(())
}

/// Goes through a story and stops after each change.
fn at_every_point(stop: &mut dyn FnMut(&Survivors, &Op)) {
    let disk = SimDisk::default();
    story(&disk).unwrap();
    let mut survivors = Survivors::default();
    for op in disk.trace() {
        survivors.go_on(&op);
        stop(&survivors, &op);
    }
}

#[test]
fn every_power_cut_leaves_a_journal_with_all_that_was_promised() {
    let (mut images, mut cuts) = (0, 0);
    at_every_point(&mut |survivors, op| {
        survivors.images(&mut |image| {
            let disk = SimDisk::holding(image);
            let found = recovers(&disk, survivors.acknowledged);
            found.unwrap_or_else(|error| panic!("{error} after {op:?}"));
            images += 1;
            cuts += usize::from(disk.trace().len() > 1);
            goes_on(&disk).unwrap();
        });
    });
    assert!(images > 40_000, "{images} images");
    assert!(cuts > 5_000, "{cuts} images with something to cut");
}

#[test]
fn a_second_power_cut_during_recovery_loses_nothing() {
    let (mut images, mut second) = (0, 0);
    at_every_point(&mut |survivors, _| {
        survivors.images(&mut |image| {
            images += 1;
            if images % 1997 == 0 {
                second += cut_again(&image, survivors.acknowledged);
            }
        });
    });
    assert!(second > 10_000, "{second} second power cuts");
}

/// Recovers an image and cuts the power at every point of that.
fn cut_again(image: &Image, acknowledged: Lsn) -> usize {
    let disk = SimDisk::holding(image.clone());
    recovers(&disk, acknowledged).unwrap();
    let mut survivors = Survivors::holding(image);
    let mut images = 0;
    for op in disk.trace() {
        survivors.go_on(&op);
        survivors.images(&mut |image| {
            images += 1;
            recovers(&SimDisk::holding(image), acknowledged).unwrap();
        });
    }
    images
}

/// A killed runtime leaves unsynced changes in the cache. The next one reads them there, and from then on they count.
#[test]
fn what_was_recovered_after_a_kill_survives_a_power_cut() {
    at_every_point(&mut |survivors, op| {
        let disk = SimDisk::holding(survivors.visible());
        let mut survivors = survivors.clone();
        let (mut writer, recovered) = reopen(&disk).unwrap();
        disk.acknowledge(judge(&recovered));
        commit(&mut writer, 1, &disk).unwrap();
        for op in disk.trace() {
            survivors.go_on(&op);
        }
        survivors.images(&mut |image| {
            let found = recovers(&SimDisk::holding(image), survivors.acknowledged);
            found.unwrap_or_else(|error| panic!("{error} after {op:?}"));
        });
    });
}
