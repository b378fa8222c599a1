//! The states of a machine by their paths, and what names mean in them ([page 2 of the manual](../../spec/02-states.md)).

use machine_compiler::ast::{Body, EventRef, Handler, Machine, Path, Response, State, Trigger, Watcher};
use std::collections::BTreeMap;

/// The path of the machine itself.
pub(super) const MACHINE: &str = "";

/// A state, or the machine.
pub(super) struct Place<'a> {
    /// What stands between its braces.
    pub(super) body: &'a Body<'a>,
    /// The path of the state around it; the machine has none.
    pub(super) around: Option<String>,
}

/// All states by path.
pub(super) struct Tree<'a> {
    pub(super) places: BTreeMap<String, Place<'a>>,
    /// Their paths in the order of the source, outer ones first.
    pub(super) order: Vec<String>,
}

/// Where a handler leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// `-> S`, `-> S again`.
    State { path: String, again: bool },
    /// `-> S.last`
    Last { path: String, again: bool },
    /// `stay`
    Stay,
}

impl<'a> Tree<'a> {
    pub(super) fn new(machine: &'a Machine<'a>) -> Self {
        let mut tree = Self { places: BTreeMap::new(), order: vec![MACHINE.to_owned()] };
        tree.places.insert(MACHINE.to_owned(), Place { body: &machine.body, around: None });
        tree.add(MACHINE, &machine.body.states);
        tree
    }

    fn add(&mut self, around: &str, states: &'a [State<'a>]) {
        for state in states {
            let path = join(around, state.name.text);
            self.places.insert(path.clone(), Place { body: &state.body, around: Some(around.to_owned()) });
            self.order.push(path.clone());
            self.add(&path, &state.body.states);
        }
    }

    pub(super) fn place(&self, path: &str) -> &Place<'a> {
        // All paths come from this tree; the machine stands for one that does not.
        self.places.get(path).unwrap_or_else(|| &self.places[MACHINE])
    }

    /// The state itself, the one around it, and so on to the machine.
    pub(super) fn outwards(&self, path: &str) -> Vec<String> {
        let mut chain = vec![path.to_owned()];
        while let Some(around) = chain.last().and_then(|it| self.place(it).around.clone()) {
            chain.push(around);
        }
        chain
    }

    /// Whether `inner` is `outer` or stands inside it.
    pub(super) fn is_inside(&self, inner: &str, outer: &str) -> bool {
        self.outwards(inner).iter().any(|it| it == outer)
    }

    /// The leaf that is entered with a state.
    pub(super) fn leaf(&self, path: &str) -> String {
        let initial = self.place(path).body.states.iter().find(|it| it.initial.is_some());
        initial.map_or_else(|| path.to_owned(), |it| self.leaf(&join(path, it.name.text)))
    }

    /// Where a handler that stands in `here` leads; `None` if its target is none.
    pub(super) fn target(&self, here: &str, response: &Response<'_>) -> Option<Target> {
        let Response::Goto { target, again } = response else { return Some(Target::Stay) };
        let again = again.is_some();
        if let Some(path) = self.find(here, target) {
            return Some(Target::State { path, again });
        }
        let (last, names) = target.names.split_last().filter(|it| it.0.text == "last")?;
        let path = self.find(here, &Path { names: names.iter().copied().collect(), span: last.span })?;
        Some(Target::Last { path, again })
    }

    /// The first name is looked for inside `here`, then inside the state around it, and so on; the others lead inwards.
    fn find(&self, here: &str, path: &Path<'_>) -> Option<String> {
        let (first, rest) = path.names.split_first()?;
        let scopes = self.outwards(here);
        let start = scopes.iter().map(|it| join(it, first.text)).find(|it| self.places.contains_key(it))?;
        let end = rest.iter().fold(start, |path, name| join(&path, name.text));
        self.places.contains_key(&end).then_some(end)
    }

    /// A watcher of this name that is active in a state, and the state that it stands in.
    pub(super) fn watcher(&self, here: &str, name: &str) -> Option<(String, &'a Watcher<'a>)> {
        self.outwards(here).into_iter().find_map(|place| {
            let found = self.place(&place).body.watchers.iter().find(|it| it.name.text == name)?;
            Some((place, found))
        })
    }
}

/// The path of a state inside another one.
pub(super) fn join(around: &str, name: &str) -> String {
    if around.is_empty() { name.to_owned() } else { format!("{around}.{name}") }
}

/// The events of a handler; none of an `after` or a `when`.
pub(super) fn events<'a>(handler: &'a Handler<'a>) -> &'a [EventRef<'a>] {
    match &handler.trigger {
        Trigger::On { events } => events,
        _ => &[],
    }
}
