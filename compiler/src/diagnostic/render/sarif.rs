//! SARIF 2.1.0, the format in which code hosts and review tools take what an analyser found: one document, one run.
//!
//! Field by field as the standard of OASIS names them. Rules are the codes that occur, described by their pages.

use super::json::harmless;
use crate::diagnostic::{Code, Diagnostic, Fix, Label, Severity, explain};
use crate::source::{FileId, SourceMap};
use machine_grammar::Span;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What may stand in a path of a URI as it is; a `:` may not, as it could make the first name look like a scheme.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The document and a line break.
pub(super) fn document(lots: &[(&SourceMap, &[Diagnostic])]) -> String {
    let mut rules: Vec<Code> = lots.iter().flat_map(|it| it.1).map(|it| it.code).collect();
    rules.sort_unstable();
    rules.dedup();
    let results = lots.iter().flat_map(|(sources, all)| all.iter().map(|it| result(sources, &rules, it)));
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver(&rules) },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    });
    // Texts inside JSON hold no bare line break, so all that there are belong to the layout.
    format!("{document:#}").lines().map(|it| harmless(it) + "\n").collect()
}

fn driver(rules: &[Code]) -> Value {
    json!({
        "name": "machinec",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.iter().map(|it| rule(*it)).collect::<Vec<_>>(),
    })
}

fn rule(code: Code) -> Value {
    let parts = explain::parts(code);
    let page = explain::page(code);
    json!({
        "id": code.number,
        "name": code.phrase,
        "shortDescription": { "text": parts.title },
        "fullDescription": { "text": parts.about.trim_end() },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result(sources: &SourceMap, rules: &[Code], diagnostic: &Diagnostic) -> Value {
    let (primary, related): (Vec<_>, Vec<_>) = diagnostic.labels.iter().partition(|it| it.primary);
    json!({
        "ruleId": diagnostic.code.number,
        "ruleIndex": rules.iter().position(|it| *it == diagnostic.code),
        "level": level(diagnostic.severity()),
        "message": { "text": message(diagnostic) },
        "locations": primary.into_iter().map(|it| location(sources, it)).collect::<Vec<_>>(),
        "relatedLocations": related.into_iter().map(|it| location(sources, it)).collect::<Vec<_>>(),
        "fixes": diagnostic.fix.iter().map(|it| fix(sources, diagnostic, it)).collect::<Vec<_>>(),
    })
}

/// The headline, then notes and help, each on a line of its own.
fn message(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.headline.clone();
    diagnostic.notes.iter().for_each(|it| text += &format!("\nnote: {it}"));
    diagnostic.help.iter().for_each(|it| text += &format!("\nhelp: {it}"));
    text
}

fn location(sources: &SourceMap, label: &Label) -> Value {
    let physical = json!({
        "artifactLocation": artifact(sources, label.file),
        "region": region(sources, label.file, label.span),
    });
    if label.text.is_empty() {
        return json!({ "physicalLocation": physical });
    }
    json!({ "physicalLocation": physical, "message": { "text": label.text } })
}

fn fix(sources: &SourceMap, diagnostic: &Diagnostic, fix: &Fix) -> Value {
    json!({
        "description": { "text": diagnostic.help.as_deref().unwrap_or(&diagnostic.headline) },
        "artifactChanges": [{
            "artifactLocation": artifact(sources, fix.file),
            "replacements": [{
                "deletedRegion": region(sources, fix.file, fix.span),
                "insertedContent": { "text": fix.text },
            }],
        }],
        "properties": { "certain": fix.certain },
    })
}

fn artifact(sources: &SourceMap, file: FileId) -> Value {
    let name = &sources.get(file).name;
    let scheme = if name.starts_with('/') { "file://" } else { "" };
    json!({ "uri": format!("{scheme}{}", utf8_percent_encode(name, PATH)) })
}

/// Lines and columns from 1; the end is the column behind the last character.
fn region(sources: &SourceMap, file: FileId, span: Span) -> Value {
    let (start_line, start_column) = sources.line_column(file, span);
    let (end_line, end_column) = sources.line_column(file, Span { start: span.end, end: span.end });
    json!({ "startLine": start_line, "startColumn": start_column, "endLine": end_line, "endColumn": end_column })
}
