//! Parameters of templates, and what instances give for them.

use super::declared::Declared;
use super::expr;
use super::mismatch;
use super::report::Report;
use super::scope::Scope;
use super::setting::Param;
use super::types::{self, Use};
use crate::ast;
use crate::diagnostic::Diagnostics;
use crate::model::{Constant, Type};
use crate::source::FileId;

/// The parameters of a template with their types; the value of each is its default. Those with a mistake are told and
/// left out.
pub fn params(file: FileId, params: &[ast::Param<'_>], sink: &mut Diagnostics) -> Vec<Param> {
    let mut report = Report::new(file, None, sink);
    super::declared::repeated_field(params.iter().map(|it| it.name), &mut report);
    params.iter().filter_map(|it| param(it, &mut report)).collect()
}

fn param(it: &ast::Param<'_>, report: &mut Report<'_>) -> Option<Param> {
    let nothing = Declared::default();
    let ty = types::resolve(&it.ty, Use::Param, Scope::constants(&nothing), report)?;
    let value = match &it.default {
        Some(value) => Some(known(value, &ty, it.name.text, report)?),
        None => None,
    };
    Some(Param { name: it.name.text.to_owned(), ty, value, span: it.name.span })
}

/// What an instance gives for a parameter of this name and type; nothing if it does not fit, which is told.
pub fn value(file: FileId, given: &ast::Expr<'_>, ty: &Type, name: &str, sink: &mut Diagnostics) -> Option<Constant> {
    known(given, ty, name, &mut Report::new(file, None, sink))
}

fn known(given: &ast::Expr<'_>, ty: &Type, name: &str, report: &mut Report<'_>) -> Option<Constant> {
    let nothing = Declared::default();
    let found = expr::expect(given, ty, name, Scope::constants(&nothing), report)?;
    if found.constant().is_none() {
        mismatch::not_constant(&found, name, report);
    }
    found.constant().cloned()
}
