//! Tests and their lines; what is expected is for `expect`.

use super::piece::{Piece, Writer};
use super::value::{ROUND, SQUARE};
use machine_grammar::{Kind, Node, begins_test_line};

impl<'s> Writer<'s> {
    pub(super) fn test(&mut self, node: Node<'_, 's>) {
        let end = node.span().end.saturating_sub(1);
        let is_head =
            |it: &Node<'_, '_>| matches!(it.kind(), Kind::Text | Kind::Subject | Kind::RandomRuns | Kind::Cases);
        let mut heads = 0;
        self.begin("test");
        for part in node.children().take_while(is_head) {
            heads += 1;
            self.head(part);
        }
        if node.children().nth(heads).is_none() && !self.comments.has_before(end) {
            self.then("{}");
            return self.end();
        }
        self.then("{");
        self.declarations(node.children().skip(heads), end);
        self.put(Piece::Out);
        self.put(Piece::Newline);
        self.word("}");
        self.put(Piece::Close);
    }

    fn head(&mut self, node: Node<'_, 's>) {
        match node.kind() {
            Kind::Subject => {
                self.comments_before(node.span());
                self.then("for");
                self.put(Piece::Space);
                for part in node.children() {
                    if part.kind() == Kind::Call { self.call(part) } else { self.token(part) }
                }
            }
            Kind::RandomRuns => {
                self.comments_before(node.span());
                self.then("random");
                for part in node.children() {
                    if part.kind() == Kind::Seed { self.headed("seed", part) } else { self.then_value(part) }
                }
            }
            Kind::Cases => self.cases(node),
            _ => self.then_token(node),
        }
    }

    fn cases(&mut self, node: Node<'_, 's>) {
        self.comments_before(node.span());
        self.then("each");
        self.put(Piece::Space);
        let params = || node.children().filter(|it| it.kind() == Kind::CaseParam);
        let last = params().last().map_or(node.span().end, |it| self.closer(it));
        self.list(ROUND, params(), last, Self::case_param);
        self.then("in");
        self.put(Piece::Space);
        let cases = node.children().filter(|it| it.kind() == Kind::Case);
        self.list(SQUARE, cases, node.span().end.saturating_sub(1), Self::case);
    }

    fn case_param(&mut self, node: Node<'_, 's>) {
        for part in node.children() {
            match part.kind() {
                Kind::Name => {
                    self.token(part);
                    self.word(":");
                }
                Kind::AnyState => self.then_token(part),
                _ => self.type_(part),
            }
        }
    }

    fn case(&mut self, node: Node<'_, 's>) {
        self.list(ROUND, node.children(), node.span().end.saturating_sub(1), Self::value);
    }

    // ---- Lines

    pub(super) fn line(&mut self, node: Node<'_, 's>) {
        match node.kind() {
            Kind::Answers => self.answers(node),
            Kind::Advance => self.advance(node),
            Kind::Start => self.start(node),
            Kind::With => self.with(node),
            Kind::PowerOff => self.spoken("power off for", node),
            Kind::Restart => self.word("restart"),
            Kind::OtherIs => self.other_is(node),
            Kind::Send => self.send(node),
            _ => self.expect(node),
        }
    }

    fn answers(&mut self, node: Node<'_, 's>) {
        let mut parts = node.children();
        parts.by_ref().take(1).for_each(|it| self.begin(it.text()));
        self.then("answers");
        for (index, answer) in parts.enumerate() {
            if index > 0 {
                self.word(",");
                self.put(Piece::Break(true));
                self.comments_before(answer.span());
                self.word("then");
            }
            self.answer(answer);
        }
        self.end();
    }

    fn answer(&mut self, node: Node<'_, 's>) {
        for part in node.children() {
            match part.kind() {
                Kind::Map => self.then_value(part),
                Kind::Later => self.headed("after", part),
                _ => self.then_token(part),
            }
        }
    }

    fn advance(&mut self, node: Node<'_, 's>) {
        self.begin("advance");
        for part in node.children() {
            match part.kind() {
                Kind::Until => self.until(part),
                _ => self.then_value(part),
            }
        }
        self.end();
    }

    fn until(&mut self, node: Node<'_, 's>) {
        self.comments_before(node.span());
        self.then("until");
        for part in node.children() {
            if part.kind() == Kind::InTime { self.headed("within", part) } else { self.then_value(part) }
        }
    }

    fn start(&mut self, node: Node<'_, 's>) {
        self.begin("start");
        self.words(node, &[Kind::Date, Kind::Clock]);
        for zone in node.children().filter(|it| it.kind() == Kind::Zone) {
            self.then("in");
            self.then_token(zone);
        }
        self.end();
    }

    fn with(&mut self, node: Node<'_, 's>) {
        self.begin("with");
        node.children().take(1).for_each(|it| self.then_token(it));
        node.children().skip(1).take(1).for_each(|it| self.equals(it));
        self.end();
    }

    fn other_is(&mut self, node: Node<'_, 's>) {
        node.children().take(1).for_each(|it| self.begin(it.text()));
        self.then("is");
        self.words(node, &[Kind::Not, Kind::Path]);
        self.end();
    }

    /// An event without brackets that would hold nothing, unless a word of tests would be meant then.
    fn send(&mut self, node: Node<'_, 's>) {
        let mut parts = node.children();
        let Some(event) = parts.next() else { return };
        self.begin(event.text());
        match node.find(Kind::Enters) {
            Some(enters) => self.headed("enters", enters),
            None if node.find(Kind::Arg).is_some() || begins_test_line(event.text()) => {
                self.list(ROUND, parts, node.span().end.saturating_sub(1), Self::pair);
            }
            None => {}
        }
        self.end();
    }
}
