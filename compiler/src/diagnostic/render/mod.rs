//! Diagnostics as text for people and programs; the only folder that knows codespan-reporting and miette.
//!
//! `rich` and `narrated` show source lines, cut and made harmless by `excerpt`; `short` and `json` only name places.

mod advice;
mod clip;
mod excerpt;
mod json;
mod narrated;
mod rich;
mod sarif;
mod short;
pub mod visible;

use super::Diagnostic;
use crate::source::SourceMap;

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Source lines with what is wrong drawn under them; for a terminal.
    Rich,
    /// One line each, `FILE:LINE:COLUMN: error[CODE]: HEADLINE`; for editors, logs and `grep`.
    Short,
    /// Sentences instead of drawings; for screen readers.
    Narrated,
    /// One JSON object a line; for programs.
    Json,
    /// One document in the format that code hosts and review tools read: SARIF 2.1.0.
    Sarif,
}

/// What the place that shows them is capable of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns of a line; longer source lines are cut around what is wrong. At least 40 are used.
    pub width: usize,
    /// Whether escape sequences for colours may be written.
    pub colour: bool,
    /// Whether lines may be drawn with box characters instead of ASCII.
    pub unicode: bool,
}

impl Style {
    /// For files, pipes and snapshots: 120 columns, no colours, ASCII.
    pub const PLAIN: Self = Self { width: 120, colour: false, unicode: false };
}

/// All of `diagnostics`, in their order, in this form.
///
/// The text ends with a line break unless it is empty, which SARIF never is. Only `rich` and `short` take notice of
/// `style`.
#[must_use]
pub fn to_string(form: Form, sources: &SourceMap, diagnostics: &[Diagnostic], style: Style) -> String {
    let one: &dyn Fn(&Diagnostic) -> String = match form {
        Form::Rich => &|it| rich::text(sources, it, style),
        Form::Short => &|it| short::text(sources, it, style),
        Form::Narrated => &|it| narrated::text(sources, it),
        Form::Json => &|it| json::text(sources, it),
        Form::Sarif => return sarif(&[(sources, diagnostics)]),
    };
    diagnostics.iter().map(one).collect()
}

/// One SARIF document of all that is wrong with several lots of sources; ends with a line break.
#[must_use]
pub fn sarif(lots: &[(&SourceMap, &[Diagnostic])]) -> String {
    sarif::document(lots)
}
