//! What a session takes from the journal, and what of it does not come.

use super::obstacle::Obstacle;
use super::session::{BITE, Leave, Session};
use crate::delivery::drops::Drops;
use crate::delivery::epochs::Number;
use crate::delivery::{BacklogError, Parcel};
use futures_util::FutureExt;

impl Session {
    /// Takes these, and whatever else is there and has room.
    pub(super) async fn take_all(&mut self, first: Result<Vec<Parcel>, BacklogError>) -> Result<(), Leave> {
        let mut parcels = Some(first);
        while let Some(taken) = parcels {
            match taken {
                Ok(taken) => {
                    let taken = self.drop_forked(taken).await?;
                    taken.into_iter().try_for_each(|parcel| self.take(parcel))?;
                }
                Err(BacklogError::Ended) => self.is_ended = true,
                Err(error) => return Err(Leave::Obstacle(Obstacle::Journal(error.to_string()))),
            }
            let bite = self.window.room().min(BITE);
            let is_more = bite > 0 && !self.is_ended;
            parcels = if is_more { self.backlog.next(bite).now_or_never() } else { None };
        }
        self.settle();
        Ok(())
    }

    fn take(&mut self, parcel: Parcel) -> Result<(), Leave> {
        let (address, id) = (self.addresses.of(&parcel), parcel.id.clone());
        self.window.take(parcel, address).map_err(|_| Leave::Forked(id))
    }

    /// Under the numbers of some events the stream has others: they are named, and do not come. The others are left.
    async fn drop_forked(&mut self, parcels: Vec<Parcel>) -> Result<Vec<Parcel>, Leave> {
        let epochs = self.backlog.epochs();
        if !epochs.have_forked() {
            return Ok(parcels);
        }
        let is_forked = |it: &Parcel| Number::of(&it.id).is_some_and(|(_, number)| epochs.is_forked(number.epoch));
        let (forked, others): (Vec<_>, Vec<_>) = parcels.into_iter().partition(is_forked);
        let Some(last) = forked.last().map(|it| it.position) else { return Ok(others) };
        let mut drops = Drops::new("nats");
        forked.iter().for_each(|it| drops.add_parcel(it));
        if !self.backlog.dropped(drops.all()).await {
            return Err(Leave::Ended);
        }
        self.window.pass(last);
        Ok(others)
    }
}
