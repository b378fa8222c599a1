//! Tables of machines that use all of the language: what they tell, and what is refused.

use crate::definition::{self, *};
use crate::table::{Section, Table, Type as Told, Value as Constant};
use crate::testing::air::*;
use crate::{Data, SignalId, StateId, WatcherId};
use std::{boxed::Box, format, string::String, string::ToString, vec, vec::Vec};

fn refusal(change: impl FnOnce(&mut Definition)) -> String {
    let mut definition = air();
    change(&mut definition);
    match Table::verify(&definition.encode().unwrap()) {
        Ok(_) => "accepted".into(),
        Err(error) => format!("{:?} in {}", error.fault, error.section.map_or("header", Section::name)),
    }
}

#[test]
fn limits_reach_as_far_as_they_did() {
    for reach in [Reach::Node].into_iter().chain(Offline::ALL.map(Reach::Fleet)) {
        let mut definition = air();
        definition.limits[0].reach = reach;
        let bytes = definition.encode().unwrap();
        assert_eq!(Table::verify(&bytes).unwrap().limits().next().unwrap().reach, reach);
    }
}

#[test]
fn a_table_tells_all_that_it_was_made_of() {
    let bytes = air().encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    let data: Vec<_> = table.data().map(|it| (it.name, it.doc)).collect();
    assert_eq!((data.len(), data[3]), (7, ("note", "what note is")));
    assert_eq!(table.data().next().unwrap().ty, Told::Int { min: 0, max: 5_000 });
    let Told::List { of, max: 3 } = table.data().nth(4).unwrap().ty else { panic!() };
    assert_eq!(of.ty(), Told::Text { max: 6 });
    assert_eq!(table.facts().map(|it| it.name).collect::<Vec<_>>(), ["room"]);
    assert_eq!((table.word(0, 1), table.word(1, 4), table.word(9, 0)), ("high", "conversion", ""));
    assert_eq!(table.secrets().map(|it| it.name).collect::<Vec<_>>(), ["token", "key"]);
    let limit = table.limits().next().unwrap();
    assert_eq!((limit.name, limit.count, limit.reach), ("fans", 3, Reach::Fleet(Offline::Proceed)));
    let condition = table.conditions().next().unwrap();
    assert_eq!((condition.machine, condition.state), ("door", "shut"));
    let emit = table.emits().next().unwrap();
    assert_eq!(
        (emit.name, emit.doc, emit.fields.map(|it| it.0).collect::<Vec<_>>()),
        ("page", "Somebody has to look.", vec!["worst", "text"])
    );
    assert_eq!(table.was(StateId(0)).collect::<Vec<_>>(), ["off", "known.off"]);
    assert_eq!(table.sources().collect::<Vec<_>>(), ["air.machine"]);
    assert_eq!(table.histories().collect::<Vec<_>>(), [StateId(3)]);
    let signal = table.signal(SignalId(3));
    assert_eq!((signal.name, signal.doc, signal.fields.len()), ("sensor.alarm", "sensor.alarm!", 1));
}

#[test]
fn a_watcher_tells_its_outcomes_and_how_it_works() {
    let bytes = air().encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    let [fan, probe] = [WatcherId(0), WatcherId(1)];
    let outcomes = |watcher| -> Vec<_> {
        (0..table.outcome_count(watcher))
            .map(|it| (table.outcome_name_of(watcher, it).unwrap(), table.is_fault(watcher, it)))
            .collect()
    };
    assert_eq!(outcomes(fan), [("ok", false), ("failed", true), ("skipped", false)]);
    assert_eq!(outcomes(probe), [("ok", false), ("failed", true), ("invalid", true)]);
    assert_eq!(
        (table.skipped_outcome(fan), table.invalid_outcome(probe), table.invalid_outcome(fan)),
        (Some(2), Some(2), None)
    );
    let fields = |watcher, outcome| table.payload(watcher, outcome).map(|it| it.0).collect::<Vec<_>>();
    assert_eq!((fields(probe, 0), fields(fan, 0)), (vec!["took", "co2", "speed"], vec!["took"]));
    assert_eq!((fields(probe, 2), fields(fan, 2).len()), (vec!["path", "wanted", "found"], 0));
    let returns: Vec<_> = table.returns(probe).map(|it| (it.0, it.2)).collect();
    assert_eq!(returns, [("co2", None), ("speed", Some(Data::Enum(1)))]);
    let it = table.modifiers(probe);
    assert_eq!(
        (it.splay_ms, it.timeout_ms, it.announce_ms, it.quiet),
        (Some(5_000), Some(2_000), Some(3_600_000), true)
    );
    assert_eq!(
        (it.backoff, it.condition, it.user),
        (Some(Backoff { percent: 200, up_to_ms: 60_000 }), Some(0), Some("nobody"))
    );
    assert_eq!(table.modifiers(fan).under, Some(Under { limit: 0, wait_ms: 300_000 }));
    assert_eq!(table.modifiers(fan).user, Some("fan"));
    let kind = table.kinds().next().unwrap();
    assert_eq!(
        (kind.program().collect::<Vec<_>>(), kind.params().collect::<Vec<_>>()),
        (vec!["./probe", "-v"], vec!["room", "env"])
    );
    assert!(matches!(table.arguments().nth(1).unwrap().next(), Some(Constant::Computed(_))));
}

#[test]
fn a_machine_that_uses_none_of_it_has_none_of_it_in_its_table() {
    let bytes = Definition::example().encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    assert!(table.sections().all(|(section, ..)| section <= Section::Docs));
    assert_eq!(bytes.len(), 169, "one byte more than without all of it: the count of signals");
}

#[test]
fn what_machines_need_of_memory_is_known() {
    let bytes = air().encode().unwrap();
    let memory = Table::verify(&bytes).unwrap().memory();
    assert!((500..1_000).contains(&memory), "{memory}");
    let large = |it: &mut Definition| {
        it.data[4].field.ty = Type::List { of: Box::new(Type::Text { max: 65_000 }), max: 20 };
    };
    assert_eq!(refusal(large), "Memory in slots");
}

/// A guard of `probe.ok` in `known.idle`.
fn guarded(expr: Expr) -> String {
    refusal(|it| it.guards[0].expr = expr)
}

/// An action of `probe.ok` in `known.idle`.
fn acting(kind: ActionKind) -> String {
    refusal(|it| it.blocks[0] = vec![act(1, kind)])
}

fn calculate(how: Calculate, left: Expr, right: Expr) -> Expr {
    Expr::Calculate(how, Box::new(left), Box::new(right))
}

#[test]
fn calculations_have_types() {
    let truth = || Expr::Value(definition::Value::Bool(true));
    assert_eq!(guarded(int(1)), "Code in code");
    assert_eq!(guarded(compare(int(1), Compare::Equal, text("a"))), "Code in code");
    assert_eq!(guarded(compare(truth(), Compare::Less, Expr::Not(Box::new(truth())))), "Code in code");
    assert_eq!(guarded(compare(data(slot::SPEED), Compare::Greater, data(slot::SPEED))), "Code in code");
    assert_eq!(guarded(compare(data(99), Compare::Greater, int(1))), "Code in code");
    assert_eq!(guarded(and(truth(), int(3))), "Code in code");
    assert_eq!(guarded(compare(add(int(1), text("a")), Compare::Greater, int(1))), "Code in code");
    let floats = calculate(Calculate::Remainder, data(slot::LOAD), data(slot::LOAD));
    assert_eq!(guarded(compare(floats, Compare::Equal, data(slot::LOAD))), "Code in code");
    let nan = Expr::Value(definition::Value::Float(f64::NAN));
    assert_eq!(guarded(compare(nan, Compare::Equal, data(slot::LOAD))), "Code in code");
    assert_eq!(guarded(Expr::Call(Function::Len, vec![int(1)])), "Code in code");
    assert_eq!(guarded(Expr::Condition(7)), "Code in code");
    let word = Expr::Value(definition::Value::Enum(0, 2));
    assert_eq!(guarded(compare(data(slot::SPEED), Compare::Equal, add(word, int(1)))), "Code in code");
    let contains = Expr::Call(Function::Contains, vec![data(slot::LOG), text("x")]);
    assert_eq!(guarded(and(contains, Expr::Or(Box::new(truth()), Box::new(Expr::Condition(0))))), "accepted");
    let other = Expr::Call(Function::Contains, vec![data(slot::LOG), int(1)]);
    assert_eq!(guarded(other), "Code in code");
}

#[test]
fn fields_are_those_of_every_event_that_leads_to_the_code() {
    let fits = |field, ty| guarded(compare(Expr::Field(field, ty), Compare::Equal, Expr::Field(field, Type::INT)));
    assert_eq!(fits(1, Type::INT), "accepted");
    assert_eq!(fits(3, Type::INT), "Field in code");
    // The same plan for `probe.failed`, which has a reason there and nothing behind it.
    assert_eq!(refusal(|it| it.cells[1] = Cell { leaf: 0, event: 4, target: 1, plan: 0 }), "Field in code");
    let when = |it: &mut Definition| it.guards[1].expr = compare(Expr::Field(0, Type::INT), Compare::Equal, int(1));
    assert_eq!(refusal(when), "Field in code");
    let entering = |it: &mut Definition| it.blocks[5] = vec![assign(1, slot::WORST, Expr::Field(1, Type::INT))];
    assert_eq!(refusal(entering), "Field in code");
}

#[test]
fn actions_reach_only_what_is_there() {
    assert_eq!(acting(ActionKind::Assign { data: 7, value: text("a") }), "Code in code", "7 is a fact");
    assert_eq!(acting(ActionKind::Assign { data: slot::NOTE, value: int(1) }), "Code in code");
    assert_eq!(acting(ActionKind::Emit { emit: 1, values: Vec::new() }), "Code in code");
    assert_eq!(acting(ActionKind::Emit { emit: 0, values: vec![int(1)] }), "Code in code");
    assert_eq!(acting(ActionKind::Raise { signal: 3, values: vec![int(1)] }), "Code in code", "another's event");
    assert_eq!(acting(ActionKind::Raise { signal: 5, values: Vec::new() }), "Code in code", "a condition");
    assert_eq!(acting(ActionKind::Log(int(1))), "Code in code");
    assert_eq!(acting(ActionKind::Poll(2)), "Code in code");
    assert_eq!(acting(ActionKind::Poll(1)), "accepted");
}

#[test]
fn arguments_cannot_fail_and_need_no_event() {
    let argument = |expr: Expr| refusal(|it| it.watchers[0].args[0] = definition::Value::Computed(Box::new(expr)));
    let long = || Expr::Call(Function::Len, vec![data(slot::NOTE)]);
    assert_eq!(argument(add(data(slot::WORST), long())), "accepted", "bounded");
    assert_eq!(argument(calculate(Calculate::Divide, data(slot::WORST), int(7))), "accepted");
    assert_eq!(argument(calculate(Calculate::Divide, int(7), data(slot::WORST))), "MayFail in code");
    let huge = Expr::Value(definition::Value::Int(i64::MAX));
    assert_eq!(argument(add(data(slot::WORST), huge)), "MayFail in code");
    assert_eq!(argument(Expr::Call(Function::ToInt, vec![data(slot::NOTE)])), "MayFail in code");
    assert_eq!(argument(Expr::Field(0, Type::Duration)), "Field in code");
    assert_eq!(argument(Expr::List(Type::INT, vec![int(1)])), "Code in code");
    assert_eq!(argument(data(slot::LOG)), "accepted");
    let secret = |it: &mut Definition| it.watchers[0].args[0] = definition::Value::Secret(2);
    assert_eq!(refusal(secret), "Value in arguments");
}

#[test]
fn first_values_have_the_types_of_their_data() {
    let first = |slot: u16, value: definition::Value| refusal(|it| it.data[usize::from(slot)].value = value);
    assert_eq!(first(slot::WORST, definition::Value::Int(5_001)), "Value in slots");
    assert_eq!(first(slot::SPEED, definition::Value::Enum(0, 2)), "Value in slots");
    assert_eq!(first(slot::SPEED, definition::Value::Enum(1, 0)), "Value in slots");
    assert_eq!(first(slot::NOTE, definition::Value::Text("thirteen byte".into())), "Value in slots");
    assert_eq!(first(slot::LOAD, definition::Value::Float(f64::INFINITY)), "Value in slots");
    let items = vec![definition::Value::Text("a".into()); 4];
    assert_eq!(first(slot::LOG, definition::Value::List(items)), "Value in slots");
    assert_eq!(refusal(|it| it.data[0].field.ty = within(9, 1)), "Value in slots");
    let nested = Type::List { of: Box::new(Type::List { of: Box::new(Type::Bool), max: 1 }), max: 1 };
    assert_eq!(refusal(|it| it.data[4].field.ty = nested), "Text in slots");
    let default = |it: &mut Definition| it.watchers[1].returns[0].default = Some(definition::Value::Int(-1));
    assert_eq!(refusal(default), "Value in returns");
}

#[test]
fn alternatives_lead_forward_and_along_paths() {
    let loops = |it: &mut Definition| {
        it.alternatives[1].plan = 5;
    };
    assert_eq!(refusal(loops), "Path in alternatives");
    assert_eq!(refusal(|it| it.plans[0].otherwise = Some(2)), "Id in plans");
    assert_eq!(refusal(|it| it.plans[0].guard = None), "Id in plans");
    assert_eq!(refusal(|it| it.alternatives[0].target = 1), "Path in transitions", "staying is where one is");
    assert_eq!(refusal(|it| it.alternatives[0].plan = 99), "Id in alternatives");
    assert_eq!(refusal(|it| it.plans[0].guard = Some(9)), "Id in plans");
    assert_eq!(refusal(|it| it.plans[0].actions = Some(9)), "Id in plans");
}

#[test]
fn histories_are_of_states_that_hold_their_targets() {
    assert_eq!(refusal(|it| it.histories[0] = 2), "Path in transitions");
    assert_eq!(refusal(|it| it.histories[0] = 9), "Id in histories");
    assert_eq!(refusal(|it| it.plans[4].history = Some(1)), "Id in histories");
    assert_eq!(refusal(|it| it.plans[4].near = true), "Path in transitions");
}

#[test]
fn signals_have_sources_that_can_be() {
    assert_eq!(refusal(|it| it.signals[6].fields.clear()), "Value in signals");
    assert_eq!(refusal(|it| it.enums[1].words[0] = "x".to_string()), "Value in signals");
    let second = |it: &mut Definition| {
        it.signals[1].source = SignalSource::Fault;
        it.signals[1].fields = it.signals[6].fields.clone();
    };
    assert_eq!(refusal(second), "Value in signals");
    assert_eq!(refusal(|it| it.signals[5].fields.push(field("x", Type::Bool))), "Value in signals");
    assert_eq!(refusal(|it| it.signals[5].source = SignalSource::When { owner: 7, guard: 1 }), "Id in whens");
    assert_eq!(refusal(|it| it.signals[5].source = SignalSource::When { owner: 3, guard: 7 }), "Id in whens");
}

#[test]
fn modifiers_are_in_range() {
    let probe = |change: fn(&mut Watcher)| refusal(|it| change(&mut it.watchers[1]));
    assert_eq!(probe(|it| it.backoff = Some(Backoff { percent: 99, up_to_ms: 1_000 })), "Value in modifiers");
    assert_eq!(probe(|it| it.condition = Some(1)), "Value in modifiers");
    assert_eq!(refusal(|it| it.watchers[0].under = Some(Under { limit: 1, wait_ms: 0 })), "Value in modifiers");
    assert_eq!(refusal(|it| it.limits[0].count = 0), "Value in declarations");
    assert_eq!(refusal(|it| it.positions_of_nothing()), "Id in positions");
}

impl Definition {
    fn positions_of_nothing(&mut self) {
        self.guards[0].position.source = 3;
    }
}

#[test]
fn a_circle_of_conditions_is_left_to_the_bound_on_reactions() {
    // Whether conditions can hold in turn depends on data, which the compiler knows more of; a step ends in any case.
    // `running` has a condition that leads back to `idle`, which lies in `known` as well: only leaving it starts anew.
    let circle = |depth, near| {
        refusal(|it| {
            it.plans.push(Plan { depth, near, ..Plan::default() });
            it.cells.retain(|cell| cell.event != 12);
            it.cells.push(Cell { leaf: 0, event: 12, target: 2, plan: 1 });
            it.signals.insert(
                6,
                Signal {
                    name: "when low".into(),
                    doc: String::new(),
                    source: SignalSource::When { owner: 2, guard: 1 },
                    fields: Vec::new(),
                },
            );
            it.cells.retain(|cell| cell.event != 13);
            it.cells.push(Cell { leaf: 2, event: 13, target: 0, plan: 10 });
        })
    };
    assert_eq!(circle(0, false), "accepted");
}

#[test]
fn a_raised_event_is_no_wait_where_its_circle_raises_it() {
    let toggle = |raises: bool| {
        refusal(|it| {
            // nudge leads from idle to running and back; each time round raises the next one, or nothing does.
            let nudge = act(1, ActionKind::Raise { signal: 2, values: vec![int(1), text("")] });
            it.blocks.push(vec![nudge]);
            it.plans[9] = Plan { depth: 1, near: true, actions: raises.then_some(6), ..Plan::default() };
            it.plans[8].actions = Some(6);
            it.cells.retain(|cell| cell.event != 9);
            it.cells.push(Cell { leaf: 0, event: 9, target: 1, plan: 9 });
            it.cells.push(Cell { leaf: 1, event: 9, target: 0, plan: 9 });
        })
    };
    assert_eq!((toggle(true), toggle(false)), ("Cycle in transitions".into(), "accepted".into()));
    let stays = refusal(|it| {
        it.blocks[3].push(act(1, ActionKind::Raise { signal: 2, values: vec![int(1), text("")] }));
    });
    assert_eq!(stays, "Cycle in transitions", "a handler that raises its own event");
}

#[test]
fn calculations_without_end_are_errors_that_say_how_much() {
    let deep = (0..200).fold(Expr::Condition(0), |inner, _| Expr::Not(Box::new(inner)));
    let mut definition = air();
    definition.guards[0].expr = deep;
    let message = definition.encode().unwrap_err().to_string();
    assert_eq!(message, "a table holds at most 128 calculations inside one another, this machine needs 129");
    let wide = Expr::Text((0..40).map(|_| text("a")).collect());
    assert_eq!(guarded(compare(wide, Compare::Equal, text("a"))), "Code in code", "more than the stack holds");
}
