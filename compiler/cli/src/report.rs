//! Tells mistakes as they are found, and how it all ended in one line.

use crate::args::{Color, Format, Reporting};
use crate::error::Error;
use crate::output;
use crate::sources::Loaded;
use machine_compiler::diagnostic::render::{self, Style, visible::visible_line};
use machine_compiler::diagnostic::{Code, Diagnostic, Severity};
use machine_compiler::source::SourceMap;
pub(crate) use machine_value::counted;
use std::collections::BTreeSet;

/// What has been told so far.
pub(crate) struct Report<'a> {
    options: &'a Reporting,
    color: Color,
    /// Mistakes, and files that could not be read.
    errors: usize,
    warnings: usize,
    files: BTreeSet<String>,
    first: Option<Code>,
    /// Sources that are no text, kept back for the one document that SARIF is.
    kept: Option<&'a Loaded>,
}

impl<'a> Report<'a> {
    /// Nothing has been told yet.
    pub(crate) fn new(options: &'a Reporting, color: Color) -> Self {
        Self { options, color, errors: 0, warnings: 0, files: BTreeSet::new(), first: None, kept: None }
    }

    /// Something was told that is not only a warning.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Tells what was wrong with the files themselves.
    pub(crate) fn files(&mut self, loaded: &'a Loaded) -> Result<(), Error> {
        for error in &loaded.errors {
            output::error(error, self.color);
            self.errors += 1;
            self.files.insert(error.subject().to_owned());
        }
        if self.options.format == Format::Sarif {
            self.kept = Some(loaded);
            return Ok(());
        }
        self.diagnostics(&loaded.undecodable, &loaded.refusals)
    }

    /// Tells what is wrong in the sources: programs read standard output, people standard error.
    pub(crate) fn diagnostics(&mut self, sources: &SourceMap, diagnostics: &[Diagnostic]) -> Result<(), Error> {
        diagnostics.iter().for_each(|it| self.count(sources, it));
        match self.options.format {
            Format::Sarif => return self.sarif(sources, diagnostics),
            Format::Json => {
                return output::print(&render::to_string(render::Form::Json, sources, diagnostics, Style::PLAIN));
            }
            Format::Rich | Format::Short | Format::Narrated => {}
        }
        if !diagnostics.is_empty() {
            let style = output::stderr_style(self.color);
            output::say(&render::to_string(self.options.format.into(), sources, diagnostics, style));
        }
        Ok(())
    }

    /// The document, with what was kept back before.
    fn sarif(&mut self, sources: &SourceMap, diagnostics: &[Diagnostic]) -> Result<(), Error> {
        let Some(kept) = self.kept.take() else { return output::print(&render::sarif(&[(sources, diagnostics)])) };
        kept.refusals.iter().for_each(|it| self.count(&kept.undecodable, it));
        output::print(&render::sarif(&[(&kept.undecodable, &kept.refusals), (sources, diagnostics)]))
    }

    fn count(&mut self, sources: &SourceMap, diagnostic: &Diagnostic) {
        match diagnostic.severity() {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
        self.first.get_or_insert(diagnostic.code);
        if let Some(label) = diagnostic.labels.first() {
            self.files.insert(visible_line(&sources.get(label.file).name).into_owned());
        }
    }

    /// Closes with how many mistakes there were, or with `fine` when there was none.
    pub(crate) fn close(&self, fine: &str) {
        if self.options.is_silent() {
            return;
        }
        if self.errors + self.warnings == 0 {
            return output::say(&format!("{fine}\n"));
        }
        output::say(&format!("{}\n", self.summary()));
        if let Some(code) = self.first.filter(|_| self.options.format != Format::Short) {
            output::say(&format!("`machinec explain {code}` tells more, with examples\n"));
        }
    }

    /// `2 errors and 1 warning in hvac.machine`.
    fn summary(&self) -> String {
        let counts = [(self.errors, "error"), (self.warnings, "warning")];
        let counts: Vec<String> = counts.iter().filter(|it| it.0 > 0).map(|(n, what)| counted(*n, what)).collect();
        let place = match (self.files.len(), self.files.first()) {
            (0, _) | (_, None) => String::new(),
            (1, Some(file)) => format!(" in {file}"),
            (many, _) => format!(" in {many} files"),
        };
        format!("{}{place}", counts.join(" and "))
    }
}
