//! All machines of a node, by number and by name.

use crate::machine::Machine;

/// The machines that run. Each gets a number, by which drivers answer; no number is given out twice, so that an
/// answer never reaches a machine that came later.
#[derive(Debug, Default)]
pub(super) struct Fleet {
    /// In the order of their numbers, which is that in which they came.
    machines: Vec<(u32, Box<Machine>)>,
    /// The numbers in the order of the names: each machine knows its own, so it is kept nowhere else.
    by_name: Vec<u32>,
    last: u32,
}

impl Fleet {
    /// Takes in a machine and gives it a number.
    pub(super) fn add(&mut self, machine: Machine) -> u32 {
        self.last += 1;
        let place = self.place_of(machine.loaded.name());
        grow_gently(&mut self.machines);
        self.machines.push((self.last, Box::new(machine)));
        grow_gently(&mut self.by_name);
        match place {
            // A node runs one machine of a name; of two, the later one would have it.
            Ok(index) => self.by_name.iter_mut().skip(index).take(1).for_each(|it| *it = self.last),
            Err(index) => self.by_name.insert(index, self.last),
        }
        self.last
    }

    /// Lets a machine go.
    pub(super) fn remove(&mut self, number: u32) -> Option<Box<Machine>> {
        let index = self.index(number)?;
        if let Ok(place) = self.place_of(self.get(number)?.loaded.name()) {
            self.by_name.remove(place);
        }
        Some(self.machines.remove(index).1)
    }

    /// The machine with this number.
    pub(super) fn get(&self, number: u32) -> Option<&Machine> {
        self.machines.get(self.index(number)?).map(|(_, machine)| machine.as_ref())
    }

    /// The machine with this number.
    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Machine> {
        let index = self.index(number)?;
        self.machines.get_mut(index).map(|(_, machine)| machine.as_mut())
    }

    /// The number of the machine with this name.
    pub(super) fn number_of(&self, name: &str) -> Option<u32> {
        self.by_name.get(self.place_of(name).ok()?).copied()
    }

    /// The numbers of all machines, in the order in which they came.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.machines.iter().map(|(number, _)| *number).collect()
    }

    /// All machines.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Machine> {
        self.machines.iter().map(|(_, machine)| machine.as_ref())
    }

    /// All machines.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Machine> {
        self.machines.iter_mut().map(|(_, machine)| machine.as_mut())
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.machines.len()
    }

    fn index(&self, number: u32) -> Option<usize> {
        self.machines.binary_search_by_key(&number, |(it, _)| *it).ok()
    }

    /// Where a name stands, or would stand, in the order of the names.
    fn place_of(&self, name: &str) -> Result<usize, usize> {
        self.by_name.binary_search_by(|number| self.get(*number).map_or("", |it| it.loaded.name()).cmp(name))
    }
}

/// Makes room for one more. Doubling would leave room for thousands of machines that never come.
pub(super) fn grow_gently<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 8 + 4);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::tests::loaded;
    use machine_core::Definition;

    fn machine(name: &str) -> Machine {
        let mut definition = Definition::example();
        definition.states.last_mut().unwrap().name = name.into();
        Machine::new(loaded(&Definition { name: name.into(), ..definition }), 0)
    }

    #[test]
    fn machines_are_found_by_number_and_by_name_and_no_number_comes_twice() {
        let mut fleet = Fleet::default();
        let numbers = ["b", "c", "a"].map(|name| fleet.add(machine(name)));
        assert_eq!((numbers, fleet.numbers()), ([1, 2, 3], vec![1, 2, 3]));
        assert_eq!(["a", "b", "c", "d"].map(|name| fleet.number_of(name)), [Some(3), Some(1), Some(2), None]);
        assert_eq!(fleet.remove(2).unwrap().loaded.name(), "c");
        assert!(fleet.remove(2).is_none() && fleet.get(2).is_none() && fleet.number_of("c").is_none());
        assert_eq!((fleet.add(machine("c")), fleet.number_of("c"), fleet.len()), (4, Some(4), 3));
    }
}
