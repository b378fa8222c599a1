//! Messages on their way, in the order in which they were sent, and the tokens that their answers are known by.

use super::window::MESSAGES;
use std::collections::VecDeque;
use std::time::Instant;

/// Of messages that follow each other, one in so many is answered at least.
const ANSWERED: usize = 32;

/// A message that was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) lane: usize,
    /// Its number there.
    pub(super) number: u64,
    /// It named the end of its subject, not the message before it.
    pub(super) is_head: bool,
    /// The server answers it; to others it answers with the next one of their lane that it answers.
    pub(super) is_asked: bool,
    pub(super) since: Instant,
    pub(super) is_open: bool,
}

/// All from the oldest that is not answered on.
#[derive(Debug)]
pub(super) struct Flights {
    all: VecDeque<Flight>,
    /// The token of the first.
    first: u64,
    /// So many are not answered.
    open: usize,
    /// The lane of the last message that was sent, and its number there: only what comes right behind it can name it.
    tail: Option<(usize, u64)>,
}

impl Default for Flights {
    fn default() -> Self {
        Self::from(1)
    }
}

impl Flights {
    /// Nothing is on its way; the next token is this one.
    pub(super) fn from(token: u64) -> Self {
        Self { all: VecDeque::new(), first: token, open: 0, tail: None }
    }

    /// The token of the next message: none before it comes again.
    pub(super) fn token(&self) -> u64 {
        self.first + self.all.len() as u64
    }

    /// No more may be sent before something is answered.
    pub(super) fn is_full(&self) -> bool {
        self.open >= MESSAGES
    }

    /// Whether a message of this lane would come right behind the one before it there.
    pub(super) fn is_next(&self, lane: usize, number: u64) -> bool {
        self.tail.is_some_and(|(last, before)| last == lane && before + 1 == number)
    }

    /// Sends a message of a lane that the server answers; its token.
    pub(super) fn start(&mut self, lane: usize, number: u64, is_head: bool, since: Instant) -> u64 {
        let token = self.token();
        self.all.push_back(Flight { lane, number, is_head, is_asked: true, since, is_open: true });
        self.open += 1;
        self.tail = Some((lane, number));
        token
    }

    /// The last that was sent is not answered, if it is one of many.
    pub(super) fn spare_answer(&mut self) -> bool {
        let quiet = self.all.iter().rev().skip(1).take_while(|it| !it.is_asked).count();
        let last = self.all.back_mut().filter(|it| !it.is_head && quiet + 1 < ANSWERED);
        last.map(|it| it.is_asked = false).is_some()
    }

    /// The flight of this token, landed with those before it that its answer is for, too, and how many these are; nothing if
    /// it has, or was given up.
    pub(super) fn land(&mut self, token: u64) -> Option<(Flight, usize)> {
        let index = usize::try_from(token.checked_sub(self.first)?).ok()?;
        let flight = self.all.get_mut(index).filter(|it| it.is_open && it.is_asked)?;
        flight.is_open = false;
        let landed = *flight;
        let mut count = 1;
        for quiet in self.all.range_mut(..index).rev().take_while(|it| !it.is_asked) {
            quiet.is_open = false;
            count += 1;
        }
        self.open -= count;
        while self.all.pop_front_if(|it| !it.is_open).is_some() {
            self.first += 1;
        }
        Some((landed, count))
    }

    /// Since when the oldest waits for its answer.
    pub(super) fn waits_since(&self) -> Option<Instant> {
        self.all.front().map(|it| it.since)
    }

    /// No answers will come any more; whose messages they would have been for.
    pub(super) fn give_up(&mut self) -> Vec<usize> {
        let open = self.all.iter().filter(|it| it.is_open).map(|it| it.lane).collect();
        *self = Self::from(self.token());
        open
    }
}
