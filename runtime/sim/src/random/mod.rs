//! Runs that nobody wrote.
