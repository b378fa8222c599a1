//! The transition function as one comb: the rows of all leaves laid over one another so that no two cells meet.
//!
//! Each leaf has a base; the cell for an event stands at `base + event` and names its event, so that a foreign cell
//! found there is told from one's own. Look-up is two loads and a comparison, without a loop, and the comb of a sparse
//! function is hardly longer than its cells: "row displacement" (Tarjan and Yao, "Storing a Sparse Table", 1979).

use crate::definition::Cell;
use alloc::{collections::BTreeMap, vec, vec::Vec};

/// Where the rows ended up.
pub(crate) struct Comb {
    /// For each leaf where its row begins; `None` for a leaf without cells.
    pub(crate) bases: Vec<Option<usize>>,
    /// Index into the cells, or nothing.
    pub(crate) slots: Vec<Option<usize>>,
}

/// Lays the rows of `cells` (sorted by leaf, then event) one into the other: longest first, each as far to the front as
/// it fits. Equal rows share their place; different rows never share a base, because then they could be mistaken.
pub(crate) fn comb(cells: &[Cell], leaves: usize) -> Comb {
    let mut out = Comb { bases: vec![None; leaves], slots: Vec::new() };
    let mut packer = Packer { taken: Vec::new(), bases: Vec::new(), free: 0 };
    let mut seen: BTreeMap<Vec<(u16, u16, u16)>, usize> = BTreeMap::new();
    for range in rows(cells) {
        let row = &cells[range.clone()];
        let content = row.iter().map(|it| (it.event, it.target, it.plan)).collect();
        let base = *seen.entry(content).or_insert_with(|| {
            let base = packer.place(row);
            for (index, cell) in range.clone().zip(row) {
                let at = base + usize::from(cell.event);
                out.slots.resize(out.slots.len().max(at + 1), None);
                out.slots[at] = Some(index);
            }
            base
        });
        out.bases[usize::from(row[0].leaf)] = Some(base);
    }
    out
}

/// The ranges of `cells` that belong to one leaf each, longest first, ties in the order of the leaves.
fn rows(cells: &[Cell]) -> Vec<core::ops::Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    for end in 1..=cells.len() {
        if end == cells.len() || cells[end].leaf != cells[start].leaf {
            rows.push(start..end);
            start = end;
        }
    }
    rows.sort_by_key(|it| (usize::MAX - it.len(), it.start));
    rows
}

struct Packer {
    taken: Vec<bool>,
    bases: Vec<bool>,
    /// Every slot before this one is taken.
    free: usize,
}

impl Packer {
    fn place(&mut self, row: &[Cell]) -> usize {
        let lead = usize::from(row[0].event);
        let fits = |base: &usize| {
            let is_free = |it: &Cell| !self.taken.get(base + usize::from(it.event)).copied().unwrap_or(false);
            !self.bases.get(*base).copied().unwrap_or(false) && row.iter().all(is_free)
        };
        let base = (self.free.saturating_sub(lead)..).find(fits).unwrap_or(0);
        mark(&mut self.bases, base);
        row.iter().for_each(|it| mark(&mut self.taken, base + usize::from(it.event)));
        while self.taken.get(self.free).copied().unwrap_or(false) {
            self.free += 1;
        }
        base
    }
}

fn mark(set: &mut Vec<bool>, at: usize) {
    set.resize(set.len().max(at + 1), false);
    set[at] = true;
}
