//! What has to be answered, sent and waited for on a way: the body of the test that can be pasted.

use crate::check::wording::{duration, name};
use crate::model::{Constant, Machine, SignalId, SignalSource, Type};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Letters of a series of answers on one line.
const LONG: usize = 60;

/// Values of fields, by name.
pub(super) type Named = Vec<(String, Constant)>;

/// One answer of a watcher, so many times.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    /// Nothing: it was asked and has nothing to report.
    pub(super) outcome: Option<usize>,
    pub(super) values: Named,
    pub(super) after_ms: u64,
    pub(super) times: u64,
}

/// What is done at some time.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    Send {
        signal: SignalId,
        values: Named,
    },
    /// A watcher that is told of changes.
    Change {
        watcher: usize,
        outcome: usize,
        values: Named,
    },
    Fact {
        fact: usize,
        value: Constant,
    },
    Condition {
        condition: usize,
    },
    /// The node is off.
    Off {
        ms: u64,
    },
}

/// A way as a test has it.
#[derive(Clone, Debug, Default)]
pub(super) struct Script {
    /// By watcher, in the order in which it is asked.
    answers: BTreeMap<usize, Vec<Answer>>,
    lines: Vec<(u64, Line)>,
    end: u64,
}

impl Script {
    /// A watcher answers what it was asked.
    pub(super) fn answered(&mut self, watcher: usize, answer: Answer) {
        let series = self.answers.entry(watcher).or_default();
        match series.last_mut() {
            Some(last)
                if (&last.outcome, &last.values, last.after_ms)
                    == (&answer.outcome, &answer.values, answer.after_ms) =>
            {
                last.times += answer.times;
            }
            _ => series.push(answer),
        }
    }

    /// Something is done.
    pub(super) fn add(&mut self, at: u64, line: Line) {
        self.lines.push((at, line));
    }

    /// Nothing more happens than time.
    pub(super) fn end(&mut self, at: u64) {
        self.end = at;
    }

    /// The lines of the test, without what it expects.
    pub(super) fn written(&self, machine: &Machine) -> Vec<String> {
        let (first, later): (Vec<_>, Vec<_>) =
            self.lines.iter().partition(|it| it.0 == 0 && matches!(it.1, Line::Fact { .. } | Line::Condition { .. }));
        let mut out: Vec<String> = first.iter().map(|it| it.1.written(machine)).collect();
        for (watcher, series) in &self.answers {
            let series: Vec<_> = series
                .iter()
                .enumerate()
                .map(|(at, it)| it.written(machine, *watcher, at + 1 == series.len()))
                .collect();
            let watcher = name(&machine.watchers[*watcher].name);
            out.push(format!("{watcher} answers {}", in_lines(&series)));
        }
        let mut now = 0;
        for (at, line) in later {
            if *at > now {
                out.push(format!("advance {}", duration(at - now)));
                now = *at;
            }
            out.push(line.written(machine));
            now += if let Line::Off { ms } = line { *ms } else { 0 };
        }
        if self.end > now {
            out.push(format!("advance {}", duration(self.end - now)));
        }
        out
    }
}

impl Answer {
    fn written(&self, machine: &Machine, watcher: usize, last: bool) -> String {
        let id = crate::model::WatcherId(watcher);
        let mut text = match self.outcome {
            None => "nothing".to_owned(),
            Some(outcome) => {
                let fields = machine.payload(crate::model::Origin::Outcome(id, outcome));
                let it = machine.outcomes(id).nth(outcome).map_or("", |it| it.name);
                name(it) + &braces(&self.values, &fields)
            }
        };
        if self.times > 1 && !last {
            let _ = write!(text, " x{}", self.times);
        }
        if self.after_ms > 0 {
            let _ = write!(text, " after {}", duration(self.after_ms));
        }
        text
    }
}

impl Line {
    fn written(&self, machine: &Machine) -> String {
        match self {
            Self::Send { signal, values } => {
                let it = &machine.signals[signal.0];
                let called = match &it.source {
                    SignalSource::Declared(at) => name(&machine.events[*at].name),
                    SignalSource::Emitted { machine, event } => format!("{}.{}", name(machine), name(event)),
                    SignalSource::Enters { machine, state } => return format!("{} enters {state}", name(machine)),
                    SignalSource::When(..) | SignalSource::Fault => String::new(),
                };
                let all: Vec<_> = it
                    .fields
                    .iter()
                    .map(|(field, ty)| {
                        let given = values.iter().find(|it| it.0 == *field).map(|it| it.1.clone());
                        (field.clone(), given.unwrap_or_else(|| super::values::least(ty)))
                    })
                    .collect();
                format!("{called}({})", listed(&all, &it.fields))
            }
            Self::Change { watcher, outcome, values } => {
                let one = Answer { outcome: Some(*outcome), values: values.clone(), after_ms: 0, times: 1 };
                format!("{} answers {}", name(&machine.watchers[*watcher].name), one.written(machine, *watcher, true))
            }
            Self::Fact { fact, value } => {
                let it = &machine.facts[*fact];
                format!("with {} = {}", name(&it.name), constant(value, &it.ty))
            }
            Self::Off { ms } => format!("power off for {}", duration(*ms)),
            Self::Condition { condition } => {
                let it = &machine.conditions[*condition];
                format!("{} is {}", name(&it.machine), it.state)
            }
        }
    }
}

/// A series goes on behind a comma at the end of its line.
fn in_lines(series: &[String]) -> String {
    let (mut text, mut used) = (String::new(), 0);
    for it in series {
        let long = used + it.len() > LONG;
        let between = match (text.is_empty(), long) {
            (true, _) => "",
            (_, true) => ",\n        then ",
            (_, false) => ", then ",
        };
        used = if long { 0 } else { used + between.len() } + it.len();
        text += between;
        text += it;
    }
    text
}

fn braces(values: &Named, fields: &[(String, Type)]) -> String {
    if values.is_empty() { String::new() } else { format!(" {{ {} }}", listed(values, fields)) }
}

/// `name: value, …`
pub(super) fn listed(values: &Named, fields: &[(String, Type)]) -> String {
    let one = |(field, value): &(String, Constant)| {
        let ty = fields.iter().find(|it| it.0 == *field).map_or(&Type::Bool, |it| &it.1);
        format!("{}: {}", name(field), constant(value, ty))
    };
    values.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn constant(value: &Constant, ty: &Type) -> String {
    crate::model::print::constant(value, ty)
}
