//! Answers of every make, typed.

use super::*;
use machine_core::definition::{Enum, Field, Kind, Outcome, Reach, Return, Type, Under, Watcher};
use machine_core::{Definition, OwnedTable};
use machine_drivers::{Key, Notice};
use serde_json::json;
use std::time::Duration;

fn field(name: &str, ty: Type) -> Field {
    Field { name: name.into(), ty }
}

fn text(name: &str, max: u16) -> Field {
    field(name, Type::Text { max })
}

fn outcome(name: &str, fault: bool, returns: bool, fields: Vec<Field>) -> Outcome {
    Outcome { name: name.into(), fault, fields, returns }
}

/// The example with an `exec` that returns JSON, works under a limit, and has another one behind it without either.
fn definition() -> Definition {
    let example = Definition::example();
    let failed = vec![
        field("reason", Type::Enum(0)),
        field("code", Type::INT),
        text("stderr", 8),
        field("took", Type::Duration),
    ];
    let exec = Kind {
        outcomes: vec![
            outcome("ok", false, true, vec![field("took", Type::Duration)]),
            outcome("failed", true, false, failed),
        ],
        ..example.kinds[0].clone()
    };
    let returned = |name: &str, ty, default| Return { field: field(name, ty), default };
    let list = Type::List { of: Box::new(Type::Int { min: 0, max: 9 }), max: 3 };
    let returns = vec![
        returned("co2", Type::Int { min: 0, max: 5_000 }, None),
        returned("room", Type::Text { max: 8 }, Some(machine_core::definition::Value::Text("lab".into()))),
        returned("level", Type::Enum(1), Some(machine_core::definition::Value::Enum(1, 0))),
        returned("list", list, Some(machine_core::definition::Value::List(vec![]))),
    ];
    let under = Some(Under { limit: 0, wait_ms: 0 });
    Definition {
        kinds: vec![exec],
        watchers: vec![Watcher { returns, under, ..example.watchers[0].clone() }],
        limits: vec![machine_core::definition::Limit { name: "fans".into(), count: 1, reach: Reach::Node }],
        enums: vec![
            Enum { words: ["exit", "timeout"].map(str::to_owned).into() },
            Enum { words: ["low", "high"].map(str::to_owned).into() },
        ],
        // Two more outcomes stand before the timer now.
        cells: vec![],
        plans: vec![],
        ..example
    }
}

fn answer(outcome: u8, output: Option<Raw>) -> Answer {
    Answer {
        key: Key { machine: 1, watcher: 0, visit: 1 },
        run_id: "r".into(),
        outcome: Some(outcome),
        took: Duration::from_millis(1_500),
        memory: None,
        fields: Map::new(),
        notice: Notice { kind: "exec", members: Map::new() },
        why: String::new(),
        output,
    }
}

fn table(definition: &Definition) -> OwnedTable {
    OwnedTable::verify(definition.encode().unwrap().into()).unwrap()
}

fn with(text: &str) -> Answer {
    answer(0, Some(Raw::Whole(text.as_bytes().to_vec())))
}

#[test]
fn json_becomes_what_was_declared() {
    let table = table(&definition());
    let mut given = with("{\"co2\": 812, \"level\": \"high\", \"list\": [1, 2], \"more\": {}}\n");
    let values = typed(&table.table(), &mut given);
    let list = Value::List(vec![Value::Int(1), Value::Int(2)]);
    assert_eq!(values, [Value::Duration(1_500), Value::Int(812), Value::Text("lab".into()), Value::Enum(1), list]);
    assert_eq!(given.outcome, Some(0));
}

#[test]
fn what_does_not_fit_is_invalid_and_says_where() {
    let table = table(&definition());
    let whole = "a whole number from 0 to 5000";
    for (output, path, wanted, found) in [
        (r#"{"co2": 5001}"#, "co2", whole, "5001"),
        (r#"{"co2": 12.0}"#, "co2", whole, "12.0"),
        (r#"{"co2": "12"}"#, "co2", whole, "\"12\""),
        (r#"{"co2": null}"#, "co2", whole, "null"),
        (r#"{"room": "lab"}"#, "co2", whole, "nothing"),
        (r#"{"co2": 1, "room": "laboratory"}"#, "room", "a text of at most 8 bytes", "\"laboratory\""),
        (r#"{"co2": 1, "level": "middle"}"#, "level", "one of \"low\", \"high\"", "\"middle\""),
        (r#"{"co2": 1, "list": [1, 2, 10]}"#, "list[2]", "a whole number from 0 to 9", "10"),
        (
            r#"{"co2": 1, "list": [1, 2, 3, 4]}"#,
            "list",
            "a list of at most 3, each a whole number from 0 to 9",
            "a list of 4",
        ),
        (r#"{"co2": 1, "list": {}}"#, "list", "a list of at most 3, each a whole number from 0 to 9", "an object"),
        ("[]", "", "one JSON object", "a list of 0"),
        ("", "", "one JSON object", "nothing"),
        (" \n", "", "one JSON object", "nothing"),
    ] {
        let mut given = with(output);
        let values = typed(&table.table(), &mut given);
        assert_eq!(given.outcome, Some(2), "{output}");
        assert_eq!(json!(given.fields), json!({"path": path, "wanted": wanted, "found": found}), "{output}");
        assert_eq!(values, [path, wanted, found].map(|it| Value::Text(it.into())), "{output}");
    }
}

#[test]
fn garbage_half_a_line_and_too_much_are_invalid() {
    let table = table(&definition());
    let found = |output| {
        let mut given = answer(0, output);
        typed(&table.table(), &mut given);
        assert_eq!(given.outcome, Some(2));
        given.why
    };
    let raw = |bytes: &[u8]| Some(Raw::Whole(bytes.to_vec()));
    insta::assert_snapshot!([
        found(raw(b"all is well")),
        found(raw(b"{\"co2\": 81")),
        found(raw(b"{\"co2\": 1}\n{\"co2\": 2}\n")),
        found(raw(b"\xff\xfe\x00")),
        found(raw(b"{\"co2\": 99999999999999999999}")),
        found(Some(Raw::TooLarge(1_000_000_000))),
        found(Some(Raw::Unreadable("permission denied".into()))),
        found(None),
    ].join("\n"), @r#"
    wanted one JSON object, found no JSON: "all is well"
    wanted one JSON object, found JSON that breaks off: "{\"co2\": 81"
    wanted one JSON object, found no JSON: "{\"co2\": 1} {\"co2\": 2}"
    wanted one JSON object, found no JSON: "��\u0000"
    `co2`: wanted a whole number from 0 to 5000, found 1e+20
    wanted one JSON object of at most 65536 bytes, found 1000000000 bytes
    wanted one JSON object, found what cannot be read: permission denied
    wanted one JSON object, found nothing
    "#);
}

#[test]
fn what_a_driver_says_fits_and_is_cut_between_characters() {
    let table = table(&definition());
    let mut given = answer(1, None);
    let fields = json!({"reason": "timeout", "code": -1, "signal": "", "stderr": "aaaaaaaß"});
    given.fields = fields.as_object().unwrap().clone();
    let values = typed(&table.table(), &mut given);
    let expected = [Value::Enum(1), Value::Int(-1), Value::Text("aaaaaaa".into()), Value::Duration(1_500)];
    assert_eq!((given.outcome, values.as_slice()), (Some(1), &expected[..]));
    // What it does not say is the least that there is.
    let mut silent = answer(1, None);
    let values = typed(&table.table(), &mut silent);
    assert_eq!(values, [Value::Enum(0), Value::Int(0), Value::Text(String::new()), Value::Duration(1_500)]);
}

#[test]
fn skipped_carries_nothing_and_unknown_outcomes_are_nothing() {
    let table = table(&definition());
    let mut skipped = answer(3, None);
    assert_eq!((typed(&table.table(), &mut skipped), skipped.outcome), (vec![], Some(3)));
    let mut unknown = answer(4, None);
    assert_eq!((typed(&table.table(), &mut unknown), unknown.outcome), (vec![], None));
}

/// The same kind, implemented by a program.
fn by_program() -> Definition {
    let mut definition = definition();
    definition.kinds[0].program = vec!["./air.py".into()];
    definition.kinds[0].outcomes[0] = outcome("ok", false, false, vec![field("ppm", Type::Int { min: 0, max: 100 })]);
    definition.watchers[0].returns = vec![];
    definition
}

#[test]
fn what_a_program_tells_is_held_against_its_kind() {
    let table = table(&by_program());
    let told = |fields| {
        let mut given = answer(0, None);
        given.fields = Map::clone(Json::as_object(&fields).unwrap());
        let values = typed(&table.table(), &mut given);
        (given.outcome, values, given.why)
    };
    assert_eq!(told(json!({"ppm": 7, "more": 1})), (Some(0), vec![Value::Int(7)], String::new()));
    let (outcome, values, why) = told(json!({"ppm": "7"}));
    assert_eq!(outcome, Some(1), "the first fault");
    assert_eq!(why, "it told `ok` with `ppm`: wanted a whole number from 0 to 100, found \"7\"");
    assert_eq!(values[2], Value::Text("it told ".into()));
    assert_eq!(told(json!({})).0, Some(1));
}
