//! From the tree of a machine to what is drawn of it; names are looked up without complaining.

use super::chart::{Arrow, Chart, State};
use super::words::{self, Words};
use crate::ast::{self, Body, Handler, Machine, Path};

/// What is drawn of a machine. Whatever could be read of it is there, whether it makes sense or not.
pub(super) fn chart(machine: &Machine<'_>, name: &str, source: &str) -> Chart {
    let mut collected =
        Collected { words: Words(source), states: Vec::new(), handlers: Vec::new(), arrows: Vec::new() };
    let root = State { name: name.to_owned(), doc: machine.doc.clone(), ..State::default() };
    collected.add(root, &machine.body);
    collected.name_first_states();
    for (state, handler) in std::mem::take(&mut collected.handlers) {
        collected.handler(state, handler);
    }
    let Collected { states, arrows, .. } = collected;
    let declared = machine.name.text.to_owned();
    Chart { name: name.to_owned(), declared, title: title(machine, name), states, arrows }
}

/// `machine hvac(room, check_every) 2.1.0`; many parameters would not fit.
fn title(machine: &Machine<'_>, name: &str) -> String {
    let params = |it: &Vec<ast::Param<'_>>| match it.len() {
        0..4 => it.iter().map(|it| it.name.text).collect::<Vec<_>>().join(", "),
        _ => "…".to_owned(),
    };
    let params = machine.params.as_ref().map_or_else(String::new, |it| format!("({})", params(it)));
    let params = if name == machine.name.text { params } else { format!(" = {}", machine.name.text) };
    let version = machine.version.map_or_else(String::new, |it| format!(" {}", it.text));
    format!("machine {name}{params}{version}")
}

struct Collected<'a, 's> {
    words: Words<'s>,
    states: Vec<State>,
    handlers: Vec<(usize, &'a Handler<'a>)>,
    arrows: Vec<Arrow>,
}

impl<'a> Collected<'a, '_> {
    /// Adds a state and all that is inside. The grammar bounds how deep states can be nested.
    fn add(&mut self, state: State, body: &'a Body<'a>) -> usize {
        let id = self.states.len();
        let mut rows: Vec<_> = body.watchers.iter().map(|it| self.words.watcher(it)).collect();
        rows.extend(body.blocks.iter().map(|it| self.words.block(it)));
        self.states.push(State { rows, ..state });
        self.handlers.extend(body.handlers.iter().map(|it| (id, it)));
        let children = body.states.iter().map(|it| self.add_inner(id, it)).collect();
        self.states[id].children = children;
        id
    }

    fn add_inner(&mut self, parent: usize, it: &'a ast::State<'a>) -> usize {
        let state = State {
            name: it.name.text.to_owned(),
            path: self.path_in(parent, it.name.text),
            doc: it.doc.clone(),
            parent: Some(parent),
            initial: it.initial.is_some(),
            is_final: it.final_.is_some(),
            ..State::default()
        };
        self.add(state, &it.body)
    }

    fn path_in(&self, parent: usize, name: &str) -> String {
        match self.states[parent].path.as_str() {
            "" => name.to_owned(),
            outer => format!("{outer}.{name}"),
        }
    }

    /// An only state is entered first, whether that is written or not.
    fn name_first_states(&mut self) {
        for id in 0..self.states.len() {
            if let [only] = *self.states[id].children {
                self.states[only].initial = true;
            }
        }
    }

    fn handler(&mut self, owner: usize, it: &Handler<'_>) {
        let Some((target, _)) = words::target(it) else {
            // Of what could not be read nobody knows that it stays.
            if it.response.is_some() {
                let row = self.words.stay(it);
                self.states[owner].rows.push(row);
            }
            return;
        };
        let (to, last) = self.target(owner, target);
        let line = self.words.transition(it);
        match self.arrows.iter_mut().find(|it| (it.from, it.to, it.last) == (owner, to, last)) {
            Some(arrow) => arrow.lines.push(line),
            None => self.arrows.push(Arrow { from: owner, to, last, lines: vec![line] }),
        }
    }

    /// The state that a path means, and whether that is the one that was active last inside it. What is not there becomes
    /// a state of its own, so that it can be seen.
    fn target(&mut self, from: usize, path: &Path<'_>) -> (usize, bool) {
        let names: Vec<_> = path.names.iter().map(|it| it.text).collect();
        if let Some(found) = self.find(from, &names) {
            return (found, false);
        }
        if let Some(("last", outer)) = names.split_last().map(|(last, outer)| (*last, outer))
            && let Some(found) = self.find(from, outer)
        {
            return (found, true);
        }
        (self.missing(from, words::path(path)), false)
    }

    /// The first name is looked for inside `from`, then inside each state around it; from there the path goes inwards.
    fn find(&self, from: usize, names: &[&str]) -> Option<usize> {
        let (first, rest) = names.split_first()?;
        let mut around = std::iter::successors(Some(from), |it| self.states[*it].parent);
        let first = around.find_map(|it| self.inner(it, first))?;
        rest.iter().try_fold(first, |at, name| self.inner(at, name))
    }

    fn inner(&self, outer: usize, name: &str) -> Option<usize> {
        self.states[outer]
            .children
            .iter()
            .copied()
            .find(|it| !self.states[*it].missing && self.states[*it].name == name)
    }

    /// Beside the state that it is looked for from; each name once.
    fn missing(&mut self, from: usize, name: String) -> usize {
        let parent = self.states[from].parent.unwrap_or(0);
        let known = self.states.iter().position(|it| it.missing && it.parent == Some(parent) && it.name == name);
        known.unwrap_or_else(|| {
            let path = self.path_in(parent, &name);
            self.states.push(State { name, path, parent: Some(parent), missing: true, ..State::default() });
            let id = self.states.len() - 1;
            self.states[parent].children.push(id);
            id
        })
    }
}
