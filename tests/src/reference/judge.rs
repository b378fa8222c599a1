//! to come
use machine_compiler::ast::File;
/// to come
#[must_use]
pub fn judge(_file: &File<'_>) -> Vec<String> { Vec::new() }
