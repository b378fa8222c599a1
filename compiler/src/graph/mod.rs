//! Pictures of machines: [`svg`](svg()) needs no tool to be seen, [`dot`](dot()) and [`mermaid`](mermaid()) are drawn by others.
//!
//! A picture shows what stands in the source: nested boxes for states, arrows for the handlers that lead somewhere, lines in
//! the boxes for watchers and for what is answered by staying. It is made from the tree and never from the checked model,
//! so that a machine with mistakes can be looked at; what a handler leads to and is not there is drawn with a question mark.
//!
//! | stage | module | takes | gives |
//! | --- | --- | --- | --- |
//! | what is drawn | `collect`, `words` | the tree | [`Chart`] |
//! | what is drawn in | [`marks`] | [`Chart`], a path or [`coverage`] | [`Marks`] |
//! | where it is drawn | `layout` | [`Chart`] | boxes, lines and labels with their places |
//! | how it is written | `svg`, `dot`, `mermaid` | these | text |
//!
//! ```
//! use machine_compiler::{graph, source::SourceMap};
//!
//! let mut sources = SourceMap::default();
//! sources.add("lamp.machine", "machine lamp 1.0.0 { initial state dark { after 1m -> lit } state lit }");
//! let charts = graph::charts(&sources);
//! let picture = graph::svg(&charts[0], &graph::Marks::default());
//! assert!(picture.starts_with("<svg"));
//! ```

pub mod chart;
mod collect;
pub mod coverage;
mod dot;
pub mod layout;
pub mod marks;
mod mermaid;
mod svg;
mod way;
mod words;

pub use chart::Chart;
pub use dot::dot;
pub use marks::Marks;
pub use mermaid::mermaid;
pub use svg::svg;

use crate::ast::{File, Instance, UseSource};
use crate::diagnostic::Diagnostics;
use crate::lower::lower;
use crate::source::{FileId, Link, SourceMap};

/// What is drawn of the machines of all sources that are not only used by others: each machine and template, and each
/// instance of a template that stands in another source.
#[must_use]
pub fn charts(sources: &SourceMap) -> Vec<Chart> {
    all_charts(sources).into_iter().filter(|it| !it.1).map(|it| it.0).collect()
}

/// What is drawn of the machine or instance of this name.
#[must_use]
pub fn chart(sources: &SourceMap, name: &str) -> Option<Chart> {
    all_charts(sources).into_iter().map(|it| it.0).find(|it| it.name == name)
}

/// The names of all that can be drawn.
#[must_use]
pub fn names(sources: &SourceMap) -> Vec<String> {
    all_charts(sources).into_iter().map(|it| it.0.name).collect()
}

/// All that can be drawn, and whether it looks like another one.
fn all_charts(sources: &SourceMap) -> Vec<(Chart, bool)> {
    let mut charts = Vec::new();
    for (id, source) in sources.iter().filter(|it| !it.1.only_used) {
        let file = lower(id, &source.text, &mut Diagnostics::default());
        charts.extend(file.machines.iter().map(|it| (collect::chart(it, it.name.text, &source.text), false)));
        for it in &file.instances {
            let here = template(it).is_some_and(|name| file.machines.iter().any(|it| it.name.text == name));
            charts.extend(instance(sources, id, &file, it).map(|it| (it, here)));
        }
    }
    charts
}

fn template<'s>(it: &Instance<'s>) -> Option<&'s str> {
    it.call.as_ref().map(|it| it.name.text)
}

/// An instance is drawn as its template, wherever that stands.
fn instance(sources: &SourceMap, home: FileId, file: &File<'_>, it: &Instance<'_>) -> Option<Chart> {
    let wanted = template(it)?;
    let used = file.uses.iter().map(|used| match &used.source {
        UseSource::Standard(name) => SourceMap::standard(name),
        UseSource::File(path) => sources.used_by(home, path),
    });
    let places = used.filter_map(|it| if let Link::To(id) = it { Some(id) } else { None });
    std::iter::once(home).chain(places).find_map(|id| {
        let text = &sources.get(id).text;
        let file = lower(id, text, &mut Diagnostics::default());
        let found = file.machines.iter().find(|it| it.name.text == wanted)?;
        Some(collect::chart(found, it.name.text, text))
    })
}
