//! What a test expects.

use super::{Script, counts, wording};
use crate::ast::{self, Arg, AtMost, Bound, Name, Path};
use crate::check::declared;
use crate::check::promises;
use crate::check::scope::Scope;
use crate::diagnostic::{Code, suggest};
use crate::model::test::{Expect, Times};
use crate::model::{Constant, Expr, StateId};

impl Script<'_, '_> {
    pub(super) fn expect(&mut self, expect: &ast::Expect<'_>) -> Option<Expect> {
        Some(match expect {
            ast::Expect::Holds(all) => Expect::Holds(self.conditions(all)?),
            ast::Expect::Way(paths) => Expect::Path(self.way(paths)?),
            ast::Expect::Ran { watcher, times } => {
                let (watchers, times) = (self.watchers(watcher), self.times(times));
                Expect::Ran { watchers: watchers?, times: times? }
            }
            ast::Expect::Emitted { event, fields, times } => self.emitted(*event, fields, times.as_ref())?,
            ast::Expect::Never(it) => Expect::Never(self.condition(it, "never")?),
            ast::Expect::At { moment, holds } => {
                let (ms, holds) = (self.duration(moment, "at", 0), self.conditions(holds));
                Expect::At { ms: ms?, holds: holds? }
            }
            ast::Expect::AtMost(it) => self.at_most(it)?,
        })
    }

    /// All of them, or nothing; every one is looked at.
    fn conditions(&mut self, all: &[ast::Expr<'_>]) -> Option<Vec<Expr>> {
        let found: Vec<_> = all.iter().map(|it| self.condition(it, "expect")).collect();
        found.into_iter().collect()
    }

    fn way(&mut self, paths: &[Path<'_>]) -> Option<Vec<StateId>> {
        let found: Vec<_> = paths.iter().map(|it| self.states.resolve(it, self.report)).collect();
        found.into_iter().collect()
    }

    fn times(&mut self, times: &ast::Times<'_>) -> Option<Times> {
        let (word, least) = match times.bound {
            Bound::Exactly => ("times", 0),
            Bound::AtLeast => ("at least", 1),
            Bound::AtMost => ("at most", 0),
        };
        let count = counts::count(&times.count, word, least, Scope::constants(self.declared), self.report)?;
        let count = u32::try_from(count).ok()?;
        Some(match times.bound {
            Bound::Exactly => Times { least: count, most: count },
            Bound::AtLeast => Times { least: count, most: u32::MAX },
            Bound::AtMost => Times { least: 0, most: count },
        })
    }

    fn at_most(&mut self, expected: &AtMost<'_>) -> Option<Expect> {
        let count = counts::count(&expected.count, "at most", 0, Scope::constants(self.declared), self.report);
        let of = promises::counted(expected, self.report)?;
        let per_ms = match &expected.per {
            Some(it) => Some(self.duration(it, "per", 1)?),
            None => None,
        };
        Some(Expect::AtMost { count: count?, of, per_ms })
    }

    // ---- `emitted`

    fn emitted(&mut self, name: Name<'_>, fields: &[Arg<'_>], times: Option<&ast::Times<'_>>) -> Option<Expect> {
        let times = match times {
            Some(it) => self.times(it),
            None => Some(Times { least: 1, most: u32::MAX }),
        };
        let Some(emit) = self.subject.machine.emits.iter().position(|it| it.name == name.text) else {
            self.never_emitted(name);
            return None;
        };
        let fields = self.some_fields(name, fields, emit);
        Some(Expect::Emitted { emit, fields: fields?, times: times? })
    }

    /// Those of an event's fields that are written, by name.
    fn some_fields(&mut self, name: Name<'_>, fields: &[Arg<'_>], emit: usize) -> Option<Vec<(usize, Constant)>> {
        let payload = &self.subject.machine.emits.get(emit)?.fields;
        let mut whole = declared::repeated_field(fields.iter().filter_map(|it| it.name), self.report).is_none();
        let mut found = Vec::with_capacity(fields.len());
        for arg in fields {
            let Some(field) = arg.name else {
                self.unnamed(arg, payload.first().map_or("FIELD", |it| it.0.as_str()));
                whole = false;
                continue;
            };
            let Some(at) = payload.iter().position(|it| it.0 == field.text) else {
                self.unknown_field(name.text, field, payload);
                whole = false;
                continue;
            };
            let value = payload.get(at).and_then(|it| self.constant(&arg.value, &it.1, field.text));
            whole &= value.is_some();
            found.extend(value.map(|it| (at, it)));
        }
        whole.then_some(found)
    }

    fn unnamed(&mut self, arg: &Arg<'_>, example: &str) {
        self.report.tell(Code::EVENT_FIELDS, arg.value.span, "what an event carries has a name", |_, it| {
            it.label("which field is this?").help(format!("write its name before it, as in `{example}: …`"))
        });
    }

    fn never_emitted(&mut self, name: Name<'_>) {
        let machine = self.subject.machine;
        let names: Vec<_> = machine.emits.iter().map(|it| it.name.as_str()).collect();
        let near = suggest::nearest(name.text, names.iter().copied());
        let headline = format!("`{}` emits no `{}`", machine.name, name.text);
        self.report.tell(Code::UNKNOWN_EVENT, name.span, headline, |file, it| match near {
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{}`", wording::name(right)))
                .fix(file, name.span, wording::name(right))
                .certain_if(suggest::is_certain(name.text, names.iter().copied())),
            None if names.is_empty() => it
                .label("it emits nothing")
                .help(format!("let it `emit {}` where it is to be told", wording::name(name.text))),
            None => it.label("no event of this name").help(format!("it emits {}", wording::all_of(&names))),
        });
    }
}
