//! What holds for every source: the same program, the same comments in the same order, nothing left to change.

use crate::formatted;
use crate::generate::{Random, program};
use machine_compiler::source::SourceMap;
use machine_compiler::{Options, compile};
use machine_core::Table;
use machine_grammar::{Kind, Node, parse};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

/// All that must hold of a source and its canonical form; returns the form.
#[track_caller]
fn check(source: &str) -> String {
    let result = formatted(source);
    assert_eq!(shape(&result), shape(source), "another program, from:\n{source}\nto:\n{result}");
    assert_eq!(comments(&result), comments(source), "other comments, from:\n{source}\nto:\n{result}");
    assert_eq!(formatted(&result), result, "something is left to change, from:\n{source}\nto:\n{result}");
    tidy(&result);
    result
}

/// The tree without places. Empty brackets, and the blanks within `list of` and other words, say nothing.
fn shape(source: &str) -> Vec<String> {
    fn walk(node: Node<'_, '_>, depth: usize, shape: &mut Vec<String>) {
        let text = match (node.kind(), node.children().next()) {
            (Kind::Body | Kind::Actions, None) => return,
            (Kind::File | Kind::List | Kind::Map | Kind::ListOf | Kind::MapOf, _) | (_, Some(_)) => "",
            (Kind::Params | Kind::Args | Kind::Returns | Kind::Case, None) => "",
            _ => node.text().trim_end(),
        };
        let is_words =
            matches!(node.kind(), Kind::Operator | Kind::AcrossFleet | Kind::OnNode | Kind::Least | Kind::Most);
        let words = || text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = if is_words { words() } else { text.to_owned() };
        shape.push(format!("{depth} {:?} {text}", node.kind()));
        node.children().for_each(|it| walk(it, depth + 1, shape));
    }
    let parsed = parse(source);
    assert!(parsed.errors.is_empty(), "{:?} in:\n{source}", parsed.errors);
    let mut shape = Vec::new();
    walk(parsed.tree.root(), 0, &mut shape);
    shape
}

fn comments(source: &str) -> Vec<String> {
    let tree = parse(source).tree;
    tree.comments().iter().map(|it| source[it.range()].trim_end().to_owned()).collect()
}

/// No blanks at the end of a line, no line breaks but `\n`, at most one empty line, none at the ends of a block.
#[track_caller]
fn tidy(result: &str) {
    let bad = [" \n", "\r\n", "\n\n\n", "{\n\n", "\n\n}"].into_iter().find(|it| result.contains(it));
    assert_eq!(bad, None, "in:\n{result}");
    assert!(result.is_empty() || result.ends_with('\n') && !result.ends_with("\n\n"), "{result}");
}

/// Every source of this repository that has no mistakes in its syntax.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<_> = ["compiler", "examples", "grammar", "stdlib", "tests"].map(|it| root.join(it)).into();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "machine") {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                found.push((path, text));
            }
        }
    }
    found.retain(|it| parse(&it.1).errors.is_empty());
    found.sort();
    assert!(found.len() >= 10, "{found:?}");
    found
}

#[test]
fn all_sources_of_this_repository() {
    for (path, source) in sources() {
        println!("{}", path.display());
        check(&source);
        check(&source.replace('\n', "\r\n"));
    }
}

#[test]
fn the_lines_of_the_author_do_not_matter() {
    let mut seeds = Random(0x00F0_7A12);
    let mut compared = 0;
    for _ in 0..200 {
        let seed = seeds.below(usize::MAX) as u64;
        let form = formatted(&program(seed, usize::MAX));
        // Comments and empty lines are the author's; without them, nothing is.
        if !form.contains("// kept as it is") {
            println!("seed {seed:#x}");
            let lines = form.lines().filter(|it| !it.is_empty() && !it.trim_start().starts_with("///"));
            let lines: Vec<_> = lines.collect();
            assert_eq!(formatted(&joined(&lines)), formatted(&lines.join("\n\t")));
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

/// All on one line, except that a state without braces ends its line, and a line of a test is one.
fn joined(lines: &[&str]) -> String {
    let mut in_test = false;
    let mut ends = |line: &str| {
        in_test = line.starts_with("test ") || in_test && line != "}";
        in_test || line.contains("state ") && !line.ends_with('{')
    };
    lines.iter().map(|it| format!("{it}{}", if ends(it) { "\n" } else { " " })).collect()
}

/// Names and sections of all tables, without the places of calculations, which move with their lines.
fn tables(text: &str) -> Vec<(String, Vec<Vec<u8>>)> {
    let mut sources = SourceMap::default();
    sources.add("m.machine", text);
    let sections = |bytes: &[u8]| {
        let table = Table::verify(bytes).unwrap();
        let kept = table.sections().filter(|it| it.0.name() != "positions");
        kept.map(|(_, at, length)| bytes[at..at + length].to_vec()).collect()
    };
    let machines = compile(&sources, Options::default()).machines;
    machines.into_iter().map(|it| (it.name, sections(&it.table))).collect()
}

#[test]
fn tables_are_the_same_to_the_byte() {
    for (path, source) in sources() {
        println!("{}", path.display());
        assert_eq!(tables(&source), tables(&formatted(&source)));
    }
}

#[test]
fn a_comment_between_any_two_tokens() {
    const COMMENTS: [&str; 4] =
        [" // here\n", "\n// here\n", "\n\n  // here\n\n// and here\n", "// here\r\n// and here\r\n"];
    let of_one = |path: &Path, source: &str| {
        let ends = ends_of_tokens(source);
        let places: Vec<usize> = ends.into_iter().filter(|at| accepts(&with(source, &[*at], "\n// here\n"))).collect();
        println!("{}: {} places", path.display(), places.len());
        for (at, comment) in places.iter().zip(COMMENTS.iter().cycle()) {
            check(&with(source, &[*at], comment));
        }
        for comment in COMMENTS {
            check(&with(source, &places, comment));
        }
    };
    // It is the longest test by far, so it takes every core that it can get.
    let sources = Mutex::new(sources().into_iter());
    let next = || sources.lock().unwrap().next();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((path, source)) = next() {
                    of_one(&path, &source);
                }
            });
        }
    });
}

/// Whether the syntax allows it.
fn accepts(source: &str) -> bool {
    parse(source).errors.is_empty()
}

/// The source with a comment at these places, each with a number of its own.
fn with(source: &str, places: &[usize], comment: &str) -> String {
    let mut out = String::with_capacity(source.len() + places.len() * comment.len());
    let mut from = 0;
    for (number, at) in places.iter().enumerate() {
        out.push_str(&source[from..*at]);
        out.push_str(&comment.replace("here", &format!("here {number}")));
        from = *at;
    }
    out + &source[from..]
}

/// Where tokens end, and the start of the source. Comments are none.
fn ends_of_tokens(source: &str) -> Vec<usize> {
    let mut ends = vec![0];
    let mut at = 0;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        let word = |it: char| it.is_alphanumeric() || it == '_';
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '"' | '`' => rest[1..].find(first).map_or(rest.len(), |it| it + 2),
            '-' if rest.starts_with("->") => 2,
            it if word(it) => rest.find(|it| !word(it)).unwrap_or(rest.len()),
            it => it.len_utf8(),
        };
        at += length;
        // Straight behind a `/`, a comment would be a doc comment.
        if first != '/' && !first.is_whitespace() {
            ends.push(at);
        }
    }
    ends
}

#[test]
fn generated_programs() {
    let mut seeds = Random(0x00F0_7A11);
    for _ in 0..150 {
        let seed = seeds.below(usize::MAX) as u64;
        for calm in [2, 12, usize::MAX] {
            println!("seed {seed:#x}, calm {calm}");
            check(&program(seed, calm));
        }
    }
}

#[test]
fn the_time_is_linear_in_the_source() {
    let lines = |count: usize| {
        let line = "on a.ok, b.ok -> c // d\nrun e = exec(\"f\", [1, { G: 2 }], h: [3], \"a long argument\", \"another one\")\n";
        format!("machine m 1.0.0 {{\n{}}}\n", line.repeat(count))
    };
    let one_line = |count: usize| {
        let list = "[1, 2, 3], ".repeat(count);
        format!("machine m 1.0.0 {{ run e = exec({list}) // c\n on {} e.ok stay }}\n", "e.failed, ".repeat(count))
    };
    for source in [lines as fn(usize) -> String, one_line] {
        let time = |count: usize| {
            let source = source(count);
            (0..3)
                .map(|_| {
                    let start = Instant::now();
                    formatted(&source);
                    start.elapsed()
                })
                .min()
                .unwrap()
        };
        let (small, large) = (time(400), time(3_200));
        // Linear is 8; quadratic would be 64.
        assert!(large < small * 24, "{small:?} for 1, {large:?} for 8");
    }
}
