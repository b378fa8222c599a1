//! Arguments of watchers: nobody could answer if calculating one of them failed, so none of them can.

use super::mismatch;
use super::report::Report;
use crate::diagnostic::Code;
use crate::model::bounds::Known;
use crate::model::{Expr, ExprKind};

/// Tells if the calculation of an argument can fail, or holds a secret.
pub(super) fn argument(value: &Expr, slot: &str, report: &mut Report<'_>) -> Option<()> {
    if value.any(|it| matches!(it.kind, ExprKind::Secret(_))) {
        mismatch::secret(value.span, report);
        return None;
    }
    let mut failures = Vec::new();
    Known::default().look(value, &mut failures);
    let Some(failure) = failures.first() else { return Some(()) };
    let headline = format!("`{slot}` is calculated when the watcher is asked, and that can fail");
    report.tell(Code::FAILING_ARGUMENT, failure.span, headline, |_, it| {
        it.label(failure.what.clone()).help(format!("arguments must not fail: {}", failure.way_out()))
    });
    None
}
