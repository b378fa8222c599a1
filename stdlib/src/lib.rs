//! Documented below.
