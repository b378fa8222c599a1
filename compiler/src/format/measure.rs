//! How much room each group needs to stand on one line.

use super::piece::Piece;
use unicode_width::UnicodeWidthStr;

/// For each `Open` among the pieces: the columns from there to the first place behind the group where a line may end,
/// if the group stands on one line; `usize::MAX` if it cannot. 0 for all other pieces.
pub(super) fn needs(pieces: &[Piece<'_>]) -> Vec<usize> {
    let mut needs = vec![0; pieces.len()];
    let mut behind = Behind::default();
    let mut closed = Vec::new();
    for (piece, need) in pieces.iter().zip(&mut needs).rev() {
        match piece {
            Piece::Close => closed.push(behind),
            Piece::Open => *need = behind.need(closed.pop().unwrap_or_default()),
            _ => behind.add(piece),
        }
    }
    needs
}

/// What stands behind a place.
#[derive(Clone, Copy, Default)]
struct Behind {
    /// Columns of all that follows, were it on one line.
    width: usize,
    /// How many times a line has to end.
    ends: usize,
    /// Columns up to where a line may end.
    tail: usize,
}

impl Behind {
    fn add(&mut self, piece: &Piece<'_>) {
        let (flat, tail) = match piece {
            Piece::Word(text) => (text.width(), self.tail + text.width()),
            Piece::Space | Piece::Stop => (1, self.tail + 1),
            Piece::LastComma => (0, self.tail + 1),
            Piece::Break(blank) => (usize::from(*blank), 0),
            Piece::Newline | Piece::Blank | Piece::Comment(..) | Piece::Verbatim(_) => {
                self.ends += 1;
                (0, 0)
            }
            Piece::Open | Piece::Close | Piece::In | Piece::Out => (0, self.tail),
        };
        self.width += flat;
        self.tail = tail;
    }

    /// What a group needs that stands between here and `closed`.
    fn need(&self, closed: Self) -> usize {
        if self.ends > closed.ends { usize::MAX } else { self.width - closed.width + closed.tail }
    }
}
