//! What differs from `exec`: the script goes to the shell as it is. The rest is tested there.

use serde_json::json;

use super::*;
use crate::door::{Answer, Value};
use crate::testing::{Rig, millis, named, text};

fn rig() -> Rig {
    Rig::new(|answers| Box::new(Shell::new(answers, Launcher::new(1))))
}

fn shell(script: &str) -> Vec<Value> {
    vec![text(script), named(&[("ROOM", "a b")]), text("."), millis(30_000)]
}

fn stderr(answer: &Answer) -> &str {
    answer.fields["stderr"].as_str().unwrap()
}

#[tokio::test]
async fn pipes_redirections_and_variables_work() {
    let answer = rig().run(shell("printf '%s' \"$ROOM\" | tr a-z A-Z >&2; exit 4")).await;
    assert_eq!((stderr(&answer), &answer.fields["code"]), ("A B", &json!(4)));
}

#[tokio::test]
async fn a_script_has_several_lines() {
    assert_eq!(rig().run(shell("set -e\ntrue\ntest -n 'it is'\n")).await.outcome, Some(0));
}

#[tokio::test]
async fn events_show_the_script() {
    let answer = rig().run(shell("true | true")).await;
    assert_eq!(answer.notice.kind, "exec");
    assert_eq!(answer.notice.members["command"], "true | true");
}

#[tokio::test]
async fn what_the_shell_does_not_understand_is_a_failure() {
    let answer = rig().run(shell("if")).await;
    assert_eq!((answer.outcome, &answer.fields["reason"]), (Some(1), &json!("exit")));
    assert!(answer.why.starts_with("exit 2: "), "{}", answer.why);
}

#[tokio::test]
async fn a_script_that_hangs_is_ended_at_its_deadline() {
    let mut args = shell("sleep 1000 | cat");
    args[3] = millis(100);
    assert_eq!(rig().run(args).await.fields["reason"], "timeout");
}
