//! How far the tests are, on a terminal, when they take long.
//!
//! By hand: what a library would add is a guess of the time that is left, for which it loads the C library's mathematics at
//! each start of this program, whatever it was started for.

use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthChar;

/// What is over sooner needs no bar.
const LONG: Duration = Duration::from_secs(1);
/// Nobody reads faster.
const PAUSE: Duration = Duration::from_millis(50);
/// Columns of the bar.
const BAR: usize = 30;
/// Columns of a terminal that does not say how many it has.
const COLUMNS: usize = 80;
/// Clears the line that the cursor is in, and goes to its beginning.
const CLEAR: &str = "\r\x1b[2K";

pub(super) struct Progress {
    /// What is counted.
    unit: &'static str,
    is_wanted: bool,
    state: Mutex<State>,
}

struct State {
    done: usize,
    count: usize,
    /// When it is shown next.
    due: Instant,
    is_shown: bool,
}

impl Progress {
    pub(super) fn of(unit: &'static str, is_silent: bool) -> Self {
        let is_wanted = !is_silent && stderr().is_terminal();
        let state = State { done: 0, count: 0, due: Instant::now() + LONG, is_shown: false };
        Self { unit, is_wanted, state: Mutex::new(state) }
    }

    /// So many more are to come.
    pub(super) fn expect(&self, count: usize) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).count += count;
    }

    /// So many more are done, of something of this name.
    pub(super) fn more(&self, count: usize, name: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += count;
        let now = Instant::now();
        if self.is_wanted && now >= state.due {
            (state.due, state.is_shown) = (now + PAUSE, true);
            let columns = terminal_size::terminal_size_of(stderr()).map_or(COLUMNS, |(it, _)| it.0.into());
            show(&format!("{CLEAR}{}", line((state.done, state.count, self.unit), name, columns)));
        }
    }

    /// All have: the bar goes away.
    pub(super) fn end(&self) {
        if self.state.lock().unwrap_or_else(PoisonError::into_inner).is_shown {
            show(CLEAR);
        }
    }
}

/// A terminal that is gone is no reason to test any less.
fn show(text: &str) {
    let mut err = stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// One line that fits into so many columns.
fn line((done, count, unit): (usize, usize, &str), name: &str, columns: usize) -> String {
    let filled = BAR * done.min(count) / count.max(1);
    let whole = format!("{:.<BAR$} {done} of {count} {unit}  {name}", "#".repeat(filled));
    let mut used = 0;
    let fits = |it: &char| {
        used += it.width().unwrap_or(0);
        used < columns
    };
    whole.chars().filter(|it| !it.is_control()).take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_the_terminal() {
        let check = |done, name, columns, expected| assert_eq!(line((done, 40, "tests"), name, columns), expected);
        check(20, "it restarts", 80, "###############............... 20 of 40 tests  it restarts");
        check(40, "the last", 80, "############################## 40 of 40 tests  the last");
        check(0, "it restarts", 52, ".............................. 0 of 40 tests  it re");
        check(1, "扇風機", 51, ".............................. 1 of 40 tests  扇風");
        check(1, "a\nb\u{1b}[2K", 80, ".............................. 1 of 40 tests  ab[2K");
    }
}
