//! What can be said of a test without its machine.

use super::Report;
use crate::ast::{Cases, LineKind, Name, Test};
use crate::diagnostic::{Code, Diagnostics};
use crate::source::FileId;
use machine_grammar::Span;

/// Tells what is wrong with a test as such; whether it is worth looking at its lines.
pub(crate) fn check(file: FileId, test: &Test<'_>, sink: &mut Diagnostics) -> bool {
    let report = &mut Report::new(file, None, sink);
    if let Some(cases) = &test.cases {
        check_cases(cases, report);
    }
    starts(test, report);
    let expects = test.lines.iter().any(|it| matches!(it.kind, LineKind::Expect(_)));
    if !expects && !test.faulty {
        no_expect(test, report);
    }
    test.cases.is_none() || report.intact()
}

fn no_expect(test: &Test<'_>, report: &mut Report<'_>) {
    let headline = format!("the test `{}` expects nothing", test.name);
    report.tell(Code::NO_EXPECT, test.name_span, headline, |_, it| {
        it.label("whatever the machine does, it would pass")
            .help("say what is to be seen at its end, as in `expect STATE` or `expect never STATE`")
    });
}

// ---- `start`

/// A start stands before all that happens, once.
fn starts(test: &Test<'_>, report: &mut Report<'_>) {
    let mut first: Option<Span> = None;
    let mut happened: Option<Span> = None;
    for line in &test.lines {
        match (&line.kind, first) {
            (LineKind::Start { .. }, Some(first)) => second_start(line.span, first, report),
            (LineKind::Start { .. }, None) => {
                first = Some(line.span);
                if let Some(before) = happened {
                    late_start(line.span, before, report);
                }
            }
            (LineKind::With { .. }, _) => {}
            _ => happened = happened.or(Some(line.span)),
        }
    }
}

fn second_start(span: Span, first: Span, report: &mut Report<'_>) {
    report.tell(Code::BAD_START, span, "a test starts once", |file, it| {
        it.label("the second `start`")
            .also(file, first, "the first one")
            .help("leave out one of the two; time goes on with `advance`")
    });
}

fn late_start(span: Span, before: Span, report: &mut Report<'_>) {
    report.tell(Code::BAD_START, span, "`start` stands behind what happens", |file, it| {
        it.label("by now the test is under way")
            .also(file, before, "it begins here at the latest")
            .help("make it the first line of the test")
    });
}

// ---- Cases

fn check_cases(cases: &Cases<'_>, report: &mut Report<'_>) {
    let names: Vec<_> = cases.params.iter().map(|it| it.name).collect();
    for (at, name) in names.iter().enumerate() {
        if let Some(first) = names[..at].iter().find(|it| it.text == name.text) {
            repeated(*name, *first, report);
        }
    }
    if cases.cases.is_empty() {
        report.tell(Code::BAD_CASE, cases.span, "this test has names for cases, but no case", |_, it| {
            it.label("no test comes of this").help("write its cases between the brackets: `in [(1, a), (2, b)]`")
        });
    }
    for case in &cases.cases {
        let (given, wanted) = (case.values.len(), names.len());
        if given != wanted {
            wrong_count(case.span, given, &names, report);
        }
    }
}

fn repeated(second: Name<'_>, first: Name<'_>, report: &mut Report<'_>) {
    report.tell(Code::DUPLICATE_NAME, second.span, format!("`{}` stands for two values", second.text), |file, it| {
        it.label("the second one").also(file, first.span, "the first one").help("give one of them another name")
    });
}

fn wrong_count(span: Span, given: usize, names: &[Name<'_>], report: &mut Report<'_>) {
    let plural = |count: usize| if count == 1 { "one value".to_owned() } else { format!("{count} values") };
    let headline = format!("this case has {}, and {} belong to it", plural(given), plural(names.len()));
    let all: Vec<_> = names.iter().map(|it| it.text).collect();
    let place = names.first().zip(names.last()).map(|(first, last)| first.span.to(last.span));
    report.tell(Code::BAD_CASE, span, headline, |file, it| {
        let it = it.label(format!("{} between these brackets", plural(given)));
        let it = it.help(format!("write one value for each of {}, in this order", super::wording::all_of(&all)));
        match place {
            Some(place) => it.also(file, place, "the values that a case has"),
            None => it,
        }
    });
}
