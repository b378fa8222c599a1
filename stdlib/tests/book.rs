//! `docs/std.md` is made from the templates; `UPDATE_BOOK=1 cargo test -p machine-stdlib` writes it anew.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use machine_stdlib::{TEMPLATES, page, summary};
use std::fs;
use std::path::Path;

const WELCOME: &str = "\
<!-- Made from stdlib/std; `UPDATE_BOOK=1 cargo test -p machine-stdlib` writes it anew. -->

# The standard templates

Templates that ship with the compiler: `use std/NAME` brings the template `NAME`, and `machine MINE = NAME(…)` makes a
machine of it. A parameter without a default has to be given. `machinec explain std/NAME` shows the same page in the
terminal; [modules.md](modules.md) tells about `use`, templates and instances. The sources are in
[stdlib/std](../stdlib/std): a template that does nearly what you want is a good beginning for one of your own.

";

/// What the tests of each template touch and notice; a test that runs them holds the chapter to it.
const SCORES: &[(&str, &str)] = &[
    ("deploy", "touch 57 of 57 rows of its table, and notice 25 of 25 mistakes that can be planted in it."),
    ("disk", "touch 48 of 48 rows of its table, and notice 22 of 22 mistakes that can be planted in it."),
    ("job", "touch 31 of 31 rows of its table, and notice 25 of 25 mistakes that can be planted in it."),
    ("service", "touch 42 of 42 rows of its table, and notice 28 of 28 mistakes that can be planted in it."),
];

fn tests(name: &str) -> String {
    let score = SCORES.iter().find(|it| it.0 == name).expect("a score").1;
    format!("Its [tests](../stdlib/std/tests/{name}_test.machine) {score}")
}

fn chapter() -> String {
    let line = |it: &&str| format!("- [std/{it}](#std{it}): {}\n", summary(it).expect("a summary"));
    let picture = |it: &str| format!("\n![the states of {it}](std/{it}.svg)\n\n{}\n\n## Parameters\n", tests(it));
    let drawn = |it: &str| page(it).expect("a page").replacen("\n## Parameters\n", &picture(it), 1);
    let pages = TEMPLATES.iter().map(|it| drawn(it).replace("\n## ", "\n### ").replace("# std/", "## std/"));
    let text = WELCOME.to_owned() + &TEMPLATES.iter().map(line).collect::<String>();
    pages.fold(text, |text, page| text + "\n" + &page)
}

#[test]
fn the_book_shows_what_the_templates_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/std.md");
    if std::env::var_os("UPDATE_BOOK").is_some() {
        fs::write(&path, chapter()).expect("a file");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == chapter(), "docs/std.md is stale; write it anew with UPDATE_BOOK=1");
}
