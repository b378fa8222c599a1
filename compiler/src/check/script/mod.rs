//! Tests: every name of a script resolved in the machine that it drives, every value of its type.
//!
//! What can be said of a test without its machine stands in `header`. With cases, a test is checked once for each: the
//! names of the case are constants then, or states.

mod answers;
mod cases;
mod expect;
mod header;
mod limits;
mod send;
mod start;
mod unused;
mod watchers;

pub(crate) use header::check as header;

use super::counts;
use super::declared::Declared;
use super::expr;
use super::mismatch;
use super::named_states::NamedStates;
use super::report::Report;
use super::scope::Scope;
use super::values::{self, How, Slot};
use super::wording;
use crate::ast::{self, Expr, LineKind as Ast, Name};
use crate::diagnostic::{Code, Diagnostics, suggest};
use crate::model::test::{Line, LineKind, Random, Test};
use crate::model::{Constant, Machine, Type};
use crate::source::FileId;

/// For how long `advance until` waits if it does not say so.
const WITHIN_MS: u64 = 24 * 3_600_000;

/// A test and what it drives.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a, 's> {
    /// The source that the test stands in.
    pub(crate) file: FileId,
    pub(crate) test: &'a ast::Test<'s>,
    pub(crate) machine: &'a Machine,
    /// The parameters of the template that the machine is made from.
    pub(crate) params: &'a [&'a str],
}

/// The test as a runner needs it, for the case at this position if it has cases; nothing if there is a mistake, which
/// is told.
pub(crate) fn check(subject: Subject<'_, '_>, case: Option<usize>, sink: &mut Diagnostics) -> Option<Test> {
    let Subject { file, test, machine, .. } = subject;
    let report = &mut Report::new(file, None, sink);
    let mut states = NamedStates::of_machine(machine);
    let values = cases::values(subject, case, &mut states, report)?;
    let declared = Declared::of_machine(machine, &values);
    let random = test.random.as_ref().map(|it| random(it, &declared, report));
    let mut script = Script { subject, states: &states, declared: &declared, start: None, at_start: true, report };
    let lines: Vec<_> = test.lines.iter().filter_map(|it| script.line(it)).collect();
    let start = script.start;
    // A line that is lost may have let time pass between two others.
    if !test.faulty && lines.len() == test.lines.len() {
        unused::check(&lines, machine, report);
    }
    let random = match random {
        Some(random) => Some(random?),
        None => None,
    };
    report.intact().then(|| Test {
        name: test.name.clone(),
        case: None,
        machine: 0,
        file,
        name_span: test.name_span,
        start,
        random,
        lines,
    })
}

fn random(random: &ast::Random<'_>, declared: &Declared, report: &mut Report<'_>) -> Option<Random> {
    let scope = Scope::constants(declared);
    let runs = counts::count(&random.runs, "random", 1, scope, report);
    let seed = match &random.seed {
        Some(it) => Some(counts::count(it, "seed", 0, scope, report)?),
        None => None,
    };
    Some(Random { runs: u32::try_from(runs?).ok()?, seed })
}

/// The lines of a test, one after the other.
struct Script<'a, 'r> {
    subject: Subject<'a, 'a>,
    states: &'a NamedStates<'a>,
    /// Data and facts of the machine, and the values of the case.
    declared: &'a Declared,
    start: Option<crate::model::test::Start>,
    /// Nothing has happened yet: parameters can be set.
    at_start: bool,
    report: &'a mut Report<'r>,
}

impl<'a> Script<'a, '_> {
    fn line(&mut self, line: &ast::Line<'_>) -> Option<Line> {
        self.at_start &= matches!(line.kind, Ast::Start { .. } | Ast::With { .. });
        let kind = match &line.kind {
            Ast::Answers { watcher, series } => self.answers(watcher, series)?,
            Ast::Advance(it) => LineKind::Advance { ms: self.duration(it, "advance", 1)? },
            Ast::Until { goal, within } => self.until(goal, within.as_ref())?,
            Ast::Start { date, clock, zone } => {
                self.start = start::read(*date, *clock, *zone, line.span, self.report);
                return None;
            }
            Ast::With { name, value } => self.with(*name, value)?,
            Ast::PowerOff(it) => LineKind::PowerOff { ms: self.duration(it, "power off for", 1)? },
            Ast::Restart => LineKind::PowerOff { ms: 0 },
            Ast::Is { machine, negated, state } => self.other_is(*machine, *negated, state)?,
            Ast::Enters { machine, state } => self.other_enters(*machine, state)?,
            Ast::Send { event, fields } => self.send(event, fields)?,
            Ast::Expect(it) => LineKind::Expect(self.expect(it)?),
        };
        Some(Line { kind, span: line.span })
    }

    fn until(&mut self, goal: &Expr<'_>, within: Option<&Expr<'_>>) -> Option<LineKind> {
        let goal = self.condition(goal, "until");
        let within_ms = match within {
            Some(it) => self.duration(it, "within", 1),
            None => Some(WITHIN_MS),
        };
        Some(LineKind::Until { goal: goal?, within_ms: within_ms? })
    }

    /// What the node knows; a parameter was set before the machine was made.
    fn with(&mut self, name: Name<'_>, value: &Expr<'_>) -> Option<LineKind> {
        if let Some(fact) = self.subject.machine.facts.iter().position(|it| it.name == name.text) {
            let value = self.constant(value, &self.declared.facts.get(fact)?.ty, name.text)?;
            return Some(LineKind::Fact { fact, value });
        }
        match self.subject.params.contains(&name.text) {
            true if self.at_start => {}
            true => self.late_parameter(name),
            false => self.no_fact(name),
        }
        None
    }

    fn late_parameter(&mut self, name: Name<'_>) {
        let headline = format!("the parameter `{}` is set too late", name.text);
        self.report.tell(Code::LATE_PARAMETER, name.span, headline, |_, it| {
            it.label("the machine runs already").help("put the line before all that happens in the test")
        });
    }

    fn no_fact(&mut self, name: Name<'_>) {
        let machine = self.subject.machine;
        let names: Vec<_> =
            machine.facts.iter().map(|it| it.name.as_str()).chain(self.subject.params.iter().copied()).collect();
        let near = suggest::nearest(name.text, names.iter().copied());
        let is_data = machine.data.iter().any(|it| it.name == name.text);
        let headline = format!("`{}` has no fact `{}`", machine.name, name.text);
        self.report.tell(Code::UNKNOWN_NAME, name.span, headline, |file, it| match near {
            _ if is_data => it
                .label("this is data, which only the machine itself changes")
                .help("let it come to this value by what happens, or make it a `fact`"),
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `with {} = …`", wording::name(right)))
                .fix(file, name.span, wording::name(right))
                .certain_if(suggest::is_certain(name.text, names.iter().copied())),
            None => it.label("neither a fact nor a parameter of it").help(match names.is_empty() {
                true => "leave it out: the machine reads no facts and has no parameters".to_owned(),
                false => format!("what can be set is {}", wording::all_of(&names)),
            }),
        });
    }

    // ---- Values

    /// A value that is known, of a type.
    fn constant(&mut self, value: &Expr<'_>, ty: &Type, slot: &str) -> Option<Constant> {
        constant(value, ty, slot, self.declared, self.report)
    }

    /// A truth value: states, data and facts.
    fn condition(&mut self, value: &Expr<'_>, word: &str) -> Option<crate::model::Expr> {
        let scope = Scope::of(self.declared).with_states(self.states);
        expr::condition(value, word, scope, self.report)
    }

    /// Milliseconds of a duration that is known and at least so long.
    fn duration(&mut self, value: &Expr<'_>, word: &str, least: u64) -> Option<u64> {
        let slot = Slot { name: word, required: true, how: How::Word };
        let ms = values::duration(value, slot, Scope::constants(self.declared), self.report)?;
        values::duration_within(ms, least, value.span, slot, self.report)
    }
}

/// A value that is known, of a type; `None` if it is none, which has been told.
fn constant(value: &Expr<'_>, ty: &Type, slot: &str, declared: &Declared, report: &mut Report<'_>) -> Option<Constant> {
    let found = expr::expect(value, ty, slot, Scope::constants(declared), report)?;
    if found.constant().is_none() {
        mismatch::not_constant(&found, slot, report);
    }
    found.constant().cloned()
}
