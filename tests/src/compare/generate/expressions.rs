//! Expressions of a type that is wanted.

use super::{Mistake, Scope, Writer};
use crate::reference::Type;

impl Writer {
    /// A value of this type, or one that may turn out not to fit it: that is a fault.
    pub(super) fn value(&mut self, ty: &Type, depth: usize, scope: &Scope) -> String {
        if self.is_occasion(Mistake::WrongType) {
            return Self::misfit(ty);
        }
        if self.is_occasion(Mistake::UnknownName) {
            return "nothing_of_this_name".to_owned();
        }
        if self.is_occasion(Mistake::UnknownFunction) {
            return "frobnicate(1)".to_owned();
        }
        if depth == 0 || self.chance(35) {
            return self.simple(ty, scope);
        }
        let depth = depth - 1;
        match ty {
            Type::Bool => self.condition(depth, scope),
            Type::Int(..) => self.int(depth, scope),
            Type::Float => self.float_value(depth, scope),
            Type::Text(_) => self.text(depth, scope),
            Type::Duration => self.duration(depth, scope),
            Type::Time => self.time(depth, scope),
            Type::Words(_) => self.simple(ty, scope),
            Type::List(of, most) => self.list(of, *most, depth, scope),
        }
    }

    /// A value that must not fail: a name or a constant that fits.
    pub(super) fn safe(&mut self, ty: &Type, scope: &Scope) -> String {
        let is_free = match ty {
            Type::Int(..) => *ty == Type::INT,
            Type::Text(_) => *ty == Type::TEXT,
            it => !matches!(it, Type::List(..)),
        };
        let fitting = if is_free { self.names(ty, scope) } else { Vec::new() };
        if fitting.is_empty() || self.chance(40) { self.constant(ty) } else { self.random.pick(&fitting).clone() }
    }

    fn simple(&mut self, ty: &Type, scope: &Scope) -> String {
        let names = self.names(ty, scope);
        if names.is_empty() || self.chance(30) { self.constant(ty) } else { self.random.pick(&names).clone() }
    }

    /// Something that is not known before the machine runs.
    pub(super) fn name(&mut self, ty: &Type, scope: &Scope) -> String {
        let names = self.names(ty, scope);
        if names.is_empty() { self.constant(ty) } else { self.random.pick(&names).clone() }
    }

    /// A value of another type.
    pub(super) fn misfit(ty: &Type) -> String {
        if matches!(ty, Type::Text(_)) { "987654" } else { "\"misfit\"" }.to_owned()
    }

    fn int(&mut self, depth: usize, scope: &Scope) -> String {
        let some = self.name(&Type::INT, scope);
        let other = self.value(&Type::INT, depth, scope);
        if scope.is_safe {
            let list = self.name(&Type::List(Box::new(Type::INT), 64), scope);
            return [format!("min({some}, {other})"), format!("len({list})")][self.random.below(2)].clone();
        }
        match self.random.below(13) {
            0 | 1 => format!("({some} + {other})"),
            2 | 3 => format!("({some} - {other})"),
            4 => format!("({some} * {other})"),
            5 => format!("({other} / {some})"),
            6 => format!("({other} % {some})"),
            7 => format!("-{some}"),
            8 => format!("abs({some})"),
            9 => format!("{}({some}, {other})", self.word(&["min", "max"])),
            10 => {
                let ty = if self.chance(50) { Type::TEXT } else { Type::List(Box::new(Type::INT), 64) };
                format!("len({})", self.name(&ty, scope))
            }
            11 => {
                let ty = if self.chance(50) { Type::TEXT } else { Type::Float };
                format!("int({})", self.name(&ty, scope))
            }
            _ => format!("({} / {})", self.name(&Type::Duration, scope), self.name(&Type::Duration, scope)),
        }
    }

    fn float_value(&mut self, depth: usize, scope: &Scope) -> String {
        let some = self.name(&Type::Float, scope);
        let other = self.value(&Type::Float, depth, scope);
        if scope.is_safe {
            return format!("max({some}, {other})");
        }
        match self.random.below(9) {
            0 => format!("({some} + {other})"),
            1 => format!("({some} - {other})"),
            2 => format!("({some} * {other})"),
            3 => format!("({other} / {some})"),
            4 => format!("-{some}"),
            5 => format!("abs({some})"),
            6 => format!("{}({some}, {other})", self.word(&["min", "max"])),
            7 => format!("float({})", self.name(&Type::TEXT, scope)),
            _ => format!("float({})", self.value(&Type::INT, depth, scope)),
        }
    }

    pub(super) fn text(&mut self, depth: usize, scope: &Scope) -> String {
        match self.random.below(6) {
            0 => format!("lower({})", self.value(&Type::TEXT, depth, scope)),
            1 => format!("upper({})", self.value(&Type::TEXT, depth, scope)),
            2 => format!("string({})", self.anything(depth, scope)),
            _ => {
                let pieces = 1 + self.random.below(3);
                let piece = |writer: &mut Self| {
                    let secret = writer.plan.has_secret && writer.is_occasion(Mistake::SecretInText);
                    let inner = if secret { "token".to_owned() } else { writer.anything(depth, scope) };
                    format!("{{{}}}", inner.replace('\\', "\\\\").replace('"', "\\\""))
                };
                let between = self.word(&["", " ", "-", ": "]);
                let all: Vec<String> = (0..pieces).map(|_| piece(self)).collect();
                format!("\"{}\"", all.join(between))
            }
        }
    }

    /// A value of any type; not of words, which need something that says of which enum they are.
    pub(super) fn anything(&mut self, depth: usize, scope: &Scope) -> String {
        let types = [Type::INT, Type::Float, Type::TEXT, Type::Bool, Type::Duration, Type::Time];
        if self.chance(40) {
            let ty = super::plan::any_type(&mut self.random);
            let names = self.names(&ty, scope);
            if !names.is_empty() {
                return self.random.pick(&names).clone();
            }
        }
        let ty = self.random.pick(&types).clone();
        // Texts inside texts inside texts: quotes would have to be escaped again and again.
        let depth = if ty == Type::TEXT { 0 } else { depth.min(1) };
        if depth == 0 { self.name(&ty, scope) } else { self.plain(&ty, depth, scope) }
    }

    /// A value without text in it.
    fn plain(&mut self, ty: &Type, depth: usize, scope: &Scope) -> String {
        for _ in 0..4 {
            let value = self.value(ty, depth, scope);
            if !value.contains('"') {
                return value;
            }
        }
        self.name(ty, scope)
    }

    fn duration(&mut self, depth: usize, scope: &Scope) -> String {
        let some = self.name(&Type::Duration, scope);
        let other = self.value(&Type::Duration, depth, scope);
        if scope.is_safe {
            return format!("min({some}, {other})");
        }
        match self.random.below(8) {
            0 => format!("({some} + {other})"),
            1 => format!("({some} - {other})"),
            2 => format!("({some} * {})", self.value(&Type::INT, depth, scope)),
            3 => format!("({other} / {})", self.name(&Type::INT, scope)),
            4 => format!("-{some}"),
            5 => format!("abs({some})"),
            6 => format!("{}({some}, {other})", self.word(&["min", "max"])),
            _ => format!("({} - {})", self.name(&Type::Time, scope), self.name(&Type::Time, scope)),
        }
    }

    fn time(&mut self, depth: usize, scope: &Scope) -> String {
        let some = self.name(&Type::Time, scope);
        match self.random.below(4) {
            0 if !scope.is_safe => format!("({some} + {})", self.value(&Type::Duration, depth, scope)),
            1 if !scope.is_safe => format!("({some} - {})", self.value(&Type::Duration, depth, scope)),
            2 => format!("{}({some}, now())", self.word(&["min", "max"])),
            _ => "now()".to_owned(),
        }
    }

    fn list(&mut self, of: &Type, most: usize, depth: usize, scope: &Scope) -> String {
        let count = self.random.below(most.min(4) + 1);
        let items: Vec<String> = (0..count)
            .map(|_| if scope.is_safe { self.safe(of, scope) } else { self.value(of, depth.min(1), scope) })
            .collect();
        format!("[{}]", items.join(", "))
    }
}
