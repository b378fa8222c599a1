//! The sources that ship with the compiler: every [`SourceMap`](super::SourceMap) holds them, under ids of their own.

use super::{FileId, Source};
use machine_stdlib::{TEMPLATE_TEXTS, TEMPLATES};
use std::sync::OnceLock;

/// Ids from here on are those of standard sources: behind all others, so that messages about them come last.
const FIRST: usize = usize::MAX / 2;

/// The source that `use std/NAME` brings.
pub(super) fn find(name: &str) -> Option<FileId> {
    TEMPLATES.iter().position(|it| *it == name).map(|it| FileId(FIRST + it))
}

/// The standard source with this id, made when it is first asked for; nothing if it is the id of another one.
pub(super) fn source(id: FileId) -> Option<&'static Source> {
    static SOURCES: [OnceLock<Source>; TEMPLATES.len()] = [const { OnceLock::new() }; TEMPLATES.len()];
    let at = id.0.checked_sub(FIRST)?;
    let new = || Source { only_used: true, ..Source::new(format!("std/{}", TEMPLATES[at]), TEMPLATE_TEXTS[at]) };
    SOURCES.get(at).map(|it| it.get_or_init(new))
}
