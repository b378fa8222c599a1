//! `machinec man`: from the same definitions as the parser.

use super::Verdict;
use crate::args::{Arguments, Man};
use crate::error::Error;
use crate::output;
use clap::CommandFactory;
use std::fs;
use std::path::Path;

pub(super) fn run(it: &Man) -> Result<Verdict, Error> {
    match &it.output {
        Some(folder) => write_all(folder)?,
        None => output::print(&page()?)?,
    }
    Ok(Verdict::Fine)
}

fn page() -> Result<String, Error> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page).map_err(|source| Error::Output { source })?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn write_all(folder: &Path) -> Result<(), Error> {
    let failed = |it| Error::write(folder, it);
    fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Arguments::command(), folder).map_err(failed)
}
