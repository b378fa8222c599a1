//! Where the stages put their diagnostics.

use super::{Code, Diagnostic, Severity};

/// All that was found so far, in the order of finding until [`Diagnostics::sorted`].
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds several.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.list.extend(diagnostics);
    }

    /// Whether an error is among them; warnings do not count.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|it| it.severity() == Severity::Error)
    }

    /// How many there are, warnings included; to see whether a stage added any.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// All of them by file, place and code, each once.
    #[must_use]
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        let place = |it: &Diagnostic| it.labels.first().map(|l| (l.file, l.span));
        self.list.sort_by(|a, b| {
            let by_place = (place(a), a.code).cmp(&(place(b), b.code));
            by_place.then_with(|| a.headline.cmp(&b.headline))
        });
        // A mistake of a template is found once for each of its instances.
        self.list.dedup_by(|a, b| (place(a), a.code) == (place(b), b.code) && a.headline == b.headline);
        // What is broken in one of them is told, whatever is not known of the others.
        let is_open = |it: &Diagnostic| matches!(it.code, Code::UNDECIDED | Code::KEPT_ON_TIME);
        self.list.dedup_by(|a, b| place(a) == place(b) && is_open(a) && b.severity() == Severity::Error);
        self.list
    }
}
