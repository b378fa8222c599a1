//! Conditions that are neither always nor never true.

use super::{Scope, Writer};
use crate::reference::Type;

impl Writer {
    /// A condition.
    pub(super) fn condition(&mut self, depth: usize, scope: &Scope) -> String {
        if depth == 0 || self.chance(40) {
            return self.atom(depth, scope);
        }
        let (a, b) = (self.condition(depth - 1, scope), self.condition(depth - 1, scope));
        match self.random.below(5) {
            0 | 1 => format!("({a} and {b})"),
            2 | 3 => format!("({a} or {b})"),
            _ => format!("not ({a})"),
        }
    }

    /// One of these that the condition does not speak of yet.
    fn unspoken<T: Clone>(&mut self, all: &[T], name: impl Fn(&T) -> String) -> T {
        let new: Vec<T> = all.iter().filter(|it| !self.spoken_of.contains(&name(it))).cloned().collect();
        let one = self.random.pick(if new.is_empty() { all } else { &new }).clone();
        self.spoken_of.push(name(&one));
        one
    }

    fn subject(&mut self, ty: &Type, scope: &Scope) -> String {
        let names = self.names(ty, scope);
        if names.is_empty() { self.constant(ty) } else { self.unspoken(&names, Clone::clone) }
    }

    fn atom(&mut self, depth: usize, scope: &Scope) -> String {
        match self.random.below(11) {
            0 => self.subject(&Type::Bool, scope),
            1 | 2 => self.compared_int(scope),
            3 => self.compared(Type::Float, depth, scope),
            4 => self.compared(Type::Duration, depth, scope),
            5 => self.compared(Type::TEXT, depth, scope),
            6 => self.of_text(scope),
            7 => self.of_words(scope),
            8 => self.of_list(scope),
            9 if !scope.is_safe => {
                let ints = ["d0 + 1", "d1", "memory"];
                let at = self.random.below(3);
                format!("{} {} {}", ints[at], self.operator(), ints[(at + 1) % 3])
            }
            10 => self.compared(Type::Time, depth, scope),
            _ => self.in_range(scope),
        }
    }

    fn operator(&mut self) -> &'static str {
        self.word(&["==", "!=", "<", "<=", ">", ">="])
    }

    /// A whole number of data, with something in the middle of its range.
    fn compared_int(&mut self, scope: &Scope) -> String {
        let ints = self.plan.data.iter().filter_map(|(name, ty)| Some((name.clone(), bounds(ty)?)));
        let mut ints: Vec<_> = ints.collect();
        if let Some((binding, fields)) = &scope.binding {
            ints.extend(fields.iter().filter_map(|(name, ty)| Some((format!("{binding}.{name}"), bounds(ty)?))));
        }
        let (name, (low, high)) = self.unspoken(&ints, |it| it.0.clone());
        let (low, high) = (low.max(-500) + 1, high.min(500) - 1);
        let middle = self.random.between(low, high.max(low));
        format!("{name} {} {middle}", self.operator())
    }

    fn compared(&mut self, ty: Type, depth: usize, scope: &Scope) -> String {
        let name = self.subject(&ty, scope);
        let other = self.value(&ty, depth, scope);
        // A value is not compared with itself: that is always the same.
        let other = if other == name { self.constant(&ty) } else { other };
        self.spoken_of.push(other.clone());
        format!("{name} {} {other}", self.operator())
    }

    fn of_text(&mut self, scope: &Scope) -> String {
        let name = self.subject(&Type::TEXT, scope);
        let other = self.constant(&Type::TEXT);
        match self.random.below(5) {
            0 => format!("contains({name}, {other})"),
            1 => format!("starts_with({name}, {other})"),
            2 => format!("ends_with({name}, {other})"),
            3 => {
                let pattern = self.word(&["*", "?", "a*", "*-12", "k?tchen*", "", "**a", "?*"]);
                format!("matches({name}, \"{pattern}\")")
            }
            _ => format!("{name} {} [{other}, \"b\"]", self.word(&["in", "not in"])),
        }
    }

    fn of_words(&mut self, scope: &Scope) -> String {
        let is_words = |it: &&(String, Type)| matches!(it.1, Type::Words(_));
        let mut all: Vec<_> = self.plan.data.iter().filter(is_words).cloned().collect();
        if let Some((binding, fields)) = &scope.binding {
            all.extend(fields.iter().filter(is_words).map(|(name, ty)| (format!("{binding}.{name}"), ty.clone())));
        }
        let (name, ty) = self.unspoken(&all, |it| it.0.clone());
        let word = self.constant(&ty);
        match self.random.below(3) {
            0 => format!("{name} == {word}"),
            1 => format!("{name} != {word}"),
            _ => format!("{name} in [{word}, {word}]"),
        }
    }

    fn of_list(&mut self, scope: &Scope) -> String {
        let lists = self.plan.data.iter().filter(|it| matches!(it.1, Type::List(..))).cloned().collect::<Vec<_>>();
        let (name, ty) = self.unspoken(&lists, |it| it.0.clone());
        let Type::List(of, _) = &ty else { return name };
        let item = self.simple_of(of, scope);
        match self.random.below(4) {
            0 => format!("contains({name}, {item})"),
            1 => format!("{item} not in {name}"),
            2 => format!("{name} {} {}", self.word(&["==", "!="]), self.constant(&ty)),
            _ => format!("len({name}) == 1"),
        }
    }

    fn simple_of(&mut self, ty: &Type, scope: &Scope) -> String {
        if matches!(ty, Type::Words(_)) { self.constant(ty) } else { self.name(ty, scope) }
    }

    fn in_range(&mut self, scope: &Scope) -> String {
        let word = self.word(&["in", "not in"]);
        match self.random.below(3) {
            0 => format!("{} {word} -20..20", self.subject(&Type::INT, scope)),
            1 => format!("{} {word} -2.5..40.0", self.subject(&Type::Float, scope)),
            _ => format!("{} {word} 1s..1h", self.subject(&Type::Duration, scope)),
        }
    }
}

fn bounds(ty: &Type) -> Option<(i64, i64)> {
    if let Type::Int(low, high) = ty { Some((*low, *high)) } else { None }
}
