//! What a machine declares for itself: data, facts, secrets, limits, events.

use super::{Lower, name, name_as_written};
use crate::ast::{Data, Declaration, Event, Expr, ExprKind, Limit, Name, Secret};
use machine_grammar::{Kind, Node};

impl<'s> Lower<'_, 's> {
    /// A declaration; of a bad one its name. Nothing for nodes of other kinds.
    pub(super) fn declaration(&mut self, node: Node<'_, 's>, doc: String) -> Option<Declaration<'s>> {
        Some(match node.kind() {
            Kind::Data | Kind::BadData => Declaration::Data(self.data(node, doc)?),
            Kind::Fact | Kind::BadFact => Declaration::Fact(self.data(node, doc)?),
            Kind::Secret | Kind::BadSecret => Declaration::Secret(self.secret(node, doc)?),
            Kind::Limit | Kind::BadLimit => Declaration::Limit(self.limit(node, doc)?),
            Kind::Event | Kind::BadEvent => Declaration::Event(self.event(node, doc)?),
            _ => return None,
        })
    }

    fn data(&mut self, node: Node<'_, 's>, doc: String) -> Option<Data<'s>> {
        let name = name(node.find(Kind::Name)?);
        let ty = node.find(Kind::Type).and_then(|it| self.ty(it));
        let value = node.children().skip(1).find(|it| it.kind() != Kind::Type);
        let value = value.filter(|_| node.kind() != Kind::BadData && node.kind() != Kind::BadFact);
        Some(Data { doc, name, ty, value: value.map(|it| self.value(it)), span: node.span() })
    }

    fn secret(&mut self, node: Node<'_, 's>, doc: String) -> Option<Secret<'s>> {
        let name = name(node.find(Kind::Name)?);
        let source = source(node);
        let place = node.children().find(|it| matches!(it.kind(), Kind::Text | Kind::BadText));
        Some(Secret { doc, name, source, place: place.map(|it| self.plain_value(it)), span: node.span() })
    }

    /// A text that holds no values.
    fn plain_value(&mut self, node: Node<'_, 's>) -> Expr<'s> {
        let text = (node.kind() == Kind::Text).then(|| self.plain_text(node)).flatten();
        Expr { kind: text.map_or(ExprKind::Faulty, ExprKind::Text), span: node.span() }
    }

    fn limit(&mut self, node: Node<'_, 's>, doc: String) -> Option<Limit<'s>> {
        let name = name(node.find(Kind::Name)?);
        let count = node.children().nth(1).filter(|_| node.kind() == Kind::Limit);
        let fleet = node.find(Kind::AcrossFleet).map(|it| (true, it.span()));
        let across_fleet = fleet.or_else(|| node.find(Kind::OnNode).map(|it| (false, it.span())));
        let offline = node.find(Kind::Offline).and_then(|it| it.find(Kind::Word)).map(name_as_written);
        let count = count.map(|it| self.value(it));
        Some(Limit { doc, name, count, across_fleet, offline, span: node.span() })
    }

    /// An event of a machine, also of one that is in no source.
    pub(super) fn event(&mut self, node: Node<'_, 's>, doc: String) -> Option<Event<'s>> {
        let name = name(node.find(Kind::Name)?);
        let fields = node.children().filter(|it| it.kind() == Kind::Field).filter_map(|it| self.field(it)).collect();
        Some(Event { doc, name, fields, source: source(node), span: node.span() })
    }
}

/// The word behind `from`.
fn source<'s>(node: Node<'_, 's>) -> Option<Name<'s>> {
    node.find(Kind::From)?.find(Kind::Word).map(name_as_written)
}
