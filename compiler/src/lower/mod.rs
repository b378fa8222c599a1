//! From text to the program as its author wrote it, or to messages that say why not.
//!
//! The grammar's tree is walked once, top down. A declaration that is broken keeps its name, so that whoever refers
//! to it is not told that it does not exist; what is lost without a name makes the block around it `faulty`. Each bad
//! node of the tree has an error of its own (`syntax_error` finds the words), so nothing is said of it here.

mod action;
mod around;
mod body;
mod calculation;
mod call;
mod declaration;
mod docs;
mod escape;
mod expect;
mod expected;
mod file;
mod habits;
mod handler;
mod kind;
mod mix_ups;
mod modifier;
mod number;
mod promise;
mod scripts;
mod syntax_error;
mod test;
mod text;
mod ty;
mod unit;
mod value;

pub use unit::{Unit, used_files};

use crate::ast::{File, Machine, Name, Path};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::FileId;
use docs::Docs;
use machine_grammar::{Kind, Node, Span};

/// Reads a source. What is wrong with its syntax goes to `sink`; what could be read comes back all the same.
pub fn lower<'s>(file: FileId, source: &'s str, sink: &mut Diagnostics) -> File<'s> {
    let unit = Unit::read(file, source, sink);
    let items = unit.items(sink);
    let mut machines = Vec::new();
    unit.all_machines(sink, &|_| true, &mut |machine, _| machines.push(machine));
    File { machines, ..items }
}

/// What all of lowering needs.
struct Lower<'k, 's> {
    file: FileId,
    source: &'s str,
    sink: &'k mut Diagnostics,
    /// How many calculations are being read, each inside the one before.
    nesting: usize,
}

impl<'s> Lower<'_, 's> {
    /// All of a file but its machines, which may use what stands further down.
    fn items(&mut self, root: Node<'_, 's>) -> File<'s> {
        let mut file = File::default();
        let is_of_machines = |it: Node<'_, '_>| matches!(it.kind(), Kind::Doc | Kind::Machine | Kind::BadMachine);
        if root.children().all(is_of_machines) {
            return file;
        }
        let mut docs = Docs::default();
        for node in root.children() {
            match node.kind() {
                Kind::Doc => _ = docs.add_if_above(self.source, node),
                _ => self.item(node, docs.take(), &mut file),
            }
        }
        file
    }

    fn item(&mut self, node: Node<'_, 's>, doc: String, file: &mut File<'s>) {
        match node.kind() {
            Kind::Use => {
                let brought = self.use_(node);
                file.faulty |= brought.is_none();
                file.uses.extend(brought);
            }
            Kind::Instance | Kind::BadInstance => file.instances.extend(self.instance(node, doc)),
            Kind::Extern | Kind::BadExtern => file.externs.extend(self.extern_(node, doc)),
            Kind::WatcherKind => {
                let (kind, complete) = self.watcher_kind(node, doc);
                file.kinds.extend(kind);
                file.faulty |= !complete;
            }
            Kind::Test => file.tests.extend(self.test(node, doc)),
            _ => {}
        }
    }

    /// Hands over the machines of a file that are `wanted`.
    fn machines(
        &mut self,
        root: Node<'_, 's>,
        wanted: &dyn Fn(Node<'_, 's>) -> bool,
        each: &mut dyn FnMut(Machine<'s>, &mut Diagnostics),
    ) {
        let mut docs = Docs::default();
        for node in root.children() {
            match node.kind() {
                Kind::Doc => docs.add(self, node),
                Kind::Machine | Kind::BadMachine if wanted(node) => {
                    if let Some(machine) = self.machine(node, docs.take()) {
                        each(machine, self.sink);
                    }
                }
                // A `use` is nothing that could be described.
                Kind::Use => std::mem::take(&mut docs).end(self),
                _ => _ = docs.take(),
            }
        }
        docs.end(self);
    }

    /// A machine; of a bad one whatever could be read.
    fn machine(&mut self, node: Node<'_, 's>, doc: String) -> Option<Machine<'s>> {
        let name = name(node.find(Kind::Name)?);
        let bad = node.kind() == Kind::BadMachine;
        let version = node.find(Kind::Version).map(name_as_written);
        // Nobody can tell whether a version stood in the part that could not be read, so none is missed.
        let version = version.or_else(|| bad.then_some(Name { text: "0.0.0", span: name.span }));
        let (params, bad_params) = self.template(node);
        let mut body = self.body_of(node);
        body.faulty |= bad || bad_params;
        Some(Machine { doc, name, params, version, body, span: node.span() })
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.sink.push(diagnostic);
    }
}

/// A name without its backticks, or without the quotes for which an error is told; the span keeps them.
fn name<'s>(node: Node<'_, 's>) -> Name<'s> {
    let written = node.text();
    let is_quote = |it: Option<&u8>| matches!(it, Some(b'`' | b'"'));
    // Hardly any name has some, and to look for them as characters takes long.
    let is_quoted = is_quote(written.as_bytes().first()) || is_quote(written.as_bytes().last());
    let text = if is_quoted { written.trim_matches(['`', '"']) } else { written };
    Name { text, span: node.span() }
}

fn name_as_written<'s>(node: Node<'_, 's>) -> Name<'s> {
    Name { text: node.text(), span: node.span() }
}

/// The word that a node begins with, as written: an edit may have put it right.
fn keyword(node: Node<'_, '_>) -> Span {
    let start = node.span().start as usize;
    let text = node.text();
    let length = text.find(|it: char| it != '_' && !it.is_alphanumeric()).unwrap_or(text.len());
    Span::new(start, start + length)
}

fn path<'s>(node: Node<'_, 's>) -> Path<'s> {
    if node.text().starts_with('"') {
        return quoted_path(node);
    }
    let mut names = Vec::with_capacity(node.children().count());
    names.extend(node.children().map(name));
    Path { names, span: node.span() }
}

/// A path between quotes, for which an error is told: all its names come of one text.
fn quoted_path<'s>(node: Node<'_, 's>) -> Path<'s> {
    let span = node.span();
    let names = node.text().trim_matches('"').split('.').map(|text| Name { text, span });
    Path { names: names.collect(), span }
}
