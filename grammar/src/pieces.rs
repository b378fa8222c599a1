//! A large text in pieces, read by as many threads as there are cores.
//!
//! What pest keeps of a text is twenty times as large, and grows by being copied. Beyond some megabytes that is memory
//! which comes from the system and goes back to it, so a large text is read in pieces also where there is one core only.

use std::num::NonZero;
use std::thread::{self, ScopedJoinHandle, available_parallelism};

/// So many bytes are worth a thread of their own.
const SHARE: usize = 1 << 14;

/// A piece is hardly longer than that.
const PIECE: usize = 1 << 17;

/// A part of a text, and where it begins there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'s> {
    pub(crate) text: &'s str,
    pub(crate) start: usize,
}

/// All of a text, and how many threads are to read it.
pub(crate) struct Pieces<'s> {
    pieces: Vec<Piece<'s>>,
    threads: usize,
}

impl<'s> Pieces<'s> {
    /// The pieces of a text that can be cut at `cuts`. How many cores there are is asked of a text only that is worth it.
    pub(crate) fn of(text: &'s str, cuts: &[usize]) -> Self {
        let most = text.len() / SHARE;
        let is_small = most < 2 || cuts.is_empty();
        let cores = if is_small { 1 } else { available_parallelism().map_or(1, NonZero::get) };
        Self::for_threads(text, cuts, cores.min(most))
    }

    /// The same, to be read by so many threads, at least one.
    pub(crate) fn for_threads(text: &'s str, cuts: &[usize], threads: usize) -> Self {
        let share = text.len().div_ceil(threads.max(1));
        let least = share / share.div_ceil(PIECE).max(1);
        let mut pieces = Vec::new();
        let mut start = 0;
        for cut in cuts.iter().copied() {
            // A short rest is not worth a piece of its own.
            if cut >= start + least && cut + least / 2 < text.len() {
                pieces.push(Piece { text: text.get(start..cut).unwrap_or(""), start });
                start = cut;
            }
        }
        pieces.push(Piece { text: text.get(start..).unwrap_or(""), start });
        Self { pieces, threads }
    }
}

/// What `read` makes of all pieces, one result for each row of neighbours, in order.
pub(crate) fn in_shares<R: Send>(all: &Pieces<'_>, read: impl Fn(&[Piece<'_>]) -> R + Copy + Send) -> Vec<R> {
    let share = all.pieces.len().div_ceil(all.threads.max(1)).max(1);
    let (own, others) = all.pieces.split_at(share.min(all.pieces.len()));
    thread::scope(|scope| {
        let start = |share| (thread::Builder::new().spawn_scoped(scope, move || read(share)), share);
        let started: Vec<_> = others.chunks(share).map(start).collect();
        let mut done = vec![read(own)];
        // Where no further thread can be had, there is still this one.
        done.extend(started.into_iter().map(|(thread, share)| match thread.map(ScopedJoinHandle::join) {
            Ok(Ok(it)) => it,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => read(share),
        }));
        done
    })
}
