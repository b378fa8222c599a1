//! What stands between machines: what is used, instances of templates, machines that are in no source.

use super::docs::Docs;
use super::{Lower, name};
use crate::ast::{Extern, Instance, Param, Use, UseSource};
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{Kind, Node, Span};

/// What the paths of templates begin with that ship with the compiler.
const STANDARD: &str = "std/";

impl<'s> Lower<'_, 's> {
    /// `use`; nothing if what it names cannot be, which is then reported.
    pub(super) fn use_(&mut self, node: Node<'_, 's>) -> Option<Use> {
        let place = node.children().next()?;
        let source = match place.kind() {
            Kind::UsePath => self.standard(place)?,
            Kind::Text => UseSource::File(self.plain_text(place)?.into_owned()),
            _ => return None,
        };
        Some(Use { source, source_span: place.span(), span: node.span() })
    }

    fn standard(&mut self, node: Node<'_, 's>) -> Option<UseSource> {
        let path = node.text();
        let inner = path.strip_prefix(STANDARD).filter(|it| !it.is_empty() && it.bytes().all(is_of_path));
        if inner.is_none() {
            self.report(self.unknown_use(node.span(), path));
        }
        inner.map(|it| UseSource::Standard(it.to_owned()))
    }

    fn unknown_use(&self, span: Span, path: &str) -> Diagnostic {
        let file = if path.ends_with(".machine") { path.to_owned() } else { format!("{path}.machine") };
        let told = Diagnostic::new(Code::UNEXPECTED, self.file, span, format!("`{path}` is nothing that can be used"))
            .label("neither `std/…` nor a file between quotes");
        match path.strip_suffix(".machine") {
            Some(_) => told.help(format!("write `use \"{file}\"`")).fix(self.file, span, format!("\"{file}\"")),
            None => {
                let name = path.strip_prefix("std.").unwrap_or(path);
                told.help(format!("write `use std/{name}` for a template, or `use \"{file}\"` for another file"))
            }
        }
    }

    /// `machine NAME = TEMPLATE(ARGS)`; of a bad one only its name.
    pub(super) fn instance(&mut self, node: Node<'_, 's>, doc: String) -> Option<Instance<'s>> {
        let name = name(node.find(Kind::Name)?);
        let call = node.find(Kind::Call).and_then(|it| self.call(it));
        Some(Instance { doc, name, call, span: node.span() })
    }

    /// `extern machine NAME { … }`; of a bad one only its name.
    pub(super) fn extern_(&mut self, node: Node<'_, 's>, doc: String) -> Option<Extern<'s>> {
        let name = name(node.find(Kind::Name)?);
        let faulty = node.kind() == Kind::BadExtern;
        let mut outside = Extern { doc, name, states: Vec::new(), events: Vec::new(), faulty, span: node.span() };
        let mut docs = Docs::default();
        for part in node.children().skip(1) {
            match part.kind() {
                Kind::Doc => docs.add(self, part),
                _ => self.extern_part(part, docs.take(), &mut outside),
            }
        }
        docs.end(self);
        Some(outside)
    }

    fn extern_part(&mut self, node: Node<'_, 's>, doc: String, outside: &mut Extern<'s>) {
        match node.kind() {
            Kind::States => outside.states.extend(node.children().map(super::path)),
            Kind::Event => outside.events.extend(self.event(node, doc)),
            _ => outside.faulty = true,
        }
    }

    /// The parameters of a template, and whether one of them could not be read; `None` if the machine is no template.
    pub(super) fn template(&mut self, machine: Node<'_, 's>) -> (Option<Vec<Param<'s>>>, bool) {
        let Some(params) = machine.find(Kind::Params) else { return (None, false) };
        let bad = params.find(Kind::BadParam).is_some();
        let good = params.children().filter(|it| it.kind() == Kind::Param);
        (Some(good.filter_map(|it| self.param(it)).collect()), bad)
    }
}

fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/')
}
