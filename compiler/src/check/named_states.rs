//! States as promises and tests name them: by their paths, from the machine inwards.

use super::report::Report;
use super::tree::Tree;
use super::wording;
use crate::ast::{Expr, ExprKind, Name, Path};
use crate::diagnostic::{Code, suggest};
use crate::model::{Machine, StateId};

/// All states of a machine, and the names that stand for some of them in a test with cases.
pub(super) struct NamedStates<'a> {
    nodes: Vec<Node<'a>>,
    aliases: Vec<(String, StateId)>,
    /// Some state may have stood in what could not be read.
    unsure: bool,
}

struct Node<'a> {
    name: &'a str,
    children: &'a [StateId],
    /// As it is written in a promise or a test.
    path: String,
}

impl<'a> NamedStates<'a> {
    /// Those of a machine that is being checked.
    pub(super) fn of_tree(tree: &'a Tree<'a>) -> Self {
        let ids = (0..tree.nodes.len()).map(StateId);
        let node = |id: StateId| Node {
            name: tree.node(id).name.text,
            children: &tree.node(id).children,
            path: tree.path(id),
        };
        let unsure = tree.nodes.iter().any(|it| it.body.faulty) || tree.repeated_states().next().is_some();
        Self { nodes: ids.map(node).collect(), aliases: Vec::new(), unsure }
    }

    /// Those of a machine that makes sense.
    pub(super) fn of_machine(machine: &'a Machine) -> Self {
        let mut nodes: Vec<Node<'_>> = Vec::with_capacity(machine.states.len());
        for state in &machine.states {
            let around = state.parent.and_then(|it| nodes.get(it.0)).map_or("", |it| it.path.as_str());
            let path = match (state.parent, around) {
                (None, _) => String::new(),
                (_, "") => wording::name(&state.name),
                (_, around) => format!("{around}.{}", wording::name(&state.name)),
            };
            nodes.push(Node { name: &state.name, children: &state.children, path });
        }
        Self { nodes, aliases: Vec::new(), unsure: false }
    }

    /// Lets a name stand for a state.
    pub(super) fn add(&mut self, name: &str, state: StateId) {
        self.aliases.push((name.to_owned(), state));
    }

    /// The path of a state, as it is written.
    pub(super) fn path(&self, id: StateId) -> &str {
        self.nodes.get(id.0).map_or("", |it| it.path.as_str())
    }

    /// The paths of all states, as they are written.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().skip(1).map(|it| it.path.as_str())
    }

    /// Whether a state has this name, wherever it stands.
    pub(super) fn has(&self, name: &str) -> bool {
        self.alias(name).is_some() || self.nodes.iter().skip(1).any(|it| it.name == name)
    }

    /// The state that these names lead to.
    pub(super) fn find(&self, names: &[Name<'_>]) -> Option<StateId> {
        if let [only] = names
            && let Some(state) = self.alias(only.text)
        {
            return Some(state);
        }
        names.iter().try_fold(StateId(0), |at, it| self.inner(at, it.text)).filter(|it| it.0 > 0)
    }

    /// The state of a path; `None` if there is none, which has been told.
    pub(super) fn resolve(&self, path: &Path<'_>, report: &mut Report<'_>) -> Option<StateId> {
        let found = self.find(&path.names);
        if found.is_none() {
            self.tell(path, report);
        }
        found
    }

    fn alias(&self, name: &str) -> Option<StateId> {
        self.aliases.iter().find(|it| it.0 == name).map(|it| it.1)
    }

    fn inner(&self, outer: StateId, name: &str) -> Option<StateId> {
        let children = self.nodes.get(outer.0)?.children.iter();
        children.copied().find(|it| self.nodes.get(it.0).is_some_and(|it| it.name == name))
    }

    /// Says why a path leads to no state.
    pub(super) fn tell(&self, path: &Path<'_>, report: &mut Report<'_>) {
        let Some(last) = path.names.last() else { return };
        let hidden: Vec<_> = self.nodes.iter().skip(1).filter(|it| it.name == last.text).collect();
        if self.unsure {
            report.known_broken();
        } else if hidden.is_empty() {
            self.unknown(path, report);
        } else {
            let paths: Vec<_> = hidden.iter().map(|it| it.path.as_str()).collect();
            by_its_path(path, &paths, report);
        }
    }

    fn unknown(&self, path: &Path<'_>, report: &mut Report<'_>) {
        let Some(last) = path.names.last() else { return };
        let headline = format!("there is no state `{}`", wording::path(path));
        let near = suggest::nearest(last.text, self.nodes.iter().skip(1).map(|it| it.name));
        let near = near.and_then(|name| self.nodes.iter().skip(1).find(|it| it.name == name));
        let certain = suggest::is_certain(last.text, self.nodes.iter().skip(1).map(|it| it.name));
        report.tell(Code::UNKNOWN_STATE, path.span, headline, |file, it| match near {
            Some(near) => it
                .label(format!("did you mean `{}`?", near.path))
                .help(format!("write `{}`", near.path))
                .fix(file, path.span, near.path.as_str())
                .certain_if(certain),
            None => it.label("no state of this name").help(self.all()),
        });
    }

    /// A sentence that names the states.
    pub(super) fn all(&self) -> String {
        let paths: Vec<_> = self.paths().collect();
        format!("the states are {}", wording::all_of(&paths))
    }
}

fn by_its_path(path: &Path<'_>, paths: &[&str], report: &mut Report<'_>) {
    let headline = format!("the state `{}` is reached by its path", path.names.last().map_or("", |it| it.text));
    report.tell(Code::HIDDEN_STATE, path.span, headline, |file, it| {
        let it = it.label("a path begins with a state inside the machine");
        let it = it.help(format!("write {}", wording::any_of(paths)));
        match paths {
            [only] => it.fix(file, path.span, *only).certain(),
            _ => it,
        }
    });
}

/// The names of `a.b.c`, if an expression is nothing else.
pub(super) fn path_of<'s>(expr: &Expr<'s>) -> Option<Path<'s>> {
    let mut names = Vec::new();
    collect(expr, &mut names)?;
    Some(Path { names: names.into_iter().collect(), span: expr.span })
}

fn collect<'s>(expr: &Expr<'s>, names: &mut Vec<Name<'s>>) -> Option<()> {
    match &expr.kind {
        ExprKind::Name(name) => names.push(*name),
        ExprKind::Field(of, name) => {
            collect(of, names)?;
            names.push(*name);
        }
        _ => return None,
    }
    Some(())
}
