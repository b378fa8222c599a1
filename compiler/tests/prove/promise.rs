//! Promises from text, as far as these tests need them.

use machine_compiler::model::{
    Claim, Compare, Constant, Counted, Expr, ExprKind, Goal, Machine, Property, StateId, Type,
};

/// A promise without the word `require`; its place is the name of the machine.
pub(crate) fn read(machine: &Machine, text: &str) -> Property {
    let span = machine.name_span;
    let goal = |path: &str| Goal { state: state(machine, path.trim()).expect("a state"), span };
    let goals = |text: &str| text.split(" or ").map(goal).collect::<Vec<_>>();
    let claim = if let Some(it) = text.strip_prefix("always can reach ") {
        Claim::CanReach(goals(it))
    } else if let Some((from, to)) = text.split_once(" leads to ") {
        Claim::LeadsTo(goal(from), goals(to))
    } else if let Some(it) = text.strip_prefix("never ") {
        match it.split_once(" -> ") {
            Some((from, to)) => Claim::NeverFollows(goal(from), goal(to)),
            None => Claim::Never(condition(machine, it)),
        }
    } else {
        let words: Vec<_> = text.split(' ').collect();
        let (count, per) = (words[2].parse().expect("a number"), words[5]);
        let of = if words[3] == "commands" { Counted::Commands } else { Counted::Transitions };
        let (number, unit) = per.split_at(per.len() - 1);
        let unit = if unit == "s" {
            1_000
        } else if unit == "m" {
            60_000
        } else {
            3_600_000
        };
        Claim::AtMost { count, of, per_ms: number.parse::<u64>().expect("a number") * unit }
    };
    Property { claim, span }
}

fn state(machine: &Machine, path: &str) -> Option<StateId> {
    machine.states.iter().position(|it| it.path == path).map(StateId)
}

/// Parts with `and` between them: a state, `not` a state, or a comparison of data with a constant.
fn condition(machine: &Machine, text: &str) -> Expr {
    let parts = text.split(" and ").map(|it| part(machine, it));
    parts.reduce(|a, b| truth(machine, ExprKind::And(Box::new(a), Box::new(b)))).expect("a condition")
}

fn truth(machine: &Machine, kind: ExprKind) -> Expr {
    Expr { kind, ty: Type::Bool, span: machine.name_span }
}

fn part(machine: &Machine, text: &str) -> Expr {
    if let Some(it) = text.strip_prefix("not ") {
        return truth(machine, ExprKind::Not(Box::new(part(machine, it))));
    }
    if let Some(it) = state(machine, text) {
        return truth(machine, ExprKind::In(it));
    }
    let words: Vec<_> = text.split(' ').collect();
    let data =
        machine.data.iter().position(|it| it.name == words[0]).map(|it| (ExprKind::Data(it), &machine.data[it].ty));
    let fact =
        machine.facts.iter().position(|it| it.name == words[0]).map(|it| (ExprKind::Fact(it), &machine.facts[it].ty));
    let (kind, ty) = data.or(fact).expect("data or a fact");
    let span = machine.name_span;
    let held = Expr { kind, ty: ty.clone(), span };
    let [_, op, value] = words.as_slice() else { return held };
    let op = match *op {
        "==" => Compare::Equal,
        "<" => Compare::Less,
        ">" => Compare::Greater,
        _ => Compare::NotEqual,
    };
    let constant = match ty {
        Type::Enum(all) => Constant::Enum(all.iter().position(|it| it == value).expect("a word") as u16),
        _ => Constant::Int(value.parse().expect("a number")),
    };
    let value = Expr { kind: ExprKind::Constant(constant), ty: ty.clone(), span };
    truth(machine, ExprKind::Compare(op, Box::new(held), Box::new(value)))
}
