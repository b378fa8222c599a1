//! Files as they change: written, touched, replaced, taken away; reported by the system and polled.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::SystemTime;

use serde_json::{Value as Json, json};

use super::*;
use crate::door::{Memory, Raw, Value};
use crate::look::Seen;
use crate::testing::{Rig, text};

/// A pace that tests can wait for. Without reports of the system a path is looked at every few milliseconds.
fn pace(is_notified: bool) -> Pace {
    let poll = Duration::from_millis(if is_notified { 3_600_000 } else { 5 });
    Pace { settle: Duration::from_millis(5), poll, is_notified }
}

fn rig(is_notified: bool) -> Rig {
    Rig::new(|answers| Box::new(File::new(answers, pace(is_notified))))
}

/// The two ways in which a change comes to be known.
fn both() -> [Rig; 2] {
    [rig(true), rig(false)]
}

fn file(path: &str) -> Vec<Value> {
    vec![text(path)]
}

/// What an answer says: the outcome, with its reason if it has one.
fn said(answer: &Answer) -> String {
    let outcome = answer.outcome.map_or("nothing", |outcome| ["changed", "present", "missing"][usize::from(outcome)]);
    let reason = answer.fields.get("reason").and_then(Json::as_str).unwrap_or_default();
    format!("{outcome} {reason}").trim().to_owned()
}

/// The next answer that has an outcome.
async fn next(rig: &mut Rig) -> String {
    loop {
        let answer = rig.answer().await;
        if answer.outcome.is_some() {
            return said(&answer);
        }
    }
}

/// Replaces a file the way careful programs do.
fn replace(rig: &Rig, name: &str, with: &str) {
    rig.write("fresh.tmp", with);
    fs::rename(rig.path("fresh.tmp"), rig.path(name)).unwrap();
}

fn touch(path: &Path) {
    let times = fs::FileTimes::new().set_modified(SystemTime::UNIX_EPOCH);
    fs::File::options().write(true).open(path).unwrap().set_times(times).unwrap();
}

#[tokio::test]
async fn without_a_thread_there_is_nothing_to_look_with_and_that_is_told() {
    let without_room = |answers| -> Box<dyn Driver> {
        let mut file = File::new(answers, pace(true));
        file.start = Some(|_| Err(io::Error::other("no room")));
        Box::new(file)
    };
    let mut rig = Rig::new(without_room);
    for _ in 0..2 {
        let answer = rig.run(file("f")).await;
        assert_eq!(
            (said(&answer).as_str(), answer.why.as_str()),
            ("missing unreadable", "no thread can be started: no room")
        );
    }
}

#[tokio::test]
async fn a_file_appears_changes_and_goes() {
    for mut rig in both() {
        assert_eq!(said(&rig.run(file("f")).await), "missing absent");
        rig.write("f", "one");
        assert_eq!(next(&mut rig).await, "changed");
        replace(&rig, "f", "two");
        assert_eq!(next(&mut rig).await, "changed");
        fs::remove_file(rig.path("f")).unwrap();
        assert_eq!(next(&mut rig).await, "missing absent");
        replace(&rig, "f", "two");
        assert_eq!(next(&mut rig).await, "changed");
    }
}

#[tokio::test]
async fn a_file_that_is_written_in_place_has_changed() {
    for mut rig in both() {
        rig.write("f", "one");
        assert_eq!(said(&rig.run(file("f")).await), "changed");
        rig.write("f", "a longer one");
        // It may be seen while it is empty; then it changes twice.
        assert_eq!(next(&mut rig).await, "changed");
    }
}

#[tokio::test]
async fn a_touched_file_has_not_changed() {
    for mut rig in both() {
        rig.write("f", "one");
        rig.run(file("f")).await;
        touch(&rig.path("f"));
        let answer = rig.answer().await;
        assert_eq!((said(&answer).as_str(), answer.memory.is_some()), ("nothing", true));
    }
}

#[tokio::test]
async fn an_equal_file_in_its_place_is_no_change() {
    for mut rig in both() {
        rig.write("f", "one");
        rig.run(file("f")).await;
        replace(&rig, "f", "one");
        assert_eq!(said(&rig.answer().await), "nothing");
        replace(&rig, "f", "two");
        assert_eq!(next(&mut rig).await, "changed");
    }
}

#[tokio::test]
async fn a_missing_directory_may_come_later_and_go_again() {
    for mut rig in both() {
        assert_eq!(said(&rig.run(file("a/b/f")).await), "missing absent");
        fs::create_dir_all(rig.path("a/b")).unwrap();
        rig.write("a/b/f", "one");
        assert_eq!(next(&mut rig).await, "changed");
        fs::remove_dir_all(rig.path("a")).unwrap();
        assert_eq!(next(&mut rig).await, "missing absent");
        fs::create_dir_all(rig.path("a/b")).unwrap();
        rig.write("a/b/f", "two");
        assert_eq!(next(&mut rig).await, "changed");
        replace(&rig, "a/b/f", "three");
        assert_eq!(next(&mut rig).await, "changed");
    }
}

#[tokio::test]
async fn a_directory_that_is_moved_away_takes_its_files_with_it() {
    for mut rig in both() {
        fs::create_dir(rig.path("a")).unwrap();
        rig.write("a/f", "one");
        assert_eq!(said(&rig.run(file("a/f")).await), "changed");
        fs::rename(rig.path("a"), rig.path("b")).unwrap();
        assert_eq!(next(&mut rig).await, "missing absent");
    }
}

#[tokio::test]
async fn a_link_that_is_pointed_elsewhere_is_a_change() {
    for mut rig in both() {
        for release in ["1", "2"] {
            fs::create_dir(rig.path(release)).unwrap();
            rig.write(&format!("{release}/f"), release);
        }
        symlink("1", rig.path("current")).unwrap();
        assert_eq!(said(&rig.run(file("current/f")).await), "changed");
        symlink("2", rig.path("next")).unwrap();
        fs::rename(rig.path("next"), rig.path("current")).unwrap();
        assert_eq!(next(&mut rig).await, "changed");
        replace(&rig, "2/f", "3");
        assert_eq!(next(&mut rig).await, "changed");
    }
}

#[tokio::test]
async fn a_directory_changes_when_entries_come_and_go() {
    for mut rig in both() {
        fs::create_dir(rig.path("d")).unwrap();
        assert_eq!(said(&rig.run(file("d")).await), "changed");
        rig.write("d/f", "one");
        assert_eq!(next(&mut rig).await, "changed");
        fs::remove_file(rig.path("d/f")).unwrap();
        assert_eq!(next(&mut rig).await, "changed");
        fs::remove_dir(rig.path("d")).unwrap();
        assert_eq!(next(&mut rig).await, "missing absent");
    }
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_missing_for_another_reason() {
    for mut rig in both() {
        symlink("f", rig.path("f")).unwrap();
        let answer = rig.run(file("f")).await;
        assert_eq!(said(&answer), "missing unreadable");
        assert!(answer.why.starts_with("`f` cannot be read: too many levels of symbolic links"), "{}", answer.why);
        replace(&rig, "f", "one");
        assert_eq!(next(&mut rig).await, "changed");
    }
}

#[tokio::test]
async fn what_is_told_names_the_path() {
    let mut rig = rig(true);
    rig.write("f", "one");
    let answer = rig.run(file("f")).await;
    assert_eq!(json!(answer.fields), json!({"path": "f"}));
    let path = rig.path("f").display().to_string();
    let members = json!({"path": path, "previous_outcome": "changed"});
    assert_eq!((answer.notice.kind, json!(answer.notice.members)), ("file", members));
    assert_eq!(answer.why, "`f` is seen for the first time");
}

#[tokio::test]
async fn nothing_is_told_after_a_stop() {
    let mut rig = rig(true);
    let key = rig.ask(file("f"));
    rig.answer().await;
    rig.driver.stop(key);
    rig.write("f", "one");
    // A second watcher of the same path would be told no sooner than the first.
    let other = rig.ask(file("f"));
    assert_eq!(rig.answer().await.key, other);
    replace(&rig, "f", "two");
    assert_eq!(rig.answer().await.key, other);
}

#[tokio::test]
async fn many_changes_at_once_are_few() {
    let mut rig = rig(true);
    assert_eq!(said(&rig.run(file("f")).await), "missing absent");
    for n in 0..10_000 {
        replace(&rig, "f", &n.to_string());
    }
    // The last state is always seen, however few of those before it are.
    let mut answers = 0;
    let mut last = None;
    let seen = crate::look::look(&rig.path("f"), None).0;
    while !last.as_ref().is_some_and(|last: &Seen| seen.is_same(last)) {
        last = rig.answer().await.memory.as_deref().and_then(Seen::recall);
        answers += 1;
    }
    assert!(answers < 5_000, "{answers}");
}

/// A visit that is over after one look, with the memory of the last.
async fn look_once(rig: &mut Rig, memory: &mut Option<Memory>, first: bool, resumed: bool) -> String {
    let ask = Ask { first, resumed, memory: memory.clone(), ..rig.an_ask(file("f")) };
    let key = ask.key;
    rig.driver.ask(ask);
    let answer = rig.answer().await;
    rig.driver.stop(key);
    if answer.memory.is_some() {
        memory.clone_from(&answer.memory);
    }
    said(&answer)
}

/// A first ask with a pace.
fn paced(rig: &Rig, every: Duration) -> Ask {
    Ask { every: Some(every), ..rig.an_ask(file("f")) }
}

/// A pace that never comes round in a test.
const SELDOM: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn at_the_pace_of_the_source_it_looks_by_itself_and_tells_news_only() {
    // Nothing is reported, and its own pace would take an hour.
    let poll = SELDOM;
    let mut rig = Rig::new(|answers| Box::new(File::new(answers, Pace { poll, ..pace(false) })));
    let ask = paced(&rig, Duration::from_millis(5));
    rig.driver.ask(ask.clone());
    let answer = rig.answer().await;
    assert_eq!((said(&answer).as_str(), &answer.run_id), ("missing absent", &ask.run_id));
    for (content, expected) in [("one", "changed"), ("two", "changed")] {
        replace(&rig, "f", content);
        assert_eq!(next(&mut rig).await, expected);
    }
    fs::remove_file(rig.path("f")).unwrap();
    let mut answer = rig.answer().await;
    while answer.outcome.is_none() {
        answer = rig.answer().await;
    }
    assert_eq!((said(&answer).as_str(), answer.run_id.as_str()), ("missing absent", ""), "nobody asked");
    // A path that is not there has nothing to tell however often it is looked at.
    tokio::time::sleep(Duration::from_millis(50)).await;
    rig.driver.stop(ask.key);
    let other = rig.ask(file("g"));
    assert_eq!(rig.answer().await.key, other);
}

#[tokio::test]
async fn a_run_looks_once() {
    for mut rig in both() {
        let ask = Ask { once: true, ..rig.an_ask(file("f")) };
        rig.driver.ask(ask);
        assert_eq!(said(&rig.answer().await), "missing absent");
        let watch = rig.ask(file("f"));
        assert_eq!(rig.answer().await.key, watch);
        rig.write("f", "one");
        assert_eq!(rig.answer().await.key, watch);
        replace(&rig, "f", "two");
        assert_eq!(rig.answer().await.key, watch);
    }
}

#[tokio::test]
async fn a_run_that_is_asked_again_after_a_restart_still_ends() {
    let mut rig = rig(true);
    rig.write("f", "one");
    let ask = Ask { once: true, ..rig.an_ask(file("f")) };
    rig.driver.ask(ask.clone());
    let memory = rig.answer().await.memory;
    rig.driver.ask(Ask { first: false, resumed: true, memory, ..ask });
    assert_eq!(said(&rig.answer().await), "present");
}

#[tokio::test]
async fn each_ask_is_one_look_and_one_answer() {
    let mut rig = rig(false);
    let ask = paced(&rig, SELDOM);
    let mut look = async |first| {
        rig.driver.ask(Ask { first, ..ask.clone() });
        said(&rig.answer().await)
    };
    let path = ask.context.dir.join("f");
    assert_eq!(look(true).await, "missing absent");
    assert_eq!(look(false).await, "nothing");
    fs::write(&path, "one").unwrap();
    assert_eq!(look(false).await, "changed");
    assert_eq!(look(false).await, "nothing");
    fs::remove_file(&path).unwrap();
    assert_eq!(look(false).await, "missing absent");
    assert_eq!(look(false).await, "nothing");
}

#[tokio::test]
async fn between_two_looks_of_a_pace_a_change_is_seen_when_it_is_reported() {
    let mut rig = rig(true);
    let ask = paced(&rig, SELDOM);
    rig.driver.ask(ask.clone());
    assert_eq!(said(&rig.answer().await), "missing absent");
    replace(&rig, "f", "one");
    assert_eq!(next(&mut rig).await, "changed");
    // The node has not heard of it yet when it asks: it is not told twice.
    rig.driver.ask(Ask { first: false, ..ask });
    assert_eq!(said(&rig.answer().await), "nothing");
}

#[tokio::test]
async fn a_new_visit_compares_with_what_was_seen_before_it() {
    let (mut rig, mut memory) = (rig(true), None);
    rig.write("f", "one");
    assert_eq!(look_once(&mut rig, &mut memory, true, false).await, "changed");
    assert_eq!(look_once(&mut rig, &mut memory, true, false).await, "present");
    replace(&rig, "f", "two");
    assert_eq!(look_once(&mut rig, &mut memory, true, false).await, "changed");
    fs::remove_file(rig.path("f")).unwrap();
    assert_eq!(look_once(&mut rig, &mut memory, true, false).await, "missing absent");
    assert_eq!(look_once(&mut rig, &mut memory, true, false).await, "missing absent");
}

#[tokio::test]
async fn after_a_restart_only_what_was_missed_is_told() {
    let (mut rig, mut memory) = (rig(true), None);
    rig.write("f", "one");
    assert_eq!(look_once(&mut rig, &mut memory, true, false).await, "changed");
    assert_eq!(look_once(&mut rig, &mut memory, true, true).await, "nothing");
    replace(&rig, "f", "two");
    assert_eq!(look_once(&mut rig, &mut memory, false, true).await, "changed");
    fs::remove_file(rig.path("f")).unwrap();
    assert_eq!(look_once(&mut rig, &mut memory, false, true).await, "missing absent");
    assert_eq!(look_once(&mut rig, &mut memory, false, true).await, "nothing");
}

#[tokio::test]
async fn a_memory_that_cannot_be_read_is_no_memory() {
    let (mut rig, mut memory) = (rig(true), Some(Memory::from(*b"garbage")));
    rig.write("f", "one");
    assert_eq!(look_once(&mut rig, &mut memory, true, false).await, "changed");
    assert_eq!(look_once(&mut rig, &mut memory, true, false).await, "present");
}

#[tokio::test]
async fn a_table_of_another_version_is_told_apart() {
    let answer = rig(true).run(vec![Value::Bool(true)]).await;
    assert_eq!(said(&answer), "missing unreadable");
    assert!(answer.why.starts_with("the argument `path` is not a string"), "{}", answer.why);
}

#[tokio::test]
async fn what_is_in_a_file_is_handed_over_when_it_is_asked_for() {
    let mut rig = rig(true);
    for (text, output) in [
        (b"{\"co2\": 7}".to_vec(), Raw::Whole(b"{\"co2\": 7}".into())),
        (Vec::new(), Raw::Whole(Vec::new())),
        (vec![b'x'; 70_000], Raw::TooLarge(70_000)),
    ] {
        std::fs::write(rig.path("f"), text).unwrap();
        let ask = Ask { wants_output: true, ..rig.an_ask(file("f")) };
        let key = ask.key;
        rig.driver.ask(ask);
        assert_eq!(rig.answer().await.output, Some(output));
        rig.driver.stop(key);
    }
    let ask = Ask { wants_output: true, ..rig.an_ask(file(".")) };
    rig.driver.ask(ask);
    assert_eq!(rig.answer().await.output, Some(Raw::Unreadable("it is not a regular file".into())));
    assert_eq!(rig.run(file("f")).await.output, None);
}
