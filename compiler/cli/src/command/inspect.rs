//! `machinec inspect`: all that is in a table.

use super::Verdict;
use crate::args::Inspect;
use crate::error::{self, Error};
use crate::inspect::Listing;
use crate::output;
use machine_core::{Table, limits};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub(super) fn run(it: &Inspect) -> Result<Verdict, Error> {
    let bytes = read(&it.table).map_err(|source| Error::read(&it.table, source))?;
    let path = error::shown(&it.table);
    let table = Table::verify(&bytes).map_err(|source| match is_source(&it.table, &bytes) {
        true => Error::NoTable { path },
        false => Error::Table { path, source },
    })?;
    let listing = Listing::new(&table);
    output::print(&if it.json { listing.json() } else { listing.to_string() })?;
    Ok(Verdict::Fine)
}

/// One byte more than the largest table at most: what is larger is refused by its length.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limits::TABLE_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether somebody meant the table that is made of this file.
fn is_source(path: &Path, bytes: &[u8]) -> bool {
    path.extension().is_some_and(|it| it == "machine") && std::str::from_utf8(bytes).is_ok()
}
