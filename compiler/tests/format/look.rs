//! How the canonical form looks.
