//! `machinec completions`: from the same definitions as the parser.

use super::Verdict;
use crate::args::{Arguments, Completions};
use crate::error::Error;
use crate::output;
use clap::CommandFactory;

pub(super) fn run(it: &Completions) -> Result<Verdict, Error> {
    let mut script = Vec::new();
    clap_complete::generate(it.shell, &mut Arguments::command(), "machinec", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Verdict::Fine)
}
