//! Catalogues for people.

use super::{Catalogue, Told};
use machine_host::event::schema;
use std::fmt::Write;

/// A machine after the other, its events below each other.
pub(crate) fn text(catalogues: &[Catalogue]) -> String {
    catalogues.iter().map(of_machine).collect::<Vec<_>>().join("\n")
}

fn of_machine(catalogue: &Catalogue) -> String {
    let width = catalogue.events.iter().map(|it| it.name.chars().count()).max().unwrap_or(0);
    let (general, special): (Vec<_>, Vec<_>) = catalogue.events.iter().partition(|it| it.is_general);
    let mut text = format!("{} {}\n", catalogue.machine, catalogue.version);
    for told in special {
        let _ = writeln!(text, "\n  {:width$}  {}", told.name, told.ty);
        for line in lines(told) {
            let _ = writeln!(text, "  {:width$}    {line}", "");
        }
    }
    text.push_str("\n  as every machine\n");
    for told in general {
        let _ = writeln!(text, "  {:width$}  {}", told.name, told.ty);
    }
    text
}

fn lines(told: &Told) -> Vec<String> {
    let about = told.about.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
    let carries = told.carries.split(" · ").filter(|it| !it.is_empty()).map(str::to_owned);
    about.chain(carries).collect()
}

/// Every type of event that the runtime has.
pub(crate) fn kinds() -> String {
    let types = schema::catalogue();
    let width = types.iter().map(|it| it.ty.len()).max().unwrap_or(0);
    types.iter().map(|it| format!("{:width$}  {}\n", it.ty, it.about)).collect()
}
