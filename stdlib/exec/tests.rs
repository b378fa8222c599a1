//! Commands as they come: real ones, well-behaved and not.

use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use crate::door::{Answer, Raw, Value};
use crate::secret::Secret;
use crate::testing::{Rig, is_alive, millis, named, text, texts, until};
use crate::tree::Tree;

fn rig() -> Rig {
    rig_with_slots(64)
}

fn rig_with_slots(at_once: usize) -> Rig {
    Rig::new(|answers| Box::new(Exec::new(answers, Launcher::new(at_once))))
}

fn exec(program: &str, args: &[&str]) -> Vec<Value> {
    exec_in(program, args, &[], ".")
}

fn exec_in(program: &str, args: &[&str], env: &[(&str, &str)], dir: &str) -> Vec<Value> {
    vec![text(program), texts(args), named(env), text(dir), millis(30_000)]
}

fn sh(script: &str) -> Vec<Value> {
    exec("sh", &["-c", script])
}

fn sh_for(script: &str, limit: u64) -> Vec<Value> {
    let mut args = sh(script);
    args[4] = millis(limit);
    args
}

fn stderr(answer: &Answer) -> &str {
    answer.fields["stderr"].as_str().unwrap()
}

fn reason(answer: &Answer) -> &str {
    assert_eq!(answer.outcome, Some(1), "{answer:?}");
    answer.fields["reason"].as_str().unwrap()
}

/// What the script prints on standard output.
async fn printed(rig: &mut Rig, script: &str) -> String {
    let answer = rig.run(sh(&format!("{{ {script}\n}} >&2; exit 1"))).await;
    stderr(&answer).to_owned()
}

#[tokio::test]
async fn a_success_is_told_without_fields() {
    let answer = rig().run(exec("true", &[])).await;
    assert_eq!((answer.outcome, answer.why.as_str()), (Some(0), "exit 0"));
    assert!(answer.fields.is_empty() && answer.took > Duration::ZERO && answer.memory.is_none());
    let nanos = u64::try_from(answer.took.as_nanos()).unwrap();
    let members = json!({"command": "true", "previous_outcome": "success", "previous_run_time": nanos});
    assert_eq!((answer.notice.kind, json!(answer.notice.members)), ("exec", members));
}

#[tokio::test]
async fn a_failure_says_how_and_what_the_command_said_last() {
    let answer = rig().run(sh("echo one >&2; echo connection refused >&2; echo out; exit 3")).await;
    let fields = json!({"reason": "exit", "code": 3, "signal": "", "stderr": "one\nconnection refused\n"});
    assert_eq!(json!(answer.fields), fields);
    assert_eq!(answer.why, "exit 3: connection refused");
    assert_eq!(answer.notice.members["previous_outcome"], "error");
}

#[tokio::test]
async fn what_is_said_on_standard_output_counts_where_nothing_else_was_said() {
    assert_eq!(rig().run(sh("echo no such host; exit 1")).await.why, "exit 1: no such host");
}

#[tokio::test]
async fn a_signal_is_named() {
    let answer = rig().run(sh("kill -SEGV $$")).await;
    assert_eq!(reason(&answer), "signal");
    assert_eq!((&answer.fields["signal"], &answer.fields["code"]), (&json!("SIGSEGV"), &json!(-1)));
    assert_eq!(answer.why, "ended by SIGSEGV");
}

#[tokio::test]
async fn an_argument_is_one_argument_whatever_is_in_it() {
    let args = ["-c", "printf '[%s]' \"$@\" >&2; exit 1", "x", "a b", "it's \"so\"", "two\nlines", "", "$HOME *;#"];
    let answer = rig().run(exec("sh", &args)).await;
    assert_eq!(stderr(&answer), "[a b][it's \"so\"][two\nlines][][$HOME *;#]");
}

#[tokio::test]
async fn a_command_is_shown_as_it_would_be_typed() {
    let answer = rig().run(exec("echo", &["a b", "it's", "", "x=1"])).await;
    assert_eq!(answer.notice.members["command"], r"echo 'a b' 'it'\''s' '' x=1");
}

#[tokio::test]
async fn the_environment_is_what_was_said_and_nothing_else() {
    let mut rig = rig();
    let script = "tr '\\0' '\\n' < /proc/$$/environ >&2; exit 1";
    let ask = rig.an_ask(exec_in("sh", &["-c", script], &[("ROOM", "a b"), ("LANG", "C")], "."));
    let run_id = ask.run_id.clone();
    rig.driver.ask(ask);
    let answer = rig.answer().await;
    let dir = rig.context.dir.display().to_string();
    let shown = stderr(&answer).replace(&dir, "DIR").replace(&run_id, "RUN");
    insta::assert_snapshot!(shown, @r"
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:DIR
    MACHINE_NAME=tester
    MACHINE_WATCHER_NAME=subject
    MACHINE_RUN_ID=RUN
    WATCHER_DATA=DIR/data.json
    WATCHER_FACTS=DIR/facts.json
    ROOM=a b
    LANG=C
    ");
}

#[tokio::test]
async fn a_command_has_its_place_in_a_trace_unless_the_source_sets_another() {
    const OURS: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let mut rig = rig();
    for (env, expected) in [(&[][..], OURS), (&[("TRACEPARENT", "theirs")], "theirs")] {
        let args = exec_in("sh", &["-c", "printf %s \"$TRACEPARENT\" >&2; exit 1"], env, ".");
        rig.driver.ask(Ask { trace: Some(OURS.to_owned()), ..rig.an_ask(args) });
        assert_eq!(stderr(&rig.answer().await), expected);
    }
}

#[tokio::test]
async fn the_working_directory_is_the_machines_own_or_below() {
    let mut rig = rig();
    let dir = rig.context.dir.display().to_string();
    assert_eq!(printed(&mut rig, "pwd -P").await, format!("{dir}\n"));
    std::fs::create_dir(rig.path("sub")).unwrap();
    let answer = rig.run(exec_in("sh", &["-c", "pwd -P >&2; exit 1"], &[], "sub")).await;
    assert_eq!(stderr(&answer), format!("{dir}/sub\n"));
}

#[tokio::test]
async fn a_program_is_found_beside_the_machine_and_on_the_path() {
    let mut rig = rig();
    std::fs::create_dir(rig.path("sub")).unwrap();
    rig.script("hello", "#!/bin/sh\nexit 0\n");
    for (program, dir) in [("./hello", "."), ("./hello", "sub"), ("hello", "."), ("/bin/true", ".")] {
        let answer = rig.run(exec_in(program, &[], &[], dir)).await;
        assert_eq!(answer.outcome, Some(0), "{program} in {dir}: {}", answer.why);
    }
}

#[tokio::test]
async fn a_command_has_a_session_of_its_own_and_nothing_else_of_the_runtime() {
    let mut rig = rig();
    let session = printed(&mut rig, "echo $$ $(cut -d' ' -f5,6 /proc/$$/stat)").await;
    let ids: Vec<_> = session.split_whitespace().collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]), "{session}");
    assert_eq!(printed(&mut rig, "readlink /proc/$$/fd/0").await, "/dev/null\n");
    assert_eq!(stderr(&rig.run(sh("exec >&2; ls /proc/$$/fd; exit 1")).await), "0\n1\n2\n");
    let signals = printed(&mut rig, "sed -nE 's/Sig(Blk|Ign)://p' /proc/self/status").await;
    let usual = |set: &str| u64::from_str_radix(set, 16).unwrap() & 0x7fff_ffff;
    assert_eq!(signals.split_whitespace().map(usual).collect::<Vec<_>>(), [0, 0]);
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let mut rig = rig();
    rig.write("plain", "#!/bin/sh\n");
    rig.script("lost", "#!/no/such/interpreter -x\n");
    rig.script("windows", "#!/bin/sh\r\nexit 0\r\n");
    rig.script("junk", "\u{1}\u{2}\u{3}junk");
    std::fs::create_dir(rig.path("folder")).unwrap();
    let long = "x".repeat(3 << 20);
    let mut whys = Vec::new();
    for args in [
        exec("./absent", &[]),
        exec("no-such-program", &[]),
        exec("./plain", &[]),
        exec("plain", &[]),
        exec("./folder", &[]),
        exec("./plain/below", &[]),
        exec("./lost", &[]),
        exec("./lost one 'two three'", &[]),
        exec("./absent one", &[]),
        exec("cat  one two", &[]),
        exec("./windows", &[]),
        exec("./junk", &[]),
        exec("", &[]),
        exec("true", &["a\0b"]),
        exec("true", &[&long]),
        exec_in("true", &[], &[], "gone"),
        exec_in("true", &[], &[], "plain"),
        exec_in("true", &[], &[("MACHINE_RUN_ID", "x")], "."),
        exec_in("true", &[], &[("A=B", "x")], "."),
        vec![Value::Int(1)],
    ] {
        let answer = rig.run(args).await;
        assert_eq!(reason(&answer), "unstartable");
        whys.push(answer.why.replace(&rig.context.dir.display().to_string(), "DIR"));
    }
    insta::assert_snapshot!(whys.join("\n"), @r#"
    not started: `./absent` is not there
    not started: `no-such-program` is in none of the directories of its PATH
    not started: `./plain` is not executable; `chmod +x` makes it so
    not started: `plain` is not executable; `chmod +x` makes it so
    not started: `./folder` is a directory, not a program
    not started: `./plain/below` is not there
    not started: the interpreter `/no/such/interpreter` that `./lost` asks for is not there
    not started: `./lost one 'two three'` is not there; arguments stand separately: `exec("./lost", …)`
    not started: `./absent one` is not there
    not started: `cat one two` is not there; arguments stand separately: `exec("cat", "one", "two")`
    not started: `./windows` has the line ends of Windows, so that it asks for `/bin/sh\r`; save it with those of Unix
    not started: `./junk` has an exec format error: it is no program for this system, nor a script that begins with `#!`
    not started: the program has no name
    not started: a NUL character in the arguments, which no program can be given
    not started: the arguments and the environment are longer than the system takes
    not started: the directory `DIR/gone` is not there
    not started: `DIR/plain` is not a directory that can be entered
    not started: `MACHINE_RUN_ID` is set by the runtime; take it out of `env`
    not started: `A=B` is no name for an environment variable
    not started: the argument `program` is not a string; was the table built for another version of this runtime?
    "#);
}

#[tokio::test]
async fn a_command_that_hangs_is_ended_at_its_deadline() {
    let begun = Instant::now();
    let answer = rig().run(sh_for("echo waiting; sleep 1000", 100)).await;
    assert_eq!(reason(&answer), "timeout");
    assert_eq!(answer.why, "not done after 100ms: waiting");
    assert!(begun.elapsed() < Duration::from_secs(30) && answer.took >= Duration::from_millis(100));
}

#[tokio::test]
async fn a_command_that_will_not_end_is_killed() {
    let answer = rig().run(sh_for("trap '' TERM; while :; do sleep 1; done", 100)).await;
    assert_eq!(reason(&answer), "timeout");
    assert!(answer.took >= Duration::from_secs(2));
}

#[tokio::test]
async fn a_command_may_clean_up_when_it_is_asked_to_end() {
    let mut rig = rig();
    let key = rig.ask(sh("trap 'echo clean > cleaned; exit' TERM; echo $$ > ready; while :; do sleep 0.01; done"));
    rig.pid("ready").await;
    rig.driver.stop(key);
    assert_eq!(reason(&rig.answer().await), "interrupted");
    assert_eq!(rig.line("cleaned").await, "clean");
}

#[tokio::test]
async fn a_grandchild_that_holds_the_pipes_is_not_waited_for_and_lives_on() {
    let mut rig = rig();
    let answer = rig.run(sh("sleep 1000 & echo $! > left")).await;
    assert_eq!(answer.outcome, Some(0));
    let left = rig.pid("left").await;
    assert!(is_alive(left));
    rustix::process::kill_process(rustix::process::Pid::from_raw(left).unwrap(), rustix::process::Signal::KILL)
        .unwrap();
}

/// A process in another session, one that also lost its parent, and one that lost its environment as well.
const RUNAWAYS: &str = "
    setsid sh -c 'trap \"\" TERM; echo $$ > first; while :; do sleep 1; done' &
    (setsid sh -c 'trap \"\" TERM; echo $$ > second; while :; do sleep 1; done' &)
    env -i setsid sh -c 'trap \"\" TERM; echo $$ > third; while :; do sleep 1; done' &
    wait";

#[tokio::test]
async fn the_whole_tree_is_killed_wherever_it_has_gone() {
    let mut rig = rig();
    let key = rig.ask(sh(RUNAWAYS));
    let pids = [rig.pid("first").await, rig.pid("second").await, rig.pid("third").await];
    assert!(pids.iter().all(|pid| is_alive(*pid)));
    rig.driver.stop(key);
    assert_eq!(reason(&rig.answer().await), "interrupted");
    assert_eq!(pids.map(is_alive), [false; 3]);
}

#[tokio::test]
async fn nothing_of_a_run_is_left_after_its_deadline() {
    let mut rig = rig();
    let ask = rig.an_ask(sh_for(RUNAWAYS, 300));
    let mut tree = Tree::new(ask.run_id.clone(), 0);
    rig.driver.ask(ask);
    assert_eq!(reason(&rig.answer().await), "timeout");
    assert!(!tree.is_alive());
}

#[tokio::test]
async fn what_an_earlier_run_left_behind_is_not_the_next_runs_to_kill() {
    let mut rig = rig();
    let first = rig.an_ask(sh("setsid sleep 1000 > /dev/null 2>&1 & echo $! > left"));
    let mut second = rig.an_ask(sh_for("sleep 1000", 50));
    second.run_id.clone_from(&first.run_id);
    rig.driver.ask(first);
    assert_eq!(rig.answer().await.outcome, Some(0));
    let left = rig.pid("left").await;
    // Process ages are told in hundredths of a second; only an older one is certainly not of the next run.
    let noted = crate::tree::now();
    until(|| crate::tree::now() > noted + 1).await;
    rig.driver.ask(second);
    assert_eq!(reason(&rig.answer().await), "timeout");
    assert!(is_alive(left));
    rustix::process::kill_process(rustix::process::Pid::from_raw(left).unwrap(), rustix::process::Signal::KILL)
        .unwrap();
}

#[tokio::test]
async fn a_flood_is_taken_whole_and_kept_in_part() {
    let begun = Instant::now();
    let answer = rig().run(sh("yes | head -c 1073741824 >&2; exit 1")).await;
    assert_eq!(reason(&answer), "exit");
    let text = stderr(&answer);
    assert!(text.len() < 70_000 && text.starts_with("y\ny\n") && text.ends_with("y\ny\n"));
    assert!(text.contains("… 1073676288 bytes left out …"));
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn a_flood_does_not_hold_up_the_deadline() {
    let answer = rig().run(sh_for("yes & yes >&2", 300)).await;
    assert_eq!(reason(&answer), "timeout");
    assert!(answer.took < Duration::from_secs(20));
}

#[tokio::test]
async fn binary_output_is_made_text() {
    let answer = rig().run(sh(r"printf 'a\377\000\033[2Jb' >&2; exit 1")).await;
    assert_eq!(stderr(&answer), "a\u{fffd}\0\u{1b}[2Jb");
    assert_eq!(answer.why, "exit 1: a\u{fffd} [2Jb");
}

#[tokio::test]
async fn beyond_the_limit_commands_wait_for_their_turn() {
    let mut rig = rig_with_slots(2);
    let script = |n: u32| sh(&format!("echo $$ > pid{n}; while [ ! -e go ]; do sleep 0.01; done"));
    for n in [1, 2] {
        rig.ask(script(n));
        rig.pid(&format!("pid{n}")).await;
    }
    let third = rig.ask(script(3));
    let dropped = rig.ask(script(4));
    let last = rig.ask(exec("true", &[]));
    rig.driver.stop(dropped);
    assert!(!rig.path("pid3").exists());
    rig.write("go", "");
    let mut keys = Vec::new();
    for _ in 0..4 {
        keys.push(rig.answer().await.key);
    }
    assert!(keys.contains(&third) && keys.contains(&last) && !keys.contains(&dropped));
    assert!(!rig.path("pid4").exists());
}

#[tokio::test]
async fn a_second_ask_is_answered_by_the_run_that_is_under_way() {
    let mut rig = rig();
    let ask = rig.an_ask(sh("echo $$ >> pids; while [ ! -e go ]; do sleep 0.01; done"));
    rig.driver.ask(ask.clone());
    rig.pid("pids").await;
    rig.driver.ask(ask.clone());
    rig.write("go", "");
    assert_eq!(rig.answer().await.outcome, Some(0));
    rig.driver.ask(ask);
    assert_eq!(rig.answer().await.outcome, Some(0));
    assert_eq!(std::fs::read_to_string(rig.path("pids")).unwrap().lines().count(), 2);
}

#[tokio::test]
async fn a_driver_that_is_dropped_takes_its_commands_with_it() {
    let mut rig = rig();
    rig.ask(sh("echo $$ > pid; while :; do sleep 1; done"));
    let pid = rig.pid("pid").await;
    rig.driver = Box::new(Exec::new(tokio::sync::mpsc::unbounded_channel().0, Launcher::new(1)));
    assert_eq!(reason(&rig.answer().await), "interrupted");
    assert!(!is_alive(pid));
}

#[tokio::test]
async fn no_zombies_stay() {
    let mut rig = rig();
    rig.run(sh("echo $$ > pid")).await;
    let pid = rig.pid("pid").await;
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
}

fn secret(name: &str, value: Result<&str, &str>) -> Value {
    Value::Secret(Secret::new(name, value.map(str::to_owned).map_err(str::to_owned)))
}

#[tokio::test]
async fn a_secret_is_seen_by_the_command_and_nobody_else() {
    let mut args = sh("printf 'x%s' \"$TOKEN\"; echo \"got $TOKEN.\" >&2; test ${#TOKEN} = 14 && exit 9");
    args[2] = Value::Map(vec![("TOKEN".into(), secret("token", Ok("hunter2hunter2"))), ("A".into(), text("b"))]);
    let answer = rig().run(args).await;
    assert_eq!((stderr(&answer), &answer.fields["code"]), ("got [secret token].\n", &json!(9)));
    assert_eq!(answer.why, "exit 9: got [secret token].");
    assert!(!format!("{answer:?}").contains("hunter2"));
}

#[tokio::test]
async fn without_its_secret_a_command_is_not_started() {
    let mut args = exec("true", &[]);
    args[2] = Value::Map(vec![("TOKEN".into(), secret("token", Err("the variable `TOKEN` is not set")))]);
    let answer = rig().run(args).await;
    assert_eq!(reason(&answer), "unstartable");
    assert_eq!(answer.why, "not started: there is no secret `token`: the variable `TOKEN` is not set");
}

#[tokio::test]
async fn output_is_handed_over_when_it_is_asked_for() {
    let mut rig = rig();
    for (script, output) in [
        ("printf '{\"co2\":7}\\n'; echo noise >&2", Some(Raw::Whole(b"{\"co2\":7}\n".into()))),
        ("head -c 65536 /dev/zero", Some(Raw::Whole(vec![0; 65_536]))),
        ("head -c 65537 /dev/zero", Some(Raw::TooLarge(65_537))),
        ("echo out; exit 1", None),
    ] {
        let ask = Ask { wants_output: true, ..rig.an_ask(sh(script)) };
        rig.driver.ask(ask);
        assert_eq!(rig.answer().await.output, output, "{script}");
    }
    assert_eq!(rig.run(sh("echo out")).await.output, None);
}

#[tokio::test]
async fn the_watchers_own_timeout_comes_first() {
    let mut rig = rig();
    let ask = Ask { timeout: Some(Duration::from_millis(80)), ..rig.an_ask(sh("sleep 1000")) };
    rig.driver.ask(ask);
    assert_eq!(rig.answer().await.why, "not done after 80ms");
}

#[tokio::test]
async fn a_command_runs_as_another_user_or_says_why_not() {
    let mut rig = rig();
    let script = "id -un; id -gn; id -G; ps -o sid= -p $$ | tr -d ' '; echo $$; cat /proc/$$/status | grep SigIgn; ls /proc/self/fd | wc -l";
    let ask =
        Ask { user: Some("nobody".into()), wants_output: true, ..rig.an_ask(exec_in("sh", &["-c", script], &[], "/")) };
    rig.driver.ask(ask);
    let answer = rig.answer().await;
    if !rustix::process::geteuid().is_root() {
        assert_eq!(reason(&answer), "unstartable");
        return assert!(answer.why.starts_with("not started: it cannot run as `nobody`: the runtime does not run"));
    }
    let Some(Raw::Whole(output)) = answer.output else { panic!("{answer:?}") };
    let output = String::from_utf8(output).unwrap();
    let lines: Vec<_> = output.lines().collect();
    assert_eq!((lines[0], lines[3]), ("nobody", lines[4]), "{output}");
    // The C library keeps signal 32 for itself.
    let ignored = u64::from_str_radix(lines[5].rsplit('\t').next().unwrap(), 16).unwrap() & !(1 << 31);
    assert!(ignored == 0 && lines[6] == "4", "{output}");
    // What that user may not enter or run, is not entered or run.
    rig.script("private.sh", "#!/bin/sh\ntrue\n");
    std::fs::set_permissions(rig.path("private.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let ask = Ask { user: Some("nobody".into()), ..rig.an_ask(exec("./private.sh", &[])) };
    rig.driver.ask(ask);
    assert_eq!(reason(&rig.answer().await), "unstartable");
    let ask = Ask { user: Some("nobody-of-this-name".into()), ..rig.an_ask(exec("true", &[])) };
    rig.driver.ask(ask);
    let why = "not started: it cannot run as `nobody-of-this-name`: this system has no such user";
    assert_eq!(rig.answer().await.why, why);
}
