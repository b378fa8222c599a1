//! SARIF as its readers need it: what the standard requires, and places that lead back to the right text.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_compiler::diagnostic::render::{self, Form, Style};
use machine_compiler::diagnostic::{Diagnostic, code, explain};
use machine_compiler::repair::repair;
use machine_compiler::source::SourceMap;
use serde_json::Value;
use std::collections::BTreeSet;

fn document(sources: &SourceMap, diagnostics: &[Diagnostic]) -> Value {
    let text = render::to_string(Form::Sarif, sources, diagnostics, Style::PLAIN);
    assert!(text.ends_with("}\n"));
    serde_json::from_str(&text).expect("JSON")
}

/// Every page's failing example, each as a file of its own with a name that needs care in a URI.
fn examples() -> SourceMap {
    let mut sources = SourceMap::default();
    for code in code::ALL {
        if let [example] = explain::parts(*code).fails[..] {
            sources.add(format!("a b/{code}:ü%.machine"), example.text.replace('\n', "\r\n"));
        }
    }
    sources
}

#[track_caller]
fn text(value: &Value) -> &str {
    let text = value.as_str().expect("a text");
    assert!(!text.is_empty());
    text
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn number(value: &Value) -> usize {
    let number = value.as_u64().and_then(|it| usize::try_from(it).ok()).expect("a number");
    assert!(number >= 1, "lines and columns count from 1");
    number
}

/// What the standard requires of the outermost object; the run.
fn run(document: &Value) -> &Value {
    assert_eq!(document["version"], "2.1.0");
    assert!(text(&document["$schema"]).ends_with("sarif-2.1.0.json"));
    let [run] = list(&document["runs"]) else { panic!("one run") };
    assert_eq!(text(&run["tool"]["driver"]["name"]), "machinec");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    run
}

fn check_rules(rules: &[Value]) {
    let ids: BTreeSet<_> = rules.iter().map(|it| text(&it["id"])).collect();
    assert_eq!(ids.len(), rules.len(), "each once");
    for rule in rules {
        text(&rule["name"]);
        text(&rule["shortDescription"]["text"]);
        text(&rule["fullDescription"]["text"]);
        assert!(text(&rule["help"]["markdown"]).contains(text(&rule["id"])));
        assert!(["error", "warning"].contains(&text(&rule["defaultConfiguration"]["level"])));
    }
}

fn check_result(result: &Value, rules: &[Value]) {
    let rule = result["ruleIndex"].as_u64().and_then(|it| rules.get(usize::try_from(it).ok()?)).expect("its rule");
    assert_eq!(result["ruleId"], rule["id"]);
    assert_eq!(result["level"], rule["defaultConfiguration"]["level"]);
    text(&result["message"]["text"]);
    assert_eq!(list(&result["locations"]).len(), 1);
    for location in list(&result["locations"]).iter().chain(list(&result["relatedLocations"])) {
        check_uri(&location["physicalLocation"]["artifactLocation"]);
        check_region(&location["physicalLocation"]["region"]);
        assert!(location.get("message").is_none_or(|it| it["text"].is_string()));
    }
    for fix in list(&result["fixes"]) {
        text(&fix["description"]["text"]);
        assert!(fix["properties"]["certain"].is_boolean());
        let [change] = list(&fix["artifactChanges"]) else { panic!("one file") };
        let [replacement] = list(&change["replacements"]) else { panic!("one edit") };
        check_uri(&change["artifactLocation"]);
        check_region(&replacement["deletedRegion"]);
        assert!(replacement["insertedContent"]["text"].is_string());
    }
}

fn check_uri(artifact: &Value) {
    let allowed = |it: char| it.is_ascii_alphanumeric() || "-._~/%".contains(it);
    let uri = text(&artifact["uri"]);
    assert!(uri.strip_prefix("file://").unwrap_or(uri).chars().all(allowed), "{uri}");
}

fn check_region(region: &Value) {
    let start = (number(&region["startLine"]), number(&region["startColumn"]));
    let end = (number(&region["endLine"]), number(&region["endColumn"]));
    assert!(start <= end, "{region}");
}

#[test]
fn every_code_makes_a_document_that_the_standard_allows() {
    let sources = examples();
    let document = document(&sources, &machine_compiler::check(&sources));
    let run = run(&document);
    let rules = list(&run["tool"]["driver"]["rules"]);
    check_rules(rules);
    let results = list(&run["results"]);
    assert!(results.len() >= rules.len());
    results.iter().for_each(|it| check_result(it, rules));
}

#[test]
fn nothing_wrong_is_a_document_without_results() {
    let document = document(&SourceMap::default(), &[]);
    assert!(list(&run(&document)["results"]).is_empty());
}

/// A reader that makes the edits of a document by line and column, as an editor would.
fn edited(source: &str, document: &Value) -> String {
    let lines: Vec<_> = source.split_inclusive('\n').collect();
    let offset = |line: &Value, column: &Value| {
        let (line, column) = (number(line) - 1, number(column) - 1);
        let before: usize = lines[..line].iter().map(|it| it.len()).sum();
        let within: usize = lines[line].chars().take(column).map(char::len_utf8).sum();
        before + within
    };
    let mut text = source.to_owned();
    for result in list(&run(document)["results"]).iter().rev() {
        for fix in list(&result["fixes"]) {
            let replacement = &fix["artifactChanges"][0]["replacements"][0];
            let region = &replacement["deletedRegion"];
            let start = offset(&region["startLine"], &region["startColumn"]);
            let end = offset(&region["endLine"], &region["endColumn"]);
            text.replace_range(start..end, replacement["insertedContent"]["text"].as_str().expect("a text"));
        }
    }
    text
}

#[test]
fn an_editor_that_follows_the_document_makes_the_same_edits() {
    let source = "machine lamp 1.0.0 {
    initial state dark {
        watch `ü` = file('漢') on `ü`.missing stay after 1m => shinin // ü
    }
    final state shining
}
";
    let mut sources = SourceMap::default();
    sources.add("lamp.machine", source);
    let once = edited(source, &document(&sources, &machine_compiler::check(&sources)));
    let repaired = repair(&sources);
    assert!(repaired.left.is_empty(), "{:?}", repaired.left);
    assert_eq!(repaired.sources.iter().next().map(|it| it.1.text.clone()), Some(once));
}

#[test]
fn places_of_files_are_references_that_a_browser_understands() {
    for (name, uri) in [
        ("lamp.machine", "lamp.machine"),
        ("/srv/a b/lamp.machine", "file:///srv/a%20b/lamp.machine"),
        ("../c:d/ü.machine", "../c%3Ad/%C3%BC.machine"),
        ("<stdin>", "%3Cstdin%3E"),
    ] {
        let mut sources = SourceMap::default();
        sources.add(name, "");
        let document = document(&sources, &machine_compiler::check(&sources));
        let location = &run(&document)["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], uri);
    }
}
