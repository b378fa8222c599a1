//! `machinec check --fix`: the edits that need no asking, written into the files, and a line that tells of each.

use crate::error::Error;
use crate::output;
use crate::replace::replace;
use crate::sources::Loaded;
use machine_compiler::diagnostic::render::visible::visible_line;
use machine_compiler::repair::{Made, Repair, repair};
use machine_compiler::source::FileId;
use std::path::Path;

/// Makes the edits, in the files and in `loaded`; how many there were. `tell`s of each once it is in its file.
///
/// # Errors
///
/// The first file that cannot be written; those before it are written, itself and those behind it are not.
pub(crate) fn all(loaded: &mut Loaded, tell: bool) -> Result<usize, Error> {
    let Repair { sources, made, .. } = repair(&loaded.sources);
    for (id, source) in sources.iter() {
        let edits: Vec<_> = made.iter().filter(|it| it.file == id).collect();
        if edits.is_empty() {
            continue;
        }
        replace(path(loaded, id), &loaded.sources.get(id).text, &source.text)?;
        if tell {
            edits.iter().for_each(|it| output::say(&line(&source.name, it)));
        }
    }
    loaded.sources = sources;
    Ok(made.len())
}

fn path(loaded: &Loaded, id: FileId) -> &Path {
    &loaded.paths[id.0]
}

/// `lamp.machine:4:16: fixed E0101: `=>` is now `->``.
fn line(name: &str, made: &Made) -> String {
    let place = format!("{}:{}:{}", visible_line(name), made.line, made.column);
    let (before, after) = (visible_line(&made.before), visible_line(&made.after));
    let what = match (before.trim(), after.trim()) {
        ("", "") => "a blank of another sort is now an ordinary one".to_owned(),
        ("", after) => format!("added `{after}`"),
        (before, "") => format!("removed `{before}`"),
        (before, after) => format!("`{before}` is now `{after}`"),
    };
    format!("{place}: fixed {}: {what}\n", made.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine_compiler::diagnostic::Code;

    #[track_caller]
    fn check(before: &str, after: &str, expected: &str) {
        let (before, after) = (before.to_owned(), after.to_owned());
        let made = Made { file: FileId(0), line: 4, column: 16, code: Code::UNEXPECTED, before, after };
        assert_eq!(line("a.machine", &made), format!("a.machine:4:16: fixed E0101: {expected}\n"));
    }

    #[test]
    fn each_edit_is_told_in_one_line() {
        check("=>", "->", "`=>` is now `->`");
        check("", "initial ", "added `initial`");
        check(" final", "", "removed `final`");
        check("\u{a0}", " ", "a blank of another sort is now an ordinary one");
        check("a\n\u{1b}", "b", "`a\\u{a}\\u{1b}` is now `b`");
    }
}
