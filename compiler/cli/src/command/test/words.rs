//! Times and values as a source writes them.

use machine_compiler::model::{Constant, Field, Type, eval, print, test};
use machine_core::{Instant, Milliseconds};
use machine_sim::Value;
use machine_sim::world::Room;

/// `1m30s`.
pub(super) fn duration(ms: u64) -> String {
    Milliseconds(ms).to_string()
}

/// Time since the beginning.
pub(super) fn since(at: Instant) -> String {
    duration(at.0 / 1_000_000)
}

/// A value as the compiler calculates with it.
pub(super) fn calculated(value: &Value) -> eval::Value {
    match value {
        Value::Bool(it) => eval::Value::Bool(*it),
        Value::Int(it) => eval::Value::Int(*it),
        Value::Float(it) => eval::Value::Float(*it),
        Value::Text(it) => eval::Value::Text(it.as_str().into()),
        Value::Duration(it) => eval::Value::Duration(*it),
        Value::Time(it) => eval::Value::Time(*it),
        Value::Enum(it) => eval::Value::Enum(*it),
        Value::List(items) => eval::Value::List(items.iter().map(calculated).collect()),
    }
}

/// A constant as a machine takes it; `None` for what can only be an argument.
pub(super) fn given(constant: &Constant) -> Option<Value> {
    Some(match constant {
        Constant::Bool(it) => Value::Bool(*it),
        Constant::Int(it) => Value::Int(*it),
        Constant::Float(it) => Value::Float(*it),
        Constant::Text(it) => Value::Text(it.to_string()),
        Constant::Duration(it) => Value::Duration(i64::try_from(*it).ok()?),
        Constant::Time(it) => Value::Time(*it),
        Constant::Enum(it) => Value::Enum(*it),
        Constant::List(items) => Value::List(items.iter().map(given).collect::<Option<_>>()?),
        Constant::Map(_) | Constant::Secret(_) | Constant::Computed(_) => return None,
    })
}

/// A value as it is written.
pub(super) fn value(it: &Value, ty: &Type) -> String {
    print::value(&calculated(it), ty)
}

/// `co2: 1200, room: "lab"`; unless `all` are wanted, without what is nothing or as near to that as its type allows.
pub(super) fn fields(values: &[Value], fields: &[Field], all: bool) -> String {
    let is_said = |it: &(&Value, &Field)| all || !is_nothing(it.0);
    let one = |(it, (name, ty)): (&Value, &Field)| format!("{name}: {}", value(it, ty));
    values.iter().zip(fields).filter(is_said).map(one).collect::<Vec<_>>().join(", ")
}

/// What an outcome carries; how long it took shows in the times.
pub(super) fn outcome_fields(values: &[Value], names: Vec<Field>) -> String {
    let told = names.into_iter().zip(values.iter().cloned()).filter(|it| it.0.0 != "took");
    let (names, values): (Vec<_>, Vec<_>) = told.unzip();
    fields(&values, &names, false)
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Bool(it) => !it,
        Value::Int(it) | Value::Duration(it) | Value::Time(it) => *it == 0,
        Value::Float(it) => *it == 0.0,
        Value::Text(it) => it.is_empty(),
        Value::Enum(it) => *it == 0,
        Value::List(it) => it.is_empty(),
    }
}

/// What others leave of a limit, as the simulator has it.
pub(super) fn room(room: test::Room) -> Room {
    match room {
        test::Room::Free => Room::Free,
        test::Room::Full => Room::Full,
        test::Room::Offline => Room::Offline,
    }
}

/// `once`, `3 times`.
pub(super) fn times(count: u64) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}
