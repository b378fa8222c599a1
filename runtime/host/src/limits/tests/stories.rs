//! One pool, its bucket played by hand.

use crate::limits::Terms;
use crate::limits::pool::{Answer, Input, Output, Pool};
use crate::limits::slot::{Found, Stamp};
use machine_core::Instant;

const ME: u64 = 7;
const OTHER: Stamp = Stamp { holder: 9, attempt: 1 };

/// A pool with one slot, whose bucket has been there for long; a lease lasts 30 s.
struct Story {
    pool: Pool,
    /// The last question.
    asked: u64,
}

impl Story {
    fn new() -> Self {
        let terms = Terms::of(std::time::Duration::from_secs(30));
        let mut story = Self { pool: Pool::new(terms, ME, 1), asked: 0 };
        story.at(0, Input::Count(1));
        story.at(0, Input::Bucket(Instant(0)));
        story
    }

    /// At this second something happens.
    fn at(&mut self, seconds: u64, input: Input) -> Vec<String> {
        let mut outputs = Vec::new();
        self.pool.step(Instant(0).after_ms(seconds * 1_000), input, &mut outputs);
        self.asked = outputs.iter().filter_map(request).next_back().unwrap_or(self.asked);
        outputs.iter().map(told).collect()
    }

    /// At this second the last question is answered.
    fn answer(&mut self, seconds: u64, answer: Answer) -> Vec<String> {
        self.at(seconds, Input::Answer { request: self.asked, answer })
    }

    /// Has the slot from second 0 on, at revision 5.
    fn holds() -> Self {
        let mut story = Self::new();
        story.at(0, Input::Want(1));
        assert_eq!(story.answer(0, free(4)), ["write 1 over 4"]);
        assert_eq!(story.answer(0, Answer::Wrote(5)), ["granted 1 as 5 until 20s"]);
        story
    }
}

fn request(output: &Output) -> Option<u64> {
    match *output {
        Output::Read { request, .. } | Output::Write { request, .. } | Output::Free { request, .. } => Some(request),
        _ => None,
    }
}

fn told(output: &Output) -> String {
    match output {
        Output::Read { .. } => "read".to_owned(),
        Output::Write { stamp, over, .. } => format!("write {} over {over}", stamp.attempt),
        Output::Free { over, .. } => format!("free at {over}"),
        Output::Granted { claim, token, until, .. } => {
            format!("granted {claim} as {token} until {}s", until.0 / 1_000_000_000)
        }
        Output::Extended { claim, until } => format!("extended {claim} until {}s", until.0 / 1_000_000_000),
        Output::Lost { claim } => format!("lost {claim}"),
    }
}

fn free(revision: u64) -> Answer {
    Answer::Holds(Found { revision, stamp: None })
}

fn taken(revision: u64, stamp: Stamp) -> Answer {
    Answer::Holds(Found { revision, stamp: Some(stamp) })
}

fn mine(attempt: u64) -> Stamp {
    Stamp { holder: ME, attempt }
}

#[test]
fn a_slot_is_taken_renewed_at_a_third_and_given_back() {
    let mut story = Story::holds();
    assert_eq!(story.at(9, Input::Tick), [""; 0]);
    assert_eq!(story.at(10, Input::Tick), ["write 2 over 5"]);
    assert_eq!(story.answer(11, Answer::Wrote(8)), ["extended 1 until 30s"], "from when it was sent");
    assert_eq!(story.at(12, Input::Leave(1)), ["free at 8"]);
    assert_eq!(story.answer(12, Answer::Freed), [""; 0]);
    assert!(story.pool.is_idle());
}

#[test]
fn work_ends_at_two_thirds_whatever_the_bucket_does() {
    let mut story = Story::holds();
    assert_eq!(story.at(10, Input::Tick), ["write 2 over 5"]);
    assert_eq!(story.at(19, Input::Tick), [""; 0]);
    assert_eq!(story.at(20, Input::Tick), ["lost 1"]);
    // That answer comes too late to go on, but not too late to know what is to be given back.
    assert_eq!(story.answer(21, Answer::Wrote(6)), [""; 0]);
    assert_eq!(story.at(22, Input::Leave(1)), ["free at 6"], "and not before the work has ended");
}

#[test]
fn a_lost_answer_is_resolved_by_reading() {
    let mut story = Story::holds();
    story.at(10, Input::Tick);
    assert_eq!(story.answer(12, Answer::Unknown), [""; 0]);
    assert_eq!(story.at(15, Input::Tick), ["read"]);
    assert_eq!(story.answer(15, taken(6, mine(2))), ["extended 1 until 30s"], "it had come through, when it was sent");
}

#[test]
fn a_write_that_did_not_come_through_is_written_again() {
    let mut story = Story::holds();
    story.at(10, Input::Tick);
    story.answer(12, Answer::Unknown);
    story.at(15, Input::Tick);
    assert_eq!(story.answer(15, taken(5, mine(1))), ["write 3 over 5"]);
    // The lost one comes through now; the new one is refused because of it.
    assert_eq!(story.answer(16, Answer::Refused), ["read"]);
    assert_eq!(story.answer(16, taken(6, mine(2))), ["extended 1 until 30s"]);
}

#[test]
fn who_is_not_sure_reaches_for_no_second_slot() {
    let mut story = Story::new();
    story.at(0, Input::Count(2));
    story.at(0, Input::Want(1));
    let requests: Vec<_> = (1..=2).collect();
    assert_eq!(story.at(0, Input::Answer { request: requests[0], answer: free(3) }), ["write 1 over 3"]);
    assert_eq!(story.answer(1, Answer::Unknown), [""; 0]);
    assert_eq!(story.at(1, Input::Answer { request: requests[1], answer: free(4) }), [""; 0]);
    assert_eq!(story.at(4, Input::Tick), ["read"]);
    assert_eq!(story.answer(4, taken(5, mine(1))), ["granted 1 as 5 until 20s"]);
}

#[test]
fn what_others_hold_is_taken_when_it_has_not_changed_for_the_whole_time() {
    let mut story = Story::new();
    story.at(0, Input::Want(1));
    assert_eq!(story.answer(1, taken(4, OTHER)), [""; 0]);
    assert_eq!(story.at(20, Input::Tick), ["read"]);
    story.answer(20, taken(5, OTHER));
    assert_eq!(story.at(49, Input::Tick), ["read"]);
    assert_eq!(story.answer(49, taken(5, OTHER)), [""; 0]);
    assert_eq!(story.at(50, Input::Tick), ["write 1 over 5"], "thirty seconds since it was seen first");
    assert_eq!(story.answer(50, Answer::Refused), ["read"]);
    assert_eq!(story.answer(50, taken(6, OTHER)), [""; 0], "its holder was quicker");
    assert_eq!(story.pool.waiting(), 1);
}

#[test]
fn who_lost_the_slot_to_others_ends_at_once() {
    let mut story = Story::holds();
    story.at(10, Input::Tick);
    assert_eq!(story.answer(10, Answer::Refused), ["read"]);
    assert_eq!(story.answer(10, taken(9, OTHER)), ["lost 1"]);
    assert_eq!(story.at(11, Input::Leave(1)), [""; 0], "and gives nothing back that is not its own");
    assert!(story.pool.is_idle());
}

#[test]
fn who_gave_up_waiting_gives_back_what_comes_through() {
    let mut story = Story::new();
    story.at(0, Input::Want(1));
    story.answer(0, free(4));
    assert_eq!(story.at(1, Input::Leave(1)), [""; 0]);
    let request = 2;
    assert_eq!(story.at(2, Input::Answer { request, answer: Answer::Wrote(5) }), ["free at 5"]);
}

#[test]
fn a_grant_that_comes_too_late_is_none() {
    let mut story = Story::new();
    story.at(0, Input::Want(1));
    story.answer(0, free(4));
    assert_eq!(story.answer(20, Answer::Wrote(5)), ["free at 5"]);
    assert_eq!(story.pool.waiting(), 1);
}

#[test]
fn a_key_that_was_never_written_waits_until_the_bucket_is_known() {
    let mut story = Story::new();
    story.at(0, Input::Bucket(Instant(0).after_ms(30_000)));
    story.at(0, Input::Want(1));
    assert_eq!(story.answer(0, free(0)), [""; 0]);
    assert!(story.at(29, Input::Tick).iter().all(|it| it == "read"));
    assert!(story.at(30, Input::Tick).contains(&"write 1 over 0".to_owned()) || story.pool.waiting() == 1);
}

#[test]
fn what_is_held_in_a_bucket_that_is_no_more_is_lost() {
    let mut story = Story::holds();
    assert_eq!(story.at(5, Input::Bucket(Instant(0).after_ms(35_000))), ["read"], "before anything is written");
    assert_eq!(story.answer(5, free(0)), ["lost 1"]);
    let mut story = Story::new();
    story.at(0, Input::Want(1));
    let old = story.asked;
    assert_eq!(story.at(1, Input::Bucket(Instant(0).after_ms(31_000))), ["read"]);
    assert_eq!(story.at(1, Input::Answer { request: old, answer: free(4) }), [""; 0], "that was said of the other one");
    assert_eq!(story.answer(1, free(0)), [""; 0]);
}

#[test]
fn without_an_answer_it_asks_again_after_a_while() {
    let mut story = Story::new();
    story.at(0, Input::Want(1));
    assert_eq!(story.answer(5, Answer::Unknown), ["read"], "its time to look has come again");
    assert_eq!(story.pool.waiting(), 1);
}
