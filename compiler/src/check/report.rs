//! Where the checks of one machine put what they find, and whether the machine is still whole.

use super::setting::InstanceOf;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::FileId;
use machine_grammar::Span;

/// The messages of one machine.
pub(super) struct Report<'a> {
    /// The source that the machine stands in.
    pub(super) file: FileId,
    instance: Option<&'a InstanceOf>,
    sink: &'a mut Diagnostics,
    intact: bool,
}

impl<'a> Report<'a> {
    pub(super) fn new(file: FileId, instance: Option<&'a InstanceOf>, sink: &'a mut Diagnostics) -> Self {
        Self { file, instance, sink, intact: true }
    }

    /// Tells a mistake, built by `details` from its code, place and headline.
    pub(super) fn tell(
        &mut self,
        code: Code,
        span: Span,
        headline: impl Into<String>,
        details: impl FnOnce(FileId, Diagnostic) -> Diagnostic,
    ) {
        if InstanceOf::bears_with(self.instance, code) {
            return;
        }
        let file = self.file;
        let told = details(file, Diagnostic::new(code, file, span, headline));
        self.intact &= told.severity() != Severity::Error;
        self.sink.push(InstanceOf::noted(self.instance, told));
    }

    /// Something is missing that has been told already: the machine is not whole, and nothing more is to be said.
    pub(super) fn known_broken(&mut self) {
        self.intact = false;
    }

    /// Nothing was found so far.
    pub(super) fn intact(&self) -> bool {
        self.intact
    }
}
