//! Whatever happens on the way.

use super::super::lane::Judgement;
use super::world::{Model, World};
use crate::delivery::Position;

/// Random schedules of faults; the seed is in the message. Planted once: messages that name one of another machine, which
/// has event 20 stored before 18, late, after 439 worlds.
#[test]
fn whatever_happens_all_is_stored_once_and_in_order() {
    for seed in 0..800 {
        let machines = 1 + seed % 7;
        let mut world = World::new(seed, machines, 300);
        let others = if seed % 3 == 0 { 10 } else { 1 };
        let mut turns = 0;
        while world.delivered < (Position { lsn: 300, place: 0 }) {
            world.turn();
            world.serve();
            match world.rng.u32(0..100) {
                0..4 => world.cut(),
                it if (4..4 + others).contains(&it) => {
                    world.model.store("machines.n2.other", &format!("n2.other.1.{turns}"), b"{}");
                }
                14..18 => world.model.is_full = true,
                _ => {}
            }
            turns += 1;
            assert!(turns < 20_000, "seed {seed} never ends: {:?}", world.window);
        }
        world.check(machines, &format!("seed {seed}"));
        let stored: usize = (0..machines).map(|it| world.model.numbers(&format!("m{it}")).len()).sum();
        assert_eq!(stored, 300, "seed {seed}");
    }
}

/// As after the loss of the cursor, or of the acknowledgements of a whole run.
#[test]
fn what_the_stream_has_is_not_sent_again() {
    let mut world = World::new(1, 3, 200);
    while world.delivered < (Position { lsn: 200, place: 0 }) {
        world.turn();
        world.serve();
    }
    let before = world.model.last;
    let World { model, journal, .. } = world;
    let mut world = World { model, journal, ..World::new(2, 3, 0) };
    world.model.known = 0;
    while world.delivered < (Position { lsn: 200, place: 0 }) {
        world.turn();
        world.serve();
    }
    assert_eq!(world.model.last, before);
}

/// Whoever of them looks, is looked at, or is late.
#[test]
fn of_two_who_write_at_once_the_one_that_began_later_goes_on() {
    let mut given_way = 0;
    for seed in 0..200 {
        let machines = 1 + seed % 5;
        let (mut first, mut second) = (World::new(seed, machines, 400), World::second(seed + 1, machines, 400));
        let mut stream = Model { known: 50, ..Model::default() };
        for turn in 0.. {
            for world in [&mut first, &mut second].into_iter().filter(|it| it.judged.is_none()) {
                std::mem::swap(&mut world.model, &mut stream);
                world.turn();
                world.serve();
                std::mem::swap(&mut world.model, &mut stream);
            }
            if second.judged.is_some() || second.delivered == (Position { lsn: 400, place: 0 }) {
                break;
            }
            assert!(turn < 20_000, "seed {seed} never ends: {:?}", second.window);
        }
        assert_eq!(second.judged, None, "seed {seed}");
        assert!(matches!(first.judged, None | Some(Judgement::Conflict)), "seed {seed}: {:?}", first.judged);
        given_way += u64::from(first.judged.is_some());
        let numbers: Vec<_> = (0..machines).map(|it| stream.numbers_in(&format!("m{it}"), 2)).collect();
        assert!(numbers.iter().all(|it| it.iter().copied().eq(1..=it.len() as u64)), "seed {seed}: {numbers:?}");
        assert_eq!(numbers.iter().map(Vec::len).sum::<usize>(), 400, "seed {seed}");
    }
    assert!(given_way > 150, "{given_way}");
}
