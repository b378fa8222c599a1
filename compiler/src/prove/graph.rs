//! Every configuration that the machine can come to, breadth first, so that ways to them are the shortest; in the order
//! of the declarations, so that they are always the same.

use super::run::Way;
use super::space::{Config, Space};
use super::table::Table;
use std::collections::HashMap;

/// Configurations beyond which a machine is too large to be looked through.
pub(super) const MOST: usize = 1 << 20;
/// Ways that are worked out for each configuration that there may be: mostly few are, and hold for many configurations.
const WORK: usize = 2;
/// Bits of a configuration up to which there is a place for each.
const DENSE: u32 = 24;

/// How a configuration was come to first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Came {
    /// Position of the configuration before; none at the start.
    pub(super) from: u32,
    /// Which of the leaf's events.
    pub(super) event: u32,
    pub(super) group: u32,
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
    /// The ways of the start, which [`Came::way`] of the first configurations counts.
    pub(super) starts: Vec<(Config, Way)>,
}

/// One thing that can happen in a configuration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) event: u32,
    pub(super) group: u32,
    pub(super) way: u32,
    /// Position of the configuration that it leads to.
    pub(super) to: u32,
}

impl<'m> Graph<'m> {
    /// Nothing if there are more than so many configurations, or if it is too much work.
    pub(super) fn explore(space: Space<'m>, most: usize) -> Option<Self> {
        let mut table = Table::new(&space);
        let (starts, endless) = space.starts();
        table.is_endless = endless;
        let (mut configs, mut came, mut seen) = (Vec::new(), Vec::new(), Seen::new(space.used));
        for (way, (config, it)) in starts.iter().enumerate() {
            let config = it.from(*config);
            if seen.insert(config, configs.len()) {
                configs.push(config);
                came.push(Came { from: START, event: 0, group: 0, way: way as u32 });
            }
        }
        let mut at = 0;
        while at < configs.len() {
            let config: Config = configs[at];
            let leaf = space.leaf_index(config);
            for event in 0..table.rows[leaf].len() {
                for group in table.groups(&space, config, leaf, event) {
                    for way in table.groups[group as usize].ways.clone() {
                        let next = table.jump(way, config);
                        if next != config && seen.insert(next, configs.len()) {
                            configs.push(next);
                            came.push(Came { from: at as u32, event: event as u32, group, way });
                        }
                    }
                }
            }
            if configs.len() > most || table.work > most.saturating_mul(WORK) || table.is_endless {
                return None;
            }
            at += 1;
        }
        Some(Self { space, table, configs, came, seen, starts })
    }

    /// All that can happen in the configuration at a position.
    pub(super) fn edges(&mut self, at: usize, see: &mut dyn FnMut(Edge)) {
        let config = self.configs[at];
        let leaf = self.space.leaf_index(config);
        for event in 0..self.table.rows[leaf].len() {
            for group in self.table.groups(&self.space, config, leaf, event) {
                for way in self.table.groups[group as usize].ways.clone() {
                    let next = self.table.jump(way, config);
                    if let Some(to) = self.seen.get(next) {
                        see(Edge { event: event as u32, group, way, to });
                    }
                }
            }
        }
    }

    /// The leaf of the configuration at a position, by its number.
    pub(super) fn leaf_at(&self, at: usize) -> usize {
        self.space.leaf_index(self.configs[at])
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

    /// Whether it is new.
    fn insert(&mut self, config: Config, at: usize) -> bool {
        match self {
            Self::Dense(all) => {
                let place = &mut all[config as usize];
                let is_new = *place == 0;
                if is_new {
                    *place = at as u32 + 1;
                }
                is_new
            }
            Self::Map(all) => {
                let mut is_new = false;
                all.entry(config).or_insert_with(|| {
                    is_new = true;
                    at as u32
                });
                is_new
            }
        }
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
