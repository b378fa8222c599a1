//! What a machine takes at most: transitions and commands an hour, watchers and timers at once, memory; and the groups of
//! states that it never leaves again once it is there.

use super::edges::{Edge, Edges};
use super::graph::{Cap, Graph};
use super::rate;
use super::relevant::Relevant;
use super::space::{Detail, Space};
use crate::model::{Counted, HandlerId, Machine, StateId, Trigger};
use crate::source::{FileId, SourceMap};
use machine_core::Table;
use serde::Serialize;

/// The figures of one machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// What it is called.
    pub machine: String,
    /// States without states inside.
    pub leaves: usize,
    /// Cases that are told apart: states, data with bounds, timers; nothing if there are too many.
    pub configurations: Option<usize>,
    /// Transitions in any hour that it makes by itself, at most; nothing if there are too many to count.
    pub transitions_per_hour: Option<u64>,
    /// The same for commands.
    pub commands_per_hour: Option<u64>,
    /// Watchers that are active at once, at most.
    pub watchers: usize,
    /// Timers that are armed at once, at most.
    pub timers: usize,
    /// Bytes of memory that it takes while it runs.
    pub memory: usize,
    /// Groups of leaves that it does not leave any more, by their paths; not told where it is all of them.
    pub ends: Vec<Vec<String>>,
}

const HOUR_MS: u64 = 3_600_000;

impl Figures {
    /// Those of a machine that stands in `file`.
    #[must_use]
    pub fn of(sources: &SourceMap, file: FileId, machine: &Machine) -> Self {
        let relevant = Relevant::of(machine, &[]);
        let fine = explore(machine, &relevant, &[Detail::Fine, Detail::Coarse], Cap::default());
        let configurations = fine.as_ref().map(|it| it.configs.len());
        let close = fine.filter(|it| it.configs.len() <= rate::MOST);
        let graph = close.or_else(|| explore(machine, &relevant, &[Detail::States], Cap::of(rate::MOST)));
        let per_hour = |of| Some(rate::figure(graph.as_ref()?, of, HOUR_MS));
        let (transitions, commands) = (per_hour(Counted::Transitions), per_hour(Counted::Commands));
        let most = |count: &dyn Fn(StateId) -> usize| machine.leaves().map(count).max().unwrap_or(0);
        let table = crate::table::flatten(machine, sources, file).encode().unwrap_or_default();
        Self {
            machine: machine.name.clone(),
            leaves: machine.leaves().count(),
            configurations,
            transitions_per_hour: transitions,
            commands_per_hour: commands,
            watchers: most(&|leaf| machine.outwards(leaf).map(|it| machine.state(it).watchers.len()).sum()),
            timers: most(&|leaf| machine.outwards(leaf).map(|it| timers(machine, it)).sum()),
            memory: Table::verify(&table).map_or(0, |it| it.memory()),
            ends: graph.map(|it| ends(&it)).unwrap_or_default(),
        }
    }
}

fn explore<'m>(machine: &'m Machine, relevant: &Relevant, details: &[Detail], cap: Cap) -> Option<Graph<'m>> {
    details.iter().find_map(|detail| Graph::explore(Space::new(machine, relevant, *detail)?, cap))
}

fn timers(machine: &Machine, state: StateId) -> usize {
    let is_timer = |it: &&HandlerId| matches!(machine.handler(**it).trigger, Trigger::After { .. });
    machine.state(state).handlers.iter().filter(is_timer).count()
}

/// Components of leaves that nothing leads out of.
fn ends(graph: &Graph<'_>) -> Vec<Vec<String>> {
    let count = graph.space.leaves.len();
    let (mut leads, mut reached) = (vec![vec![false; count]; count], vec![false; count]);
    for at in 0..graph.configs.len() {
        let from = graph.leaf_at(at);
        reached[from] = true;
        let targets = graph.edges.iter().flat_map(|it| it.from(at as u32));
        targets.for_each(|it| leads[from][graph.leaf_at(it.to as usize)] = true);
    }
    let mut edges = Edges::new();
    for from in &leads {
        let to = from.iter().enumerate().filter(|it| *it.1);
        to.for_each(|it| edges.push(Edge { way: 0, to: it.0 as u32 }));
        edges.end_node();
    }
    let components = edges.components(0..count as u32, |_| true);
    let is_end = |of: u32| {
        (0..count)
            .filter(|it| components[*it] == of)
            .all(|from| leads[from].iter().enumerate().all(|(to, leads)| !leads || components[to] == of))
    };
    let mut numbers: Vec<u32> = (0..count).filter(|it| reached[*it]).map(|it| components[it]).collect();
    let all = numbers.clone();
    numbers.sort_unstable();
    numbers.dedup();
    let path = |leaf: usize| graph.space.machine.state(graph.space.leaves[leaf]).path.to_string();
    let mut ends = Vec::new();
    for of in numbers.into_iter().filter(|it| is_end(*it) && all.iter().any(|other| other != it)) {
        let members = (0..count).filter(|it| reached[*it] && components[*it] == of);
        ends.push(members.map(path).collect());
    }
    ends
}

impl std::fmt::Display for Figures {
    /// Some lines for people; ends with a line break.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known =
            |it: Option<u64>| it.map_or_else(|| "too many to count".to_owned(), |it| format!("at most {it} an hour"));
        let cases = self.configurations.map_or_else(|| "too many to tell apart".to_owned(), |it| it.to_string());
        writeln!(f, "{}", self.machine)?;
        writeln!(f, "    transitions  {} by itself", known(self.transitions_per_hour))?;
        writeln!(f, "    commands     {} by itself", known(self.commands_per_hour))?;
        let (watchers, timers) = (counted(self.watchers, "watcher"), counted(self.timers, "timer"));
        writeln!(f, "    at once      at most {watchers} and {timers}")?;
        writeln!(f, "    memory       {} bytes", self.memory)?;
        writeln!(f, "    cases        {cases}, in {} without states inside", counted(self.leaves, "state"))?;
        for group in &self.ends {
            writeln!(f, "    never leaves {} any more, once it is there", group.join(", "))?;
        }
        Ok(())
    }
}

/// `1 timer`, `2 timers`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
