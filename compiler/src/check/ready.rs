//! The standard kinds as they are after they have been read. Reading one takes as long as reading a source of thirty
//! lines, and nearly every source uses one. The declarations in the language stay what counts: a test holds that each of
//! these is what its text says, and a kind that is not here is read from its text.

use super::kinds::{Declaration, Param};
use crate::model::{Constant, Field, Kind, Outcome, Type};
use std::sync::Arc;

/// The declaration of a standard kind, if it is one of these.
pub(super) fn declaration(kind: &str) -> Option<Declaration> {
    Some(match kind {
        "exec" => command(
            "exec",
            "exec(program: string, args: string..., env: map of string, dir: path, timeout: duration)",
            vec![
                param("program", Type::ARGUMENT_TEXT, None),
                Param { variadic: true, ..param("args", Type::ARGUMENT_TEXT, None) },
            ],
        ),
        "shell" => command(
            "shell",
            "shell(script: string, env: map of string, dir: path, timeout: duration)",
            vec![param("script", Type::ARGUMENT_TEXT, None)],
        ),
        "file" => file(),
        _ => return None,
    })
}

/// A kind that runs a command, with the parameters that it has before those that all such kinds share.
fn command(name: &str, head: &str, mut params: Vec<Param>) -> Declaration {
    params.extend([
        param("env", Type::Map(Box::new(Type::ARGUMENT_TEXT)), Some(Constant::Map(Vec::new()))),
        param("dir", Type::Path, Some(Constant::Text(".".into()))),
        param("timeout", Type::Duration, Some(Constant::Duration(10_000))),
    ]);
    let reason = words(&["exit", "signal", "timeout", "unstartable", "interrupted"]);
    let failed = vec![
        field("reason", reason),
        field("code", Type::INT),
        field("signal", Type::TEXT),
        field("stderr", Type::TEXT),
        field("took", Type::Duration),
    ];
    let ok = Outcome { returns: true, ..outcome("ok", vec![field("took", Type::Duration)]) };
    let kind = Kind {
        name: name.to_owned(),
        outcomes: vec![ok, Outcome { fault: true, ..outcome("failed", failed) }],
        notified: false,
        interruptible: true,
        signature: format!("{head} {{ outcome ok, fault failed }}"),
        params: names(&params),
        program: Vec::new(),
    };
    Declaration { params, every_required: true, kind: Arc::new(kind) }
}

fn file() -> Declaration {
    let params = vec![param("path", Type::Path, None)];
    let path = || vec![field("path", Type::TEXT)];
    let missing = vec![field("reason", words(&["absent", "unreadable"]))];
    let kind = Kind {
        name: "file".to_owned(),
        outcomes: vec![
            Outcome { returns: true, ..outcome("changed", path()) },
            outcome("present", path()),
            Outcome { fault: true, ..outcome("missing", missing) },
        ],
        notified: true,
        interruptible: false,
        signature: "file(path: path) { outcome changed, outcome present, fault missing }".to_owned(),
        params: names(&params),
        program: Vec::new(),
    };
    Declaration { params, every_required: false, kind: Arc::new(kind) }
}

fn param(name: &str, ty: Type, default: Option<Constant>) -> Param {
    Param { name: name.to_owned(), ty, variadic: false, default }
}

fn names(params: &[Param]) -> Vec<String> {
    params.iter().map(|it| it.name.clone()).collect()
}

fn outcome(name: &str, fields: Vec<Field>) -> Outcome {
    Outcome { name: name.to_owned(), fault: false, fields, returns: false }
}

fn field(name: &str, ty: Type) -> Field {
    (name.to_owned(), ty)
}

fn words(words: &[&str]) -> Type {
    Type::Enum(words.iter().map(|it| (*it).to_owned()).collect())
}
