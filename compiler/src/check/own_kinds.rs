//! What a kind that a program implements has to be like, beside what every kind has to be like.

use super::report::Report;
use crate::ast::{Kind, Name, Outcome, TypeKind};
use crate::diagnostic::Code;
use std::collections::HashMap;

/// Most outcomes of a kind: an author can still answer them.
const OUTCOMES_MAX: usize = 32;
/// Most parameters.
const PARAMS_MAX: usize = 64;

/// Tells what is wrong with the kind as a whole. Without a usable program there is nothing yet that could fail.
pub(super) fn check(kind: &Kind<'_>, has_program: bool, report: &mut Report<'_>) {
    at_most(kind, kind.outcomes.len(), OUTCOMES_MAX, "outcomes", report);
    at_most(kind, kind.params.len(), PARAMS_MAX, "parameters", report);
    let params = kind.params.iter().map(|it| it.name);
    repeated(params, Code::DUPLICATE_PARAMETER, "parameters", report);
    let outcomes = kind.outcomes.iter().map(|it| it.name);
    repeated(outcomes, Code::DUPLICATE_OUTCOME, "outcomes", report);
    if has_program && !kind.faulty && !kind.outcomes.is_empty() && !kind.outcomes.iter().any(tells_why) {
        no_fault(kind, report);
    }
}

fn at_most(kind: &Kind<'_>, count: usize, most: usize, what: &str, report: &mut Report<'_>) {
    if count > most {
        let headline = format!("the kind `{}` has too many {what}", kind.name.text);
        report.tell(Code::KIND_TOO_LARGE, kind.name.span, headline, |_, it| {
            it.label(format!("it has {count} {what}, and {most} is the most")).help("make several kinds of it")
        });
    }
}

fn repeated<'s>(names: impl Iterator<Item = Name<'s>>, code: Code, what: &str, report: &mut Report<'_>) {
    let mut first = HashMap::new();
    for name in names {
        let place = *first.entry(name.text).or_insert(name.span);
        if place != name.span {
            report.tell(code, name.span, format!("there are two {what} `{}`", name.text), |file, it| {
                it.label("the second one")
                    .also(file, place, "the first one")
                    .help("give one of them another name, or leave one out")
            });
        }
    }
}

/// A fault that can say that the program was interrupted: then it can say all else that happens to programs too.
fn tells_why(outcome: &Outcome<'_>) -> bool {
    let names =
        |it: &TypeKind<'_>| matches!(it, TypeKind::Enum(words) if words.iter().any(|it| it.text == "interrupted"));
    outcome.fault && outcome.fields.iter().any(|(name, ty)| name.text == "reason" && names(&ty.kind))
}

fn no_fault(kind: &Kind<'_>, report: &mut Report<'_>) {
    const FIELDS: &str = "reason: exit | signal | timeout | unstartable | interrupted | invalid";
    let headline = format!("`{}` cannot tell that its program failed", kind.name.text);
    let fault = kind.outcomes.iter().find(|it| it.fault);
    report.tell(Code::NO_PROGRAM_FAULT, kind.name.span, headline, |file, it| match fault {
        Some(fault) => it
            .label("a program may crash, hang, or not be there at all")
            .also(file, fault.name.span, "this fault does not say `interrupted`")
            .help(format!("give it the field `{FIELDS}`")),
        None => it
            .label("a program may crash, hang, or not be there at all")
            .help(format!("add `fault failed {{ {FIELDS} }}`")),
    });
}
