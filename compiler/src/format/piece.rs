//! What a source is made of for the purpose of formatting: words, comments, and where lines may end.

use super::comment::{Comments, Place};
use machine_grammar::{Node, Span, Tree};

/// One step of the layout, in the order of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'s> {
    /// Text that stays together.
    Word(&'s str),
    /// Text over one or more lines that is kept as it is.
    Verbatim(&'s str),
    /// A blank, unless a line ends here.
    Space,
    /// The same before a handler's response, which is aligned with those of the lines around it.
    Stop,
    /// Ends the line if its group is broken; else a blank if the flag is set.
    Break(bool),
    /// The comma behind the last item of a list; written only if its group is broken.
    LastComma,
    /// Ends the line.
    Newline,
    /// Ends the line and leaves one empty.
    Blank,
    /// Begins a group: on one line if that has room for it, else broken at each of its breaks. Lines in it begin where
    /// the line begins on which it opens.
    Open,
    /// Ends a group.
    Close,
    /// From here on, lines begin one level further in.
    In,
    /// Takes the last `In` back.
    Out,
    /// A comment; ends its line.
    Comment(Place, &'s str),
}

/// Collects the pieces of a tree.
pub(super) struct Writer<'s> {
    pub(super) source: &'s str,
    pub(super) comments: Comments<'s>,
    pub(super) pieces: Vec<Piece<'s>>,
}

impl<'s> Writer<'s> {
    pub(super) fn new(tree: &Tree<'s>) -> Self {
        let room = tree.nodes().count() * 4;
        Self { source: tree.source(), comments: Comments::new(tree), pieces: Vec::with_capacity(room) }
    }

    pub(super) fn put(&mut self, piece: Piece<'s>) {
        self.pieces.push(piece);
    }

    pub(super) fn word(&mut self, text: &'s str) {
        self.put(Piece::Word(text));
    }

    /// A blank and a word.
    pub(super) fn then(&mut self, text: &'s str) {
        self.put(Piece::Space);
        self.word(text);
    }

    /// The text of a node, behind the comments before it.
    pub(super) fn token(&mut self, node: Node<'_, 's>) {
        self.comments_before(node.span());
        self.word(node.text());
    }

    /// A blank and the text of a node.
    pub(super) fn then_token(&mut self, node: Node<'_, 's>) {
        self.put(Piece::Space);
        self.token(node);
    }

    /// A keyword and a level of indentation: whatever has to go to further lines belongs to the declaration.
    pub(super) fn begin(&mut self, keyword: &'s str) {
        self.word(keyword);
        self.put(Piece::Open);
        self.put(Piece::In);
    }

    /// Ends what [`Writer::begin`] began.
    pub(super) fn end(&mut self) {
        self.put(Piece::Out);
        self.put(Piece::Close);
    }

    /// Comments inside a declaration, before its token at `span`.
    pub(super) fn comments_before(&mut self, span: Span) {
        while let Some(comment) = self.comments.next_before(span.start) {
            self.put(Piece::Comment(comment.place, comment.text));
        }
    }
}
