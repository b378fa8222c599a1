//! `returns`: the JSON that a watcher yields, field by field.

use super::declared::repeated_field;
use super::expr;
use super::mismatch;
use super::report::Report;
use super::scope::Scope;
use super::types::{self, Use};
use super::wording;
use crate::ast;
use crate::diagnostic::Code;
use crate::model::{Kind, Return};
use machine_grammar::Span;
use std::sync::Arc;

/// The fields, or nothing if one of them has a mistake. `kind` is that of the watcher, if it is known.
pub(super) fn check(
    keyword: Span,
    fields: &[ast::Return<'_>],
    kind: Option<Arc<Kind>>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Vec<Return>> {
    let mut whole = repeated_field(fields.iter().map(|it| it.name), report).is_none();
    if let Some(kind) = &kind {
        whole &= takes_returns(keyword, kind, report) && fields_are_free(fields, kind, report);
    }
    if fields.is_empty() {
        report.tell(Code::NO_RETURNS, keyword, "`returns` names no field", |_, it| {
            it.label("nothing would be read").help("write `returns { co2: int in 0..5000 }`, or leave it out")
        });
        return None;
    }
    let found: Vec<_> = fields.iter().map(|it| field(it, scope, report)).collect();
    let found = found.into_iter().collect::<Option<Vec<_>>>()?;
    whole.then_some(found)
}

fn field(it: &ast::Return<'_>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Return> {
    let ty = types::resolve(&it.ty, Use::Value, scope, report)?;
    let default = match &it.default {
        None => None,
        Some(value) => {
            let found = expr::expect(value, &ty, it.name.text, scope, report)?;
            match found.constant() {
                Some(it) => Some(it.clone()),
                None if found.any(|it| matches!(it.kind, crate::model::ExprKind::Param(_))) => {
                    Some(expr::stand_in(&ty))
                }
                None => {
                    mismatch::not_constant(&found, it.name.text, report);
                    return None;
                }
            }
        }
    };
    Some(Return { name: it.name.text.to_owned(), ty, default })
}

fn takes_returns(keyword: Span, kind: &Kind, report: &mut Report<'_>) -> bool {
    if kind.outcomes.iter().any(|it| it.returns) {
        return true;
    }
    let headline =
        format!("{} `{}` yields nothing that `returns` could describe", wording::article(&kind.name), kind.name);
    report.tell(Code::NO_RETURNS, keyword, headline, |_, it| {
        it.label("this kind has no outcome that carries JSON")
            .help("leave it out, or give an outcome of the kind a field of the type `returns`")
    });
    false
}

/// A field of the JSON stands beside those that the outcome has by itself.
fn fields_are_free(fields: &[ast::Return<'_>], kind: &Kind, report: &mut Report<'_>) -> bool {
    let taken = |name: &str| kind.outcomes.iter().find(|it| it.returns && it.fields.iter().any(|it| it.0 == name));
    let mut free = true;
    for field in fields {
        let Some(outcome) = taken(field.name.text) else { continue };
        let headline = format!("`{}` carries a field `{}` already", outcome.name, field.name.text);
        report.tell(Code::DUPLICATE_FIELD, field.name.span, headline, |_, it| {
            it.label(format!("this is one of the fields of every `{}`", kind.name)).help("give it another name")
        });
        free = false;
    }
    free
}
