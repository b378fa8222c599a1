//! The texts that a machine tells apart: what it compares texts with, and what it makes them of.

use super::relevant::{actions, conditions};
use crate::model::bounds::{Name, Which};
use crate::model::{ActionKind, Claim, Constant, Expr, ExprKind, Machine, Type};
use compact_str::CompactString;

/// Texts beyond which none is followed.
const MOST: usize = 31;

/// The texts of a machine and its promises, in the order of their letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts(Vec<CompactString>);

impl Texts {
    /// None if there are too many, or if two of them have one name.
    pub(super) fn of(machine: &Machine, claims: &[&Claim]) -> Self {
        let mut found = Vec::new();
        let mut made_of = |it: &Expr| it.walk(&mut |it| found.extend(text(it)));
        for action in actions(machine) {
            match &action.kind {
                ActionKind::Assign { value, .. } => made_of(value),
                ActionKind::Raise { values, .. } => values.iter().for_each(&mut made_of),
                _ => {}
            }
        }
        let mut compared = |it: &Expr| {
            it.walk(&mut |it| {
                if let ExprKind::Compare(..) = it.kind {
                    made_of(it)
                }
            })
        };
        conditions(machine).for_each(&mut compared);
        actions(machine).flat_map(|it| it.exprs()).for_each(&mut compared);
        claims.iter().for_each(|it| {
            if let Claim::Never(it) = it {
                compared(it)
            }
        });
        let begins = machine.data.iter().map(|it| &it.value).chain(machine.facts.iter().map(|it| &it.value));
        found.extend(begins.filter_map(|it| if let Constant::Text(it) = it { Some(it.clone()) } else { None }));
        found.sort_unstable();
        found.dedup();
        let mut names: Vec<Name> = found.iter().map(|it| Name::of(it)).collect();
        names.sort_unstable();
        names.dedup();
        if found.len() > MOST || names.len() < found.len() { Self::default() } else { Self(found) }
    }

    pub(super) fn names(&self) -> Vec<Name> {
        self.0.iter().map(|it| Name::of(it)).collect()
    }

    /// Texts that fit a type and what is known.
    pub(super) fn within(&self, ty: &Type, which: Which) -> Vec<CompactString> {
        let Type::Text { max } = ty else { return Vec::new() };
        let own = self.0.iter().filter(|it| matches!(which, Which::Any) || which == Which::One(Name::of(it)));
        let others = ["", "a", "b", "c"].map(CompactString::const_new);
        // Two are enough, as conditions may want them to differ from one another.
        let others =
            others.iter().filter(|it| matches!(which, Which::Any | Which::Other) && !self.0.contains(it)).take(2);
        own.chain(others).filter(|it| it.len() <= usize::from(*max)).cloned().collect()
    }
}

fn text(expr: &Expr) -> Option<CompactString> {
    match expr.constant() {
        Some(Constant::Text(it)) => Some(it.clone()),
        _ => None,
    }
}
