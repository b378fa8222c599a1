//! What is said of `use` lines.

use super::opened::{Brought, Opened};
use crate::ast::{Use, UseSource};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Missed, SourceMap};
use machine_grammar::Span;

/// A use that leads to no source.
pub(super) fn missed(sources: &SourceMap, file: FileId, it: &Use, missed: &Missed) -> Diagnostic {
    match &it.source {
        UseSource::Standard(name) => no_template(file, it.source_span, name, missed),
        UseSource::File(path) => no_source(sources, file, it.source_span, path, missed),
    }
}

fn no_template(file: FileId, span: Span, name: &str, missed: &Missed) -> Diagnostic {
    let all: Vec<_> = machine_stdlib::TEMPLATES.iter().map(|it| format!("std/{it}")).collect();
    let all = crate::check::wording::all_of(&all);
    let told = Diagnostic::new(Code::UNKNOWN_STANDARD, file, span, format!("there is no `std/{name}`"));
    match missed {
        Missed::Nothing { near: Some(near) } => told
            .label(format!("did you mean `std/{near}`?"))
            .help(format!("write `use std/{near}`; there are {all}"))
            .fix(file, span, format!("std/{near}"))
            .certain_if(crate::diagnostic::suggest::is_certain(name, machine_stdlib::TEMPLATES.iter().copied())),
        _ => told
            .label("nothing of this name ships with the compiler")
            .help(format!("there are {all}; a file of your own is named between quotes: `use \"{name}.machine\"`")),
    }
}

fn no_source(sources: &SourceMap, file: FileId, span: Span, path: &str, missed: &Missed) -> Diagnostic {
    let code = if matches!(missed, Missed::Nothing { .. }) { Code::NO_SUCH_SOURCE } else { Code::UNUSABLE_SOURCE };
    let shown = path.escape_debug();
    let headline = match missed {
        Missed::Nothing { .. } => format!("there is no file `{shown}`"),
        Missed::Folder => format!("`{shown}` is a folder"),
        Missed::NoFile => format!("`{shown}` is no ordinary file"),
        Missed::NotText => format!("`{shown}` is not text in UTF-8"),
        Missed::Unreadable(_) => format!("`{shown}` cannot be read"),
    };
    let told = Diagnostic::new(code, file, span, headline);
    match missed {
        Missed::Nothing { near } => nothing(sources, told, (file, span), path, near.as_deref()),
        Missed::Folder => told
            .label("a file belongs here")
            .help(format!("name a file in it, as in `use \"{}/NAME.machine\"`", path.trim_end_matches('/'))),
        Missed::NoFile => told.label("a file with text belongs here").help("name a `.machine` file"),
        Missed::NotText => {
            told.label("this is no source").help("name a `.machine` file; if this is one, save it as UTF-8")
        }
        Missed::Unreadable(why) => told.label(why.clone()).help("ask its owner for the right to read it, or copy it"),
    }
}

fn nothing(
    sources: &SourceMap,
    told: Diagnostic,
    (file, span): (FileId, Span),
    path: &str,
    near: Option<&str>,
) -> Diagnostic {
    let with_ending = format!("{path}.machine");
    match near {
        Some(near) => told
            .label(format!("did you mean `{near}`?"))
            .help(format!("write `use \"{near}\"`"))
            .fix(file, span, format!("\"{near}\""))
            .certain_if(near == with_ending),
        None => told.label("nothing of this name, and nothing like it").help(format!(
            "the path is relative to the folder of `{}`; look at its spelling, or leave the `use` out",
            sources.get(file).name
        )),
    }
}

/// A source that uses itself, perhaps by another path.
pub(super) fn itself(file: FileId, it: &Use) -> Diagnostic {
    Diagnostic::new(Code::USES_ITSELF, file, it.source_span, "this file uses itself")
        .label("this leads back to the file that it stands in")
        .help("leave the line out: what a file declares is known in all of it")
        .fix(file, it.span, "")
}

/// A source that is used twice.
pub(super) fn twice(sources: &SourceMap, file: FileId, it: &Use, first: &Brought) -> Diagnostic {
    let headline = format!("`{}` is used twice", sources.get(first.file).name);
    Diagnostic::new(Code::USED_TWICE, file, it.source_span, headline)
        .label("the second time")
        .also(file, first.span, "the first time")
        .help("leave out one of the two lines")
        .fix(file, it.span, "")
}

/// Tells that the sources of a row use one another in a circle, and takes the use out that closes it.
pub(super) fn circle(sources: &SourceMap, row: &mut [Opened<'_>], sink: &mut Diagnostics) {
    let Some(closing) = row.last_mut() else { return };
    let (file, Some(last)) = (closing.id, closing.drop_last()) else { return };
    let name = |id| &sources.get(id).name;
    let steps: Vec<_> = row.iter().filter_map(|it| Some((it.id, it.brought.last()?))).collect();
    let mut told = Diagnostic::new(Code::CIRCULAR_USE, file, last.span, "files use one another in a circle")
        .label(format!("`{}` is used from here again", name(last.file)));
    for (from, it) in steps.iter().take(row.len() - 1) {
        told = told.also(*from, it.span, format!("`{}` uses `{}`", name(*from), name(it.file)));
    }
    let chain: Vec<_> = row.iter().map(|it| format!("`{}`", name(it.id))).collect();
    sink.push(
        told.note(format!("the circle is {} -> `{}`", chain.join(" -> "), name(last.file)))
            .help("put what both need into a file of its own, and let both use that"),
    );
}

/// A use of which nothing is needed.
pub(super) fn unused(sources: &SourceMap, file: FileId, it: &Brought) -> Diagnostic {
    let headline = format!("nothing of `{}` is used here", sources.get(it.file).name);
    Diagnostic::new(Code::UNUSED_USE, file, it.line, headline)
        .label("this brings names that nothing in this file asks for")
        .help("leave the line out; to build the machines of a file, name it on the command line")
        .fix(file, it.line, "")
}
