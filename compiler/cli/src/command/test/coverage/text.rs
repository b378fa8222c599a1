//! Coverage for people: a table, and what is missing, with places.

use super::{Measured, Share, Sort};
use machine_compiler::source::SourceMap;
use std::collections::BTreeMap;

/// ```text
/// coverage of lamp               covered
///   states                        2 of 2
/// ```
pub(in crate::command::test) fn table(measured: &Measured<'_>) -> String {
    let mut text = format!("coverage of {}: {}\n", measured.subject.model.name, written(measured.total()));
    for sort in Sort::ALL {
        let share = measured.share(sort);
        if share.all > 0 {
            text += &format!("  {:28}{}\n", sort.name(), written(share));
        }
    }
    text
}

fn written(share: Share) -> String {
    format!("{} of {} ({} %)", share.touched, share.all, share.percent())
}

/// Everything that no test touches, by place: `lamp.machine:4:9: …`.
pub(in crate::command::test) fn missing(measured: &Measured<'_>, sources: &SourceMap) -> String {
    let file = measured.subject.file;
    let mut lines: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
    for it in measured.items.iter().filter(|it| !it.touched) {
        lines.entry(sources.line_column(file, it.span)).or_default().push(&it.missing);
    }
    let name = &sources.get(file).name;
    let mut text = String::new();
    for ((line, column), missing) in lines {
        missing.iter().for_each(|it| text += &format!("  {name}:{line}:{column}: {it}\n"));
    }
    text
}
