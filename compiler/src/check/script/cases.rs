//! The values of one case, under the names that the test has for them.

use super::{Declared, NamedStates, Report, Scope, Subject, constant};
use crate::ast::{CaseParam, Expr};
use crate::check::named_states::path_of;
use crate::check::setting::Param;
use crate::check::types::{self, Use};
use crate::diagnostic::Code;
use machine_grammar::Span;

/// The values of the case at this position, states apart, which become names of `states`; `None` if one is none, which
/// has been told.
pub(super) fn values(
    subject: Subject<'_, '_>,
    case: Option<usize>,
    states: &mut NamedStates<'_>,
    report: &mut Report<'_>,
) -> Option<Vec<Param>> {
    let (Some(cases), Some(at)) = (&subject.test.cases, case) else { return Some(Vec::new()) };
    let values = &cases.cases.get(at)?.values;
    let mut known = Vec::new();
    for (param, value) in cases.params.iter().zip(values) {
        hides(param, subject, report);
        match &param.ty {
            None => state(param, value, states, report),
            Some(ty) => {
                let nothing = Declared::default();
                let ty = types::resolve(ty, Use::Param, Scope::constants(&nothing), report)?;
                let value = constant(value, &ty, param.name.text, &nothing, report);
                let name = param.name.text.to_owned();
                known.extend(value.map(|it| Param { name, ty, value: Some(it), span: param.name.span }));
            }
        }
    }
    report.intact().then_some(known)
}

fn state(param: &CaseParam<'_>, value: &Expr<'_>, states: &mut NamedStates<'_>, report: &mut Report<'_>) {
    match path_of(value) {
        Some(path) => {
            if let Some(state) = states.resolve(&path, report) {
                states.add(param.name.text, state);
            }
        }
        None => no_state(param, value.span, states, report),
    }
}

fn no_state(param: &CaseParam<'_>, span: Span, states: &NamedStates<'_>, report: &mut Report<'_>) {
    let headline = format!("`{}` is a state, this is a value", param.name.text);
    report.tell(Code::BAD_CASE, span, headline, |file, it| {
        it.label("a state belongs here").also(file, param.name.span, "it is a state by this").help(states.all())
    });
}

/// The name of a case that hides one of the machine's would make lines mean something else.
fn hides(param: &CaseParam<'_>, subject: Subject<'_, '_>, report: &mut Report<'_>) {
    let (machine, name) = (subject.machine, param.name);
    let what = match name.text {
        it if machine.data.iter().any(|data| data.name == it) => "data",
        it if machine.facts.iter().any(|fact| fact.name == it) => "a fact",
        it if machine.states.iter().skip(1).any(|state| state.name == it) => "a state",
        _ => return,
    };
    report.tell(Code::HIDING_NAME, name.span, format!("`{}` is {what} of the machine already", name.text), |_, it| {
        it.label("this would hide it").help("give the value of the case another name")
    });
}
