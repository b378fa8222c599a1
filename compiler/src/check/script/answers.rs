//! What watchers answer.

use super::{Script, wording};
use crate::ast::{self, Expr, MapKey, Name, Path};
use crate::check::declared;
use crate::diagnostic::{Code, suggest};
use crate::model::test::{Answer, LineKind};
use crate::model::{Constant, Field, Machine, Origin, WatcherId};

/// It was asked and has nothing to report.
const NOTHING: &str = "nothing";
/// What handlers write for all faults at once.
const ALL_FAULTS: &str = "fault";

impl Script<'_, '_> {
    pub(super) fn answers(&mut self, watcher: &Path<'_>, series: &[ast::Answer<'_>]) -> Option<LineKind> {
        let watchers = self.watchers_alike(watcher)?;
        let first = *watchers.first()?;
        let mut found = Vec::with_capacity(series.len());
        for (at, answer) in series.iter().enumerate() {
            found.extend(self.answer(first, answer, at + 1 == series.len()));
        }
        (found.len() == series.len()).then_some(LineKind::Answers { watchers, series: found })
    }

    fn answer(&mut self, watcher: WatcherId, answer: &ast::Answer<'_>, is_last: bool) -> Option<Answer> {
        let outcome = self.outcome(watcher, answer.outcome);
        let times = match answer.times {
            Some(it) => self.repeats(it).map(Some),
            None if is_last => Some(None),
            None => Some(Some(1)),
        };
        let after_ms = match &answer.after {
            Some(it) => self.duration(it, "after", 1),
            None => Some(0),
        };
        let outcome = outcome?;
        let payload = outcome.map_or_else(Vec::new, |it| self.subject.machine.payload(Origin::Outcome(watcher, it)));
        let values = self.fields(answer.outcome, &answer.fields, &payload);
        Some(Answer { outcome, values: values?, times: times?, after_ms: after_ms?, span: answer.span })
    }

    /// The position of an outcome; `None` inside for `nothing`.
    fn outcome(&mut self, watcher: WatcherId, name: Name<'_>) -> Option<Option<usize>> {
        let machine = self.subject.machine;
        match machine.outcomes(watcher).position(|it| it.name == name.text) {
            Some(at) => Some(Some(at)),
            None if name.text == NOTHING => Some(None),
            None => {
                self.unknown_outcome(watcher, name);
                None
            }
        }
    }

    fn unknown_outcome(&mut self, watcher: WatcherId, name: Name<'_>) {
        let machine: &Machine = self.subject.machine;
        let kind = &machine.kind_of(watcher).name;
        let names: Vec<_> = machine.outcomes(watcher).map(|it| it.name).collect();
        let faults: Vec<_> = machine.outcomes(watcher).filter(|it| it.fault).map(|it| it.name).collect();
        let near = suggest::nearest(name.text, names.iter().copied().chain([NOTHING]));
        let of = &machine.watcher(watcher).name;
        let headline = format!("{} `{kind}` has no outcome `{}`", wording::article(kind), name.text);
        let reports = format!("`{of}` reports {}, or `{NOTHING}`", wording::any_of(&names));
        self.report.tell(Code::UNKNOWN_OUTCOME, name.span, headline, |file, it| match near {
            _ if name.text == ALL_FAULTS && !faults.is_empty() => {
                it.label("this stands for several").help(format!("name one of them: {}", wording::any_of(&faults)))
            }
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{right}`; {reports}"))
                .fix(file, name.span, wording::name(right))
                .certain_if(suggest::is_certain(name.text, names.iter().copied())),
            None => it.label("no outcome of this name").help(reports),
        });
    }

    /// `x3`
    fn repeats(&mut self, times: Name<'_>) -> Option<u32> {
        let count = times.text.trim_start_matches('x').parse().ok().filter(|it| *it > 0);
        if count.is_none() {
            let headline = format!("`{}` is no number of times", times.text);
            self.report.tell(Code::UNUSABLE_COUNT, times.span, headline, |_, it| {
                it.label("how often?").help("write `x3` for three times, and nothing for once or, at the end, for ever")
            });
        }
        count
    }

    /// A value for each field that is written.
    fn fields(
        &mut self,
        outcome: Name<'_>,
        given: &[(MapKey<'_>, Expr<'_>)],
        payload: &[Field],
    ) -> Option<Vec<Option<Constant>>> {
        let mut values: Vec<Option<Constant>> = payload.iter().map(|_| None).collect();
        let names = given.iter().map(|(key, _)| Name { text: &key.text, span: key.span });
        let mut whole = declared::repeated_field(names, self.report).is_none();
        for (key, value) in given {
            let name = Name { text: &key.text, span: key.span };
            let Some(at) = payload.iter().position(|it| it.0 == name.text) else {
                self.unknown_field(outcome.text, name, payload);
                whole = false;
                continue;
            };
            let found = payload.get(at).and_then(|it| self.constant(value, &it.1, name.text));
            whole &= found.is_some();
            values[at] = found;
        }
        whole.then_some(values)
    }

    /// Tells that an outcome or event has no such field.
    pub(super) fn unknown_field(&mut self, of: &str, name: Name<'_>, payload: &[Field]) {
        let names: Vec<_> = payload.iter().map(|it| it.0.as_str()).collect();
        let near = suggest::nearest(name.text, names.iter().copied());
        let headline = format!("`{of}` carries no `{}`", name.text);
        self.report.tell(Code::UNKNOWN_FIELD, name.span, headline, |file, it| match near {
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{}: …`; it carries {}", wording::name(right), wording::all_of(&names)))
                .fix(file, name.span, wording::name(right))
                .certain_if(suggest::is_certain(name.text, names.iter().copied())),
            None if names.is_empty() => it.label("it carries nothing").help("leave it out"),
            None => it.label("no field of this name").help(format!("it carries {}", wording::all_of(&names))),
        });
    }
}
