//! What the ends of subjects mean for all that is on its way, and what the stream has that the journal has not brought yet.

use super::super::lane::{End, Found, Judgement, Lane};
use super::Window;
use crate::delivery::epochs::Number;

impl Window {
    /// The id of an event that the stream has, and that has to be met in the journal: if it is not there, somebody else has
    /// given out our numbers.
    pub(in super::super) fn claim(&self) -> Option<String> {
        self.claims().next().map(|(name, number)| format!("{name}.{number}"))
    }

    pub(super) fn claims(&self) -> impl Iterator<Item = (&str, Number)> {
        self.claiming.iter().filter_map(|index| self.lanes.get(*index)?.claim())
    }

    /// Most lanes claim nothing, and are not gone through for those that do.
    pub(super) fn note_claim(&mut self, index: usize) {
        match self.lanes.get(index).is_some_and(Lane::has_claim) {
            true => self.claiming.insert(index),
            false => self.claiming.remove(&index),
        };
    }

    /// Takes what a subject ends with.
    ///
    /// # Errors
    /// [`Judgement::Lost`], [`Judgement::Conflict`] or [`Judgement::Fork`], with which nothing goes on as it was;
    /// [`Judgement::Gone`] if the stream has to be looked at as a whole.
    pub(in super::super) fn looked(&mut self, index: usize, found: Option<&Found>) -> Result<(), Judgement> {
        let Some(lane) = self.lanes.get_mut(index).filter(|it| it.end == End::Looking) else { return Ok(()) };
        let judgement = lane.judge(found, &self.epochs);
        if judgement == Judgement::Gone && !self.is_probed && !lane.went_in_order {
            return Err(judgement);
        }
        if matches!(judgement, Judgement::Lost | Judgement::Conflict | Judgement::Fork) {
            return Err(judgement);
        }
        lane.goes_on(found, &judgement, &self.epochs);
        if judgement == Judgement::Rival {
            self.rival = found.map(|it| it.id.clone());
        }
        self.note_claim(index);
        self.settle(index);
        Ok(())
    }

    /// It could not be learned what a subject ends with.
    pub(in super::super) fn not_looked(&mut self, index: usize) {
        if let Some(lane) = self.lanes.get_mut(index).filter(|it| it.end == End::Looking) {
            lane.end = End::Unknown;
            self.wake(index);
        }
    }

    /// The stream was looked at as a whole because nothing of this machine is left, and that went in order.
    pub(in super::super) fn went_in_order(&mut self, index: usize) {
        self.lanes.get_mut(index).into_iter().for_each(|it| it.went_in_order = true);
        self.not_looked(index);
    }

    /// The stream holds what it acknowledged, or has let it go in order: what is gone of a machine went so.
    pub(in super::super) fn is_whole(&mut self) {
        self.is_probed = true;
    }

    /// The id of an event of somebody who writes under our name, and will give way because its numbers began earlier.
    pub(in super::super) fn rival(&mut self) -> Option<String> {
        self.rival.take()
    }
}
