//! What follows from a step by itself: raised events, and conditions of `when` that have become true.

use super::act::{Failing, failing};
use super::run::{Depends, Run, Seen};
use super::space::Space;
use crate::model::bounds::Bounds;
use crate::model::{Origin, SignalId};
use machine_core::limits::REACTIONS_MAX;

/// What comes next.
#[derive(Clone, Copy)]
enum Next {
    Became(SignalId),
    Failed(u16),
}

/// What a condition turns out to be.
enum Truth {
    No,
    Yes,
    Fails(Failing),
}

/// Ways that one step can go; with more, nobody says how it ends.
const MOST: usize = 1 << 12;

impl<'m> Space<'m> {
    /// Goes on until nothing follows. The second tells whether some way had not come to its end after as many reactions
    /// as one step can have.
    pub(super) fn settle(&self, runs: Vec<Run<'m>>) -> (Vec<Run<'m>>, bool) {
        if !self.is_lively {
            return (runs, false);
        }
        let (mut settled, mut endless) = (Vec::new(), false);
        let mut waiting: Vec<_> = runs.into_iter().rev().collect();
        while let Some(run) = waiting.pop() {
            if settled.len() + waiting.len() > MOST {
                return (settled, true);
            }
            let (done, following) = self.follow(run);
            let (more, over): (Vec<_>, Vec<_>) = following.into_iter().partition(|it| it.reactions < REACTIONS_MAX);
            endless |= !over.is_empty();
            settled.extend(done.into_iter().chain(over));
            waiting.extend(more.into_iter().rev());
        }
        (settled, endless)
    }

    /// The ways on which nothing follows any more, and where those lead on which something did.
    fn follow(&self, mut run: Run<'m>) -> (Vec<Run<'m>>, Vec<Run<'m>>) {
        if let Some((signal, fields)) = run.queue.pop_front() {
            run.reactions += 1;
            return (Vec::new(), self.react(run, Origin::Signal(signal), &fields));
        }
        let (mut done, mut following) = (Vec::new(), Vec::new());
        for (mut run, next) in self.look_at_whens(run) {
            run.reactions += 1;
            match next {
                None => done.push(run),
                Some(Next::Became(signal)) => following.extend(self.react(run, Origin::Signal(signal), &Vec::new())),
                Some(Next::Failed(reason)) => {
                    let failing = Failing { reason, span: self.machine.name_span, certain: true };
                    following.extend(self.fail(run, &failing));
                }
            }
        }
        (done, following)
    }

    /// Every `when` of an active state is looked at; the first that holds and did not is what comes next.
    fn look_at_whens(&self, run: Run<'m>) -> Vec<(Run<'m>, Option<Next>)> {
        let active = self.machine.outwards(run.leaf);
        let order: Vec<_> =
            active.flat_map(|it| (0..self.whens.len()).filter(move |at| self.whens[*at].owner == it)).collect();
        let mut found = vec![(run, None)];
        for at in order {
            found = found.into_iter().flat_map(|(run, next)| self.look_at(run, next, at)).collect();
        }
        found
    }

    fn look_at(&self, run: Run<'m>, next: Option<Next>, at: usize) -> Vec<(Run<'m>, Option<Next>)> {
        let (was, mut out) = (run.whens[at], Vec::new());
        for (mut run, truth) in self.truths(run, at) {
            run.looked[at] = true;
            let comes = match truth {
                Truth::No => {
                    run.whens[at] = Seen::No;
                    out.push((run, next));
                    continue;
                }
                Truth::Yes => Next::Became(self.whens[at].signal),
                Truth::Fails(it) => Next::Failed(it.reason),
            };
            if was != Seen::No {
                let mut held = run.clone();
                held.whens[at] = Seen::Yes;
                out.push((held, next));
            }
            if was != Seen::Yes {
                // Later ones wait for their turn.
                run.whens[at] = if next.is_some() { Seen::No } else { Seen::Yes };
                out.push((run, next.or(Some(comes))));
            }
        }
        out
    }

    /// What a condition can be. One of which nothing is known is what it was, if nothing has happened since.
    fn truths(&self, run: Run<'m>, at: usize) -> Vec<(Run<'m>, Truth)> {
        let condition = self.whens[at].condition;
        let (known, mut failures, mut out) = (run.known(self, &Vec::new()), Vec::new(), Vec::new());
        let truth = known.look(condition, &mut failures);
        let mut run = run;
        if let Some(failing) = failing(&known, condition, &failures) {
            if failing.certain {
                return vec![(run, Truth::Fails(failing))];
            }
            run = run.depending(Depends::Failure(failing.span));
            out.push((run.clone(), Truth::Fails(failing)));
        }
        match truth {
            Bounds::Bool { no: true, yes: false } => out.push((run, Truth::No)),
            Bounds::Bool { no: false, yes: true } => out.push((run, Truth::Yes)),
            _ if run.looked[at] && run.whens[at] == Seen::No => out.push((run, Truth::No)),
            _ if run.looked[at] && run.whens[at] == Seen::Yes => out.push((run, Truth::Yes)),
            _ => {
                let run = run.depending(Depends::Condition(condition.span));
                for (value, truth) in [(true, Truth::Yes), (false, Truth::No)] {
                    if let Some(known) = known.clone().given(condition, value) {
                        let mut run = run.clone();
                        run.learn(self, &known);
                        out.push((run, truth));
                    }
                }
            }
        }
        out
    }
}
