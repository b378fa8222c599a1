//! Programs that tell outcomes, and programs that tell nonsense.

use super::*;
use crate::secret::Secret;
use crate::testing::{Rig, is_alive, text, until};

const OUTCOMES: [&str; 4] = ["up", "down", "failed", "other"];

fn rig() -> Rig {
    let pause = (Duration::from_millis(5), Duration::from_millis(20));
    Rig::new(move |answers| Box::new(Programs { commands: Commands::new(answers, Launcher::new(1)), pause }))
}

/// An ask of a kind that `sh` implements; its fault is `failed`.
fn ask(rig: &Rig, script: &str, every: bool) -> Ask {
    let program = Program {
        kind: "link".into(),
        argv: ["sh", "-c", script].map(str::to_owned).into(),
        params: ["host", "limit"].map(str::to_owned).into(),
        outcomes: OUTCOMES.map(str::to_owned).into(),
        fault: Some(2),
        paces_itself: false,
    };
    let every = every.then_some(Duration::from_secs(3_600));
    let args = vec![text("a b"), Value::Duration(Duration::from_secs(90))];
    Ask { program: Some(Arc::new(program)), every, ..rig.an_ask(args) }
}

/// The answer of a program that runs for one ask: its outcome, and what is said of it.
async fn told(script: &str) -> (&'static str, Answer) {
    let mut rig = rig();
    let ask = ask(&rig, script, true);
    rig.driver.ask(ask);
    let answer = rig.answer().await;
    (OUTCOMES[usize::from(answer.outcome.unwrap())], answer)
}

#[tokio::test]
async fn the_last_line_counts() {
    let script = r#"echo '{"outcome":"down"}'; echo looking; printf '{"outcome":"up","ms":4}\n\n'; exit 3"#;
    let (outcome, answer) = told(script).await;
    assert_eq!((outcome, json!(answer.fields)), ("up", json!({"ms": 4})));
    // An object is whole, whether its line is or not.
    assert_eq!(told(r#"printf '{"outcome":"down"}'"#).await.0, "down");
}

#[tokio::test]
async fn arguments_come_as_json() {
    let (_, answer) = told(r#"printf '{"outcome":"up","args":%s}\n' "$WATCHER_ARGS""#).await;
    assert_eq!(answer.fields["args"], json!({"host": "a b", "limit": "1m30s"}));
}

#[tokio::test]
async fn what_cannot_be_understood_is_a_fault() {
    for (script, why) in [
        ("echo all is well", "a line is no JSON: "),
        ("echo '[1]'", "a line is no JSON object: `[1]`"),
        ("echo '{}'", "a line has no `outcome`, which has to be one of `up`, `down`, `failed`, `other`"),
        (r#"echo '{"outcome":7}'"#, "`outcome` is 7, and has to be one of "),
        (r#"echo '{"outcome":"upp"}'"#, "there is no outcome \"upp\", only `up`, "),
        (r#"printf '{"outcome":"u'"#, "its last line is not complete: `{\"outcome\":\"u`"),
        (r#"printf '{"outcome":"up","x":"%070000d"}\n' 1"#, "a line is longer than 64 KiB"),
        (r#"head -c 100000000 /dev/zero"#, "a line is longer than 64 KiB"),
        (r#"printf '\377\376\n'"#, "a line is no JSON: "),
    ] {
        let (outcome, answer) = told(script).await;
        assert_eq!(outcome, "failed", "{script}");
        assert!(answer.why.starts_with(why), "{script}: {}", answer.why);
        assert_eq!(answer.fields["reason"], "invalid");
    }
}

#[tokio::test]
async fn a_program_that_tells_nothing_has_failed() {
    for (script, why, reason) in [
        ("true", "it told no outcome: exit 0", "exit"),
        ("echo no route >&2; exit 2", "it told no outcome: exit 2: no route", "exit"),
        (r#"echo '{"outcome":"up"}'; kill -KILL $$"#, "ended by SIGKILL", "signal"),
    ] {
        let (outcome, answer) = told(script).await;
        assert_eq!((outcome, answer.why.as_str(), &answer.fields["reason"]), ("failed", why, &json!(reason)));
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_or_takes_too_long_has_failed() {
    let mut rig = rig();
    let mut missing = ask(&rig, "", true);
    missing.program =
        Some(Arc::new(Program { argv: vec!["./nowhere".into()], ..(**missing.program.as_ref().unwrap()).clone() }));
    rig.driver.ask(missing);
    let answer = rig.answer().await;
    assert_eq!((answer.outcome, answer.why.as_str()), (Some(2), "not started: `./nowhere` is not there"));
    let slow =
        Ask { timeout: Some(Duration::from_millis(50)), ..ask(&rig, r#"echo '{"outcome":"up"}'; sleep 1000"#, true) };
    rig.driver.ask(slow);
    let answer = rig.answer().await;
    assert_eq!((answer.outcome, answer.why.as_str()), (Some(2), "not done after 50ms"));
}

#[tokio::test]
async fn a_kind_without_faults_is_told_without_an_outcome() {
    let mut rig = rig();
    let mut harmless = ask(&rig, "echo nonsense", true);
    harmless.program = Some(Arc::new(Program { fault: None, ..(**harmless.program.as_ref().unwrap()).clone() }));
    rig.driver.ask(harmless);
    let answer = rig.answer().await;
    assert!(answer.outcome.is_none() && answer.why.contains("no JSON"), "{answer:?}");
}

#[tokio::test]
async fn one_that_stays_tells_line_by_line_and_is_started_again() {
    let mut rig = rig();
    let script = r#"echo '{"outcome":"up"}'; echo oops; echo '{"outcome":"down"}'; test -e again || { touch again; exit 0; }
        echo $$ > pid; sleep 1000 & echo $! > child; wait"#;
    let ask = ask(&rig, script, false);
    let key = ask.key;
    rig.driver.ask(ask);
    for _ in 0..2 {
        for outcome in [0, 2, 1] {
            assert_eq!(rig.answer().await.outcome, Some(outcome));
        }
    }
    let (pid, child) = (rig.pid("pid").await, rig.pid("child").await);
    rig.driver.stop(key);
    until(|| !is_alive(pid) && !is_alive(child)).await;
}

#[tokio::test]
async fn one_that_cannot_stay_is_told_each_time() {
    let mut rig = rig();
    let ask = ask(&rig, "echo gone >&2; exit 7", false);
    let key = ask.key;
    rig.driver.ask(ask);
    for _ in 0..3 {
        let answer = rig.answer().await;
        assert_eq!((answer.outcome, answer.why.as_str()), (Some(2), "its program does not run: exit 7: gone"));
    }
    rig.driver.stop(key);
}

#[tokio::test]
async fn one_that_never_stops_talking_is_held_up() {
    let mut rig = rig();
    let script = r#"echo $$ > pid; while :; do echo '{"outcome":"up"}'; done"#;
    let ask = ask(&rig, script, false);
    let key = ask.key;
    let begun = Instant::now();
    rig.driver.ask(ask);
    // A piece of a pipe holds some hundred of these lines.
    for _ in 0..2_000 {
        rig.answer().await;
    }
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
    let pid = rig.pid("pid").await;
    rig.driver.stop(key);
    until(|| !is_alive(pid)).await;
}

#[tokio::test]
async fn a_secret_among_the_arguments_is_seen_by_the_program_alone() {
    let mut rig = rig();
    let script = r#"case "$WATCHER_ARGS" in '{"env":{"KEY":"say \"s'*'cr3t\""}}') ;; *) exit 1 ;; esac
        printf '{"outcome":"down","said":%s}\n' "$WATCHER_ARGS""#;
    let mut ask = ask(&rig, script, true);
    let secret = |value| Value::Map(vec![("KEY".into(), Value::Secret(Secret::new("key", value)))]);
    ask.args = vec![secret(Ok("say \"s3cr3t\"".into()))];
    ask.program = Some(Arc::new(Program { params: vec!["env".into()], ..(**ask.program.as_ref().unwrap()).clone() }));
    assert!(!format!("{ask:?}").contains("s3cr3t"));
    let missing =
        Ask { args: vec![secret(Err("`KEY` is not set".into()))], key: Key { watcher: 9, ..ask.key }, ..ask.clone() };
    rig.driver.ask(ask);
    let answer = rig.answer().await;
    assert_eq!(answer.fields["said"], json!({"env": {"KEY": "[secret key]"}}), "{answer:?}");
    rig.driver.ask(missing);
    assert_eq!(rig.answer().await.why, "not started: there is no secret `key`: `KEY` is not set");
}

#[tokio::test]
async fn a_kind_that_is_asked_once_keeps_the_pace_itself() {
    let mut rig = rig();
    let mut ask = ask(&rig, r#"echo . >> ran; echo '{"outcome":"up"}'"#, true);
    ask.every = Some(Duration::from_millis(20));
    ask.program = Some(Arc::new(Program { paces_itself: true, ..(**ask.program.as_ref().unwrap()).clone() }));
    let (key, run_id) = (ask.key, ask.run_id.clone());
    rig.driver.ask(ask);
    assert_eq!(rig.answer().await.run_id, run_id);
    for _ in 0..3 {
        let answer = rig.answer().await;
        assert_eq!((answer.outcome, answer.run_id.as_str()), (Some(0), ""));
    }
    rig.driver.stop(key);
}
