//! What is to be done next: a look at the end of a subject, or a message, and what the server has to find before it.

use super::super::lane::{End, are_together};
use super::super::message::{Expect, Message, Step};
use super::Window;
use std::time::Instant;

impl Window {
    /// What is to be done next; nothing until something is taken or answered.
    pub(in super::super) fn next(&mut self, now: Instant) -> Option<Step> {
        while let Some(index) = self.ready.front().copied().filter(|_| !self.flights.is_full()) {
            let step = self.step(index, now);
            if step.is_none() {
                self.ready.pop_front();
                self.lanes.get_mut(index)?.is_ready = false;
            } else {
                return step;
            }
        }
        None
    }

    fn step(&mut self, index: usize, now: Instant) -> Option<Step> {
        let lane = self.lanes.get_mut(index)?;
        let subject = lane.waiting()?.subject.clone();
        if lane.end == End::Unknown {
            lane.end = End::Looking;
            return Some(Step::Look { lane: index, subject });
        }
        let expect = self.expect(index)?;
        let lane = self.lanes.get_mut(index)?;
        let (number, is_head) = (lane.next(), lane.flying == 0);
        let (id, json) = lane.send()?;
        let token = self.flights.start(index, number, is_head, now);
        let is_asked = !self.is_followed(index) || !self.flights.spare_answer();
        Some(Step::Send(Message { token, subject, id, expect, is_asked, json }))
    }

    /// The next step is one more message of this lane, which will tell with its own answer that this one is stored. After a
    /// run that broke, each is answered, so that it is known which one is refused, and why.
    fn is_followed(&self, index: usize) -> bool {
        let is_calm = self.lanes.get(index).is_some_and(|it| !it.is_wary && it.waiting().is_some());
        is_calm && !self.flights.is_full() && self.expect(index).is_some()
    }

    /// What the server has to find before it stores the next message of a lane; nothing if that has to wait. While others
    /// of the lane are on their way it names the one before it, and so has to follow right behind that.
    fn expect(&self, index: usize) -> Option<Expect> {
        let lane = self.lanes.get(index)?;
        match (lane.end, lane.flying.checked_sub(1)) {
            (End::Unknown | End::Looking, _) => None,
            (End::At(place), None) => Some(Expect::Place(place)),
            (End::Shared, None) => Some(Expect::Anything),
            (End::At(_) | End::Shared, Some(last)) => {
                let (before, item) = (lane.items.get(last)?, lane.items.get(lane.flying)?);
                let follows = self.flights.is_next(index, lane.next()) && lane.flying < self.depth;
                let fits = follows && are_together(&before.subject, &item.subject);
                fits.then(|| Expect::Id(before.id.clone()))
            }
        }
    }
}
