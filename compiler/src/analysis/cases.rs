//! Guards by example: values of all that they look at, chosen so that each side of every comparison occurs.
//!
//! For guards that only compare names with constants and with one another, the examples are all that matters: what
//! holds for each of them holds always. Beside anything else they are still examples, so a gap that one shows is real.

use crate::model::eval::{Value, eval};
use crate::model::{Compare, Constant, Expr, ExprKind, Function, Machine, Place, Type};

/// So many combinations are tried.
const TRIED: usize = 20_000;
/// So many values of one name are tried.
const VALUES: usize = 300;

/// The examples for some guards.
pub(super) struct Cases<'m> {
    places: Vec<Looked<'m>>,
    /// Nothing but the examples can make a difference.
    exact: bool,
}

/// A name that guards look at, and values to try for it.
struct Looked<'m> {
    place: Place<'m>,
    ty: &'m Type,
    binding: &'m str,
    values: Vec<Value>,
}

/// One combination of values.
pub(super) struct Case<'c> {
    cases: &'c Cases<'c>,
    chosen: Vec<usize>,
}

impl<'m> Cases<'m> {
    pub(super) fn of(machine: &Machine, guards: &[&'m Expr]) -> Self {
        let mut cases = Self { places: Vec::new(), exact: true };
        let mut constants = Vec::new();
        for guard in guards {
            guard.walk(&mut |it| cases.look(it, &mut constants));
            cases.exact &= is_plain(guard);
        }
        let starts = cases.places.iter().filter_map(|it| start(machine, it.place));
        constants.extend(starts);
        for place in &cases.places {
            constants.extend(ends(place.ty));
        }
        let reach = i64::try_from(cases.places.len()).unwrap_or(1).clamp(1, 3);
        for place in &mut cases.places {
            place.values = values(place, start(machine, place.place), &constants, reach);
        }
        cases.exact &= cases.count() <= TRIED && cases.places.iter().all(|it| it.values.len() < VALUES);
        cases
    }

    /// Whether what holds for each example holds always.
    pub(super) fn exact(&self) -> bool {
        self.exact
    }

    fn count(&self) -> usize {
        self.places.iter().map(|it| it.values.len().max(1)).fold(1, usize::saturating_mul)
    }

    fn look(&mut self, expr: &'m Expr, constants: &mut Vec<Value>) {
        if let ExprKind::Constant(it) = &expr.kind {
            match Value::of(it) {
                Some(Value::List(items)) => constants.extend(items),
                Some(it) => constants.push(it),
                None => {}
            }
        }
        let Some(place) = Place::of(expr) else { return };
        let binding = if let ExprKind::Field(binding, _) = &expr.kind { binding } else { "" };
        if self.places.iter().all(|it| it.place != place) {
            self.places.push(Looked { place, ty: &expr.ty, binding, values: Vec::new() });
            self.places.sort_by_key(|it| it.place);
        }
    }

    /// The first example for which `is` holds.
    pub(super) fn find(&self, is: impl Fn(&Case<'_>) -> bool) -> Option<Case<'_>> {
        if self.places.iter().any(|it| it.values.is_empty()) {
            return None;
        }
        let mut case = Case { cases: self, chosen: vec![0; self.places.len()] };
        for _ in 0..TRIED {
            if is(&case) {
                return Some(case);
            }
            if !case.advance() {
                return None;
            }
        }
        None
    }
}

impl Case<'_> {
    /// The next combination; the last name changes fastest.
    fn advance(&mut self) -> bool {
        for at in (0..self.chosen.len()).rev() {
            self.chosen[at] += 1;
            if self.chosen[at] < self.cases.places[at].values.len() {
                return true;
            }
            self.chosen[at] = 0;
        }
        false
    }

    /// Whether a guard holds; `None` if that cannot be told from names alone.
    pub(super) fn holds(&self, guard: &Expr) -> Option<bool> {
        let value = |expr: &Expr| {
            let place = Place::of(expr)?;
            let at = self.cases.places.iter().position(|it| it.place == place)?;
            self.cases.places[at].values.get(self.chosen[at]).cloned()
        };
        match eval(guard, &value) {
            Ok(Some(Value::Bool(it))) => Some(it),
            _ => None,
        }
    }

    /// "`co2_max` is 800 and `a.co2` is 801".
    pub(super) fn told(&self, machine: &Machine) -> String {
        let one = |(looked, at): (&Looked, &usize)| {
            let value = looked.values.get(*at).map_or_else(String::new, |it| crate::model::print::value(it, looked.ty));
            format!("`{}` is {value}", machine.place(looked.place, looked.binding))
        };
        let all: Vec<_> = self.cases.places.iter().zip(&self.chosen).map(one).collect();
        match all.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }
}

/// Built of comparisons of names and constants only.
fn is_plain(guard: &Expr) -> bool {
    let is_leaf = |it: &Expr| {
        let is_simple = !matches!(it.ty, Type::List { .. } | Type::Float | Type::Time);
        is_simple && (it.constant().is_some() || Place::of(it).is_some())
    };
    match &guard.kind {
        ExprKind::Not(it) => is_plain(it),
        ExprKind::And(a, b) | ExprKind::Or(a, b) => is_plain(a) && is_plain(b),
        ExprKind::Compare(how, a, b) => is_leaf(a) && is_leaf(b) && is_told_by_examples(*how, &a.ty),
        ExprKind::InRange(it, low, high) => is_leaf(it) && is_leaf(low) && is_leaf(high),
        ExprKind::Call(Function::Contains, args) => match args.as_slice() {
            [list, item] => matches!(list.constant(), Some(Constant::List(_))) && is_leaf(item),
            _ => false,
        },
        _ => is_leaf(guard),
    }
}

/// Between two texts there are always others, so examples tell only whether they are the same.
fn is_told_by_examples(how: Compare, ty: &Type) -> bool {
    matches!(how, Compare::Equal | Compare::NotEqual) || !matches!(ty, Type::Text { .. } | Type::Path)
}

/// What data and facts are at first.
fn start(machine: &Machine, place: Place<'_>) -> Option<Value> {
    match place {
        Place::Data(it) => Value::of(&machine.data.get(it)?.value),
        Place::Fact(it) => Value::of(&machine.facts.get(it)?.value),
        _ => None,
    }
}

fn ends(ty: &Type) -> Vec<Value> {
    match ty {
        Type::Int { min, max } => vec![Value::Int(*min), Value::Int(*max)],
        _ => Vec::new(),
    }
}

/// Values of a name: what it is at first, then all that is compared somewhere, with what is just beside it.
fn values(looked: &Looked<'_>, start: Option<Value>, constants: &[Value], reach: i64) -> Vec<Value> {
    let mut found: Vec<Value> = start.into_iter().collect();
    match looked.ty {
        Type::Bool => found.extend([false, true].map(Value::Bool)),
        Type::Enum(words) => found.extend((0..words.len()).filter_map(|it| u16::try_from(it).ok()).map(Value::Enum)),
        Type::Int { min, max } => {
            let numbers = constants.iter().filter_map(|it| if let Value::Int(it) = it { Some(*it) } else { None });
            let near = beside(numbers.chain([0]), reach).filter(|it| (min..=max).contains(&it));
            found.extend(near.map(Value::Int));
        }
        Type::Duration => {
            let numbers = constants.iter().filter_map(|it| if let Value::Duration(it) = it { Some(*it) } else { None });
            found.extend(beside(numbers.chain([0]), reach).map(Value::Duration));
        }
        Type::Float => {
            for it in constants {
                if let Value::Float(it) = it {
                    found.extend([it - 1.0, *it, it + 1.0].map(Value::Float));
                }
            }
            found.push(Value::Float(0.0));
        }
        Type::Text { .. } => {
            found.extend(constants.iter().filter(|it| matches!(it, Value::Text(_))).cloned());
            // As many as there are names, so that all of them can differ.
            let others = (1..=reach).map(|it| "something else".repeat(usize::try_from(it).unwrap_or(1)));
            found.extend(others.map(|it| Value::Text(it.into())));
        }
        _ => {}
    }
    let mut seen: Vec<Value> = Vec::with_capacity(found.len());
    for it in found {
        if !seen.contains(&it) && seen.len() < VALUES {
            seen.push(it);
        }
    }
    seen
}

/// The numbers themselves first, then those nearest to them: examples are told in this order.
fn beside(numbers: impl Iterator<Item = i64>, reach: i64) -> impl Iterator<Item = i64> {
    let numbers: Vec<_> = numbers.collect();
    let steps = std::iter::once(0).chain((1..=reach).flat_map(|it| [it, -it]));
    steps.flat_map(move |by| numbers.iter().filter_map(|it| it.checked_add(by)).collect::<Vec<_>>())
}
