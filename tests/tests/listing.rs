//! Conditions and actions as a table tells them are a source of the same code: of the manual, of the examples, and of
//! generated machines.
#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use machine_compiler::diagnostic::{Diagnostic, Diagnostics};
use machine_compiler::source::SourceMap;
use machine_compiler::{check, lower, model, table};
use machine_core::definition::{Definition, Position};
use machine_core::table::{Listing, Section, Transition};
use machine_core::{EventId, Table};
use machine_tests::compare::Random;
use machine_tests::compare::generate::generate;
use std::fs;
use std::path::Path;

/// The table of a source, whatever can be said against conditions that always or never hold.
fn compiled(source: &str) -> Vec<u8> {
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source);
    let mut sink = Diagnostics::default();
    let ast = lower::lower(file, source, &mut sink);
    let machine = check::machine(file, &ast.machines[0], &check::Setting::alone(&[]), &mut sink);
    let place = |it: &Diagnostic| format!("{}: {}", it.headline, &source[it.labels[0].span.range()]);
    assert_eq!(sink.sorted().iter().map(place).collect::<Vec<_>>(), [""; 0], "{source}");
    table::flatten(&machine.unwrap(), &sources, file).encode().unwrap()
}

/// Every way of a table to react to an event.
fn ways<'t>(table: &Table<'t>) -> Vec<(EventId, Transition)> {
    let all = table.leaves().flat_map(|leaf| table.transitions(leaf).collect::<Vec<_>>());
    all.flat_map(|(event, first)| table.ways(first).map(move |it| (event, it))).collect()
}

/// The parts of a table that must be the same; where calculations stand in the source is another matter.
fn code(bytes: &[u8]) -> Vec<u8> {
    let table = Table::verify(bytes).unwrap();
    let section = |wanted: &str| {
        let found = table.sections().find(|it: &(Section, usize, usize)| it.0.name() == wanted);
        found.map_or_else(Vec::new, |(_, at, length)| bytes[at..at + length].to_vec())
    };
    ["code", "plans", "arguments", "blocks", "whens", "declarations"].map(section).concat()
}

/// A source with its conditions and actions replaced by what its table tells; `None` if it is no single machine.
fn told_back(source: &str) -> Option<(Vec<u8>, String)> {
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source);
    let mut sink = Diagnostics::default();
    let ast = lower::lower(file, source, &mut sink);
    let [only] = ast.machines.as_slice() else { return None };
    let machine = check::machine(file, only, &check::Setting::alone(&[]), &mut sink)?;
    let definition = table::flatten(&machine, &sources, file);
    if !sink.sorted().is_empty() {
        return None;
    }
    let bytes = definition.encode().ok()?;
    let mut places = places(source, &machine, &definition, &Table::verify(&bytes).unwrap());
    places.sort();
    places.dedup_by_key(|it| it.0);
    let mut told = source.to_owned();
    for (start, end, text) in places.into_iter().rev() {
        told.replace_range(start..end, &text);
    }
    Some((bytes, told))
}

/// Begin and end of every condition and every row of actions, and what the table says there.
fn places(
    source: &str,
    machine: &model::Machine,
    definition: &Definition,
    table: &Table<'_>,
) -> Vec<(usize, usize, String)> {
    let listing = Listing::new(*table);
    let mut places = Vec::new();
    let at = |it: Position| offset(source, it);
    for (event, way) in ways(table) {
        let (flat, plan) = (&definition.plans[way.plan.index()], table.plan(way.plan));
        let named = |code, binding: &str| listing.code(code, Some(event)).lines.join("  ").replace("it.", binding);
        if let (Some(index), Some(code)) = (flat.guard, plan.guard) {
            let start = at(definition.guards[usize::from(index)].position);
            let guards = machine.handlers.iter().filter_map(|it| it.guard.as_deref());
            let guard = guards.into_iter().find(|it| it.span.range().start == start).unwrap();
            places.push((start, guard.span.range().end, named(code, &binding(&format!("{guard:?}")))));
        }
        if let (Some(index), Some(code)) = (flat.actions, plan.actions) {
            let start = at(definition.blocks[usize::from(index)][0].position);
            let mut all = machine.handlers.iter().map(|it| &it.actions);
            let actions = all.find(|it| it.first().is_some_and(|it| it.span.range().start == start)).unwrap();
            let end = actions.last().unwrap().span.range().end;
            places.push((start, end, named(code, &binding(&format!("{actions:?}")))));
        }
    }
    places
}

/// What a source calls that which the event carries.
fn binding(shown: &str) -> String {
    let name = shown.split_once("Field(\"").and_then(|it| it.1.split_once('"')).map_or("it", |it| it.0);
    format!("{name}.")
}

fn offset(source: &str, position: Position) -> usize {
    let before: usize = source.split_inclusive('\n').take(position.line as usize - 1).map(str::len).sum();
    let line = &source[before..];
    before + line.char_indices().nth(usize::from(position.column) - 1).map_or(0, |it| it.0)
}

/// The whole files of the manual's pages.
fn blocks(page: &str) -> Vec<String> {
    let mut blocks = page.split("\n```machine\n");
    blocks.next();
    blocks.filter_map(|it| it.split_once("\n```")).map(|it| it.0.to_owned()).collect()
}

#[test]
fn the_code_of_the_manual_and_the_examples_comes_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |it: &Path| fs::read_to_string(it).unwrap();
    let mut sources = Vec::new();
    for page in fs::read_dir(root.join("tests/spec")).unwrap() {
        sources.extend(blocks(&read(&page.unwrap().path())));
    }
    for name in ["hvac/hvac", "cron/cron", "nested/rollout", "container_manager/container_manager"] {
        sources.push(read(&root.join("examples").join(format!("{name}.machine"))));
    }
    let mut changed = 0;
    for source in &sources {
        let Some((bytes, told)) = told_back(source) else { continue };
        changed += usize::from(told.contains(" when ") || told.contains(" = "));
        assert_eq!(code(&bytes), code(&compiled(&told)), "\n{told}");
    }
    assert!(changed > 30, "{changed}");
}

/// A generated machine without states, other machines and kinds: what it declares, and how it answers its own events.
fn bare(source: &str) -> String {
    let lines = || source.lines().map(str::trim);
    let is_declaration =
        |it: &&str| ["data ", "fact ", "event sent", "event to_"].iter().any(|word| it.starts_with(word));
    let mut declared: Vec<_> = lines().filter(|it| is_declaration(it) && !it.starts_with("event foreign")).collect();
    declared.dedup();
    let answers = lines().filter(|it| it.starts_with("on sent")).filter_map(|it| {
        let (event, rest) = it.split_once(" -> ").or_else(|| it.split_once(" stay"))?;
        let actions = rest.find('{').map_or("", |at| &rest[at..]);
        (!actions.contains("poll") && (actions.is_empty() || actions.ends_with('}')))
            .then(|| format!("{event} stay {actions}"))
    });
    let answers: Vec<_> = answers.collect();
    let states = "initial state a { after 1m -> b }\nstate b { after 1m -> a }";
    format!(
        "machine generated 1.0.0 {{\n{}\n{}\non fault stay\n{states}\n}}\n",
        declared.join("\n"),
        answers.join("\n")
    )
}

#[test]
fn the_code_of_generated_machines_comes_back() {
    let mut calculations = 0;
    for seed in 0..2_000 {
        let source = bare(&generate(Random::new(seed)));
        let Some((bytes, told)) = told_back(&source) else { continue };
        calculations += told.matches(" when ").count() + told.matches(" = ").count();
        assert_eq!(code(&bytes), code(&compiled(&told)), "{seed}\n{source}\n{told}");
    }
    assert!(calculations > 3_000, "{calculations}");
}
