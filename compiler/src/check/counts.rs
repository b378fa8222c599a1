//! Numbers of times.

use super::report::Report;
use super::scope::Scope;
use super::{expr, mismatch};
use crate::ast::{Expr, ExprKind};
use crate::diagnostic::Code;
use crate::model::{self, Constant, Type};

/// Most that can be counted to.
const MOST: i64 = u32::MAX as i64;

/// A whole number from `least` on that is known when the machine is compiled; `None` if it is none, which has been told.
/// `word` is what it stands behind.
pub(super) fn count(
    value: &Expr<'_>,
    word: &str,
    least: i64,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<u64> {
    if matches!(value.kind, ExprKind::Duration(_) | ExprKind::Float(_)) {
        refuse(value, word, "this is no whole number", least, report);
        return None;
    }
    let found = expr::expect(value, &Type::INT, word, scope, report)?;
    let number = match found.constant() {
        Some(Constant::Int(it)) => *it,
        // Of a parameter without a value any number will do.
        None if found.any(|it| matches!(it.kind, model::ExprKind::Param(_))) => least,
        _ => {
            mismatch::not_constant(&found, word, report);
            return None;
        }
    };
    if !(least..=MOST).contains(&number) {
        let label = if number < least { format!("{least} is the least") } else { format!("{MOST} is the most") };
        refuse(value, word, &label, least, report);
        return None;
    }
    u64::try_from(number).ok()
}

fn refuse(value: &Expr<'_>, word: &str, label: &str, least: i64, report: &mut Report<'_>) {
    let headline = format!("`{word}` wants a number from {least} on");
    report.tell(Code::UNUSABLE_COUNT, value.span, headline, |_, it| {
        it.label(label.to_owned()).help("write a whole number, such as `3`")
    });
}
