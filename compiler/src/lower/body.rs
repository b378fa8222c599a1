//! What stands between the braces of a machine or a state.

use super::docs::Docs;
use super::{Lower, name};
use crate::ast::{Body, EventRef, Handler, Name, Path, Response, State, Trigger};
use machine_grammar::{Kind, Node, Span};

impl<'s> Lower<'_, 's> {
    /// The body of a machine or state; empty if it has no braces.
    pub(super) fn body_of(&mut self, node: Node<'_, 's>) -> Body<'s> {
        node.find(Kind::Body).map(|it| self.body(it)).unwrap_or_default()
    }

    fn body(&mut self, node: Node<'_, 's>) -> Body<'s> {
        let mut body = with_room(node);
        let mut docs = Docs::default();
        for part in node.children() {
            match part.kind() {
                Kind::Doc => docs.add(self, part),
                _ => self.part(part, docs.take(), &mut body),
            }
        }
        docs.end(self);
        body
    }

    fn part(&mut self, node: Node<'_, 's>, doc: String, body: &mut Body<'s>) {
        match node.kind() {
            Kind::State | Kind::BadState => body.states.extend(self.state(node, doc)),
            Kind::Watch | Kind::Run | Kind::BadWatch | Kind::BadRun => body.watchers.extend(self.watcher(node, doc)),
            Kind::On => body.handlers.push(self.on(node, doc)),
            Kind::After => body.handlers.extend(self.after(node, doc)),
            // Its events are answered, but perhaps there were more of them.
            Kind::BadOn => {
                body.handlers.push(self.on(node, doc));
                body.faulty = true;
            }
            _ => body.faulty = true,
        }
    }

    fn state(&mut self, node: Node<'_, 's>, doc: String) -> Option<State<'s>> {
        let name = name(node.find(Kind::Name)?);
        let initial = node.find(Kind::Initial).map(Node::span);
        let final_ = node.find(Kind::Final).map(Node::span);
        let mut body = self.body_of(node);
        body.faulty |= node.kind() == Kind::BadState;
        Some(State { doc, initial, final_, name, was: Vec::new(), body, span: node.span() })
    }

    fn on(&mut self, node: Node<'_, 's>, doc: String) -> Handler<'s> {
        let mut events = Vec::with_capacity(1);
        let event = |it| EventRef::Named { path: path(it), binding: None };
        events.extend(node.children().filter(|it| it.kind() == Kind::Path).map(event));
        handler(node, doc, Trigger::On { events })
    }

    fn after(&mut self, node: Node<'_, 's>, doc: String) -> Option<Handler<'s>> {
        let start = node.span().start as usize;
        let keyword = Span::new(start, start + "after".len());
        let delay = self.value(node.children().next()?);
        Some(handler(node, doc, Trigger::After { keyword, delay }))
    }
}

/// An empty body with room for just what the node holds: most of a large program is made of small bodies.
fn with_room<'s>(node: Node<'_, 's>) -> Body<'s> {
    let count = |kinds: &[Kind]| node.children().filter(|it| kinds.contains(&it.kind())).count();
    Body {
        states: Vec::with_capacity(count(&[Kind::State, Kind::BadState])),
        watchers: Vec::with_capacity(count(&[Kind::Watch, Kind::Run, Kind::BadWatch, Kind::BadRun])),
        handlers: Vec::with_capacity(count(&[Kind::On, Kind::After, Kind::BadOn])),
        ..Body::default()
    }
}

fn handler<'s>(node: Node<'_, 's>, doc: String, trigger: Trigger<'s>) -> Handler<'s> {
    let label = node.find(Kind::Label).and_then(|it| it.find(Kind::Name)).map(name);
    Handler { doc, trigger, guard: None, response: response(node), label, actions: Vec::new(), span: node.span() }
}

fn response<'s>(node: Node<'_, 's>) -> Option<Response<'s>> {
    node.children().find_map(|it| match it.kind() {
        Kind::Goto => goto(it),
        Kind::Stay => Some(Response::Stay(it.span())),
        _ => None,
    })
}

fn goto<'s>(node: Node<'_, 's>) -> Option<Response<'s>> {
    let target = path(node.find(Kind::Path)?);
    let again = node.find(Kind::Again).map(Node::span);
    Some(Response::Goto { target, again })
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
