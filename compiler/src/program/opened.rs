//! A source while what it uses is looked at.

use super::uses;
use crate::ast::{self, UseSource};
use crate::diagnostic::Diagnostics;
use crate::lower::Unit;
use crate::source::{FileId, Link, SourceMap};
use machine_grammar::Span;

/// A source that was read and is not checked yet.
pub(super) struct Opened<'s> {
    pub(super) id: FileId,
    pub(super) unit: Unit<'s>,
    /// All that it holds, but for its machines.
    pub(super) items: ast::File<'s>,
    /// What its uses lead to, in the order of the source.
    pub(super) brought: Vec<Brought>,
    /// A use leads nowhere, which was told: what is not found may have been meant to come from there.
    pub(super) unsure: bool,
    /// So many uses were followed.
    next: usize,
}

/// What a `use` leads to.
#[derive(Clone, Copy)]
pub(super) struct Brought {
    pub(super) file: FileId,
    /// Where that is named.
    pub(super) span: Span,
    /// The whole `use`.
    pub(super) line: Span,
}

impl<'s> Opened<'s> {
    pub(super) fn read(id: FileId, text: &'s str, sink: &mut Diagnostics) -> Self {
        let unit = Unit::read(id, text, sink);
        let items = unit.items(sink);
        let unsure = items.faulty;
        Self { id, unit, items, brought: Vec::new(), unsure, next: 0 }
    }

    /// The source that the next use leads to. What leads nowhere is told and passed over.
    pub(super) fn next_use(&mut self, sources: &SourceMap, sink: &mut Diagnostics) -> Option<FileId> {
        while let Some(it) = self.items.uses.get(self.next) {
            self.next += 1;
            let link = match &it.source {
                UseSource::Standard(name) => SourceMap::standard(name),
                UseSource::File(path) => sources.used_by(self.id, path),
            };
            match link {
                Link::To(target) if target == self.id => sink.push(uses::itself(self.id, it)),
                Link::To(target) => match self.brought.iter().find(|it| it.file == target) {
                    Some(first) => sink.push(uses::twice(sources, self.id, it, first)),
                    None => {
                        self.brought.push(Brought { file: target, span: it.source_span, line: it.span });
                        return Some(target);
                    }
                },
                Link::Missed(missed) => {
                    sink.push(uses::missed(sources, self.id, it, &missed));
                    self.unsure = true;
                }
            }
        }
        None
    }

    /// The use that was followed last leads in a circle: it brings nothing.
    pub(super) fn drop_last(&mut self) -> Option<Brought> {
        self.unsure = true;
        self.brought.pop()
    }
}
