//! Documented below.
fn main() {}
