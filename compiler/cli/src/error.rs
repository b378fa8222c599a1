//! What can go wrong besides mistakes in sources: files, folders, tables, output. Each says what to do.

use crate::sources::Loaded;
use machine_compiler::diagnostic::suggest;
use machine_core::TableError;
use miette::Diagnostic;
use std::io;
use std::path::Path;
use thiserror::Error;

/// Anything that ends a command, or keeps it from one of its files.
#[derive(Debug, Diagnostic, Error)]
pub(crate) enum Error {
    #[error("`{path}` cannot be read")]
    Read {
        path: String,
        source: io::Error,
        #[help]
        help: Option<String>,
    },
    #[error("there is no source in `{path}`")]
    #[diagnostic(help("name a file, or a folder with files that end in `.machine`"))]
    NoSource { path: String },
    #[error("there is no machine to {what} in {places}")]
    #[diagnostic(help(
        "a template runs only as an instance: write `machine NAME = TEMPLATE(…)` behind a `use` of its file"
    ))]
    NoMachine { what: &'static str, places: String },
    #[error("`{path}` cannot be written")]
    Write {
        path: String,
        source: io::Error,
        #[help]
        help: Option<String>,
    },
    #[error("`{path}` is already there")]
    #[diagnostic(help("choose another name or folder: nothing is ever overwritten"))]
    Exists { path: String },
    #[error("a machine cannot be called `{name}`")]
    #[diagnostic(help("choose another name, for example `my_{name}`"))]
    Name { name: String },
    #[error("`{path}` cannot be used as a table")]
    #[diagnostic(help("build it anew with `machinec build`, and copy it without changing it"))]
    Table { path: String, source: TableError },
    #[error("`{path}` is a source, and no table")]
    #[diagnostic(help("`machinec build {path} -o DIR` makes a table of each machine in it"))]
    NoTable { path: String },
    #[error("`{path}` is not a recording of events")]
    #[diagnostic(help("record with `machinec run --events-file FILE`, or let a node write events to a file"))]
    Recording { path: String, source: crate::recording::ReadError },
    #[error("`{path}` cannot be run again")]
    #[diagnostic(help(
        "record from where the machine starts anew, or put the files that were written one after the other together"
    ))]
    Replay { path: String, source: crate::replay::Cannot },
    #[error("`{path}` holds no event of a machine")]
    #[diagnostic(help("record with `machinec run --events-file FILE`, or let a node write events to a file"))]
    EmptyRecording { path: String },
    #[error("no machine is both in `{path}` and in the sources")]
    #[diagnostic(help("recorded: {recorded}; in the sources: {machines}; name the sources of its machines"))]
    NothingRecorded { path: String, recorded: String, machines: String },
    #[error("there is no schema `{name}`")]
    #[diagnostic(help(
        "`machinec events` lists the types; for events of a machine's own, name its source: `machinec events FILE`"
    ))]
    Schema { name: String },
    #[error("`{path}` does not hold facts")]
    #[diagnostic(help("it has to hold one JSON object, such as {{\"location\": \"lab\"}}"))]
    Facts { path: String, source: serde_json::Error },
    #[error("standard input cannot be put right in place")]
    #[diagnostic(help("name the files, or leave out `--fix`"))]
    FixInput,
    #[error("`{path}` was changed while it was looked at")]
    #[diagnostic(help("nothing was written to it; run the same command again"))]
    Changed { path: String },
    #[error("there is no test to run")]
    #[diagnostic(help("{}", no_test(*all)))]
    NoTest { all: usize },
    #[error(transparent)]
    #[diagnostic(transparent)]
    Node(Box<machine_host::NodeError>),
    /// What a single command has to say.
    #[error("{what}")]
    #[diagnostic(help("{help}"))]
    Said { what: String, help: String },
    #[error("the output cannot be written")]
    Output { source: io::Error },
}

impl Error {
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        let help = match source.kind() {
            io::ErrorKind::NotFound => Some(neighbour(path)),
            io::ErrorKind::PermissionDenied => Some("ask its owner for the right to read it".to_owned()),
            io::ErrorKind::IsADirectory => Some("name a file, not a folder".to_owned()),
            _ => None,
        };
        Self::Read { path: shown(path), source, help }
    }

    /// All sources that were named hold templates, kinds and the like only.
    pub(crate) fn no_machine(what: &'static str, loaded: &Loaded) -> Self {
        let names: Vec<_> = loaded.named().map(|it| format!("`{}`", shown(Path::new(&it.1.name)))).collect();
        let places = match names.as_slice() {
            [one] => one.clone(),
            [a, b] => format!("{a} and {b}"),
            many => format!("{} files", many.len()),
        };
        Self::NoMachine { what, places }
    }

    /// The exit code of a command that it ends: 1, 2 where the command line asks for what cannot be, or the node's own.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Node(error) => error.exit_status(),
            Self::FixInput | Self::NoTest { .. } | Self::Schema { .. } => 2,
            _ => 1,
        }
    }

    /// What it is about, as it is shown in messages.
    pub(crate) fn subject(&self) -> &str {
        match self {
            Self::Read { path, .. } | Self::NoSource { path } | Self::Write { path, .. } => path,
            Self::Exists { path } | Self::Table { path, .. } | Self::NoTable { path } | Self::Changed { path } => path,
            Self::Recording { path, .. } | Self::Replay { path, .. } | Self::NothingRecorded { path, .. } => path,
            Self::EmptyRecording { path } | Self::Facts { path, .. } => path,
            Self::FixInput => "<stdin>",
            Self::NoMachine { places, .. } => places,
            Self::Name { name } | Self::Schema { name } => name,
            Self::NoTest { .. } => "the tests",
            Self::Said { what, .. } => what,
            Self::Node(_) => "the node",
            Self::Output { .. } => "the output",
        }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        let help = match source.kind() {
            io::ErrorKind::PermissionDenied => Some("choose a folder in which you may write"),
            io::ErrorKind::NotADirectory => Some("choose a folder; this path leads through a file"),
            io::ErrorKind::AlreadyExists => Some("choose a folder; this is a file"),
            io::ErrorKind::StorageFull => Some("make room on the disk"),
            _ => None,
        };
        Self::Write { path: shown(path), source, help: help.map(str::to_owned) }
    }
}

/// What to do when no test is meant.
fn no_test(all: usize) -> String {
    match all {
        0 => "write one: `test \"it starts\" for MACHINE { advance 1m }`".to_owned(),
        all => format!("{all} are there, but none that the names on the command line mean; `--list` shows them"),
    }
}

/// A path as it is shown in messages.
pub(crate) fn shown(path: &Path) -> String {
    machine_compiler::diagnostic::render::visible::visible_line(&path.to_string_lossy()).into_owned()
}

/// What to say of a file that is not there: the one in the same folder that was probably meant.
fn neighbour(path: &Path) -> String {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let wanted = path.file_name().unwrap_or_default().to_string_lossy();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|it| it.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    match suggest::nearest(&wanted, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{}`?", shown(&path.with_file_name(near))),
        None => format!("look at the spelling; `{}` has nothing of a similar name", shown(folder)),
    }
}
