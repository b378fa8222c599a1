//! What is told without a server; what needs one is in `tests/tests/fleet`.

use super::*;
use crate::testing::{Rig, text};
use machine_nats::{Settings, Shared};

fn rig(worker: Option<Worker>) -> Rig {
    Rig::new(|answers| Box::new(Keys::new(answers, worker)))
}

/// A connection to where nobody listens.
fn nowhere() -> Worker {
    let settings = Settings { servers: vec!["nats://127.0.0.1:1".to_owned()], ..Settings::default() };
    Worker::new(Shared::new(settings, "test"))
}

#[tokio::test]
async fn without_nats_it_says_so_once_and_nothing_more() {
    let mut rig = rig(None);
    let first = rig.run(vec![text("fleet"), text("a")]).await;
    let second = rig.run(vec![text("fleet"), text("b")]).await;
    assert_eq!((first.outcome, second.outcome), (None, None));
    assert_eq!(first.why, "no key can be looked at, because no NATS server is configured");
    assert_eq!(second.why, "");
}

#[tokio::test]
async fn a_name_that_no_server_takes_is_absent() {
    let mut rig = rig(Some(nowhere()));
    let answer = rig.run(vec![text("fleet"), text("a *")]).await;
    assert_eq!(answer.outcome, Some(Outcome::Absent as u8));
    assert_eq!(answer.fields["reason"], "bad_name");
    assert_eq!(answer.why, "no key can be called `a *`");
}

#[tokio::test]
async fn without_a_connection_nothing_is_told_but_why() {
    let mut rig = rig(Some(nowhere()));
    let answer = rig.run(vec![text("fleet"), text("a")]).await;
    assert_eq!((answer.outcome, answer.why.as_str()), (None, ""), "it was asked, and there is nothing to tell yet");
    let later = rig.answer().await;
    assert_eq!(later.outcome, None);
    assert!(later.why.starts_with("no key can be looked at: "), "{}", later.why);
}
