//! Which tests run.

use crate::args::Test as Arguments;
use crate::error::Error;
use crate::output;
use machine_compiler::Tests;
use machine_compiler::model::test::Test;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// Those whose names have one of the texts in them, and that drive one of the machines.
pub(super) fn chosen<'t>(tests: &'t Tests, arguments: &Arguments) -> Vec<&'t Test> {
    let is_named = |it: &&Test| {
        let title = title(it);
        arguments.names.is_empty() || arguments.names.iter().any(|name| title.contains(name.as_str()))
    };
    let is_of_machine = |it: &&Test| {
        let machine = machine(it, tests);
        arguments.machines.is_empty() || arguments.machines.iter().any(|name| machine == name)
    };
    tests.tests.iter().filter(is_named).filter(is_of_machine).collect()
}

/// A test's name; of one of several cases, with the case.
pub(super) fn title(test: &Test) -> String {
    match &test.case {
        Some(case) => format!("{} {case}", test.name),
        None => test.name.clone(),
    }
}

/// The machine that a test drives.
pub(super) fn machine<'t>(test: &Test, tests: &'t Tests) -> &'t str {
    tests.machines.get(test.machine).map_or("", |it| &it.machine.name)
}

/// Writes their names, one a line.
pub(super) fn list(chosen: &[&Test], tests: &Tests) -> Result<(), Error> {
    chosen.iter().try_for_each(|it| output::print(&format!("{}: {}\n", machine(it, tests), title(it))))
}

/// Another one each time; short enough to be typed.
pub(super) fn seed() -> u64 {
    RandomState::new().hash_one(()) % 1_000_000_000
}
