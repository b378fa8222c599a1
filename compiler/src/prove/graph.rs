//! Every configuration that the machine can come to, breadth first, so that ways to them are the shortest; in the order
//! of the declarations, so that they are always the same.

use super::edges::{Edge, Edges};
use super::event::{Cause, Event};
use super::run::Way;
use super::space::{Config, Space};
use super::table::Table;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// How much of a machine is looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// Configurations beyond which it is too large.
    pub configurations: usize,
    /// Things that can happen, of all configurations together, beyond which they are not kept; some promises need them.
    pub edges: usize,
}

/// Configurations beyond which a machine is too large to be looked through.
pub(super) const MOST: usize = 1 << 20;
/// Ways that are worked out for each configuration that there may be: mostly few are, and hold for many configurations.
const WORK: usize = 2;
/// Edges that are kept for each configuration that there may be.
const EDGES: usize = 64;

impl Cap {
    /// So many configurations, and as many things that can happen as mostly go with them.
    #[must_use]
    pub fn of(configurations: usize) -> Self {
        Self { configurations, edges: configurations.saturating_mul(EDGES) }
    }

    /// What both allow.
    pub(super) fn within(self, other: Self) -> Self {
        Self { configurations: self.configurations.min(other.configurations), edges: self.edges.min(other.edges) }
    }
}

impl Default for Cap {
    fn default() -> Self {
        Self::of(MOST)
    }
}
/// Bits of a configuration up to which there is a place for each.
const DENSE: u32 = 24;

/// How a configuration was come to first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Came {
    /// Position of the configuration before; none at the start.
    pub(super) from: u32,
    pub(super) way: u32,
}

/// There is nothing before.
pub(super) const START: u32 = u32::MAX;

/// All that a machine can come to.
pub(super) struct Graph<'m> {
    pub(super) space: Space<'m>,
    pub(super) table: Table<'m>,
    /// In the order in which they were come to.
    pub(super) configs: Vec<Config>,
    pub(super) came: Vec<Came>,
    pub(super) seen: Seen,
    /// All that can happen in each configuration; nothing if that is too much to keep.
    pub(super) edges: Option<Edges>,
    /// The ways of the start, which [`Came::way`] of the first configurations counts.
    pub(super) starts: Vec<(Config, Way)>,
}

impl<'m> Graph<'m> {
    /// Nothing if there are too many configurations, or if it is too much work.
    pub(super) fn explore(space: Space<'m>, cap: Cap) -> Option<Self> {
        let most = cap.configurations;
        let mut table = Table::new(&space);
        let (starts, endless) = space.starts();
        table.is_endless = endless;
        let (seen, edges) = (Seen::new(space.used), Some(Edges::new()));
        let mut graph = Self { space, table, configs: Vec::new(), came: Vec::new(), seen, edges, starts: Vec::new() };
        for (way, (config, it)) in starts.iter().enumerate() {
            graph.come_to(it.from(*config), Came { from: START, way: way as u32 });
        }
        graph.starts = starts;
        let mut at = 0;
        while at < graph.configs.len() {
            graph.go_on(at);
            if graph.configs.len() > most || graph.table.work > most.saturating_mul(WORK) || graph.table.is_endless {
                return None;
            }
            if graph.edges.as_ref().is_some_and(|it| it.len() > cap.edges) {
                graph.edges = None;
            }
            at += 1;
        }
        Some(graph)
    }

    /// Does all that can happen in the configuration at a position.
    fn go_on(&mut self, at: usize) {
        let config = self.configs[at];
        let leaf = self.space.leaf_index(config);
        for event in 0..self.table.rows[leaf].len() {
            for way in self.table.ways_of(&self.space, config, leaf, event) {
                let next = self.table.jump(way, config);
                // Most of what happens changes nothing, which spares the memory of all others.
                let to = if next == config { at as u32 } else { self.come_to(next, Came { from: at as u32, way }) };
                if let Some(edges) = &mut self.edges {
                    edges.push(Edge { way, to });
                }
            }
        }
        if let Some(edges) = &mut self.edges {
            edges.end_node();
        }
    }

    /// The position of a configuration, which may be new.
    fn come_to(&mut self, config: Config, came: Came) -> u32 {
        let (at, is_new) = self.seen.insert(config, self.configs.len());
        if is_new {
            self.configs.push(config);
            self.came.push(came);
        }
        at
    }

    /// The first configuration from which one of these ways leads on, and where.
    pub(super) fn first_along(&mut self, is_it: &[bool]) -> Option<(u32, Edge)> {
        (0..self.configs.len()).find_map(|at| {
            let config = self.configs[at];
            let leaf = self.space.leaf_index(config);
            let mut events = 0..self.table.rows[leaf].len();
            let way = events
                .find_map(|it| self.table.ways_of(&self.space, config, leaf, it).find(|it| is_it[*it as usize]))?;
            let to = self.seen.get(self.table.jump(way, config))?;
            Some((at as u32, Edge { way, to }))
        })
    }

    /// The leaf of the configuration at a position, by its number.
    pub(super) fn leaf_at(&self, at: usize) -> usize {
        self.space.leaf_index(self.configs[at])
    }

    /// The event that a way begins with.
    pub(super) fn event_of(&self, way: u32) -> &Event<'m> {
        let group = self.table.group_of(way);
        &self.table.rows[group.leaf as usize][group.event as usize].event
    }

    /// What happens on a way.
    pub(super) fn cause_of(&self, way: u32) -> Cause {
        self.event_of(way).cause
    }

    /// By way, whether it leads into one of these leaves.
    pub(super) fn leads_into(&self, leaves: &[bool]) -> Vec<bool> {
        self.table.ways.iter().map(|it| leaves[self.space.leaf_index(it.set)]).collect()
    }
}

/// Which configurations have been come to, and their positions.
pub(super) enum Seen {
    /// Position and 1.
    Dense(Vec<u32>),
    Map(HashMap<Config, u32, std::hash::BuildHasherDefault<Mixed>>),
}

impl Seen {
    fn new(bits: u32) -> Self {
        if bits <= DENSE { Self::Dense(vec![0; 1 << bits]) } else { Self::Map(HashMap::default()) }
    }

    /// Its position, which is `at` if it is new, and whether it is.
    fn insert(&mut self, config: Config, at: usize) -> (u32, bool) {
        let at = at as u32;
        let known = match self {
            Self::Dense(all) => {
                let place = &mut all[config as usize];
                let known = place.checked_sub(1);
                *place = known.unwrap_or(at) + 1;
                known
            }
            Self::Map(all) => match all.entry(config) {
                Entry::Occupied(it) => Some(*it.get()),
                Entry::Vacant(it) => {
                    it.insert(at);
                    None
                }
            },
        };
        (known.unwrap_or(at), known.is_none())
    }

    pub(super) fn get(&self, config: Config) -> Option<u32> {
        match self {
            Self::Dense(all) => all.get(config as usize)?.checked_sub(1),
            Self::Map(all) => all.get(&config).copied(),
        }
    }
}

/// Mixes the bits of one word; configurations are no secret, so nothing stronger is needed.
#[derive(Default)]
pub(super) struct Mixed(u64);

impl std::hash::Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|it| self.write_u64(u64::from(*it)));
    }

    fn write_u64(&mut self, it: u64) {
        let mixed = (self.0 ^ it).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ mixed >> 32;
    }
}
