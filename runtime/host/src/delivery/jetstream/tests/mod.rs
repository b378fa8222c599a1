//! The protocol against a model of a stream that loses, repeats, delays and forgets: whatever happens, each machine's
//! events end up in the stream once, and in their order.

mod faults;
mod judging;
mod sending;
mod world;

use super::address::Address;
use super::answer::Answer;
use super::message::{Message, Step};
use super::window::Window;
use crate::delivery::{Epochs, Parcel, Position};
use std::time::Instant;

fn parcel(machine: &str, sequence: u64, lsn: u64) -> Parcel {
    let id = format!("n1.{machine}.1.{sequence}");
    Parcel {
        position: Position { lsn, place: 0 },
        machine: Some(machine.to_owned()),
        sequence,
        json: format!("{{\"id\":\"{id}\"}}").into_bytes().into(),
        id,
        kind: "t".to_owned(),
        again: false,
    }
}

fn epochs() -> Epochs {
    Epochs::new(1, &[])
}

fn own(machine: &str) -> Address {
    Address { subject: format!("machines.n1.{machine}").into(), is_own: true }
}

/// What a window sends of its own accord.
fn sent(window: &mut Window) -> Vec<Message> {
    let step = || match window.next(Instant::now())? {
        Step::Send(message) => Some(message),
        Step::Look { .. } => panic!("nothing is to be looked at"),
    };
    std::iter::from_fn(step).collect()
}

fn started(machine: &str, events: u64) -> Window {
    let mut window = Window::new(&epochs());
    for number in 1..=events {
        window.take(parcel(machine, number, number), own(machine)).unwrap();
    }
    assert_eq!(window.next(Instant::now()), Some(Step::Look { lane: 0, subject: own(machine).subject }));
    window.looked(0, None).unwrap();
    window
}

fn stored(sequence: u64) -> Answer<'static> {
    Answer::Stored { stream: "M", sequence, duplicate: false }
}
