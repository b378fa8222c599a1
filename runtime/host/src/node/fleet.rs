//! All machines of a node, by number and by name.

use crate::machine::Machine;
use std::collections::BTreeMap;

/// The machines that run. Each gets a number, by which drivers answer; no number is given out twice, so that an
/// answer never reaches a machine that came later.
#[derive(Debug, Default)]
pub(super) struct Fleet {
    machines: BTreeMap<u32, Box<Machine>>,
    numbers: BTreeMap<String, u32>,
    last: u32,
}

impl Fleet {
    /// Takes in a machine and gives it a number.
    pub(super) fn add(&mut self, machine: Machine) -> u32 {
        self.last += 1;
        self.numbers.insert(machine.loaded.name().to_owned(), self.last);
        self.machines.insert(self.last, Box::new(machine));
        self.last
    }

    /// Lets a machine go.
    pub(super) fn remove(&mut self, number: u32) -> Option<Box<Machine>> {
        let machine = self.machines.remove(&number)?;
        self.numbers.remove(machine.loaded.name());
        Some(machine)
    }

    /// The machine with this number.
    pub(super) fn get(&self, number: u32) -> Option<&Machine> {
        self.machines.get(&number).map(Box::as_ref)
    }

    /// The machine with this number.
    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Machine> {
        self.machines.get_mut(&number).map(Box::as_mut)
    }

    /// The number of the machine with this name.
    pub(super) fn number_of(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The numbers of all machines, in the order in which they came.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.machines.keys().copied().collect()
    }

    /// All machines.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Machine> {
        self.machines.values().map(Box::as_ref)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.machines.len()
    }
}
