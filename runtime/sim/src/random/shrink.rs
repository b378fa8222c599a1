//! Makes a run that fails as short as it gets: whatever can be left out without it failing in another way is left out.

use super::Drawn;
use crate::script::{Failure, Judge, Limits, Line, run};
use crate::value::Value;
use crate::world::{Answer, Series};
use machine_core::OwnedTable;
use std::mem::discriminant;
use std::sync::Arc;

/// Steps that all tries together may take.
const MOST_STEPS: u64 = 20_000_000;

/// The shortest run that was found to fail at the same written line, in the same way.
#[must_use]
pub fn shrink(
    table: &Arc<OwnedTable>,
    drawn: Drawn,
    failure: &Failure,
    judge: &mut dyn Judge,
    limits: Limits,
) -> Drawn {
    let wanted = (drawn.written(failure), discriminant(&failure.kind));
    let mut steps = 0;
    let mut fails = |drawn: &Drawn| {
        let report = run(table, &drawn.script, judge, Limits { coverage: false, ..limits });
        steps += report.steps;
        let same = report.failures.first().is_some_and(|it| (drawn.written(it), discriminant(&it.kind)) == wanted);
        (same, steps < MOST_STEPS)
    };
    let mut best = drawn;
    loop {
        let Some(better) = shorter(&best).into_iter().find_map(|it| match fails(&it) {
            (true, _) => Some(Some(it)),
            (false, true) => None,
            (false, false) => Some(None),
        }) else {
            return best;
        };
        match better {
            Some(better) => best = better,
            None => return best,
        }
    }
}

/// All runs that are one thing shorter, those first that leave out most.
fn shorter(drawn: &Drawn) -> Vec<Drawn> {
    let mut found = Vec::new();
    for (index, line) in drawn.script.lines.iter().enumerate().rev() {
        if drawn.origin[index].is_none() && !matches!(line, Line::Answers { .. }) {
            found.push(without(drawn, index));
        }
    }
    for (index, line) in drawn.script.lines.iter().enumerate() {
        let is_drawn = drawn.origin[index].is_none();
        match line {
            Line::Answers { watchers, series } if is_drawn => {
                let series = simpler(series).into_iter();
                let lines = series.map(|series| Line::Answers { watchers: watchers.clone(), series });
                found.extend(lines.map(|line| with(drawn, index, line)));
            }
            Line::PowerOff { ms } if is_drawn && *ms > 0 => {
                found.push(with(drawn, index, Line::PowerOff { ms: 0 }));
            }
            Line::Send { signal, payload } if is_drawn => {
                let plain = plainer(payload).into_iter();
                let lines = plain.map(|payload| Line::Send { signal: *signal, payload: payload.into() });
                found.extend(lines.map(|line| with(drawn, index, line)));
            }
            Line::Advance { ms } if *ms > 1 => {
                let lines = std::iter::once(ms % 1_000).filter(|it| *it > 0).chain(steps(*ms));
                found.extend(lines.map(|by| with(drawn, index, Line::Advance { ms: ms - by })));
            }
            _ => {}
        }
    }
    found
}

fn with(drawn: &Drawn, index: usize, line: Line) -> Drawn {
    let mut drawn = drawn.clone();
    drawn.script.lines[index] = line;
    drawn
}

/// Without a line; time that passes before and behind it passes in one go then.
fn without(drawn: &Drawn, index: usize) -> Drawn {
    let mut drawn = drawn.clone();
    drawn.script.lines.remove(index);
    drawn.origin.remove(index);
    if let [Some(Line::Advance { ms: before }), Some(Line::Advance { ms: behind })] =
        [index.checked_sub(1), Some(index)].map(|it| drawn.script.lines.get(it?))
        && drawn.origin[index - 1] == drawn.origin[index]
    {
        drawn.script.lines[index - 1] = Line::Advance { ms: before + behind };
        drawn.script.lines.remove(index);
        drawn.origin.remove(index);
    }
    drawn
}

/// Series with one answer less, or with a plainer one; the last answers for ever.
fn simpler(Series(answers): &Series) -> Vec<Series> {
    let mut found = Vec::new();
    for index in 0..answers.len() {
        if answers.len() > 1 {
            let mut fewer = answers.clone();
            fewer.remove(index);
            found.push(fewer);
        }
    }
    for (index, it) in answers.iter().enumerate() {
        let fewer = it.times.filter(|it| *it > 1).map(|times| Answer { times: Some(times / 2), ..it.clone() });
        let sooner = (it.after_ms > 0).then(|| Answer { after_ms: 0, ..it.clone() });
        let plainer = plainer(&it.payload).into_iter().map(|payload| Answer { payload: payload.into(), ..it.clone() });
        for answer in fewer.into_iter().chain(sooner).chain(plainer) {
            let mut changed = answers.clone();
            changed[index] = answer;
            found.push(changed);
        }
    }
    let lasts = |mut answers: Vec<Answer>| {
        answers.last_mut().into_iter().for_each(|it| it.times = None);
        Series(answers)
    };
    found.into_iter().map(lasts).collect()
}

/// The same number of values: all of them nothing, then one of them nothing, or less than it is.
fn plainer(values: &[Value]) -> Vec<Vec<Value>> {
    let nothing: Vec<_> = values.iter().map(nothing).collect();
    let mut found = if nothing == values { Vec::new() } else { vec![nothing] };
    for (at, value) in values.iter().enumerate() {
        let with = |value: Value| [&values[..at], &[value], &values[at + 1..]].concat();
        found.extend(lesser(value).into_iter().map(with));
    }
    found
}

/// What is less than a value, the least first.
fn lesser(value: &Value) -> Vec<Value> {
    let towards_0 =
        |it: i64, by: u64| if it < 0 { it.saturating_add_unsigned(by) } else { it.saturating_sub_unsigned(by) };
    let less = |it: i64| steps(it.unsigned_abs()).map(move |by| towards_0(it, by));
    match value {
        Value::Int(it) => less(*it).map(Value::Int).collect(),
        Value::Duration(it) => less(*it).map(Value::Duration).collect(),
        Value::Time(it) => less(*it).map(Value::Time).collect(),
        other => Some(nothing(other)).filter(|it| it != other).into_iter().collect(),
    }
}

/// By how much a number can be brought down: all of it, half, a quarter, at last one.
fn steps(number: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(number), |it| Some(it / 2)).take_while(|it| *it > 0)
}

fn nothing(value: &Value) -> Value {
    match value {
        Value::Bool(_) => Value::Bool(false),
        Value::Int(_) => Value::Int(0),
        Value::Float(_) => Value::Float(0.0),
        Value::Text(_) => Value::Text(String::new()),
        Value::Duration(_) => Value::Duration(0),
        Value::Time(_) => Value::Time(0),
        Value::Enum(_) => Value::Enum(0),
        Value::List(_) => Value::List(Vec::new()),
    }
}
