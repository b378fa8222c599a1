//! Watchers as tests name them: by name, which may be that of several, or by the path of their state and their name.

use super::{Report, Script, wording};
use crate::ast::{Name, Path};
use crate::diagnostic::{Code, suggest};
use crate::model::{Machine, WatcherId};
use machine_grammar::Span;

impl Script<'_, '_> {
    /// The watchers that a path names; nothing if there are none, which has been told.
    pub(super) fn watchers(&mut self, path: &Path<'_>) -> Option<Vec<WatcherId>> {
        let machine = self.subject.machine;
        let (last, before) = path.names.split_last()?;
        let named: Vec<_> = all(machine).filter(|it| machine.watcher(*it).name == last.text).collect();
        if named.is_empty() {
            self.unknown_watcher(path, *last);
            return None;
        }
        let Some(first) = before.first() else { return Some(named) };
        let state = Path { names: before.iter().copied().collect(), span: first.span.to(before.last()?.span) };
        let owner = self.states.resolve(&state, self.report)?;
        let owned: Vec<_> = named.iter().copied().filter(|it| machine.watcher(*it).owner == owner).collect();
        if owned.is_empty() {
            self.elsewhere(path, *last, &named);
            return None;
        }
        Some(owned)
    }

    /// The same of watchers that answer in the same way; told if they do not.
    pub(super) fn watchers_alike(&mut self, path: &Path<'_>) -> Option<Vec<WatcherId>> {
        let machine = self.subject.machine;
        let found = self.watchers(path)?;
        let answers = |id: WatcherId| {
            let it = machine.watcher(id);
            (it.kind, &it.modifiers.returns, it.modifiers.under.is_some())
        };
        let first = *found.first()?;
        if found.iter().any(|it| answers(*it) != answers(first)) {
            let paths: Vec<_> = found.iter().map(|it| self.path_of(*it)).collect();
            differing(path.span, &machine.watcher(first).name, &paths, self.report);
            return None;
        }
        Some(found)
    }

    /// `known.idle.off`: as it is written where its name alone is not enough.
    fn path_of(&self, id: WatcherId) -> String {
        let watcher = self.subject.machine.watcher(id);
        match self.states.path(watcher.owner) {
            "" => wording::name(&watcher.name),
            owner => format!("{owner}.{}", wording::name(&watcher.name)),
        }
    }

    fn unknown_watcher(&mut self, path: &Path<'_>, name: Name<'_>) {
        let machine = self.subject.machine;
        let names: Vec<_> = all(machine).map(|it| machine.watcher(it).name.as_str()).collect();
        let near = suggest::nearest(name.text, names.iter().copied());
        let is_state = self.states.find(&path.names).is_some();
        let headline = format!("`{}` has no watcher `{}`", machine.name, name.text);
        let all = wording::all_of(&unique(&names));
        self.report.tell(Code::UNKNOWN_WATCHER, name.span, headline, |file, it| match near {
            _ if is_state => {
                it.label("this is a state").help(format!("only watchers answer and run; those of it are {all}"))
            }
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{}`", wording::name(right)))
                .fix(file, name.span, wording::name(right))
                .certain_if(suggest::is_certain(name.text, unique(&names))),
            None if names.is_empty() => it.label("it has no watchers").help("leave the line out"),
            None => it.label("no watcher of this name").help(format!("its watchers are {all}")),
        });
    }

    fn elsewhere(&mut self, path: &Path<'_>, name: Name<'_>, named: &[WatcherId]) {
        let paths: Vec<_> = named.iter().map(|it| self.path_of(*it)).collect();
        let headline = format!("no watcher `{}` stands in that state", name.text);
        self.report.tell(Code::UNKNOWN_WATCHER, path.span, headline, |file, it| {
            let it = it.label("it stands elsewhere").help(format!("write {}", wording::any_of(&paths)));
            match paths.as_slice() {
                [only] => it.fix(file, path.span, only.as_str()).certain(),
                _ => it,
            }
        });
    }
}

fn all(machine: &Machine) -> impl Iterator<Item = WatcherId> {
    (0..machine.watchers.len()).map(WatcherId)
}

/// Each once, in their order.
fn unique<'n>(names: &[&'n str]) -> Vec<&'n str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(name) {
            seen.push(*name);
        }
    }
    seen
}

fn differing(span: Span, name: &str, paths: &[String], report: &mut Report<'_>) {
    let headline = format!("`{name}` is the name of watchers that answer in different ways");
    report.tell(Code::SEVERAL_WATCHERS, span, headline, |_, it| {
        it.label("which of them?").help(format!("write {}", wording::any_of(paths)))
    });
}
