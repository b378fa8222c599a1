//! What watchers report: in Choria's document where it has one for the kind, else in one of our own.

use super::extension::Extensions;
use super::field::{Name, Text};
use super::fields::bounded;
use super::scene::{OfMachine, Scene};
use super::{Data, Document, nanoseconds};
use crate::event::happening::Outcome;
use schemars::JsonSchema;
use serde::de::value::{Error, StrDeserializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A command of an `exec` or a `shell` ended.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Exec<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// The kind, for both of ours; the attribute `kind` tells them apart.
    r#type: ExecKind,
    /// The watcher.
    name: Name<'a>,
    /// The program and its arguments, or the line of shell.
    command: Text<'a>,
    /// How it ended.
    previous_outcome: ExecWord,
    /// How long it took, in nanoseconds.
    previous_run_time: i64,
}

/// A file was looked at, and something was found that the machine is told.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct File<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// The kind.
    r#type: FileKind,
    /// The watcher.
    name: Name<'a>,
    /// The file.
    path: Text<'a>,
    /// What was found: `unchanged` if it is there as it was, `error` if it is missing or cannot be read.
    previous_outcome: FileWord,
}

/// It is time: a moment has come, or a window has opened or closed.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Schedule<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// The kind.
    r#type: ScheduleKind,
    /// The watcher.
    name: Name<'a>,
    /// `on` when a moment has come and while a window is open, `off` when none is.
    state: ScheduleWord,
}

/// A key of a bucket was looked at, and something was found that the machine is told.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Kv<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// The kind.
    r#type: KvKind,
    /// The watcher.
    name: Name<'a>,
    /// What was found.
    state: KvWord,
    /// The bucket.
    bucket: Name<'a>,
    /// The key.
    key: Name<'a>,
    /// How it is looked at: `watch` or `poll`.
    mode: Name<'a>,
}

/// A watcher of any other kind reported.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Report<'a>(Reported<'a>);

/// A watcher reported after its state was left. Nothing came of it.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Late<'a>(Reported<'a>);

/// A watcher reported what does not have the types that its table wants. Nothing came of it.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Rejected<'a>(Reported<'a>);

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Reported<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// The kind.
    r#type: Name<'a>,
    /// The watcher.
    name: Name<'a>,
    /// The outcome.
    outcome: Name<'a>,
    /// Whether it is a fault.
    fault: bool,
    /// How long it took, in nanoseconds.
    run_time: i64,
    /// All that the watcher reported, under the kind's own names; at most 24 KiB, and what has no room is counted under
    /// `…`.
    fields: Map<String, Value>,
}

/// Words of Choria's for the kinds of watchers, and for what they find.
macro_rules! words {
    ($($name:ident { $($word:ident),+ })*) => {$(
        #[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "lowercase")]
        #[schemars(inline)]
        enum $name { $($word),+ }
    )*};
}

words! {
    ExecKind { Exec }
    FileKind { File }
    ScheduleKind { Schedule }
    KvKind { Kv }
    ExecWord { Unknown, Skipped, Error, Success }
    FileWord { Unknown, Error, Skipped, Unchanged, Changed }
    ScheduleWord { Unknown, Off, On, Skipped }
    KvWord { Error, Changed, Unchanged, Skipped }
}

/// A watcher reported. A late outcome changes nothing, so it must not look like one that does to whoever reads Choria's
/// documents.
pub(super) fn outcome<'a>(scene: Scene<'a>, outcome: &'a Outcome) -> Document<'a> {
    let data = match outcome.kind.as_str() {
        _ if outcome.late => return ours(Data::Late(Late(reported::<Late<'_>>(scene, outcome))), outcome),
        "exec" | "shell" => exec(scene, outcome),
        "file" => file(scene, outcome),
        "schedule" => schedule(scene, outcome),
        "kv" => kv(scene, outcome),
        _ => return ours(Data::Report(Report(reported::<Report<'_>>(scene, outcome))), outcome),
    };
    Document::with(data, Extensions::with_payload(outcome))
}

/// An outcome was not taken.
pub(super) fn rejected<'a>(scene: Scene<'a>, outcome: &'a Outcome) -> Document<'a> {
    ours(Data::Rejected(Rejected(reported::<Rejected<'_>>(scene, outcome))), outcome)
}

fn ours<'a>(data: Data<'a>, outcome: &'a Outcome) -> Document<'a> {
    Document::with(data, Extensions::of_outcome(outcome))
}

/// A line of shell is a command to Choria.
fn exec<'a>(scene: Scene<'a>, outcome: &'a Outcome) -> Data<'a> {
    let otherwise = if outcome.fault { ExecWord::Error } else { ExecWord::Success };
    Data::Exec(Exec {
        of: scene.of_machine::<Exec<'_>>(),
        r#type: ExecKind::Exec,
        name: outcome.watcher.as_str().into(),
        command: field(outcome, &["command", "script"]).into(),
        previous_outcome: word(outcome.choria.as_deref()).unwrap_or(otherwise),
        previous_run_time: nanoseconds(outcome.took),
    })
}

fn file<'a>(scene: Scene<'a>, outcome: &'a Outcome) -> Data<'a> {
    let otherwise = match outcome.outcome.as_str() {
        _ if outcome.fault => FileWord::Error,
        "changed" => FileWord::Changed,
        _ => FileWord::Unchanged,
    };
    Data::File(File {
        of: scene.of_machine::<File<'_>>(),
        r#type: FileKind::File,
        name: outcome.watcher.as_str().into(),
        path: field(outcome, &["path"]).into(),
        previous_outcome: word(outcome.choria.as_deref()).unwrap_or(otherwise),
    })
}

/// What Choria calls a schedule has windows only, so a moment is one that opens.
fn schedule<'a>(scene: Scene<'a>, outcome: &'a Outcome) -> Data<'a> {
    Data::Schedule(Schedule {
        of: scene.of_machine::<Schedule<'_>>(),
        r#type: ScheduleKind::Schedule,
        name: outcome.watcher.as_str().into(),
        state: word(Some(field(outcome, &["state"]))).unwrap_or(ScheduleWord::On),
    })
}

fn kv<'a>(scene: Scene<'a>, outcome: &'a Outcome) -> Data<'a> {
    let otherwise = match outcome.outcome.as_str() {
        _ if outcome.fault => KvWord::Error,
        "changed" => KvWord::Changed,
        _ => KvWord::Unchanged,
    };
    Data::Kv(Kv {
        of: scene.of_machine::<Kv<'_>>(),
        r#type: KvKind::Kv,
        name: outcome.watcher.as_str().into(),
        state: word(outcome.choria.as_deref()).unwrap_or(otherwise),
        bucket: field(outcome, &["bucket"]).into(),
        key: field(outcome, &["key"]).into(),
        mode: Some(field(outcome, &["mode"])).filter(|it| !it.is_empty()).unwrap_or("watch").into(),
    })
}

fn reported<'a, D: super::Typed>(scene: Scene<'a>, outcome: &'a Outcome) -> Reported<'a> {
    Reported {
        of: scene.of_machine::<D>(),
        r#type: outcome.kind.as_str().into(),
        name: outcome.watcher.as_str().into(),
        outcome: outcome.outcome.as_str().into(),
        fault: outcome.fault,
        run_time: nanoseconds(outcome.took),
        fields: bounded(&outcome.fields),
    }
}

/// The driver's word for the outcome if it is one that Choria's clients know for this kind.
fn word<W: for<'de> Deserialize<'de>>(word: Option<&str>) -> Option<W> {
    W::deserialize(StrDeserializer::<Error>::new(word?)).ok()
}

/// The first of these fields that the driver gave; the document has to have it even when the driver did not.
fn field<'a>(outcome: &'a Outcome, names: &[&str]) -> &'a str {
    names.iter().find_map(|name| outcome.fields.get(*name)?.as_str()).unwrap_or_default()
}
