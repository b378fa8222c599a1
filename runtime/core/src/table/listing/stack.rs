//! Code for the stack of values: each instruction puts texts together that those before it have left.

use super::Written;
use super::names::{Names, quoted};
use super::part::{Bond, Limit, Part, Shape, escaped};
use crate::definition::{Calculate, Compare, Function};
use crate::table::Type;
use crate::table::code::Op;
use crate::table::read::Reader;
use alloc::{format, string::String, string::ToString, vec::Vec};

/// The first side of `and` or `or`, until the second is complete.
struct Waiting {
    target: usize,
    left: Part,
    bond: Bond,
}

struct Teller<'n, 't> {
    names: &'n Names<'t>,
    /// What the event carries: each name, and whether it is a list.
    fields: &'n [(&'t str, bool)],
    parts: Vec<Part>,
    waiting: Vec<Waiting>,
    written: Written,
}

/// The calculation or the actions that begin here.
pub(super) fn written(names: &Names<'_>, fields: &[(&str, bool)], reader: &mut Reader<'_>) -> Written {
    let written = Written { lines: Vec::new(), reads_fields: false };
    let mut teller = Teller { names, fields, parts: Vec::new(), waiting: Vec::new(), written };
    loop {
        teller.complete(reader.position());
        match Op::read(reader) {
            // Verified code ends with an end.
            None | Some(Op::End) => break,
            Some(Op::And(distance)) => teller.wait(reader.position() + usize::from(distance), Bond::And),
            Some(Op::Or(distance)) => teller.wait(reader.position() + usize::from(distance), Bond::Or),
            Some(op) => teller.step(op),
        }
    }
    let Teller { parts, mut written, .. } = teller;
    written.lines.extend(parts.into_iter().map(|it| it.text));
    written
}

impl Teller<'_, '_> {
    fn push(&mut self, part: Part) {
        self.parts.push(part);
    }

    fn pop(&mut self) -> Part {
        self.parts.pop().unwrap_or_else(|| Part::whole(""))
    }

    fn pop_two(&mut self) -> (Part, Part) {
        let right = self.pop();
        (self.pop(), right)
    }

    fn last(&mut self, count: usize) -> Vec<Part> {
        self.parts.split_off(self.parts.len().saturating_sub(count))
    }

    fn wait(&mut self, target: usize, bond: Bond) {
        let left = self.pop();
        self.waiting.push(Waiting { target, left, bond });
    }

    /// Whatever `and` and `or` end here, the innermost first.
    fn complete(&mut self, at: usize) {
        while let Some(Waiting { left, bond, .. }) = self.waiting.pop_if(|it| it.target <= at) {
            let right = self.pop();
            let range = if bond == Bond::And { range(&left, &right) } else { None };
            self.push(range.unwrap_or_else(|| {
                let (word, tighter) = if bond == Bond::And { ("and", Bond::Not) } else { ("or", Bond::And) };
                Part::new(format!("{} {word} {}", left.at_least(bond), right.at_least(tighter)), bond)
            }));
        }
    }

    fn step(&mut self, op: Op<'_>) {
        let part = match op {
            Op::Bool(it) => Part::whole(it.to_string()),
            Op::Int(it) => Part::int(it),
            Op::Float(it) => Part::float(it),
            Op::Duration(it) => Part::duration(it),
            Op::Time(it) => Part::time(it),
            Op::Enum(of, word) => Part::whole(self.names.word(of, word)),
            Op::Text(_, bytes) => Part::text(core::str::from_utf8(bytes).unwrap_or("")),
            Op::Load(slot) => self.load(slot.into()),
            Op::Field(field, _) => self.field(field),
            Op::Condition(it) => {
                let other = self.names.others.get(usize::from(it)).cloned();
                Part::new(other.unwrap_or_default(), Bond::Compare)
            }
            Op::Now => Part::whole("now()"),
            Op::Not => not(self.pop()),
            Op::Minus => Part::new(format!("-{}", self.pop().at_least(Bond::Whole)), Bond::Minus),
            Op::Compare(how) => {
                let (left, right) = self.pop_two();
                compare(how, left, right)
            }
            Op::Calculate(how) => {
                let (left, right) = self.pop_two();
                calculate(how, left, right)
            }
            Op::Join(count) => join(self.last(count.into())),
            Op::Call(function) => call(function, self.last(function.arity())),
            Op::List(..) => Part::list("[]"),
            Op::Append => {
                let (list, item) = self.pop_two();
                append(&list.text, &item.text)
            }
            action => return self.action(action),
        };
        self.push(part);
    }

    fn load(&self, slot: usize) -> Part {
        let name = self.names.slot(slot);
        match self.names.slots.get(slot) {
            Some((_, Type::List { .. })) => Part::list(name),
            _ => Part::whole(name),
        }
    }

    fn field(&mut self, field: u8) -> Part {
        self.written.reads_fields = true;
        match self.fields.get(usize::from(field)) {
            Some((name, is_list)) => {
                let text = format!("{}.{}", self.names.binding, quoted(name));
                if *is_list { Part::list(text) } else { Part::whole(text) }
            }
            None => Part::whole(format!("field {field}")),
        }
    }

    fn action(&mut self, op: Op<'_>) {
        let line = match op {
            Op::Assign(slot) => format!("{} = {}", self.names.slot(slot.into()), self.pop().text),
            Op::Emit(emit) => format!("emit {}", self.event(self.names.emits.get(usize::from(emit)))),
            Op::Raise(signal) => format!("raise {}", self.event(self.names.signals.get(usize::from(signal)))),
            Op::Log => format!("log {}", self.pop().text),
            Op::Poll(watcher) => format!("poll {}", self.names.watcher(watcher)),
            // All else leaves a value.
            _ => return,
        };
        self.written.lines.push(line);
    }

    /// `NAME(FIELD: VALUE, …)`, with the last values.
    fn event(&mut self, event: Option<&(&str, Vec<&str>)>) -> String {
        let Some((name, fields)) = event else { return String::new() };
        let values = self.last(fields.len());
        let pairs: Vec<_> =
            fields.iter().zip(values).map(|(it, value)| format!("{}: {}", quoted(it), value.text)).collect();
        if pairs.is_empty() { quoted(name) } else { format!("{}({})", quoted(name), pairs.join(", ")) }
    }
}

/// `x in A..B` for `x >= A and x <= B`, which is the same code.
fn range(left: &Part, right: &Part) -> Option<Part> {
    let (Shape::Bound(least), Shape::Bound(most)) = (&left.shape, &right.shape) else { return None };
    let is_empty = matches!((least.number, most.number), (Some(a), Some(b)) if a > b);
    let fits = least.is_least && !most.is_least && least.of == most.of && !is_empty;
    fits.then(|| Part::new(format!("{} in {}..{}", least.of, least.limit, most.limit), Bond::Compare))
}

fn not(part: Part) -> Part {
    match part.shape {
        Shape::In(at) => {
            let (item, set) = part.text.split_at(at);
            Part::new(format!("{item} not{set}"), Bond::Compare)
        }
        _ => Part::new(format!("not {}", part.at_least(Bond::Not)), Bond::Not),
    }
}

fn compare(how: Compare, left: Part, right: Part) -> Part {
    let sign = match how {
        Compare::Equal => "==",
        Compare::NotEqual => "!=",
        Compare::Less => "<",
        Compare::LessOrEqual => "<=",
        Compare::Greater => ">",
        Compare::GreaterOrEqual => ">=",
    };
    // Texts are in no range; of what is neither a number nor a duration it is not known whether it is one.
    let number = if let Shape::Int(it) = right.shape { Some(it) } else { None };
    let is_number = right.bond >= Bond::Minus && right.text.starts_with(|it: char| it.is_ascii_digit() || it == '-');
    let (left, right) = (left.at_least(Bond::Add), right.at_least(Bond::Add));
    let text = format!("{left} {sign} {right}");
    let is_least = how == Compare::GreaterOrEqual;
    let shape = match is_number && (is_least || how == Compare::LessOrEqual) {
        true => Shape::Bound(Limit { is_least, of: left, limit: right, number }),
        false => Shape::Other,
    };
    Part { shape, ..Part::new(text, Bond::Compare) }
}

fn calculate(how: Calculate, left: Part, right: Part) -> Part {
    let (sign, bond, tighter) = match how {
        Calculate::Add => ("+", Bond::Add, Bond::Multiply),
        Calculate::Subtract => ("-", Bond::Add, Bond::Multiply),
        Calculate::Multiply => ("*", Bond::Multiply, Bond::Minus),
        Calculate::Divide => ("/", Bond::Multiply, Bond::Minus),
        Calculate::Remainder => ("%", Bond::Multiply, Bond::Minus),
    };
    Part::new(format!("{} {sign} {}", left.at_least(bond), right.at_least(tighter)), bond)
}

/// A text with values in it.
fn join(parts: Vec<Part>) -> Part {
    // Quotes inside of braces are hard to read, so one value alone stands in no braces.
    if let [only] = parts.as_slice()
        && !matches!(only.shape, Shape::Text(_))
    {
        return Part::whole(format!("string({})", only.text));
    }
    let mut text = String::from("\"");
    for part in parts {
        match part.shape {
            Shape::Text(it) => text += &escaped(&it),
            _ => text += &format!("{{{}}}", part.text.replace('"', "\\\"")),
        }
    }
    Part::whole(text + "\"")
}

fn call(function: Function, parts: Vec<Part>) -> Part {
    let name = match function {
        Function::Min => "min",
        Function::Max => "max",
        Function::Abs => "abs",
        Function::Len => "len",
        Function::Contains => "contains",
        Function::StartsWith => "starts_with",
        Function::EndsWith => "ends_with",
        Function::Matches => "matches",
        Function::Lower => "lower",
        Function::Upper => "upper",
        Function::ToInt => "int",
        Function::ToFloat => "float",
    };
    match <[Part; 2]>::try_from(parts) {
        // A word of an enum is known for one only where the value comes first.
        Ok([set, item]) if function == Function::Contains && set.shape == Shape::List => {
            let item = item.at_least(Bond::Add);
            let shape = Shape::In(item.len());
            Part { shape, ..Part::new(format!("{item} in {}", set.text), Bond::Compare) }
        }
        Ok([first, second]) => Part::whole(format!("{name}({}, {})", first.text, second.text)),
        Err(parts) => Part::whole(format!("{name}({})", super::joined(parts.into_iter().map(|it| it.text)))),
    }
}

fn append(list: &str, item: &str) -> Part {
    let before = list.strip_suffix(']').unwrap_or(list);
    let comma = if before == "[" { "" } else { ", " };
    Part::list(format!("{before}{comma}{item}]"))
}
