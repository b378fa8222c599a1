//! Tables of expressions and what they are: `7 / 2 = 3`.

/// Calculates each line of a block and returns it with what really comes out.
pub(super) fn check(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}
