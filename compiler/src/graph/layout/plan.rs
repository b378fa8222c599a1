//! Which part of which arrow is drawn inside which state, and which way round.
//!
//! An arrow belongs to the innermost state that both its ends stand in, and is drawn between the two states inside that one
//! that hold the ends. Where these are not the ends themselves it goes on through their borders, level by level: always
//! through the lower border of the upper state and the upper border of the lower one, so that a level needs to know
//! nothing of the levels around it.

use crate::graph::chart::Chart;

/// One end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A state directly inside.
    Child(usize),
    /// The border of the state whose inside this is: the upper one of a tail, the lower one of a head. With `own` the arrow
    /// begins or ends there, else it goes on outside.
    Border {
        /// The arrow ends here.
        own: bool,
    },
}

/// A part of an arrow, drawn downwards from `tail` to `head`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) arrow: usize,
    pub(super) tail: End,
    pub(super) head: End,
    /// The arrow points upwards.
    pub(super) flipped: bool,
    /// Its label is here.
    pub(super) labelled: bool,
    /// Where this part comes among all parts of the arrow.
    pub(super) order: isize,
}

/// All links by the state that they are inside of, and the arrows from each state to itself.
pub(super) struct Plan {
    pub(super) links: Vec<Vec<Link>>,
    pub(super) loops: Vec<Vec<usize>>,
}

impl Plan {
    pub(super) fn of(chart: &Chart) -> Self {
        let count = chart.states.len();
        let mut plan = Self { links: vec![Vec::new(); count], loops: vec![Vec::new(); count] };
        for (arrow, it) in chart.arrows.iter().enumerate() {
            match it.from == it.to {
                true => plan.loops[it.from].push(arrow),
                false => plan.add(chart, arrow),
            }
        }
        for level in 0..count {
            orient(chart, level, &mut plan.links[level]);
        }
        for level in 0..count {
            for link in plan.links[level].clone() {
                plan.reach_ends(chart, &link);
            }
        }
        plan
    }

    /// Nothing of these arrows, which are sorted, is drawn.
    pub(super) fn leave_out(&mut self, arrows: &[usize]) {
        self.links.iter_mut().for_each(|it| it.retain(|link| arrows.binary_search(&link.arrow).is_err()));
    }

    /// The part between the states that hold the ends.
    fn add(&mut self, chart: &Chart, arrow: usize) {
        let (from, to) = (chart.arrows[arrow].from, chart.arrows[arrow].to);
        let Some(level) = chart.outwards(from).find(|it| chart.is_within(to, *it)) else { return };
        let end = |state| chart.child_towards(level, state).map_or(End::Border { own: true }, End::Child);
        let link = Link { arrow, tail: end(from), head: end(to), flipped: false, labelled: true, order: 0 };
        self.links[level].push(link);
    }

    /// The parts from there to the ends themselves.
    fn reach_ends(&mut self, chart: &Chart, link: &Link) {
        if !link.labelled {
            return;
        }
        let (upper, lower) = match link.flipped {
            false => (chart.arrows[link.arrow].from, chart.arrows[link.arrow].to),
            true => (chart.arrows[link.arrow].to, chart.arrows[link.arrow].from),
        };
        for (end, state, downwards) in [(link.tail, upper, true), (link.head, lower, false)] {
            let End::Child(mut level) = end else { continue };
            while level != state {
                let Some(child) = chart.child_towards(level, state) else { break };
                let depth = chart.outwards(level).count() as isize;
                let order = if downwards == link.flipped { depth } else { -depth };
                let (border, child_end) = (End::Border { own: false }, End::Child(child));
                let (tail, head) = if downwards { (child_end, border) } else { (border, child_end) };
                self.links[level].push(Link { tail, head, labelled: false, order, ..*link });
                level = child;
            }
        }
    }
}

/// Turns round what leads back, so that all links inside a state go downwards: back is what leads to the initial state, or
/// to a state from which the walk, that begins there, has come.
fn orient(chart: &Chart, level: usize, links: &mut [Link]) {
    let children = &chart.states[level].children;
    let initial: Vec<_> = children.iter().filter(|it| chart.states[**it].initial).collect();
    let leads_back =
        |it: &Link| matches!((it.tail, it.head), (End::Child(_), End::Child(to)) if initial.contains(&&to));
    links.iter_mut().for_each(|it| it.flipped = leads_back(it));
    let mut seen = vec![Seen::Not; chart.states.len()];
    for start in initial.into_iter().chain(children) {
        if seen[*start] == Seen::Not {
            walk(*start, links, &mut seen);
        }
    }
    for link in links.iter_mut().filter(|it| it.flipped) {
        std::mem::swap(&mut link.tail, &mut link.head);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Not,
    /// The walk came through it and goes on from it.
    Open,
    Done,
}

fn walk(start: usize, links: &mut [Link], seen: &mut [Seen]) {
    let mut waiting = vec![(start, 0)];
    seen[start] = Seen::Open;
    while let Some((state, next)) = waiting.pop() {
        let found = (next..links.len()).find(|it| links[*it].tail == End::Child(state));
        let Some(link) = found else {
            seen[state] = Seen::Done;
            continue;
        };
        waiting.push((state, link + 1));
        if let End::Child(to) = links[link].head {
            match seen[to] {
                Seen::Open => links[link].flipped = true,
                Seen::Done => {}
                Seen::Not if links[link].flipped => {}
                Seen::Not => {
                    seen[to] = Seen::Open;
                    waiting.push((to, 0));
                }
            }
        }
    }
}
