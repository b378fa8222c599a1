//! Handlers: what they wait for, on what condition, and what they do.

use super::{Lower, keyword, name, path};
use crate::ast::{Action, EventRef, Expr, Handler, Response, Trigger};
use crate::few::Few;
use machine_grammar::{Kind, Node};

impl<'s> Lower<'_, 's> {
    /// `on`; of a bad one its events.
    pub(super) fn on(&mut self, node: Node<'_, 's>, doc: String) -> Handler<'s> {
        let trigger = Trigger::On { events: events(node) };
        self.handler(node, doc, trigger)
    }

    /// `after`
    pub(super) fn after(&mut self, node: Node<'_, 's>, doc: String) -> Option<Handler<'s>> {
        let delay = self.value(node.children().next()?);
        let trigger = Trigger::After { keyword: keyword(node), delay };
        Some(self.handler(node, doc, trigger))
    }

    /// `when`
    pub(super) fn when(&mut self, node: Node<'_, 's>, doc: String) -> Option<Handler<'s>> {
        let condition = self.value(node.children().next()?);
        let trigger = Trigger::When { keyword: keyword(node), condition };
        Some(self.handler(node, doc, trigger))
    }

    fn handler(&mut self, node: Node<'_, 's>, doc: String, trigger: Trigger<'s>) -> Handler<'s> {
        let mut handler =
            Handler { doc, trigger, guard: None, response: None, label: None, actions: Vec::new(), span: node.span() };
        for part in node.children() {
            match part.kind() {
                Kind::Guard => handler.guard = self.guard(part),
                Kind::Goto => handler.response = goto(part),
                Kind::Stay => handler.response = Some(Response::Stay(part.span())),
                Kind::Label => handler.label = part.find(Kind::Name).map(name),
                Kind::Actions => handler.actions = self.actions(part),
                _ => {}
            }
        }
        handler
    }

    fn guard(&mut self, node: Node<'_, 's>) -> Option<Expr<'s>> {
        node.children().next().map(|it| self.value(it))
    }

    /// What stands between the braces of a handler, `enter` or `exit`.
    pub(super) fn actions(&mut self, node: Node<'_, 's>) -> Vec<Action<'s>> {
        node.children().map(|it| self.action(it)).collect()
    }
}

/// The events of a handler; what belongs to one of them stands behind its path.
fn events<'s>(node: Node<'_, 's>) -> Few<EventRef<'s>, 1> {
    let mut events = Few::default();
    for part in node.children() {
        match part.kind() {
            Kind::Path => events.push(EventRef::Named { path: path(part), binding: None }),
            Kind::Binding => bind(&mut events, part),
            Kind::Enters => enters(&mut events, part),
            _ => {}
        }
    }
    events
}

fn bind<'s>(events: &mut [EventRef<'s>], node: Node<'_, 's>) {
    if let Some(EventRef::Named { binding, .. }) = events.last_mut() {
        *binding = node.find(Kind::Name).map(name);
    }
}

/// The path before `enters` is the machine's name. Of a longer one the checker shall say that there is no such machine.
fn enters<'s>(events: &mut [EventRef<'s>], node: Node<'_, 's>) {
    let (Some(event), Some(state)) = (events.last_mut(), node.find(Kind::Path)) else { return };
    if let Some(machine) = event.path().names.last().copied() {
        *event = EventRef::Enters { machine, state: path(state) };
    }
}

fn goto<'s>(node: Node<'_, 's>) -> Option<Response<'s>> {
    let target = path(node.find(Kind::Path)?);
    let again = node.find(Kind::Again).map(Node::span);
    Some(Response::Goto { target, again })
}
