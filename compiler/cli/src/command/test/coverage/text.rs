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

/// Everything that no test touches, by place: `lamp.machine:4:9: …`. A handler of an outer state is told once, with all
/// states in which it was not taken.
pub(in crate::command::test) fn missing(measured: &Measured<'_>, sources: &SourceMap) -> String {
    let file = measured.subject.file;
    let mut told: BTreeMap<((usize, usize), &str), Vec<String>> = BTreeMap::new();
    for it in measured.items.iter().filter(|it| !it.touched) {
        let leaves = told.entry((sources.line_column(file, it.span), &it.missing)).or_default();
        leaves.extend(it.leaf.as_ref().map(|it| format!("`{it}`")));
    }
    let name = &sources.get(file).name;
    let mut text = String::new();
    for (((line, column), missing), leaves) in told {
        let leaves = if leaves.is_empty() { String::new() } else { format!(" in {}", leaves.join(", ")) };
        text += &format!("  {name}:{line}:{column}: {missing}{leaves}\n");
    }
    text
}
