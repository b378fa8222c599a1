//! Tests: what they are called, what they drive, their cases and lines. What they expect is for `expect`.

use super::{Lower, name, name_as_written, path};
use crate::ast::{Answer, Case, CaseParam, Cases, Expr, ExprKind, Line, LineKind, Random, Subject, Test};
use machine_grammar::{Kind, Node};

impl<'s> Lower<'_, 's> {
    /// A test; nothing if its name is none, which is then reported.
    pub(super) fn test(&mut self, node: Node<'_, 's>, doc: String) -> Option<Test<'s>> {
        let title = node.children().find(|it| matches!(it.kind(), Kind::Text | Kind::BadText))?;
        let title_text = if title.kind() == Kind::Text { self.plain_text(title)?.into_owned() } else { String::new() };
        let subject = self.subject(node.find(Kind::Subject)?)?;
        let random = node.find(Kind::RandomRuns).and_then(|it| self.random(it));
        let cases = node.find(Kind::Cases).map(|it| self.cases(it));
        let mut lines = Vec::new();
        let mut faulty = false;
        for part in node.children().skip(2).filter(|it| !matches!(it.kind(), Kind::RandomRuns | Kind::Cases)) {
            if part.kind() == Kind::Doc {
                self.doc_of_nothing(part.span());
                continue;
            }
            let line = self.line(part);
            faulty |= line.is_none();
            lines.extend(line.map(|kind| Line { kind, span: part.span() }));
        }
        let (name, name_span) = (title_text, title.span());
        Some(Test { doc, name, name_span, subject, random, cases, lines, faulty, span: node.span() })
    }

    fn subject(&mut self, node: Node<'_, 's>) -> Option<Subject<'s>> {
        match node.find(Kind::Call) {
            Some(call) => self.call(call).map(Subject::Made),
            None => node.find(Kind::Name).map(|it| Subject::Named(name(it))),
        }
    }

    fn random(&mut self, node: Node<'_, 's>) -> Option<Random<'s>> {
        let runs = self.value(node.children().next()?);
        let seed = node.find(Kind::Seed).and_then(|it| self.inner_value(it));
        Some(Random { runs, seed })
    }

    fn cases(&mut self, node: Node<'_, 's>) -> Cases<'s> {
        let params = node.children().filter(|it| it.kind() == Kind::CaseParam).filter_map(|it| self.case_param(it));
        let params = params.collect();
        let cases = node.children().filter(|it| it.kind() == Kind::Case).map(|it| self.case(it)).collect();
        Cases { params, cases, span: node.span() }
    }

    fn case_param(&mut self, node: Node<'_, 's>) -> Option<CaseParam<'s>> {
        let name = name(node.find(Kind::Name)?);
        let ty = match node.find(Kind::Type) {
            Some(ty) => Some(self.ty(ty)?),
            None => None,
        };
        Some(CaseParam { name, ty })
    }

    fn case(&mut self, node: Node<'_, 's>) -> Case<'s> {
        Case { values: node.children().map(|it| self.value(it)).collect(), span: node.span() }
    }

    /// The value that is the first of a node's children.
    pub(super) fn inner_value(&mut self, node: Node<'_, 's>) -> Option<Expr<'s>> {
        node.children().next().map(|it| self.value(it))
    }

    /// A line; nothing if it could not be read.
    fn line(&mut self, node: Node<'_, 's>) -> Option<LineKind<'s>> {
        Some(match node.kind() {
            Kind::Answers => self.answers(node)?,
            Kind::Advance => match node.find(Kind::Until) {
                Some(until) => self.until(until)?,
                None => LineKind::Advance(self.inner_value(node)?),
            },
            Kind::Start => LineKind::Start {
                date: name_as_written(node.find(Kind::Date)?),
                clock: node.find(Kind::Clock).map(name_as_written),
                zone: node.find(Kind::Zone).map(name_as_written),
            },
            Kind::With => {
                LineKind::With { name: name(node.find(Kind::Name)?), value: self.value(node.children().nth(1)?) }
            }
            Kind::PowerOff => LineKind::PowerOff(self.inner_value(node)?),
            Kind::Restart => LineKind::Restart,
            Kind::OtherIs => LineKind::Is {
                machine: name(node.find(Kind::Name)?),
                negated: node.find(Kind::Not).is_some(),
                state: path(node.find(Kind::Path)?),
            },
            Kind::Send => self.send(node)?,
            Kind::Expect => LineKind::Expect(self.expected(node)?),
            _ => return None,
        })
    }

    fn answers(&mut self, node: Node<'_, 's>) -> Option<LineKind<'s>> {
        let watcher = path(node.find(Kind::Path)?);
        let series = node.children().filter(|it| it.kind() == Kind::Answer).filter_map(|it| self.answer(it));
        Some(LineKind::Answers { watcher, series: series.collect() })
    }

    fn answer(&mut self, node: Node<'_, 's>) -> Option<Answer<'s>> {
        let outcome = name(node.find(Kind::Name)?);
        let fields = match node.find(Kind::Map).map(|it| self.value(it).kind) {
            Some(ExprKind::Map(entries)) => entries,
            _ => Vec::new(),
        };
        let times = node.find(Kind::Repeat).map(name_as_written);
        let after = node.find(Kind::Later).and_then(|it| self.inner_value(it));
        Some(Answer { outcome, fields, times, after, span: node.span() })
    }

    fn until(&mut self, node: Node<'_, 's>) -> Option<LineKind<'s>> {
        let goal = self.inner_value(node)?;
        let within = node.find(Kind::InTime).and_then(|it| self.inner_value(it));
        Some(LineKind::Until { goal, within })
    }

    /// An event; the path before `enters` is the machine's name.
    fn send(&mut self, node: Node<'_, 's>) -> Option<LineKind<'s>> {
        let event = path(node.find(Kind::Path)?);
        if let Some(state) = node.find(Kind::Enters).and_then(|it| it.find(Kind::Path)) {
            return Some(LineKind::Enters { machine: *event.names.last()?, state: path(state) });
        }
        Some(LineKind::Send { event, fields: self.carried(node) })
    }
}
