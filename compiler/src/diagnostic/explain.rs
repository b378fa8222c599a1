//! The page of each code: what it means, an example that fails with it, and the same example put right.

use super::code::{self, Code};

/// The page of `code`, in Markdown; it ends with a line break.
///
/// It holds an example under `## This fails` and one under `## This compiles`, or a line that begins with
/// `(no example:` and says why there is none.
#[must_use]
pub fn page(code: Code) -> &'static str {
    let at = code::ALL.iter().position(|it| *it == code);
    at.and_then(|it| code::PAGES.get(it)).copied().unwrap_or("")
}
