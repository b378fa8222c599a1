//! All sources together: which uses which, what each brings, and every machine in the setting that its source gives it.
//!
//! A source is checked once, behind all that it uses. Its machines are lowered, checked and handed on one by one, so that
//! no more than one of them is held at a time; only templates stay, because instances are made of them.

mod closing;
mod instances;
mod names;
mod neighbours;
mod opened;
mod tests;
mod uses;

use crate::diagnostic::Diagnostics;
use crate::model;
use crate::source::{FileId, SourceMap};
use closing::Closing;
use instances::Template;
use names::{Declared, Names};
use neighbours::Neighbours;
use opened::Opened;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A machine that makes sense, and where it comes from.
pub(crate) struct Found<'m> {
    /// The source that its declaration stands in; of an instance, that of its template.
    pub(crate) file: FileId,
    /// The source that asked for it: where the machine, or the instance, is named.
    pub(crate) home: FileId,
    /// The machine.
    pub(crate) machine: &'m model::Machine,
}

/// A machine that tests drive, and these tests.
pub(crate) struct Tested {
    /// The source that its declaration stands in; of an instance, that of its template.
    pub(crate) file: FileId,
    /// The source that the tests stand in.
    pub(crate) home: FileId,
    /// The machine.
    pub(crate) machine: model::Machine,
    /// What is tested of it, with its place among all tests and cases of that source; nothing if all of its tests have
    /// mistakes.
    pub(crate) tests: Vec<(usize, model::test::Test)>,
}

/// Takes the machines that make sense.
type Then<'t> = dyn FnMut(&Found<'_>, &mut Diagnostics) + 't;

/// Takes the tests that make sense, by machine.
type ThenTests<'t> = dyn FnMut(Tested) + 't;

/// Takes what makes sense.
pub(crate) struct See<'t> {
    pub(crate) machine: &'t mut Then<'t>,
    pub(crate) tests: &'t mut ThenTests<'t>,
}

/// Checks all sources, and hands over all machines of those that are not only used.
pub(crate) fn understand<'t>(sources: &SourceMap, sink: &mut Diagnostics, then: &'t mut Then<'t>) {
    understand_all(sources, sink, &mut See { machine: then, tests: &mut |_| {} });
}

/// The same, and hands over their tests.
pub(crate) fn understand_all(sources: &SourceMap, sink: &mut Diagnostics, see: &mut See<'_>) {
    let mut program = Program { sources, done: BTreeMap::new(), names: Names::default() };
    for (id, _) in sources.iter() {
        program.visit(id, sink, see);
    }
}

/// What is known of the sources so far.
struct Program<'s> {
    sources: &'s SourceMap,
    /// What each source brings that has been checked.
    done: BTreeMap<FileId, Rc<Exports<'s>>>,
    names: Names<'s>,
}

/// What a source brings to those that use it.
struct Exports<'s> {
    file: FileId,
    declared: Declared<'s>,
    templates: Vec<Rc<Template<'s>>>,
    /// Those, and the templates that it uses itself.
    seen: Vec<Rc<Template<'s>>>,
    neighbours: Rc<Neighbours<'s>>,
    /// Some item of it could not be read: what is not found may be there.
    unsure: bool,
}

impl<'s> Program<'s> {
    /// Checks a source behind all that it uses, unless that was done. The sources that wait for others are kept in a row
    /// instead of in calls, so that no chain of them is too long.
    fn visit(&mut self, id: FileId, sink: &mut Diagnostics, see: &mut See<'_>) {
        if self.done.contains_key(&id) {
            return;
        }
        let mut waiting = vec![self.open(id, sink)];
        while let Some(last) = waiting.last_mut() {
            match last.next_use(self.sources, sink) {
                Some(target) if self.done.contains_key(&target) => {}
                Some(target) => match waiting.iter().position(|it| it.id == target) {
                    Some(first) => uses::circle(self.sources, &mut waiting[first..], sink),
                    None => waiting.push(self.open(target, sink)),
                },
                None => self.close(waiting.pop(), sink, see),
            }
        }
    }

    fn open(&self, id: FileId, sink: &mut Diagnostics) -> Opened<'s> {
        Opened::read(id, &self.sources.get(id).text, sink)
    }
}

impl<'s> Program<'s> {
    /// Checks a source of which all is known that it uses.
    fn close(&mut self, opened: Option<Opened<'s>>, sink: &mut Diagnostics, see: &mut See<'_>) {
        let Some(opened) = opened else { return };
        let exports = Closing::new(self, opened, sink).finish(self, sink, see);
        self.done.insert(exports.file, Rc::new(exports));
    }
}
