//! `machinec fmt`: every file in its canonical form, or what would have to change for that.

use super::Verdict;
use crate::args::{Color, Fmt, Format};
use crate::error::Error;
use crate::output;
use crate::patch;
use crate::replace::replace;
use crate::report::{Report, counted};
use crate::sources::{Loaded, is_stdin};
use machine_compiler::diagnostic::Diagnostic;
use machine_compiler::diagnostic::render::visible::visible_line;
use machine_compiler::format::format;
use machine_compiler::source::Source;
use std::path::Path;

pub(super) fn run(it: &Fmt, color: Color) -> Result<Verdict, Error> {
    let loaded = Loaded::from_paths(&it.files);
    let mut report = Report::new(&it.reporting, color);
    report.files(&loaded)?;
    let (forms, mistakes) = forms(&loaded);
    report.diagnostics(&loaded.sources, &mistakes)?;
    let mut work = Work { options: it, color, changed: 0, failed: 0 };
    for ((path, form), (_, source)) in loaded.paths.iter().zip(forms).zip(loaded.sources.iter()) {
        work.file(path, source, form)?;
    }
    let only_input = it.files.iter().all(|it| is_stdin(it));
    if report.has_errors() || work.failed == 0 && !only_input {
        report.close(&work.summary(loaded.paths.len()));
    }
    let fine = !report.has_errors() && work.failed == 0 && (work.changed == 0 || !it.check);
    Ok(if fine { Verdict::Fine } else { Verdict::Mistakes })
}

/// The form of each source, `None` for one with mistakes; and all mistakes.
fn forms(loaded: &Loaded) -> (Vec<Option<String>>, Vec<Diagnostic>) {
    let mut mistakes = Vec::new();
    let form = |(id, source): (_, &Source)| format(id, &source.text).map_err(|it| mistakes.extend(it)).ok();
    (loaded.sources.iter().map(form).collect(), mistakes)
}

/// What is done with each file, and how it went so far.
struct Work<'a> {
    options: &'a Fmt,
    color: Color,
    changed: usize,
    failed: usize,
}

impl Work<'_> {
    fn file(&mut self, path: &Path, source: &Source, form: Option<String>) -> Result<(), Error> {
        let Some(form) = form else {
            if !is_stdin(path) {
                self.tell(&format!("{} is left as it is\n", visible_line(&source.name)));
            }
            return Ok(());
        };
        match (self.options.check, form != source.text) {
            (true, true) => {
                self.changed += 1;
                self.show(source, &form)
            }
            (false, _) if is_stdin(path) => output::print(&form),
            (false, true) => {
                self.rewrite(path, source, &form);
                Ok(())
            }
            (_, false) => Ok(()),
        }
    }

    /// One file that cannot be written keeps none of the others from being written.
    fn rewrite(&mut self, path: &Path, source: &Source, form: &str) {
        match replace(path, &source.text, form) {
            Ok(()) => {
                self.changed += 1;
                self.tell(&format!("formatted {}\n", visible_line(&source.name)));
            }
            Err(error) => {
                self.failed += 1;
                output::error(&error, self.color);
            }
        }
    }

    fn show(&self, source: &Source, form: &str) -> Result<(), Error> {
        let name = visible_line(&source.name);
        match self.options.reporting.format {
            // What is on standard output is for programs.
            Format::Json | Format::Sarif => Ok(()),
            _ if self.options.reporting.quiet => output::print(&format!("{name}\n")),
            _ => output::print(&patch::short(&name, &source.text, form, output::stdout_style(self.color))),
        }
    }

    fn tell(&self, line: &str) {
        if !self.options.reporting.is_silent() {
            output::say(line);
        }
    }

    /// What closes a run in which nothing was wrong.
    fn summary(&self, files: usize) -> String {
        let changed = counted(self.changed, "file");
        match (self.changed, files - self.changed) {
            (0, _) => format!("{}: nothing to change", counted(files, "file")),
            _ if self.options.check => format!("{changed} would change; `machinec fmt` without `--check` does it"),
            (_, 0) => format!("{changed} changed"),
            (_, rest) => format!("{changed} changed, {rest} as before"),
        }
    }
}
