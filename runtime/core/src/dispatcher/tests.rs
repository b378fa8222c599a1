//! What is prepared decides as the table does that it was prepared from.

use super::Dispatcher;
use crate::definition::{
    Action, ActionKind, Alternative, Calculate, Cell, Compare, Datum, Definition, Expr, Field, Guard, Plan, Position,
    Type, Value,
};
use crate::table::Table;
use crate::testing::air::air;
use crate::testing::nested;
use crate::{Decision, EventId, StateId};
use std::{boxed::Box, vec, vec::Vec};

const VALUES: [i64; 9] = [i64::MIN, -1, 0, 2, 3, 4, 32_767, 32_768, i64::MAX];

/// Every leaf, event and pair of words: the same decision, and the same words afterwards. Where no short constant lies
/// beyond the one that is compared with, it may be a whole step.
fn check(definition: &Definition) {
    let bytes = definition.encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    let prepared = Dispatcher::new(&table, 1 << 16).unwrap();
    for (leaf, event) in table.leaves().flat_map(|leaf| table.events().map(move |event| (leaf, event))) {
        for words in VALUES.iter().flat_map(|a| VALUES.map(|b| [*a, b])) {
            let (mut in_place, mut ahead) = (words, words);
            let wanted = table.dispatch(leaf, event, &mut in_place);
            let decided = prepared.dispatch(leaf, event, &mut ahead);
            if decided == Decision::Whole && wanted != Decision::Whole {
                assert!(ahead == words && words.iter().any(|it| *it >= 32_767), "{leaf:?} {event:?} {words:?}");
                continue;
            }
            assert_eq!(decided, wanted, "{leaf:?} {event:?} {words:?}");
            assert_eq!(ahead, in_place, "{leaf:?} {event:?} {words:?}");
        }
    }
}

fn compared(how: Compare, data: u16, with: i64) -> Expr {
    Expr::Compare(how, Box::new(Expr::Data(data)), Box::new(Expr::Value(Value::Int(with))))
}

fn assigned(data: u16, value: Expr) -> Action {
    Action { position: Position::default(), kind: ActionKind::Assign { data, value } }
}

fn increased(data: u16, by: i64) -> Expr {
    Expr::Calculate(Calculate::Add, Box::new(Expr::Data(data)), Box::new(Expr::Value(Value::Int(by))))
}

/// The example, with two counters, and `guard` on its first transition; what is tried then stays.
fn counting(guard: Expr, actions: Vec<Action>) -> Definition {
    let mut definition = Definition::example();
    let datum =
        |name: &str| Datum { field: Field { name: name.into(), ty: Type::INT }, doc: "".into(), value: Value::Int(0) };
    definition.data = vec![datum("a"), datum("b")];
    definition.sources = vec!["lamp.machine".into()];
    definition.guards = vec![Guard { position: Position::default(), expr: guard }];
    definition.blocks = vec![actions];
    let stay = definition.plans.len() as u16;
    definition.plans.push(Plan { stay: true, ..Plan::default() });
    let Cell { leaf, plan, .. } = definition.cells[0];
    definition.plans[usize::from(plan)] =
        Plan { guard: Some(0), actions: Some(0), otherwise: Some(0), ..definition.plans[usize::from(plan)] };
    definition.alternatives = vec![Alternative { target: leaf, plan: stay }];
    definition.cells.retain(|it| it.plan != plan || it.leaf == leaf);
    definition
}

#[test]
fn a_machine_without_data_is_decided_alike() {
    check(&nested());
}

#[test]
fn each_comparison_chooses_as_it_does_in_the_table() {
    use Compare::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    for how in [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual] {
        check(&counting(compared(how, 1, 3), vec![assigned(0, Expr::Value(Value::Int(2)))]));
        check(&counting(compared(how, 1, 32_767), vec![]));
    }
    let both = Expr::And(Box::new(compared(Greater, 0, -1)), Box::new(compared(NotEqual, 1, 3)));
    check(&counting(both, vec![]));
}

#[test]
fn what_is_increased_and_set_is_the_same_or_takes_a_whole_step() {
    let set = |data, value| assigned(data, Expr::Value(Value::Int(value)));
    let always = || compared(Compare::NotEqual, 0, 3);
    check(&counting(always(), vec![assigned(1, increased(1, 1))]));
    check(&counting(always(), vec![assigned(1, increased(1, -5)), set(0, 7), set(1, 8), set(0, 9)]));
    check(&counting(always(), vec![set(0, 1), set(1, 2)]));
    check(&counting(always(), vec![set(0, 1), set(1, 0)]));
    check(&counting(always(), vec![set(1, 0), set(0, 0), set(1, 0)]));
    // Both at once have to be calculated.
    check(&counting(always(), vec![assigned(0, increased(0, 1)), assigned(1, increased(1, 1))]));
}

#[test]
fn a_sum_that_a_narrow_word_cannot_hold_takes_a_whole_step() {
    let bytes = counting(compared(Compare::Greater, 0, -9), vec![assigned(1, increased(1, 1))]).encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    let prepared = Dispatcher::new(&table, 1 << 16).unwrap();
    let (leaf, event) = (StateId(0), EventId(0));
    let mut words = [0_i32, i32::MAX - 1];
    assert_ne!(prepared.dispatch(leaf, event, &mut words), Decision::Whole);
    assert_eq!(words, [0, i32::MAX]);
    assert_eq!(prepared.dispatch(leaf, event, &mut words), Decision::Whole);
    assert_eq!(words, [0, i32::MAX]);
}

#[test]
fn what_needs_whole_steps_or_too_much_room_is_not_prepared() {
    let bytes = air().encode().unwrap();
    assert!(Dispatcher::new(&Table::verify(&bytes).unwrap(), 1 << 20).is_none());
    let bytes = nested().encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    let size = Dispatcher::new(&table, 1 << 16).unwrap().size();
    assert!(Dispatcher::new(&table, size).is_some() && Dispatcher::new(&table, size - 1).is_none());
}
