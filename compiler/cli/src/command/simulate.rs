//! Stub.
use super::Verdict;
use crate::args::{Color, Simulate};
use crate::error::Error;
pub(super) fn run(_: &Simulate, _: Color) -> Result<Verdict, Error> {
    Ok(Verdict::Fine)
}
