//! What is reported and sent on a way, with values that fit.

use super::{Replay, core};
use crate::model::eval::Value;
use crate::model::{Constant, Expr, ExprKind, Field, Origin, Type, WatcherId};
use crate::prove::event::{Cause, exprs, reads_field};
use crate::prove::relevant::Held;
use crate::prove::script::{Answer, Line};
use crate::prove::space::Variable;
use crate::prove::trace::Taken;
use crate::prove::values::{candidates, data, least};
use machine_core::Input;

impl Replay<'_, '_> {
    /// Values for the fields that matter, each combination one that can be tried.
    pub(super) fn choices(
        &self,
        step: &Taken,
        origin: Option<Origin>,
        fields: &[Field],
    ) -> Vec<Vec<(String, Constant)>> {
        const TRIED: usize = 128;
        let leaf = self.space().leaf_of(self.graph.configs[step.from as usize]);
        let case = self.graph.table.group_of(step.way).case as usize;
        let event = self.graph.event_of(step.way);
        let handlers = origin.map(|it| self.space().answers(leaf, it)).unwrap_or_default();
        let exprs: Vec<_> = handlers.iter().flat_map(|it| exprs(it.1)).collect();
        let mut choices = vec![Vec::new()];
        for (name, ty) in fields {
            let reading: Vec<_> = exprs.iter().copied().filter(|it| reads_field(it, name).is_some()).collect();
            if reading.is_empty() {
                continue;
            }
            let bounds = event.cases[case].iter().find(|it| it.0 == name).map(|it| it.1);
            let mut values = candidates(ty, bounds, &reading, &self.space().texts);
            values.extend(self.known_texts(ty, &reading));
            let with =
                |chosen: &Vec<_>, value: &Constant| [chosen.as_slice(), &[(name.clone(), value.clone())]].concat();
            choices =
                choices.iter().flat_map(|it| values.iter().map(move |value| with(it, value))).take(TRIED).collect();
        }
        choices
    }

    /// A value of a piece.
    pub(super) fn value_in(&self, it: &Variable, piece: u64) -> Option<Constant> {
        let space = self.space();
        candidates(it.held.ty(space.machine), Some(it.cells.bounds(piece)), &[], &space.texts).into_iter().next()
    }

    /// The texts that data has now with which a field of this type is compared.
    fn known_texts(&self, ty: &Type, exprs: &[&Expr]) -> Vec<Constant> {
        let mut found = Vec::new();
        if matches!(ty, Type::Text { .. }) {
            let data = self.data();
            exprs.iter().for_each(|it| {
                it.walk(&mut |it| {
                    if let ExprKind::Data(at) = &it.kind {
                        found.extend(data.get(*at).and_then(text));
                    }
                });
            });
        }
        found
    }

    /// The step happens now, with these values.
    pub(super) fn happen(
        &mut self,
        step: &Taken,
        cause: Cause,
        fields: &[Field],
        chosen: Vec<(String, Constant)>,
    ) -> Option<()> {
        let of =
            |(name, ty): &Field| chosen.iter().find(|it| it.0 == *name).map_or_else(|| least(ty), |it| it.1.clone());
        let values: Vec<Constant> = fields.iter().map(of).collect();
        let payload: Vec<_> = values.iter().map(data).collect();
        let (before, known) = (self.leaf(), self.data());
        self.next += 1;
        let mut is_own = true;
        let told = match cause {
            Cause::Outcome(watcher, outcome) => {
                let id = self.core(watcher)?;
                let visit = self.instance.visit_of(id)?;
                let limit = self.open.get(&watcher.0).and_then(|it| self.limit(watcher.0, it.since));
                if limit.is_some_and(|it| it < self.now) {
                    return None;
                }
                is_own = self.is_own(watcher, visit);
                self.note_answer(watcher, outcome, &chosen);
                self.give(Input::Outcome {
                    watcher: id,
                    visit,
                    outcome: u8::try_from(outcome).ok()?,
                    payload: &payload,
                })
            }
            Cause::Signal(signal) => {
                self.script.add(self.now, Line::Send { signal, values: chosen.clone() });
                self.give(Input::Signal { signal: core::SignalId(signal.0 as u16), payload: &payload })
            }
            Cause::Fact(at, piece) => {
                let Held::Fact(fact) = self.space().variables[at].held else { return None };
                let value = self.value_in(&self.space().variables[at], piece)?;
                self.script.add(self.now, Line::Fact { fact, value: value.clone() });
                self.give(Input::Fact { fact: fact as u16, value: data(&value) })
            }
            Cause::After(_) | Cause::Ask(_) | Cause::Look | Cause::Pass | Cause::Late => return None,
        };
        self.note(Some(cause), before, chosen, &known, is_own.then_some(&told));
        self.answer(told);
        self.is_at(self.graph.configs[step.to as usize]).then_some(())
    }

    /// Whether the machine brings about what a watcher reports: of changes, others do, but for the first report.
    fn is_own(&mut self, watcher: WatcherId, visit: u32) -> bool {
        let is_told = self.space().machine.kind_of(watcher).notified;
        self.reported.insert(watcher.0, visit) != Some(visit) || !is_told
    }

    /// What a watcher answers is noted: at once, so long after it was asked, or by itself.
    fn note_answer(&mut self, watcher: WatcherId, outcome: usize, values: &[(String, Constant)]) {
        let values = values.to_vec();
        match self.open.remove(&watcher.0) {
            Some(open) => {
                let answer = Answer { outcome: Some(outcome), values, after_ms: self.now - open.since, times: 1 };
                self.script.answered(watcher.0, answer);
            }
            None => self.script.add(self.now, Line::Change { watcher: watcher.0, outcome, values }),
        }
    }
}

fn text(value: &Value) -> Option<Constant> {
    match value {
        Value::Text(it) => Some(Constant::Text(it.clone())),
        _ => None,
    }
}
