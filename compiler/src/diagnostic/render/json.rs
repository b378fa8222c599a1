//! One JSON object a line, for programs; the order of the fields is part of the form.

use super::visible::is_hidden;
use crate::diagnostic::{Diagnostic, Fix, Label, Severity};
use crate::source::{FileId, SourceMap};
use machine_grammar::Span;
use serde::Serialize;

/// One object and a line break.
pub(super) fn text(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let object = Object::new(sources, diagnostic);
    // Strings, numbers and lists only: there is nothing that JSON could not express.
    let json = serde_json::to_string(&object).unwrap_or_default();
    harmless(&json) + "\n"
}

/// JSON lets most control and format characters stand as they are, but a terminal may be what reads it.
pub(super) fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for ch in json.chars() {
        if is_hidden(ch) {
            let mut units = [0; 2];
            out.extend(ch.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(ch);
        }
    }
    out
}

#[derive(Serialize)]
struct Object<'a> {
    code: &'a str,
    phrase: &'a str,
    severity: Severity,
    headline: &'a str,
    labels: Vec<LabelObject<'a>>,
    notes: &'a [String],
    help: Option<&'a str>,
    fix: Option<FixObject<'a>>,
    explain: String,
}

#[derive(Serialize)]
struct LabelObject<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    text: &'a str,
    primary: bool,
}

#[derive(Serialize)]
struct FixObject<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    text: &'a str,
    certain: bool,
}

/// `start` and `end` are byte offsets; lines and columns count from 1, columns in characters; the end is exclusive.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place<'a> {
    file: &'a str,
    start: u32,
    end: u32,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl<'a> Object<'a> {
    fn new(sources: &'a SourceMap, diagnostic: &'a Diagnostic) -> Self {
        let fix = diagnostic.fix.as_ref();
        Self {
            code: diagnostic.code.number,
            phrase: diagnostic.code.phrase,
            severity: diagnostic.severity(),
            headline: &diagnostic.headline,
            labels: diagnostic.labels.iter().map(|it| LabelObject::new(sources, it)).collect(),
            notes: &diagnostic.notes,
            help: diagnostic.help.as_deref(),
            fix: fix.map(|it| FixObject::new(sources, it)),
            explain: format!("machinec explain {}", diagnostic.code),
        }
    }
}

impl<'a> LabelObject<'a> {
    fn new(sources: &'a SourceMap, label: &'a Label) -> Self {
        Self { place: Place::new(sources, label.file, label.span), text: &label.text, primary: label.primary }
    }
}

impl<'a> FixObject<'a> {
    fn new(sources: &'a SourceMap, fix: &'a Fix) -> Self {
        Self { place: Place::new(sources, fix.file, fix.span), text: &fix.text, certain: fix.certain }
    }
}

impl<'a> Place<'a> {
    fn new(sources: &'a SourceMap, file: FileId, span: Span) -> Self {
        let (line, column) = sources.line_column(file, span);
        let (end_line, end_column) = sources.line_column(file, Span { start: span.end, end: span.end });
        let file = &sources.get(file).name;
        Self { file, start: span.start, end: span.end, line, column, end_line, end_column }
    }
}
