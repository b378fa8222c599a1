//! `machinec events`: what machines may tell, and the schemas of that.

use super::Verdict;
use crate::args::{Color, Events};
use crate::error::Error;
use crate::events::{Catalogue, asyncapi, json_schema, kinds, named, text};
use crate::output;
use crate::report::Report;
use crate::sources::Loaded;
use machine_compiler::Options;
use machine_core::Table;
use serde_json::Value;

pub(super) fn run(it: &Events, color: Color) -> Result<Verdict, Error> {
    if it.files.is_empty() {
        output::print(&shown(it, &[])?)?;
        return Ok(Verdict::Fine);
    }
    let loaded = Loaded::with_used(&it.files);
    let mut report = Report::new(&it.reporting, color);
    report.files(&loaded)?;
    let compiled = machine_compiler::compile(&loaded.sources, Options::default());
    report.diagnostics(&loaded.sources, &compiled.diagnostics)?;
    if report.has_errors() {
        report.close("");
        return Ok(Verdict::Mistakes);
    }
    let tables = compiled.machines.iter().filter_map(|it| Table::verify(&it.table).ok());
    let catalogues: Vec<_> = tables.map(|it| Catalogue::of(&it)).collect();
    output::print(&shown(it, &catalogues)?)?;
    if catalogues.is_empty() {
        report.close("there is no machine here");
    }
    Ok(Verdict::Fine)
}

fn shown(it: &Events, catalogues: &[Catalogue]) -> Result<String, Error> {
    if let Some(name) = &it.schema {
        let schema = named(catalogues, name);
        return schema.map(pretty).ok_or_else(|| Error::Schema { name: name.clone() });
    }
    Ok(match (it.json_schema, it.asyncapi) {
        (true, _) => pretty(json_schema(catalogues)),
        (_, true) => pretty(asyncapi(catalogues)),
        _ if it.files.is_empty() => kinds(),
        _ => text(catalogues),
    })
}

fn pretty(value: Value) -> String {
    format!("{value:#}\n")
}
