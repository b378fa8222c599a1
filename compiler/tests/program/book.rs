//! `docs/modules.md`: the files of each of its chapters are a program without a mistake.

use machine_compiler::diagnostic::render::{self, Form, Style};
use machine_compiler::source::SourceMap;
use std::fs;
use std::path::Path;

/// The blocks that have a name on the line before them.
fn files(chapter: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = chapter;
    while let Some((before, block)) = rest.split_once("```machine\n") {
        let (text, behind) = block.split_once("```").expect("the end of a block");
        let name = before.trim_end().lines().last().and_then(|it| it.strip_prefix('`')?.strip_suffix("`:"));
        found.extend(name.map(|it| (it, text)));
        rest = behind;
    }
    found
}

#[test]
fn its_examples_compile() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/modules.md");
    let book = fs::read_to_string(path).expect("the book");
    let chapters: Vec<_> = book.split("\n## ").map(files).filter(|it| !it.is_empty()).collect();
    assert_eq!(chapters.len(), 4);
    for files in chapters {
        let mut sources = SourceMap::default();
        for (name, text) in files {
            sources.add(name, text);
        }
        let said = render::to_string(Form::Rich, &sources, &machine_compiler::check(&sources), Style::PLAIN);
        assert_eq!(said, "");
    }
}
