//! Kinds of watchers: parameters, outcomes, types.

use super::piece::{Piece, Writer};
use super::value::{CURLY, ROUND};
use machine_grammar::{Kind, Node};

impl<'s> Writer<'s> {
    pub(super) fn kind_declaration(&mut self, node: Node<'_, 's>) {
        match node.kind() {
            Kind::WatcherKind => self.watcher_kind(node),
            Kind::Outcome => self.outcome("outcome", node),
            Kind::Fault => self.outcome("fault", node),
            Kind::Pace => self.pace(node),
            Kind::Needs => self.needs(node),
            // No other kind stands in a tree without mistakes.
            _ => self.token(node),
        }
    }

    fn watcher_kind(&mut self, node: Node<'_, 's>) {
        let (header, facts): (Vec<_>, Vec<_>) =
            node.children().partition(|it| matches!(it.kind(), Kind::Name | Kind::Param));
        let end = node.span().end.saturating_sub(1);
        self.begin("watcher");
        self.words(node, &[Kind::Name]);
        let closed = header.last().map_or(0, |it| self.closer(*it));
        let params = header.into_iter().skip(1);
        self.list(ROUND, params, closed, Self::param);
        node.find(Kind::By).into_iter().for_each(|it| self.by(it));
        let facts: Vec<_> = facts.into_iter().filter(|it| it.kind() != Kind::By).collect();
        if facts.is_empty() && !self.comments.has_before(end) {
            self.then("{}");
            return self.end();
        }
        self.then("{");
        self.declarations(facts.into_iter(), end);
        self.put(Piece::Out);
        self.put(Piece::Newline);
        self.word("}");
        self.put(Piece::Close);
    }

    /// Where the bracket closes behind a node, the last inside: the tree has no node for it.
    pub(super) fn closer(&self, last: Node<'_, 's>) -> u32 {
        let mut at = last.span().end as usize;
        loop {
            let rest = self.source.get(at..).unwrap_or("");
            let Some(found) = rest.find([')', '/']) else { break };
            at += found;
            if rest.get(found..).unwrap_or("").starts_with(')') {
                break;
            }
            at += rest.get(found..).and_then(|it| it.find('\n')).unwrap_or(rest.len() - found);
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn by(&mut self, node: Node<'_, 's>) {
        self.comments_before(node.span());
        self.then("by");
        self.put(Piece::Space);
        node.children().for_each(|it| self.call(it));
    }

    /// A parameter, or a field that a watcher returns.
    pub(super) fn param(&mut self, node: Node<'_, 's>) {
        for part in node.children() {
            match part.kind() {
                Kind::Name if part.span().start == node.span().start => self.field_name(part),
                Kind::Type => self.type_(part),
                Kind::Rest => self.word("..."),
                _ => self.equals(part),
            }
        }
        self.end();
    }

    fn field_name(&mut self, node: Node<'_, 's>) {
        self.comments_before(node.span());
        self.begin(node.text());
        self.word(":");
    }

    fn outcome(&mut self, keyword: &'s str, node: Node<'_, 's>) {
        self.begin(keyword);
        self.words(node, &[Kind::Name]);
        let mut fields = node.children().skip(1).peekable();
        let end = node.span().end.saturating_sub(1);
        if fields.peek().is_some() || self.comments.has_before(end) {
            self.put(Piece::Space);
            self.list(CURLY, fields, end, Self::field);
        }
        self.end();
    }

    pub(super) fn field(&mut self, node: Node<'_, 's>) {
        node.children().take(1).for_each(|it| self.field_name(it));
        node.children().skip(1).for_each(|it| self.type_(it));
        self.end();
    }

    fn pace(&mut self, node: Node<'_, 's>) {
        self.begin("every");
        self.words(node, &[Kind::Required, Kind::Optional]);
        self.end();
    }

    fn needs(&mut self, node: Node<'_, 's>) {
        self.begin("needs");
        self.put(Piece::Space);
        self.sequence(node.children());
        self.end();
    }

    pub(super) fn type_(&mut self, node: Node<'_, 's>) {
        for part in node.children() {
            self.put(Piece::Space);
            self.comments_before(part.span());
            match part.kind() {
                Kind::ListOf => self.word("list of"),
                Kind::MapOf => self.word("map of"),
                Kind::Choice => self.choice(part),
                Kind::Within => self.within(part),
                Kind::AtMost => self.at_most(part),
                _ => self.token(part),
            }
        }
    }

    fn within(&mut self, node: Node<'_, 's>) {
        self.word("in");
        self.put(Piece::Space);
        for (index, bound) in node.children().enumerate() {
            if index > 0 {
                self.word("..");
            }
            self.bound(bound);
        }
    }

    fn at_most(&mut self, node: Node<'_, 's>) {
        self.word("up to");
        self.put(Piece::Space);
        node.children().for_each(|it| self.bound(it));
    }

    /// A number or a name, perhaps with `-` in front, or a calculation.
    fn bound(&mut self, node: Node<'_, 's>) {
        match node.kind() {
            Kind::Expr => self.expression(node),
            Kind::Negative => node.children().for_each(|it| self.token(it)),
            _ => self.token(node),
        }
    }

    fn choice(&mut self, node: Node<'_, 's>) {
        for (index, word) in node.children().enumerate() {
            if index > 0 {
                self.then("|");
                self.put(Piece::Space);
            }
            self.token(word);
        }
    }
}
