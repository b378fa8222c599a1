//! A program that stays: its lines as they come, and its next start when it ends.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::{outcome, problem};
use crate::commands::{End, Launcher};
use crate::door::{Answer, Answers, Ask, Program};
use crate::ending::Ending;
use crate::launch::Command;
use crate::lines::Lines;
use crate::output::Output;
use crate::words::last_line;

/// A program that ran for this long is started again as soon as one that ended for the first time.
const STEADY: Duration = Duration::from_secs(60);
/// So many outcomes of a program are taken in a second; then it has to wait.
const LINES_A_SECOND: u64 = 64;

/// One program that stays, and what becomes of its lines.
pub(super) struct Follower<'a> {
    pub(super) launcher: &'a Launcher,
    pub(super) ask: &'a Ask,
    pub(super) program: &'a Program,
    pub(super) answers: Answers,
    pub(super) stopped: oneshot::Receiver<()>,
}

impl Follower<'_> {
    /// Runs it again and again until it is stopped.
    pub(super) async fn follow(&mut self, command: &Command, (first, longest): (Duration, Duration)) {
        let mut pause = first;
        loop {
            let begun = Instant::now();
            if !self.run(command).await {
                return;
            }
            if begun.elapsed() >= STEADY {
                pause = first;
            }
            if timeout(pause, &mut self.stopped).await.is_ok() {
                return;
            }
            pause = (pause * 2).min(longest);
        }
    }

    /// Runs it once, to its end; whether to run it again.
    async fn run(&mut self, command: &Command) -> bool {
        let mut running = match self.launcher.start(self.ask, command).await {
            Ok(running) => running,
            Err(cause) => return self.fail(&Ending::Unstartable(cause), ""),
        };
        running.output.split_lines(Lines::default());
        let (mut told, mut pace) = (0, Pace::new());
        let cut = loop {
            if let Err(cut) = running.next(&mut self.stopped).await {
                break cut;
            }
            told += self.take(&mut running.output);
            if timeout(pace.rest(told), &mut self.stopped).await.is_ok() {
                break Some(Ending::Interrupted);
            }
        };
        let is_wanted = cut.is_none();
        let end = running.close(cut).await;
        is_wanted && self.ended(end, told)
    }

    /// Tells the lines that came; how many.
    fn take(&mut self, output: &mut Output) -> u64 {
        let mut told = 0;
        while let Some(line) = output.lines().and_then(Lines::next) {
            let problem = |why: String| problem(self.ask, self.program, Duration::ZERO, None, &why);
            self.send(outcome(self.ask, self.program, &line, Duration::ZERO).unwrap_or_else(problem));
            told += 1;
        }
        told
    }

    /// One that ended well after it had something to tell will be back; all else is told.
    fn ended(&mut self, mut end: End, told: u64) -> bool {
        let told = told + self.take(&mut end.output);
        (end.ending.is_ok() && told > 0) || self.fail(&end.ending, &end.output.err())
    }

    fn fail(&self, ending: &Ending, stderr: &str) -> bool {
        let why = format!("its program does not run: {}", ending.why(last_line(stderr)));
        self.send(problem(self.ask, self.program, Duration::ZERO, Some(ending), &why))
    }

    /// Whether anybody listens.
    fn send(&self, answer: Answer) -> bool {
        self.answers.send(answer).is_ok()
    }
}

/// Holds up a program that tells more than anybody can take in.
struct Pace {
    since: Instant,
    told: u64,
}

impl Pace {
    fn new() -> Self {
        Self { since: Instant::now(), told: 0 }
    }

    /// How long the rest of the second is, if it had its share of lines.
    fn rest(&mut self, told: u64) -> Duration {
        let second = Duration::from_secs(1);
        let rest = second.saturating_sub(self.since.elapsed());
        if rest.is_zero() {
            (self.since, self.told) = (Instant::now(), told);
        }
        if told - self.told >= LINES_A_SECOND { rest } else { Duration::ZERO }
    }
}
