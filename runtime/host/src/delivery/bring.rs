//! What carriers over HTTP have in common: a request with several events that is refused goes in two, what will never be
//! taken is named by an event, and all waiting ends with the node.

use super::{Backlog, End, Parcel};
use crate::event::happening::What;
use std::time::Duration;

/// What has failed so often in a row is worth a word; less than that happens every day.
pub(crate) const WORTH_A_WORD: u32 = 3;

/// The node ends, and what is not delivered is left to its next start.
#[derive(Debug)]
pub(crate) struct Left;

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Brought {
    /// All of it is done with.
    All,
    /// It was refused, and nobody knows for which of its events.
    TooMany,
}

/// All in one request; if it is refused, in two, to find the one that is meant.
pub(crate) async fn in_parts<'p, P>(
    parcels: &'p [P],
    mut bring: impl AsyncFnMut(&'p [P]) -> Result<Brought, Left>,
) -> Result<(), Left> {
    let mut waiting = vec![parcels];
    while let Some(some) = waiting.pop() {
        if bring(some).await? == Brought::TooMany {
            let (first, second) = some.split_at(some.len() / 2);
            waiting.extend([second, first]);
        }
    }
    Ok(())
}

/// Names each of these as never taken, for this reason; that is durable before they count as delivered.
pub(crate) async fn put_aside<'p>(
    backlog: &Backlog,
    sink: &str,
    parcels: impl IntoIterator<Item = &'p Parcel>,
    reason: &str,
) -> Result<Brought, Left> {
    for parcel in parcels {
        let what = What::Undeliverable {
            sink: sink.to_owned(),
            event: parcel.id.clone(),
            kind: parcel.kind.clone(),
            number: parcel.sequence,
            reason: reason.to_owned(),
        };
        if !backlog.told(parcel.machine.as_deref(), what).await {
            return Err(Left);
        }
    }
    Ok(Brought::All)
}

/// Waits for so long, unless the node ends.
pub(crate) async fn wait(end: &End, time: Duration) -> Result<(), Left> {
    let mut end = end.clone();
    tokio::select! {
        () = tokio::time::sleep(time) => Ok(()),
        () = end.come() => Err(Left),
    }
}
