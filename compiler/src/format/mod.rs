//! The one canonical form of a source: [`format`](format()) changes blanks and line breaks, never the program.
//!
//! The syntax tree is walked once and becomes a stream of pieces: words, and the places where a line may or must end
//! (`declaration` and what it calls). `layout` decides which of these places do end a line, `align` puts what belongs
//! below each other into columns. Comments are no nodes of the tree: `comment` hands each over before the token that
//! follows it, so that none can be lost and none can change places with another.
//!
//! All of it takes time and space linear in the source.

mod action;
mod align;
mod comment;
mod data;
mod declaration;
mod expect;
mod expression;
mod kind;
mod layout;
mod measure;
mod modifier;
mod piece;
mod promise;
mod test;
mod value;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::lower::lower;
use crate::source::FileId;
use machine_grammar::{Tree, parse};

/// How many columns a line may have before the lists on it are broken, an item a line. Comments do not count.
pub const MAX_WIDTH: usize = 100;

/// How many blanks a level of indentation has.
pub const INDENT: usize = 4;

/// The canonical form of a source, with `\n` behind each line. It depends on the program, its comments and the empty
/// lines between declarations, and on nothing else; formatting it once more changes nothing. `docs/fmt.md` has the rules.
///
/// # Errors
///
/// All mistakes in the syntax (`E01xx`), for then nobody knows what was meant. A source without any machine is not one
/// of them: its comments can be formatted. What is wrong beyond the syntax does not matter here.
pub fn format(file: FileId, source: &str) -> Result<String, Vec<Diagnostic>> {
    let mut sink = Diagnostics::default();
    lower(file, source, &mut sink);
    let mistakes: Vec<_> = sink.sorted().into_iter().filter(|it| it.code != Code::NO_MACHINE).collect();
    if mistakes.is_empty() { Ok(canonical(&parse(source).tree)) } else { Err(mistakes) }
}

/// The text of a tree that has no bad nodes.
fn canonical(tree: &Tree<'_>) -> String {
    let pieces = declaration::pieces(tree);
    let mut lines = layout::lines(&pieces);
    align::responses(&mut lines);
    align::text(&lines)
}
