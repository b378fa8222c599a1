//! From a test as it is checked to the script that runs: names become numbers, what is left out gets its value.

use super::calendar::{self, Refusal};
use super::judge::Claims;
use super::subject::Subject;
use super::words;
use machine_compiler::diagnostic::Diagnostic;
use machine_compiler::model::test::{self, Expect, Line, LineKind, Test};
use machine_compiler::model::{self, Constant, Field, SKIPPED, Type, WatcherId};
use machine_core::{SignalId, Table, table};
use machine_sim::clock::BEGIN;
use machine_sim::script::{self, Script, Times};
use machine_sim::value::least;
use machine_sim::world::{Answer, Series};
use machine_sim::{Payload, Value};

/// What splay is drawn from: the same in every test, so that what passes once passes always.
const SEED: u64 = 1;

/// A test, ready to run.
pub(super) struct Prepared<'t> {
    pub(super) script: Script,
    pub(super) claims: Claims<'t>,
}

/// Makes a script of a test.
pub(super) fn prepare<'t>(test: &'t Test, subject: &'t Subject<'t>) -> Result<Prepared<'t>, Box<Diagnostic>> {
    let begin =
        test.start.as_ref().map_or(Ok(BEGIN), |it| calendar::begin(it).map_err(|why| refused(test, it, &why)))?;
    test.lines.iter().try_for_each(|it| is_in_time(test, subject, it))?;
    let mut writer = Writer { subject, table: subject.view(), claims: Claims::about(subject) };
    let lines = test.lines.iter().map(|it| writer.line(it)).collect();
    Ok(Prepared { script: Script { begin, seed: SEED, lines }, claims: writer.claims })
}

fn refused(test: &Test, start: &test::Start, why: &Refusal) -> Box<Diagnostic> {
    let headline = match why {
        Refusal::Zone => format!("there is no time zone `{}`", start.zone),
        Refusal::Skipped => format!("the clocks of `{}` skip this time on that day", start.zone),
        Refusal::Date => "a test cannot begin then".to_owned(),
    };
    let help = match why {
        Refusal::Zone => "name it as the IANA database does: `Europe/Berlin`, `UTC`",
        Refusal::Skipped => "begin before the clocks are set, or after",
        Refusal::Date => "begin between 1970 and 9999",
    };
    Box::new(Diagnostic::new(super::tell::CODE, test.file, start.span, headline).help(help))
}

/// A command that is ended after some time answers by then, or not at all.
fn is_in_time(test: &Test, subject: &Subject<'_>, line: &Line) -> Result<(), Box<Diagnostic>> {
    let LineKind::Answers { watchers, series } = &line.kind else { return Ok(()) };
    let timeouts = watchers.iter().filter_map(|it| Some((*it, subject.model.timeout_of(*it)?)));
    let Some((watcher, timeout)) = timeouts.min_by_key(|it| it.1) else { return Ok(()) };
    let outcome = |it: usize| subject.model.outcomes(watcher).nth(it);
    // That there was no slot for it is said of a command that was never started.
    let runs = |it: &test::Answer| it.outcome.and_then(outcome).is_some_and(|it| it.name != SKIPPED);
    match series.iter().find(|it| runs(it) && it.after_ms > timeout) {
        None => Ok(()),
        Some(late) => {
            let (name, timeout) = (&subject.model.watcher(watcher).name, words::duration(timeout));
            let headline = format!("`{name}` cannot answer after {}", words::duration(late.after_ms));
            Err(Box::new(
                Diagnostic::new(super::tell::CODE, test.file, late.span, headline)
                    .label(format!("a node ends it after {timeout}"))
                    .help(format!("let it answer sooner, or `failed {{ reason: timeout }} after {timeout}`")),
            ))
        }
    }
}

struct Writer<'t> {
    subject: &'t Subject<'t>,
    table: Table<'t>,
    claims: Claims<'t>,
}

impl<'t> Writer<'t> {
    fn line(&mut self, line: &'t Line) -> script::Line {
        match &line.kind {
            LineKind::Answers { watchers, series } => self.answers(watchers, series),
            LineKind::Advance { ms } => script::Line::Advance { ms: *ms },
            LineKind::Until { goal, within_ms } => {
                script::Line::Until { goal: self.claims.add(goal), within_ms: *within_ms }
            }
            LineKind::Send { signal, values } => script::Line::Send {
                signal: SignalId(number(signal.0)),
                payload: values.iter().filter_map(words::given).collect(),
            },
            LineKind::Condition { condition, holds } => {
                script::Line::Condition { condition: number(*condition), holds: *holds }
            }
            LineKind::Limit { limit, room } => script::Line::Limit { limit: number(*limit), room: words::room(*room) },
            LineKind::Fact { fact, value } => {
                script::Line::Fact { fact: number(*fact), value: words::given(value).unwrap_or(Value::Bool(false)) }
            }
            LineKind::PowerOff { ms } => script::Line::PowerOff { ms: *ms },
            LineKind::Expect(it) => script::Line::Expect(self.expect(it)),
        }
    }

    fn answers(&mut self, watchers: &[WatcherId], series: &[test::Answer]) -> script::Line {
        let watchers: Vec<_> = watchers.iter().map(|it| self.subject.watcher(*it)).collect();
        let answer = |it: &test::Answer| Answer {
            outcome: it.outcome.and_then(|it| u8::try_from(it).ok()),
            payload: watchers.first().map_or_else(|| [].into(), |watcher| self.payload(*watcher, it)),
            times: it.times,
            after_ms: it.after_ms,
        };
        script::Line::Answers { series: Series(series.iter().map(answer).collect()), watchers }
    }

    /// A value for each field. What is not written is the least of its type; only how long it took is known.
    fn payload(&self, watcher: machine_core::WatcherId, answer: &test::Answer) -> Payload {
        let Some(outcome) = answer.outcome.and_then(|it| u8::try_from(it).ok()) else { return [].into() };
        let value = |(index, (name, ty)): (usize, (&str, table::Type<'_>))| {
            let written = answer.values.get(index).and_then(|it| it.as_ref()).and_then(words::given);
            written.unwrap_or_else(|| match (name, ty) {
                ("took", table::Type::Duration) => Value::Duration(answer.after_ms.cast_signed()),
                (_, ty) => least(ty),
            })
        };
        self.table.payload(watcher, outcome).enumerate().map(value).collect()
    }

    fn expect(&mut self, expect: &'t Expect) -> script::Expect {
        match expect {
            Expect::Holds(exprs) => script::Expect::Holds(exprs.iter().map(|it| self.claims.add(it)).collect()),
            Expect::Path(states) => script::Expect::Path(states.iter().map(|it| self.subject.state(*it)).collect()),
            Expect::Ran { watchers, times } => script::Expect::Ran {
                watchers: watchers.iter().map(|it| self.subject.watcher(*it)).collect(),
                times: of(*times),
            },
            Expect::Emitted { emit, fields, times } => script::Expect::Emitted {
                emit: number(*emit),
                fields: fields.iter().filter_map(|it| self.emitted(*emit, it)).collect(),
                times: of(*times),
            },
            Expect::Never(it) => script::Expect::Never(self.claims.add(it)),
            Expect::At { ms, holds } => {
                script::Expect::At { ms: *ms, claims: holds.iter().map(|it| self.claims.add(it)).collect() }
            }
            Expect::AtMost { count, of, per_ms } => {
                script::Expect::AtMost { count: *count, of: counted(*of), per_ms: *per_ms }
            }
        }
    }

    /// A field of an emit, as the machine tells it: a whole number where a fraction is told is one.
    fn emitted(&self, emit: usize, (index, value): &(usize, Constant)) -> Option<(usize, Value)> {
        let field: Option<&Field> = self.subject.model.emits.get(emit).and_then(|it| it.fields.get(*index));
        let value = match (words::given(value)?, field) {
            #[allow(clippy::cast_precision_loss, reason = "that is what a number with a fraction can hold")]
            (Value::Int(it), Some((_, Type::Float))) => Value::Float(it as f64),
            (it, _) => it,
        };
        Some((*index, value))
    }
}

fn number(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn counted(of: model::Counted) -> script::Counted {
    match of {
        model::Counted::Transitions => script::Counted::Transitions,
        model::Counted::Commands => script::Counted::Commands,
    }
}

fn of(times: test::Times) -> Times {
    Times { least: times.least, most: times.most }
}
