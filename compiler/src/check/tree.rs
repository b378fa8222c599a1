//! A machine's states and watchers in one row, found by name from any of its states.

use crate::ast::{self, Body, Machine, Name, Path, State, Watcher};
use crate::model::{StateId, WatcherId};
use machine_grammar::Span;
use smallvec::SmallVec;

/// The states of a machine depth first (state 0 is the machine), and its watchers in the order of their states.
pub(super) struct Tree<'a> {
    /// All states; a [`StateId`] is a position here.
    pub(super) nodes: Vec<Node<'a>>,
    /// All watchers; a [`WatcherId`] is a position here.
    pub(super) watchers: Vec<Site<'a>>,
    states_by_name: Groups<'a>,
    watchers_by_name: Groups<'a>,
}

/// One state as written.
pub(super) struct Node<'a> {
    pub(super) name: Name<'a>,
    pub(super) doc: &'a str,
    /// The word `initial`, if written.
    pub(super) initial: Option<Span>,
    pub(super) is_final: bool,
    /// What it was called in earlier versions.
    pub(super) was: &'a [ast::Path<'a>],
    /// The whole declaration.
    pub(super) span: Span,
    pub(super) body: &'a Body<'a>,
    pub(super) parent: Option<StateId>,
    pub(super) children: SmallVec<[StateId; 2]>,
}

/// One watcher as written, and the state that it stands in.
pub(super) struct Site<'a> {
    pub(super) ast: &'a Watcher<'a>,
    pub(super) owner: StateId,
}

/// What became of looking up a path of states.
pub(super) enum Lookup {
    /// The state.
    Found(StateId),
    /// It may have stood in a part that could not be read.
    Unsure,
    /// The path's first name is no state that can be seen from here.
    NoFirst,
    /// The name at this position of the path is no state inside the one before it.
    NoInner {
        /// Position in the path, at least 1.
        at: usize,
        /// The state before it.
        outer: StateId,
    },
}

impl<'a> Tree<'a> {
    pub(super) fn of(machine: &'a Machine<'a>) -> Self {
        let (states, watchers) = counts(&machine.body);
        let mut tree = Self {
            nodes: Vec::with_capacity(states + 1),
            watchers: Vec::with_capacity(watchers),
            states_by_name: Groups::default(),
            watchers_by_name: Groups::default(),
        };
        tree.add(Node {
            name: machine.name,
            doc: &machine.doc,
            initial: None,
            is_final: false,
            was: &[],
            span: machine.span,
            body: &machine.body,
            parent: None,
            children: SmallVec::new(),
        });
        tree.index();
        tree
    }

    /// Adds a state and all that is inside. The grammar bounds how deep states can be nested.
    fn add(&mut self, node: Node<'a>) -> StateId {
        let id = StateId(self.nodes.len());
        let body = node.body;
        self.nodes.push(node);
        self.watchers.extend(body.watchers.iter().map(|ast| Site { ast, owner: id }));
        let children = body.states.iter().map(|it| self.add(Node::of(it, id))).collect();
        self.nodes[id.0].children = children;
        id
    }

    fn index(&mut self) {
        self.states_by_name = Groups::with_capacity(self.nodes.len(), self.nodes.len());
        self.watchers_by_name = Groups::with_capacity(self.nodes.len(), self.watchers.len());
        let mut watchers = 0;
        for node in &self.nodes {
            let children = node.children.iter().map(|it| (self.nodes[it.0].name.text, it.0));
            self.states_by_name.add_group(children);
            let own = node.body.watchers.iter().enumerate();
            self.watchers_by_name.add_group(own.map(|(i, it)| (it.name.text, watchers + i)));
            watchers += node.body.watchers.len();
        }
    }

    pub(super) fn node(&self, id: StateId) -> &Node<'a> {
        &self.nodes[id.0]
    }

    /// `id` and the states around it, innermost first; the last is the machine.
    pub(super) fn outwards(&self, id: StateId) -> impl Iterator<Item = StateId> + '_ {
        std::iter::successors(Some(id), |it| self.node(*it).parent)
    }

    /// The state `name` directly inside `outer`; of several, the first.
    pub(super) fn inner(&self, outer: StateId, name: &str) -> Option<StateId> {
        self.states_by_name.find(outer, name).map(StateId)
    }

    /// The state that `path` means for a handler in `from`: its first name is looked for inside `from`, then inside
    /// each state around it; from there the path goes inwards.
    pub(super) fn state(&self, from: StateId, path: &Path<'_>) -> Lookup {
        let Some((first, rest)) = path.names.split_first() else { return Lookup::Unsure };
        let Some(mut at) = self.visible_state(from, first.text) else {
            let unclear = self.outwards(from).any(|it| self.is_unclear(it));
            return if unclear { Lookup::Unsure } else { Lookup::NoFirst };
        };
        for (index, name) in rest.iter().enumerate() {
            match self.inner(at, name.text) {
                Some(inner) => at = inner,
                None if self.is_unclear(at) => return Lookup::Unsure,
                None => return Lookup::NoInner { at: index + 1, outer: at },
            }
        }
        Lookup::Found(at)
    }

    /// The state of this name that a handler in `from` sees.
    pub(super) fn visible_state(&self, from: StateId, name: &str) -> Option<StateId> {
        self.outwards(from).find_map(|it| self.inner(it, name))
    }

    /// The watcher of this name that is active in `from`.
    pub(super) fn visible_watcher(&self, from: StateId, name: &str) -> Option<WatcherId> {
        self.outwards(from).find_map(|it| self.watchers_by_name.find(it, name)).map(WatcherId)
    }

    /// All watchers that are active in `from`, innermost first.
    pub(super) fn active_watchers(&self, from: StateId) -> impl Iterator<Item = WatcherId> + '_ {
        let own = |it| self.watchers_by_name.group(it).iter().map(|(_, id)| WatcherId(*id));
        self.outwards(from).flat_map(own)
    }

    /// All states that a handler in `from` can name by a single name, nearest first.
    pub(super) fn visible_states(&self, from: StateId) -> impl Iterator<Item = StateId> + '_ {
        self.outwards(from).flat_map(|it| self.node(it).children.iter().copied())
    }

    /// Some part of `from` or of a state around it could not be read: what is not found may have stood there.
    pub(super) fn broken_around(&self, from: StateId) -> bool {
        self.outwards(from).any(|it| self.node(it).body.faulty)
    }

    /// A state that is not found inside `id` may have stood in what could not be read, may be meant by one of two of
    /// the same name, or stand in the other state that is called like this one.
    fn is_unclear(&self, id: StateId) -> bool {
        let has_twin = self.node(id).parent.is_some_and(|it| self.repeats_a_state(it));
        self.node(id).body.faulty || has_twin || self.repeats_a_state(id)
    }

    fn repeats_a_state(&self, id: StateId) -> bool {
        self.states_by_name.group(id).windows(2).any(|it| it[0].0 == it[1].0)
    }

    /// Names that occur more than once among the states directly inside one state: the first, and a further one.
    pub(super) fn repeated_states(&self) -> impl Iterator<Item = (StateId, StateId)> + '_ {
        self.states_by_name.repeated().map(|(first, second)| (StateId(first), StateId(second)))
    }

    /// Names that occur more than once among the watchers of one state: the first, and a further one.
    pub(super) fn repeated_watchers(&self) -> impl Iterator<Item = (WatcherId, WatcherId)> + '_ {
        self.watchers_by_name.repeated().map(|(first, second)| (WatcherId(first), WatcherId(second)))
    }

    /// The names from the outermost state inside the machine to `id`, as they are written behind `->`.
    pub(super) fn path(&self, id: StateId) -> String {
        let mut names: Vec<_> = self.outwards(id).map(|it| self.node(it).name.text).collect();
        names.pop();
        let written: Vec<_> = names.into_iter().rev().map(super::wording::name).collect();
        written.join(".")
    }
}

impl<'a> Node<'a> {
    fn of(state: &'a State<'a>, parent: StateId) -> Self {
        Self {
            name: state.name,
            doc: &state.doc,
            initial: state.initial,
            is_final: state.final_.is_some(),
            was: &state.was,
            span: state.span,
            body: &state.body,
            parent: Some(parent),
            children: SmallVec::new(),
        }
    }
}

/// How many states and watchers there are in a body, at all depths.
fn counts(body: &Body<'_>) -> (usize, usize) {
    let inner = body.states.iter().map(|it| counts(&it.body));
    inner.fold((body.states.len(), body.watchers.len()), |sum, it| (sum.0 + it.0, sum.1 + it.1))
}

/// So many names are looked through faster than they are searched.
const FEW: usize = 8;

/// Names by the state that they are declared in: one row, sorted by state, then name, then order of the source.
/// Searching it needs no hashing and no allocation for each state.
#[derive(Default)]
struct Groups<'a> {
    ends: SmallVec<[usize; 12]>,
    entries: Vec<(&'a str, usize)>,
    /// Some name stands twice in its group, which is rare.
    repeats: bool,
}

impl<'a> Groups<'a> {
    fn with_capacity(states: usize, names: usize) -> Self {
        Self { ends: SmallVec::with_capacity(states), entries: Vec::with_capacity(names), repeats: false }
    }

    /// The names of the next state.
    fn add_group(&mut self, names: impl Iterator<Item = (&'a str, usize)>) {
        let start = self.entries.len();
        self.entries.extend(names);
        let group = &mut self.entries[start..];
        group.sort_unstable();
        self.repeats |= group.windows(2).any(|it| it[0].0 == it[1].0);
        self.ends.push(self.entries.len());
    }

    fn group(&self, state: StateId) -> &[(&'a str, usize)] {
        let start = state.0.checked_sub(1).map_or(0, |it| self.ends[it]);
        &self.entries[start..self.ends[state.0]]
    }

    fn find(&self, state: StateId, name: &str) -> Option<usize> {
        let group = self.group(state);
        // Of a few names most have another length, which is looked at first.
        let first = if group.len() <= FEW { 0 } else { group.partition_point(|(it, _)| *it < name) };
        group[first..].iter().take(FEW).find(|(it, _)| *it == name).map(|(_, id)| *id)
    }

    fn repeated(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let states = if self.repeats { self.ends.len() } else { 0 };
        (0..states).flat_map(|it| {
            let same = self.group(StateId(it)).chunk_by(|a, b| a.0 == b.0);
            same.flat_map(|it| it[1..].iter().map(|further| (it[0].1, further.1)))
        })
    }
}
