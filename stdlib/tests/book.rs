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

fn chapter() -> String {
    let line = |it: &&str| format!("- [std/{it}](#std{it}): {}\n", summary(it).expect("a summary"));
    let picture = |it: &str| format!("\n![the states of {it}](std/{it}.svg)\n\n## Parameters\n");
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
