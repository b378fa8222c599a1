//! What lowering makes of values and types: precedence, pieces of texts, limits.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use machine_compiler::ast::{BinaryOp, Declaration, Expr, ExprKind, Piece, Type, TypeKind, UnaryOp};
use machine_compiler::diagnostic::Diagnostics;
use machine_compiler::lower::lower;
use machine_compiler::source::SourceMap;

/// Each line of `data` with its type and its value, all brackets written.
fn shown(lines: &[&str]) -> String {
    let text = format!("machine m 1.0.0 {{\n    data {}\n}}\n", lines.join("\n    data "));
    let mut sink = Diagnostics::default();
    let file = lower(SourceMap::default().add("m.machine", &text), &text, &mut sink);
    let said = sink.sorted();
    assert!(said.is_empty(), "{said:?}");
    let shown = file.machines[0].body.declarations.iter().zip(lines).map(|(declaration, line)| match declaration {
        Declaration::Data(it) => {
            let ty = it.ty.as_ref().map_or(String::new(), |it| format!(": {}", ty(it)));
            format!("{line}\n    x{ty} = {}", value(it.value.as_ref().unwrap()))
        }
        _ => String::new(),
    });
    shown.collect::<Vec<_>>().join("\n")
}

fn value(expr: &Expr<'_>) -> String {
    let all = |values: &[Expr<'_>]| values.iter().map(value).collect::<Vec<_>>().join(", ");
    match &expr.kind {
        ExprKind::Text(text) => format!("{text:?}"),
        ExprKind::Interpolated(pieces) => format!("text[{}]", pieces.iter().map(piece).collect::<Vec<_>>().join(" ")),
        ExprKind::Int(number) => number.to_string(),
        ExprKind::Float(number) => format!("{number:?}"),
        ExprKind::Duration(ms) => format!("{ms}ms"),
        ExprKind::Bool(it) => it.to_string(),
        ExprKind::List(values) => format!("[{}]", all(values)),
        ExprKind::Map(entries) => {
            let entries: Vec<_> = entries.iter().map(|(key, it)| format!("{}: {}", key.text, value(it))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        ExprKind::Name(name) => name.text.to_owned(),
        ExprKind::Field(of, name) => format!("{}.{}", value(of), name.text),
        ExprKind::Call(name, args) => format!("{}({})", name.text, all(args)),
        ExprKind::Unary(UnaryOp::Minus, of) => format!("(-{})", value(of)),
        ExprKind::Unary(UnaryOp::Not, of) => format!("(not {})", value(of)),
        ExprKind::Binary(op, _, left, right) => format!("({} {} {})", value(left), sign(*op), value(right)),
        ExprKind::In { item, set, negated, .. } => {
            format!("({} {}in {})", value(item), if *negated { "not " } else { "" }, value(set))
        }
        ExprKind::Range(low, high) => format!("({}..{})", value(low), value(high)),
        ExprKind::Faulty => "faulty".to_owned(),
    }
}

fn piece(piece: &Piece<'_>) -> String {
    match piece {
        Piece::Text(text) => format!("{text:?}"),
        Piece::Expr(it) => value(it),
    }
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "or",
        BinaryOp::And => "and",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessOrEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterOrEqual => ">=",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Remainder => "%",
    }
}

fn ty(it: &Type<'_>) -> String {
    let limit = |most: &Option<Expr<'_>>| most.as_ref().map_or(String::new(), |it| format!(" up to {}", value(it)));
    match &it.kind {
        TypeKind::Named(name) => name.text.to_owned(),
        TypeKind::IntIn { low, high } => format!("int in {}..{}", value(low), value(high)),
        TypeKind::TextUpTo(most) => format!("(string up to {})", value(most)),
        TypeKind::List { of, up_to } => format!("(list of {}{})", ty(of), limit(up_to)),
        TypeKind::Map(of) => format!("(map of {})", ty(of)),
        TypeKind::Enum(words) => words.iter().map(|it| it.text).collect::<Vec<_>>().join("|"),
    }
}

#[test]
fn operators_by_precedence() {
    assert_snapshot!(shown(&[
        "x = a or b and not c == d + e * -f",
        "x = a * b + c == d and e or f",
        "x = a - b - c",
        "x = (a or b) and c",
        "x = not not a == b",
        "x = not a in 1..b + 1 or c",
        "x = a not in [1, 2]",
        "x = -a.b.c",
        "x = -5 - -5",
        "x = - 5",
        "x = a == not b",
        "x = max(a, f(b).c) % 2",
        "x = a==1%b",
        "x = f.reason == exit",
    ]));
}

#[test]
fn texts_with_values() {
    assert_snapshot!(shown(&[
        r#"x = "plain""#,
        r#"x = """#,
        r#"x = "{room}""#,
        r#"x = "{room}/{max(a, 1) + 2}.json""#,
        r#"x = "\{room\} { `a}b` } \u{e4}""#,
        r#"x = { "\{": "{a}{b}", on: 1 }"#,
    ]));
}

#[test]
fn types_and_their_limits() {
    assert_snapshot!(shown(&[
        "x: int in -5..max = 1",
        "x: int in -max..0 = 1",
        "x: string up to 5 = 1",
        "x: list of string up to 5 = 1",
        "x: list of string up to 5 up to 9 = 1",
        "x: list of list of int up to 5 = 1",
        "x: map of list of string up to 5 = 1",
        "x: map of string up to 5 = 1",
        "x: list of low | high | exit = 1",
    ]));
}

#[test]
fn whatever_is_missing_lowering_goes_on() {
    const SOURCES: [&str; 2] = [
        include_str!("../../grammar/test_data/ok/fan.machine"),
        include_str!("../../grammar/test_data/ok/words.machine"),
    ];
    let read = |text: &str| drop(lower(SourceMap::default().add("m.machine", text), text, &mut Diagnostics::default()));
    for source in SOURCES {
        let words: Vec<_> = source.split_inclusive([' ', '\n', '(', '{', '=', '.', '"']).collect();
        for at in (0..words.len()).step_by(5) {
            read(&words[..at].concat());
            read(&[&words[..at], &words[at + 1..]].concat().concat());
            read(&[&words[..at], &["\u{e4}"], &words[at + 1..]].concat().concat());
        }
    }
}
