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
use std::{boxed::Box, format, vec, vec::Vec};

const VALUES: [i64; 9] = [i64::MIN, -1, 0, 2, 3, 4, 32_767, 32_768, i64::MAX];

/// Every leaf, event and pair of words: the same decision, and the same words afterwards. Where no short constant lies
/// beyond the one that is compared with, it may be a whole step.
fn check(definition: &Definition) {
    check_words(definition, VALUES.iter().flat_map(|a| VALUES.map(|b| vec![*a, b])));
}

fn check_words(definition: &Definition, all: impl Iterator<Item = Vec<i64>> + Clone) {
    let bytes = definition.encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    let prepared = Dispatcher::new(&table, 1 << 16).unwrap();
    for (leaf, event) in table.leaves().flat_map(|leaf| table.events().map(move |event| (leaf, event))) {
        for words in all.clone() {
            let (mut in_place, mut ahead) = (words.clone(), words.clone());
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

fn datum(name: &str) -> Datum {
    Datum { field: Field { name: name.into(), ty: Type::INT }, doc: "".into(), value: Value::Int(0) }
}

/// The example, with two counters, and `guard` on its first transition; what is tried then stays.
fn counting(guard: Expr, actions: Vec<Action>) -> Definition {
    let mut definition = Definition::example();
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
fn comparisons_of_one_guard_choose_together() {
    use Compare::{Equal, GreaterOrEqual, Less, NotEqual};
    let and = |a, b| Expr::And(Box::new(a), Box::new(b));
    let (three, long) = (compared(GreaterOrEqual, 0, 3), compared(Less, 1, 32_767));
    check(&counting(and(three.clone(), compared(Less, 1, 3)), vec![]));
    check(&counting(and(three.clone(), long.clone()), vec![]));
    check(&counting(and(long.clone(), three.clone()), vec![]));
    // Neither constant takes only a byte.
    check(&counting(and(compared(GreaterOrEqual, 0, 32_767), long), vec![]));
    check(&counting(and(compared(Equal, 0, 3), compared(NotEqual, 1, 4)), vec![]));
    // Of one word, the second of which is known by the first or not.
    check(&counting(and(three.clone(), compared(GreaterOrEqual, 0, 2)), vec![]));
    check(&counting(and(three, compared(Less, 0, 4)), vec![]));
}

#[test]
fn alternatives_choose_one_after_the_other() {
    let mut definition = counting(compared(Compare::Equal, 0, -1), vec![assigned(1, increased(1, 1))]);
    let (last, stay) = (definition.alternatives[0].clone(), definition.plans.len() - 1);
    definition.alternatives.clear();
    for value in [2, 3, 4, 32_767] {
        let guard = definition.guards.len() as u16;
        definition.guards.push(Guard { position: Position::default(), expr: compared(Compare::Equal, 0, value) });
        let plan = definition.plans.len() as u16;
        let otherwise = Some(definition.alternatives.len() as u16 + 1);
        definition.plans.push(Plan { guard: Some(guard), otherwise, ..definition.plans[stay].clone() });
        definition.alternatives.push(Alternative { plan, ..last.clone() });
    }
    definition.alternatives.push(last);
    check(&definition);
}

/// Slots are told in a byte, and one of its values tells that there is none.
#[test]
fn the_256th_word_is_compared_and_changed_alike_or_in_a_whole_step() {
    let words = |value| (0..256).map(|index| if index == 255 { value } else { 7 }).collect::<Vec<i64>>();
    let check = |guard: Expr, action: Action| {
        let mut definition = counting(guard, vec![action]);
        definition.data = (0..256).map(|index| datum(&format!("d{index}"))).collect();
        let bytes = definition.encode().unwrap();
        let table = Table::verify(&bytes).unwrap();
        let prepared = Dispatcher::new(&table, 1 << 16).unwrap();
        for value in VALUES {
            let (mut in_place, mut ahead) = (words(value), words(value));
            let wanted = table.dispatch(StateId(0), EventId(0), &mut in_place);
            let decided = prepared.dispatch(StateId(0), EventId(0), &mut ahead);
            let is_whole = decided == Decision::Whole && ahead == words(value);
            assert!(is_whole || (decided, &ahead) == (wanted, &in_place), "{value}: {decided:?}, not {wanted:?}");
        }
    };
    check(compared(Compare::Less, 255, 3), assigned(0, increased(0, 1)));
    check(compared(Compare::Less, 0, 100), assigned(255, increased(255, 1)));
    check(compared(Compare::Less, 0, 100), assigned(255, Expr::Value(Value::Int(0))));
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
