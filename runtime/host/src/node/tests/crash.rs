//! The runtime dies at any moment: what the disk holds then is copied, synced or not, and a node goes on from it.

use super::rig::{Heard, Rig, lamp};
use machine_core::Definition;
use machine_core::definition::Timer;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A sequence that looks like chance and is the same each time.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// All that was heard of one life after the other, each number of each machine with its event.
#[derive(Clone, Default)]
pub(super) struct Story(pub(super) BTreeMap<(String, u64), Heard>);

impl Story {
    pub(super) fn add(&mut self, heard: &[Heard]) {
        for it in heard {
            let before = self.0.insert((it.machine.clone(), it.sequence), it.clone());
            assert!(before.is_none_or(|before| before == *it), "told in two ways: {it:?}");
        }
    }

    /// No number is missing, and the machine leaves the state that it is in and goes on where it was.
    fn assert_adds_up(&self) {
        let mut state = String::new();
        let mut last = BTreeMap::new();
        for ((machine, sequence), event) in &self.0 {
            assert_eq!(*sequence, last.insert(machine, *sequence).unwrap_or(0) + 1, "{machine}");
            match event.text.split_once(" -> ") {
                Some((from, to)) => {
                    assert_eq!(from, state, "{event:?}");
                    state = to.to_owned();
                }
                None => match event.text.split_once(" in ") {
                    Some(("starts", begun)) => state = begun.to_owned(),
                    Some(("goes on", resumed)) => assert_eq!(resumed, state, "{event:?}"),
                    _ => {}
                },
            }
        }
    }
}

pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|it| (it.path(), it.file_name())).unwrap();
        if path.is_dir() { copy(&path, &to.join(name)) } else { drop(fs::copy(&path, to.join(name))) }
    }
}

/// Some steps, each of which may or may not become durable and be seen.
async fn live(rig: &mut Rig, machine: &Definition, chance: &mut Chance) -> super::Node {
    let mut node = rig.run(machine).unwrap();
    for _ in 0..chance.below(12) {
        let asked = rig.asked() as u64;
        if asked > 0 {
            // Now and then an old one: it comes too late.
            let which = asked - 1 - chance.below(asked.min(3));
            node.answered(rig.answer_to(which as usize, chance.below(2) as u8)).unwrap();
        }
        match chance.below(4) {
            0 => node.durable().await,
            1 => node.checkpoint().unwrap(),
            _ => node.settle().unwrap(),
        }
    }
    node
}

#[tokio::test]
async fn from_any_moment_a_node_goes_on_with_all_that_was_seen() {
    let timer = Timer { owner: 1, slot: 0, ms: 3_600_000 };
    let machine = Definition { timers: vec![timer], timer_slots: 1, ..lamp("switch") };
    let mut chance = Chance(7);
    for _ in 0..20 {
        let (mut rig, mut story) = (Rig::new(), Story::default());
        for _ in 0..8 {
            let node = live(&mut rig, &machine, &mut chance).await;
            // First what was seen, then what the disk holds: the copy has to know all of it.
            story.add(&rig.heard());
            let next = Rig::new();
            let gate = rig.gate.clone();
            let still = gate.stand_still();
            copy(&rig.state(), &next.state());
            drop(still);
            drop(node);
            rig = next;
        }
        let mut node = rig.run(&machine).unwrap();
        node.durable().await;
        story.add(&rig.heard());
        story.assert_adds_up();
    }
}
