//! Writes machines, by chance, that use the whole language: one alone, or several that hear one another.
//!
//! Such machines have mistakes that the compiler rightly refuses, unless they are made with care: what happens at once
//! (a `run` that answers, a raised event, a condition) leads only to states further down the source; an event of its own
//! leads to every state; the machine answers every fault at last by `stay`; a condition has something in it that is not
//! known before the machine runs.

mod actions;
mod body;
mod conditions;
mod declarations;
mod expressions;
mod handlers;
mod mutation;
mod plan;
mod words;

use super::random::Random;
use crate::reference::Type;
use plan::{Plan, Scope};

pub use mutation::Mistake;

/// Writes a machine.
#[must_use]
pub fn generate(random: Random) -> String {
    write(random, None).0
}

/// Writes a machine with one mistake in it; `None` if there was no occasion for it.
#[must_use]
pub fn generate_wrong(random: Random, mistake: Mistake) -> Option<String> {
    let (_, occasions) = write(random.clone(), Some((mistake, usize::MAX)));
    let mut choose = random.clone();
    choose.draw();
    let at = (occasions > 0).then(|| choose.below(occasions))?;
    Some(write(random, Some((mistake, at))).0).filter(|it| mistake.is_in(it))
}

/// Writes two machines or three that hear one another.
#[must_use]
pub fn generate_town(mut random: Random) -> String {
    let plans = Plan::town(&mut random);
    let mut text = String::new();
    for (number, plan) in plans.into_iter().enumerate() {
        let mut writer = Writer::new(random.fork(), plan, None);
        if number == 0 {
            writer.kinds();
        }
        writer.machine();
        text += &(writer.lines.join("\n") + "\n");
    }
    text
}

/// A machine, and how many occasions there were for a mistake.
fn write(mut random: Random, mistake: Option<(Mistake, usize)>) -> (String, usize) {
    let plan = Plan::new(&mut random);
    let mut writer = Writer::new(random, plan, mistake);
    writer.file();
    (writer.lines.join("\n") + "\n", writer.occasions)
}

/// Writes one machine, line by line.
struct Writer {
    random: Random,
    plan: Plan,
    lines: Vec<String>,
    /// Of the braces.
    depth: usize,
    /// A mistake, and at which occasion it is made.
    mistake: Option<(Mistake, usize)>,
    occasions: usize,
    labels: usize,
    /// What the condition that is being written speaks of already: twice the same is soon always or never true.
    spoken_of: Vec<String>,
}

impl Writer {
    fn new(random: Random, plan: Plan, mistake: Option<(Mistake, usize)>) -> Self {
        Self { random, plan, lines: Vec::new(), depth: 0, mistake, occasions: 0, labels: 0, spoken_of: Vec::new() }
    }

    fn line(&mut self, text: impl AsRef<str>) {
        self.lines.push(format!("{}{}", "    ".repeat(self.depth), text.as_ref()));
    }

    fn open(&mut self, text: &str) {
        self.line(format!("{text} {{"));
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.line("}");
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.random.chance(percent)
    }

    /// One of these.
    fn word(&mut self, of: &[&'static str]) -> &'static str {
        of[self.random.below(of.len())]
    }

    /// Whether this is where the mistake is made.
    fn is_occasion(&mut self, mistake: Mistake) -> bool {
        let Some((wanted, at)) = self.mistake else { return false };
        if wanted != mistake {
            return false;
        }
        self.occasions += 1;
        self.occasions - 1 == at
    }
}

/// A type as the source writes it.
fn written(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Int(i64::MIN, i64::MAX) => "int".to_owned(),
        // Bounds can be calculated.
        Type::Int(-50, 50) => "int in 0 - 50..(2 + 3) * 10".to_owned(),
        Type::Int(low, high) => format!("int in {low}..{high}"),
        Type::Float => "float".to_owned(),
        Type::Text(1_024) => "string".to_owned(),
        Type::Text(most) => format!("string up to {most}"),
        Type::Duration => "duration".to_owned(),
        Type::Time => "time".to_owned(),
        Type::Words(words) => words.join(" | "),
        Type::List(of, Type::ITEMS) => format!("list of {}", written(of)),
        Type::List(of, most) => format!("list of {} up to {most}", written(of)),
    }
}
