//! States by name, behind an arrow, and what is said when a name is no state there.

use super::handlers::{Place, Resolver};
use super::tree::Lookup;
use super::wording;
use crate::ast::{Name, Path};
use crate::diagnostic::{Code, suggest};
use crate::model::StateId;

impl Resolver<'_, '_> {
    /// The state that the place's handler leads to, and whether that is the one that was active last inside it; `None`
    /// if there is none, which has been told.
    pub(super) fn target(&mut self, place: Place<'_>, path: &Path<'_>) -> Option<(StateId, bool)> {
        match self.tree.state(place.state, path) {
            Lookup::Found(state) => return Some((state, false)),
            Lookup::NoInner { at, outer } if is_last(path, at) => return self.last_of(outer, path),
            Lookup::Unsure => self.report.known_broken(),
            Lookup::NoFirst => self.no_such_state(place, path),
            Lookup::NoInner { at, outer } => {
                if self.is_event(place, path) {
                    self.event_as_state(place, path);
                } else if let Some(name) = path.names.get(at) {
                    self.no_inner_state(place, path, at, *name, outer);
                }
            }
        }
        None
    }

    /// `-> S.last`: `S` has to have states inside.
    fn last_of(&mut self, outer: StateId, path: &Path<'_>) -> Option<(StateId, bool)> {
        if !self.tree.node(outer).children.is_empty() {
            return Some((outer, true));
        }
        let before: Vec<_> = path.names.iter().rev().skip(1).rev().map(|it| wording::name(it.text)).collect();
        let before = before.join(".");
        let headline = format!("`{before}` has no states inside, so none was active last");
        self.report.tell(Code::LAST_OF_LEAF, path.span, headline, |file, it| {
            it.label("`last` asks for the state that was active last inside it")
                .help(format!("write `-> {before}`"))
                .fix(file, path.span, before.as_str())
                .certain()
        });
        None
    }

    /// Whether the whole path is that of a state, seen from here.
    pub(super) fn is_state_path(&self, place: Place<'_>, path: &Path<'_>) -> bool {
        matches!(self.tree.state(place.state, path), Lookup::Found(_))
    }

    /// Whether some state of the machine has this name.
    pub(super) fn is_a_state(&self, place: Place<'_>, name: &str) -> bool {
        self.tree.visible_state(place.state, name).is_some() || self.states_named(name).next().is_some()
    }

    fn states_named<'n>(&'n self, name: &'n str) -> impl Iterator<Item = StateId> + 'n {
        let named = move |it: &StateId| self.tree.node(*it).name.text == name;
        (1..self.tree.nodes.len()).map(StateId).filter(named)
    }

    fn no_such_state(&mut self, place: Place<'_>, path: &Path<'_>) {
        let Some(first) = path.names.first() else { return };
        let hidden: Vec<_> = self.states_named(first.text).map(|it| self.tree.path(it)).collect();
        if !hidden.is_empty() {
            self.hidden_state(place, path, &hidden);
        } else if self.names_an_event(place, path) {
            self.event_as_state(place, path);
        } else {
            self.unknown_state(place, path, *first);
        }
    }

    /// `-> air.ok`, `-> air` or `-> ok`.
    fn names_an_event(&self, place: Place<'_>, path: &Path<'_>) -> bool {
        let Some(first) = path.names.first() else { return false };
        let is_watcher = self.tree.watchers.iter().any(|it| it.ast.name.text == first.text);
        let is_outcome = || {
            let events = self.active_events(place);
            path.names.len() == 1 && events.iter().any(|it| it.rsplit('.').next() == Some(first.text))
        };
        is_watcher || is_outcome()
    }

    fn hidden_state(&mut self, place: Place<'_>, path: &Path<'_>, hidden: &[String]) {
        let rest: String = path.names.iter().skip(1).map(|it| format!(".{}", wording::name(it.text))).collect();
        let written: Vec<_> = hidden.iter().map(|it| format!("{it}{rest}")).collect();
        let lines: Vec<_> = written.iter().map(|it| wording::with_target(place.handler, it)).collect();
        let name = path.names.first().map_or("", |it| it.text);
        let headline = format!("the state `{name}` is reached by its path");
        let first = self.states_named(name).next().map(|it| self.tree.node(it).name.span);
        self.report.tell(Code::HIDDEN_STATE, path.span, headline, |file, it| {
            let it = it.label("it stands inside another state").help(format!("write {}", wording::any_of(&lines)));
            let it = match first {
                Some(span) if hidden.len() == 1 => it.also(file, span, format!("`{}` stands here", hidden[0])),
                _ => it,
            };
            match written.as_slice() {
                [only] => it.fix(file, path.span, only.as_str()).certain(),
                _ => it,
            }
        });
    }

    fn event_as_state(&mut self, place: Place<'_>, path: &Path<'_>) {
        let names: Vec<_> = path.names.iter().map(|it| it.text).collect();
        let written = wording::path(path);
        let what = match names.as_slice() {
            [_, _, ..] => "an event",
            [name] if self.tree.watchers.iter().any(|it| it.ast.name.text == *name) => "a watcher",
            _ => "an outcome",
        };
        let states: Vec<_> = self.tree.visible_states(place.state).map(|it| self.tree.path(it)).collect();
        let headline = format!("`{written}` is {what}, and a state belongs behind the arrow");
        self.report.tell(Code::EVENT_AS_STATE, path.span, headline, |_, it| {
            let it = it
                .label(format!("{what}, not a state"))
                .help("write the state that the machine is to be in, as in `on WATCHER.OUTCOME -> STATE`");
            match states.is_empty() {
                true => it,
                false => it.note(format!("the states here are {}", wording::all_of(&states))),
            }
        });
    }

    fn unknown_state(&mut self, place: Place<'_>, path: &Path<'_>, name: Name<'_>) {
        if name.text == self.tree.nodes[0].name.text {
            return self.machine_as_state(path, name);
        }
        let headline = format!("there is no state `{}`", name.text);
        let Some(near) = self.nearest_state(place, name.text) else {
            let states: Vec<_> = self.tree.visible_states(place.state).map(|it| self.tree.path(it)).collect();
            let help = habit(name.text)
                .map_or_else(|| format!("declare it with `state {}`", wording::name(name.text)), str::to_owned);
            return self.report.tell(Code::UNKNOWN_STATE, name.span, headline, |_, it| {
                it.label("no state of this name").help(help).note(match states.is_empty() {
                    true => "the machine has no states yet".to_owned(),
                    false => format!("the states here are {}", wording::all_of(&states)),
                })
            });
        };
        let certain = suggest::is_certain(name.text, self.tree.nodes.iter().skip(1).map(|it| it.name.text));
        let rest: String = path.names.iter().skip(1).map(|it| format!(".{}", wording::name(it.text))).collect();
        let line = wording::with_target(place.handler, &format!("{near}{rest}"));
        self.report.tell(Code::UNKNOWN_STATE, name.span, headline, |file, it| {
            it.label(format!("did you mean `{near}`?"))
                .help(format!("write `{line}`"))
                .fix(file, name.span, near)
                .certain_if(certain)
        });
    }

    fn machine_as_state(&mut self, path: &Path<'_>, name: Name<'_>) {
        let headline = format!("`{}` is the machine itself, not one of its states", name.text);
        let inner = self.tree.nodes[0].children.first().map(|it| self.tree.path(*it));
        let example = match path.names.get(1) {
            Some(next) => wording::name(next.text),
            None => inner.unwrap_or_else(|| "STATE".to_owned()),
        };
        self.report.tell(Code::UNKNOWN_STATE, name.span, headline, |_, it| {
            it.label("the name of the machine")
                .help(format!("a path begins with a state inside the machine: write `-> {example}`"))
        });
    }

    /// As it is written from here: what can be seen by one name first, then by a path.
    fn nearest_state(&self, place: Place<'_>, wanted: &str) -> Option<String> {
        let near = |ids: &mut dyn Iterator<Item = StateId>| {
            let ids: Vec<_> = ids.collect();
            let name = suggest::nearest(wanted, ids.iter().map(|it| self.tree.node(*it).name.text))?;
            ids.into_iter().find(|it| self.tree.node(*it).name.text == name)
        };
        if let Some(visible) = near(&mut self.tree.visible_states(place.state)) {
            return Some(wording::name(self.tree.node(visible).name.text));
        }
        near(&mut (1..self.tree.nodes.len()).map(StateId)).map(|it| self.tree.path(it))
    }

    fn no_inner_state(&mut self, place: Place<'_>, path: &Path<'_>, at: usize, name: Name<'_>, outer: StateId) {
        let outer_name = self.tree.node(outer).name.text;
        let children = &self.tree.node(outer).children;
        let names: Vec<_> = children.iter().map(|it| self.tree.node(*it).name.text).collect();
        let nearest = suggest::nearest(name.text, names.iter().copied());
        let headline = format!("there is no state `{}` inside `{outer_name}`", name.text);
        let before: String = path.names[..at].iter().map(|it| format!("{}.", wording::name(it.text))).collect();
        self.report.tell(Code::UNKNOWN_STATE, name.span, headline, |file, it| match nearest {
            Some(right) => {
                let right = wording::name(right);
                let line = wording::with_target(place.handler, &format!("{before}{right}"));
                it.label(format!("did you mean `{right}`?"))
                    .help(format!("write `{line}`"))
                    .fix(file, name.span, right)
                    .certain_if(suggest::is_certain(name.text, names.iter().copied()))
            }
            None if names.is_empty() => it
                .label(format!("`{outer_name}` has no states inside"))
                .help(format!("write `{}`", wording::with_target(place.handler, before.trim_end_matches('.')))),
            None => it
                .label("no state of this name")
                .help(format!("the states inside `{outer_name}` are {}", wording::all_of(&names))),
        });
    }
}

/// The word that asks for the state that was active last.
const LAST: &str = "last";

fn is_last(path: &Path<'_>, at: usize) -> bool {
    at + 1 == path.names.len() && path.names.get(at).is_some_and(|it| it.text == LAST)
}

/// What is written here for a word that other languages have for a state.
fn habit(word: &str) -> Option<&'static str> {
    match word {
        "self" | "this" | "same" => {
            Some("write `stay` to go on as before, or `-> STATE again` to enter the state anew")
        }
        "last" | "previous" | "back" | "history" => {
            Some("write `-> STATE.last` for the state that was active last inside `STATE`")
        }
        "parent" | "up" | "outer" => Some("write the name of the state around it"),
        "end" | "exit" | "stop" => Some("declare it with `final state NAME`, and write that name"),
        _ => None,
    }
}
