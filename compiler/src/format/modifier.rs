//! Watchers, and the modifiers behind their call.

use super::piece::{Piece, Writer};
use super::value::CURLY;
use machine_grammar::{Kind, Node};

impl<'s> Writer<'s> {
    /// `watch` or `run`. One modifier stays behind the call; several are broken, one a line, where a line has no room.
    pub(super) fn watcher(&mut self, keyword: &'s str, node: Node<'_, 's>) {
        self.begin(keyword);
        self.words(node, &[Kind::Name]);
        self.then("=");
        self.put(Piece::Space);
        node.children().skip(1).take(1).for_each(|it| self.call(it));
        // What is no modifier belongs to its line, so nobody may move it.
        let many = node.children().count() > 3 && node.find(Kind::UnknownModifier).is_none();
        if many {
            self.put(Piece::Open);
            self.put(Piece::In);
            self.modifiers(node, Piece::Break(true));
            self.end();
        } else {
            self.modifiers(node, Piece::Space);
        }
        self.end();
    }

    fn modifiers(&mut self, node: Node<'_, 's>, apart: Piece<'s>) {
        for modifier in node.children().skip(2) {
            self.put(apart);
            self.comments_before(modifier.span());
            self.modifier(modifier);
        }
    }

    fn modifier(&mut self, node: Node<'_, 's>) {
        match node.kind() {
            Kind::Every => self.paced("every", node),
            Kind::Splay => self.paced("splay", node),
            Kind::Timeout => self.paced("timeout", node),
            Kind::RunAs => self.paced("as", node),
            Kind::Quiet => self.word("quiet"),
            Kind::Backoff => self.backoff(node),
            Kind::Announce => self.announce(node),
            Kind::Under => self.under(node),
            Kind::While => self.while_(node),
            Kind::Returns => self.returns(node),
            // Nobody knows what it was meant to be.
            _ if node.text().contains('\n') => self.put(Piece::Verbatim(node.text())),
            _ => self.word(node.text().trim_end()),
        }
    }

    fn paced(&mut self, keyword: &'s str, node: Node<'_, 's>) {
        self.word(keyword);
        self.put(Piece::Space);
        node.children().for_each(|it| self.value(it));
    }

    fn backoff(&mut self, node: Node<'_, 's>) {
        self.word("backoff");
        self.put(Piece::Space);
        for part in node.children() {
            match part.kind() {
                Kind::UpTo => self.headed("up to", part),
                _ => self.value(part),
            }
        }
    }

    fn announce(&mut self, node: Node<'_, 's>) {
        self.word("announce");
        node.children().for_each(|it| self.headed("every", it));
    }

    fn under(&mut self, node: Node<'_, 's>) {
        self.word("under");
        self.words(node, &[Kind::Name]);
        node.children().skip(1).for_each(|it| self.headed("wait", it));
    }

    fn while_(&mut self, node: Node<'_, 's>) {
        self.word("while");
        self.words(node, &[Kind::Name]);
        self.then("is");
        self.words(node, &[Kind::Path]);
    }

    fn returns(&mut self, node: Node<'_, 's>) {
        self.word("returns");
        self.put(Piece::Space);
        self.list(CURLY, node.children(), node.span().end.saturating_sub(1), Self::param);
    }
}
