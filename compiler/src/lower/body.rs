//! What stands between the braces of a machine or a state.

use super::docs::Docs;
use super::{Lower, keyword, name, path};
use crate::ast::{Block, Body, State};
use machine_grammar::{Kind, Node};

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
            Kind::When => body.handlers.extend(self.when(node, doc)),
            Kind::Enter | Kind::Exit => body.blocks.extend(self.block(node)),
            Kind::Require => body.promises.extend(self.promise(node)),
            // Nobody else can name what was promised.
            Kind::BadRequire => {}
            // Its events are answered, but perhaps there were more of them.
            Kind::BadOn => {
                body.handlers.push(self.on(node, doc));
                body.faulty = true;
            }
            // Of a bad one, nobody knows all that it says.
            kind => {
                let declaration = self.declaration(node, doc);
                body.faulty |= kind.is_bad() || declaration.is_none();
                body.declarations.extend(declaration);
            }
        }
    }

    fn block(&mut self, node: Node<'_, 's>) -> Option<Block<'s>> {
        let on_enter = node.kind() == Kind::Enter;
        let keyword = keyword(node);
        Some(Block { on_enter, keyword, actions: self.actions(node.find(Kind::Actions)?) })
    }

    fn state(&mut self, node: Node<'_, 's>, doc: String) -> Option<State<'s>> {
        let (mut initial, mut final_, mut named, mut was, mut body) = (None, None, None, Vec::new(), None);
        for part in node.children() {
            match part.kind() {
                Kind::Initial => initial = Some(part.span()),
                Kind::Final => final_ = Some(part.span()),
                Kind::Name => named = named.or(Some(name(part))),
                Kind::Was => was = part.children().map(path).collect(),
                Kind::Body => body = Some(self.body(part)),
                _ => {}
            }
        }
        let mut body = body.unwrap_or_default();
        body.faulty |= node.kind() == Kind::BadState;
        Some(State { doc, initial, final_, name: named?, was, body, span: node.span() })
    }
}

/// An empty body with room for just what the node holds: most of a large program is made of small bodies.
fn with_room<'s>(node: Node<'_, 's>) -> Body<'s> {
    let (mut states, mut watchers, mut handlers, mut blocks, mut others) = (0, 0, 0, 0, 0);
    for part in node.children() {
        let count = match part.kind() {
            Kind::Doc | Kind::Require | Kind::BadRequire => continue,
            Kind::State | Kind::BadState => &mut states,
            Kind::Watch | Kind::Run | Kind::BadWatch | Kind::BadRun => &mut watchers,
            Kind::On | Kind::After | Kind::When | Kind::BadOn => &mut handlers,
            Kind::Enter | Kind::Exit => &mut blocks,
            _ => &mut others,
        };
        *count += 1;
    }
    Body {
        states: Vec::with_capacity(states),
        watchers: Vec::with_capacity(watchers),
        handlers: Vec::with_capacity(handlers),
        declarations: Vec::with_capacity(others),
        blocks: Vec::with_capacity(blocks),
        promises: Vec::new(),
        faulty: false,
    }
}
