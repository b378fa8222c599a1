//! Constants, as the source writes them.

use super::{Scope, Writer};
use crate::reference::Type;

const TEXTS: [&str; 9] = ["", "a", "42", "-7", "2.5", "grün", "kitchen-12", "x y", "twelve"];
const DURATIONS: [&str; 7] = ["0s", "10ms", "1s", "90s", "1h30m", "8d", "1d1ms"];

impl Writer {
    /// A constant of this type.
    pub(super) fn constant(&mut self, ty: &Type) -> String {
        match ty {
            Type::Bool => self.word(&["true", "false"]).to_string(),
            Type::Int(low, high) => self.number(*low, *high),
            Type::Float => self.float(),
            Type::Text(most) => {
                let texts: Vec<&str> = TEXTS.into_iter().filter(|it| it.len() <= *most).collect();
                format!("\"{}\"", self.random.pick(&texts))
            }
            Type::Duration => self.word(&DURATIONS).to_owned(),
            Type::Time => "now()".to_owned(),
            Type::Words(words) => self.random.pick(words).clone(),
            Type::List(of, most) => {
                let count = self.random.below(*most.min(&4) + 1);
                let items: Vec<String> = (0..count).map(|_| self.constant(of)).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }

    pub(super) fn number(&mut self, low: i64, high: i64) -> String {
        let (low, high) = (low.max(-1_000), high.min(1_000));
        let number = if self.chance(50) {
            self.random.between(low.max(-3), high.min(9).max(low))
        } else {
            self.random.between(low, high)
        };
        number.to_string()
    }

    /// A float, now and then written as a whole number.
    fn float(&mut self) -> String {
        let eighths = self.random.between(-800, 800);
        if self.chance(15) { (eighths / 8).to_string() } else { format!("{:?}", eighths as f64 / 8.0) }
    }

    /// The names of this type that can be read here.
    pub(super) fn names(&self, ty: &Type, scope: &Scope) -> Vec<String> {
        let own = self.plan.data.iter().chain(&self.plan.facts).map(|(name, ty)| (name.clone(), ty.clone()));
        let carried = scope.binding.iter().flat_map(|(binding, fields)| {
            fields.iter().map(move |(name, ty)| (format!("{binding}.{name}"), ty.clone()))
        });
        own.chain(carried).filter(|it| is_like(&it.1, ty)).map(|it| it.0).collect()
    }
}

/// Whether a value of one type can stand where the other is wanted, if it fits.
pub(super) fn is_like(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Int(..), Type::Int(..)) | (Type::Text(_), Type::Text(_)) => true,
        (Type::List(a, _), Type::List(b, _)) => is_like(a, b),
        (a, b) => a == b,
    }
}
