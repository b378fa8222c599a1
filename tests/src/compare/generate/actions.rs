//! What is done in braces.

use super::plan::{Event, Scope};
use super::{Mistake, Writer};
use crate::reference::Type;

/// What a block may do beside assigning and telling.
#[derive(Clone, Copy, Debug)]
pub(super) struct May {
    /// The state that the block stands in.
    pub(super) state: usize,
    /// The first of the raised events that it may raise; none if there are not so many.
    pub(super) raise: usize,
    /// Whether it may change data.
    pub(super) assign: bool,
    /// Whether others may hear of it, the machine's own watchers among them.
    pub(super) tell: bool,
}

impl Writer {
    /// Some actions between braces; now and then none.
    pub(super) fn actions(&mut self, may: May, scope: &Scope) -> String {
        if self.chance(40) {
            return String::new();
        }
        format!(" {}", self.block(may, scope))
    }

    /// At least one action between braces.
    pub(super) fn block(&mut self, may: May, scope: &Scope) -> String {
        let count = 1 + self.random.below(3);
        let actions: Vec<String> = (0..count).map(|_| self.action(may, scope)).collect();
        format!("{{ {} }}", actions.join("  "))
    }

    fn action(&mut self, may: May, scope: &Scope) -> String {
        match self.random.below(12) {
            0..6 if may.assign => self.assignment(scope),
            6 | 7 if may.tell => {
                let events = if self.plan.told.is_empty() { &self.plan.emitted } else { &self.plan.told }.clone();
                let event = self.random.pick(&events).clone();
                self.told("emit", &event, scope)
            }
            8 if may.tell && !self.plan.raised.is_empty() => {
                let events = self.plan.raised.clone();
                let event = self.random.pick(&events).clone();
                self.told("emit", &event, scope)
            }
            9 if may.tell && may.raise < self.plan.raised.len() => {
                let events = self.plan.raised[may.raise..].to_vec();
                let event = self.random.pick(&events).clone();
                self.told("raise", &event, scope)
            }
            10 if may.tell => self.polled(may, scope),
            _ => self.line_for_people(scope),
        }
    }

    fn line_for_people(&mut self, scope: &Scope) -> String {
        if self.is_occasion(Mistake::WrongType) {
            return "log 987654".to_owned();
        }
        format!("log {}", self.text(if scope.is_safe { 0 } else { 2 }, scope))
    }

    fn polled(&mut self, may: May, scope: &Scope) -> String {
        let active = self.plan.active(may.state);
        let names: Vec<String> = active.iter().map(|it| it.name.clone()).collect();
        if names.is_empty() { self.line_for_people(scope) } else { format!("poll {}", self.random.pick(&names)) }
    }

    /// An event with its fields. What is emitted without being declared has fields of no bounds.
    pub(super) fn told(&mut self, verb: &str, event: &Event, scope: &Scope) -> String {
        let mut fields = Vec::new();
        if verb == "raise" && self.is_occasion(Mistake::UnknownEvent) {
            return "raise nobody".to_owned();
        }
        let leave_out = verb == "raise" && !event.fields.is_empty() && self.is_occasion(Mistake::MissingField);
        for (name, ty) in event.fields.iter().skip(usize::from(leave_out)) {
            let value = match ty {
                _ if event.name.starts_with("emitted") => self.unbounded(ty, scope),
                _ if scope.is_safe => self.safe(ty, scope),
                _ => self.fitting(ty, scope),
            };
            fields.push(format!("{name}: {value}"));
        }
        let fields = if fields.is_empty() { String::new() } else { format!("({})", fields.join(", ")) };
        format!("{verb} {}{fields}", event.name)
    }

    /// A value whose own type is known: a name of just this sort.
    fn unbounded(&mut self, ty: &Type, scope: &Scope) -> String {
        match ty {
            Type::Int(..) => {
                if scope.is_safe {
                    "len(d4)".to_owned()
                } else {
                    format!("(d0 + {})", self.number(0, 9))
                }
            }
            Type::Text(_) => "d4".to_owned(),
            Type::Bool => format!("(d5 {} true)", self.word(&["==", "!="])),
            Type::Float => "d3".to_owned(),
            Type::Words(_) => "d8".to_owned(),
            Type::List(..) => "d9".to_owned(),
            Type::Duration | Type::Time => "d6".to_owned(),
        }
    }

    /// A value that may fit: nothing that can be seen not to.
    pub(super) fn fitting(&mut self, ty: &Type, scope: &Scope) -> String {
        match ty {
            Type::Int(low, high) if (*low, *high) != (i64::MIN, i64::MAX) => match self.random.below(4) {
                0 => self.constant(ty),
                1 => format!("max({low}, min({high}, {}))", self.value(&Type::INT, 1, scope)),
                2 => format!("(d0 + {})", self.number(0, 9)),
                _ => "d1".to_owned(),
            },
            Type::Text(most) if *most < 1_024 => match self.random.below(3) {
                0 => self.constant(ty),
                _ => self.name(&Type::TEXT, scope),
            },
            Type::List(of, most) if *most < 64 || **of != Type::INT => {
                let names = self.names(ty, scope);
                if names.is_empty() || self.chance(50) { self.constant(ty) } else { self.random.pick(&names).clone() }
            }
            _ => self.value(ty, 2, scope),
        }
    }

    fn assignment(&mut self, scope: &Scope) -> String {
        if self.is_occasion(Mistake::FactAssigned) {
            return "spare = true".to_owned();
        }
        let data = self.plan.data.clone();
        let (name, ty) = self.random.pick(&data).clone();
        if let Type::Int(low, high) = ty
            && high < i64::MAX
            && self.is_occasion(Mistake::OutOfRange)
        {
            return format!("{name} = {}", if self.chance(50) { high + 1 } else { low - 1 });
        }
        let value = if scope.is_safe { self.safe(&ty, scope) } else { self.fitting(&ty, scope) };
        match ty {
            Type::Int(..) if !scope.is_safe && self.chance(40) => {
                let by = if self.chance(50) { self.number(1, 5) } else { self.name(&Type::INT, scope) };
                format!("{name} {} {by}", self.word(&["+=", "-="]))
            }
            Type::Float | Type::Duration if !scope.is_safe && self.chance(40) => {
                format!("{name} {} {value}", self.word(&["+=", "-="]))
            }
            _ => format!("{name} = {value}"),
        }
    }
}
