//! What was not as expected, told at the line of the test that expects it, with what happened.

use super::script::Prepared;
use super::subject::Subject;
use super::timeline::{self, Mark, Row};
use super::words;
use crate::report::counted;
use machine_compiler::diagnostic::{Code, Diagnostic};
use machine_compiler::model::Counted;
use machine_compiler::model::test::{Expect, LineKind, Test, Times};
use machine_core::{Instant, StateId, WatcherId};
use machine_sim::Payload;
use machine_sim::script::{Failure, FailureKind, Report, is_in};
use machine_sim::world::Trouble;

/// What failures are told under. A test that fails is no mistake of a source, so it has no number and no page.
pub(super) const CODE: Code = Code { number: "", phrase: "failed-test" };

/// A diagnostic for each failure; the first comes with what happened.
pub(super) fn failures(
    test: &Test,
    subject: &Subject<'_>,
    prepared: &Prepared<'_>,
    report: &Report,
    written: &dyn Fn(&Failure) -> Option<usize>,
) -> Vec<Diagnostic> {
    let rows = timeline::rows(subject, &report.trace);
    let teller = Teller { test, subject, prepared, report };
    let mut told = Vec::new();
    let mut failures: Vec<&Failure> = report.failures.iter().collect();
    failures.sort_by_key(|it| it.line);
    for failure in failures {
        let line = written(failure).unwrap_or(failure.line);
        let mut diagnostic = teller.tell(failure, line);
        if told.is_empty() {
            diagnostic = diagnostic.note(teller.timeline(failure, &rows));
        }
        told.push(diagnostic);
    }
    told
}

/// States that are shown of two paths from where they part.
const BEHIND: usize = 4;

struct Teller<'t> {
    test: &'t Test,
    subject: &'t Subject<'t>,
    prepared: &'t Prepared<'t>,
    report: &'t Report,
}

impl Teller<'_> {
    fn tell(&self, failure: &Failure, line: usize) -> Diagnostic {
        let at = words::since(failure.at);
        let expected = self.test.lines.get(line);
        let span = expected.map_or(self.test.name_span, |it| it.span);
        let new = |headline: String| Diagnostic::new(CODE, self.test.file, span, headline);
        match (&failure.kind, expected.map(|it| &it.kind)) {
            (FailureKind::NotHeld { claim, why }, _) => {
                new(format!("`{}` does not hold at {at}", self.prepared.claims.written(*claim))).label(why)
            }
            (FailureKind::Held { claim, why }, _) => {
                new(format!("`{}` holds at {at}, and never should", self.prepared.claims.written(*claim))).label(why)
            }
            (FailureKind::NotReached { claim, why }, _) => {
                let goal = self.prepared.claims.written(*claim);
                new(format!("`{goal}` does not come to hold up to {at}")).label(why)
            }
            (FailureKind::NotCome, _) => {
                let end = words::since(self.report.end);
                new(format!("the test ends at {end}, before {at} has come")).help("let more time pass with `advance`")
            }
            (FailureKind::Path { found, differs }, Some(LineKind::Expect(Expect::Path(wanted)))) => {
                self.path(new, wanted, found, (*differs, &at))
            }
            (FailureKind::Ran { found }, Some(LineKind::Expect(Expect::Ran { watchers, times }))) => {
                let name = watchers.first().map_or("?", |it| &self.subject.model.watcher(*it).name);
                new(format!("`{name}` ran {} up to {at}, not {}", words::times((*found).into()), wanted(*times)))
            }
            (FailureKind::Emitted { found, told }, Some(LineKind::Expect(Expect::Emitted { emit, times, .. }))) => {
                self.emitted(new, *emit, (*found, *times), told, &at)
            }
            (FailureKind::TooMany { found, from }, Some(LineKind::Expect(Expect::AtMost { count, of, per_ms }))) => {
                let stretch =
                    per_ms.map(|ms| format!(" within {} from {} on", words::duration(ms), words::since(*from)));
                let (did, what) = match of {
                    Counted::Transitions => ("took", "transition"),
                    Counted::Commands => ("gave", "command"),
                };
                let stretch = stretch.unwrap_or_default();
                new(format!("it {did} {}{stretch}, not at most {count}", counted(*found, what)))
            }
            (FailureKind::Trouble(trouble), _) => self.trouble(new, trouble, &at),
            _ => new("this is not as expected".to_owned()),
        }
    }

    fn path(
        &self,
        new: impl Fn(String) -> Diagnostic,
        wanted: &[machine_compiler::model::StateId],
        found: &[(Instant, StateId)],
        (differs, at): (usize, &str),
    ) -> Diagnostic {
        let wanted: Vec<StateId> = wanted.iter().map(|it| self.subject.state(*it)).collect();
        let went = found.get(differs).map(|it| self.subject.path(it.1));
        let meant = wanted.get(differs).map(|it| self.subject.path(*it));
        let headline = match (went, meant) {
            (Some(went), Some(meant)) => format!("it went to `{went}` at {at}, not to `{meant}`"),
            (Some(went), None) => format!("it went on to `{went}` at {at}"),
            (None, Some(meant)) => format!("it has not come to `{meant}` by {at}"),
            (None, None) => "it went another way".to_owned(),
        };
        new(headline).note(self.aligned(&wanted, found, differs))
    }

    /// The two paths, one below the other, with `!` where they part; what comes long after that does not matter.
    fn aligned(&self, wanted: &[StateId], found: &[(Instant, StateId)], differs: usize) -> String {
        let table = self.subject.view();
        let (mut up, mut down) = ("expected".to_owned(), "went    ".to_owned());
        let (all, shown) = (wanted.len().max(found.len()), differs + BEHIND);
        for index in 0..all.min(shown) {
            let (want, went) = (wanted.get(index), found.get(index).map(|it| it.1));
            let same = want.zip(went).is_some_and(|(want, went)| is_in(&table, went, *want));
            let [want, went] = [want.copied(), went].map(|it| it.map_or("-", |it| self.subject.path(it)));
            let width = want.chars().count().max(went.chars().count());
            let sign = if same { ">" } else { "!" };
            let sign = if index == 0 && same { " " } else { sign };
            up += &format!(" {sign} {want:width$}");
            down += &format!(" {sign} {went:width$}");
        }
        up += if wanted.len() > shown { " …" } else { "" };
        down += if found.len() > shown { " …" } else { "" };
        format!("{}\n{}", up.trim_end(), down.trim_end())
    }

    fn emitted(
        &self,
        new: impl Fn(String) -> Diagnostic,
        emit: usize,
        (found, times): (usize, Times),
        told: &[(Instant, Payload)],
        at: &str,
    ) -> Diagnostic {
        let Some(emit) = self.subject.model.emits.get(emit) else { return new("this was not emitted".to_owned()) };
        let mut diagnostic = new(match found {
            0 => format!("`{}` was not emitted like this up to {at}", emit.name),
            more => {
                let count = words::times(more as u64);
                format!("`{}` was emitted {count} like this up to {at}, not {}", emit.name, wanted(times))
            }
        });
        for (at, values) in told.iter().take(5) {
            let fields = words::fields(values, &emit.fields, true);
            diagnostic = diagnostic.note(format!("at {}: {}({fields})", words::since(*at), emit.name));
        }
        diagnostic
    }

    fn trouble(&self, new: impl Fn(String) -> Diagnostic, trouble: &Trouble, at: &str) -> Diagnostic {
        let help = |it: &WatcherId| format!("say what it answers: `{} answers …`", self.subject.watcher_name(*it));
        match trouble {
            Trouble::Unscripted(_, it) => {
                let name = self.subject.watcher_name(*it);
                new(format!("`{name}` is asked at {at}, and nothing says what it answers")).help(help(it))
            }
            Trouble::UsedUp(_, it) => {
                let name = self.subject.watcher_name(*it);
                new(format!("`{name}` is asked at {at} once more than it has answers"))
                    .help("let its last answer go on for ever by leaving out `x`, or give it more")
            }
            Trouble::Misfit(_) => new(format!("what is given to the machine at {at} does not fit its types")),
            Trouble::Snapshot(_, error) => {
                new(format!("the machine cannot go on after the power cut at {at}: {error}"))
                    .help("this is a mistake of the runtime; please report it with the test")
            }
            Trouble::TooManySteps => new(format!("the machine has taken more steps by {at} than a test may"))
                .help("let less time pass, or have its watchers asked less often"),
        }
    }

    /// What happened up to there, with the first divergence marked.
    fn timeline(&self, failure: &Failure, rows: &[Row]) -> String {
        let mark = match &failure.kind {
            FailureKind::Path { found, differs } if *differs < found.len() && *differs > 0 => Mark::Move(*differs),
            _ => Mark::At(failure.at),
        };
        format!("what happened:\n{}", timeline::shown(rows, mark))
    }
}

/// `once`, `at least 2 times`.
fn wanted(times: Times) -> String {
    match (times.least, times.most) {
        (least, most) if least == most => words::times(least.into()),
        (1, u32::MAX) => "at least once".to_owned(),
        (least, u32::MAX) => format!("at least {least} times"),
        (0, most) => format!("at most {}", words::times(most.into())),
        (least, most) => format!("{least} to {most} times"),
    }
}
