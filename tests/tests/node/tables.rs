//! Tables come, change and go while a node runs, and not all of them are good.

use super::{LAMP, close, lamp};
use machine_core::Definition;
use machine_tests::node::{Site, tables};
use machine_tests::told::Told;
use rustix::process::Signal;
use std::fs;

/// Waits for a door of four seconds, in a state that version 2 has as well.
const EGG: &str = r#"
    machine egg 1.0.0 {
        initial state boiling { after 4s -> done }
        state done { after 1h -> boiling }
    }
"#;

/// A machine that does nothing, to see that the node has come past something.
fn idle(name: &str) -> String {
    format!(
        "machine {name} 1.0.0 {{ initial state still {{ after 1h -> other }} state other {{ after 1h -> still }} }}"
    )
}

#[test]
fn a_node_without_tables_says_so_and_waits_for_them() {
    let mut site = Site::new();
    site.start();
    site.expect("startup");
    site.until("a word on the empty directory", || site.said().contains("no table").then_some(()));
    site.ship(LAMP);
    site.expect("lamp starts in dark");
    close(site);
}

#[test]
fn tables_come_change_and_go() {
    let mut site = Site::running(&(LAMP.to_owned() + &idle("other")));
    site.expect("lamp starts in dark");
    site.expect("other starts in still");
    site.write("switch", "");
    site.expect("lamp dark -> lit");
    site.ship(&idle("late"));
    site.expect("late starts in still");
    site.ship(&lamp("2.0.0"));
    site.expect("activated lamp");
    site.expect("lamp stops in lit: table replaced");
    site.expect("lamp goes on in lit");
    site.remove("lamp.table");
    site.expect("lamp stops in lit: table removed");
    site.expect("removed lamp");
    // It begins anew, and its numbers go on.
    site.ship(LAMP);
    site.expect("lamp starts in dark");
    close(site);
}

/// Ships something bad in place of the running lamp, and says why it is refused.
fn refused(bad: &[u8]) -> String {
    let mut site = Site::running(LAMP);
    site.expect("lamp starts in dark");
    site.write("lamp.table", bad);
    let reason = site.expect_start("refused lamp.table: ").text;
    site.write("switch", "1");
    site.expect("lamp dark -> lit");
    // The same at the start: the last good one goes on.
    site.kill_and_start();
    assert_eq!(site.expect_start("refused lamp.table: ").text, reason);
    site.expect("lamp goes on in lit");
    site.remove("switch");
    site.expect("lamp lit -> dark");
    // And a good one is taken as if nothing had been.
    site.ship(&lamp("2.0.0"));
    site.expect("lamp goes on in dark");
    close(site);
    reason
}

#[test]
fn garbage_leaves_the_running_table() {
    assert!(refused(b"garbage").contains("machinec build"));
}

#[test]
fn a_table_that_is_cut_off_leaves_the_running_one() {
    let (_, whole) = tables(&lamp("3.0.0")).remove(0);
    refused(&whole[..whole.len() / 2]);
}

#[test]
fn a_table_of_another_format_leaves_the_running_one() {
    let (_, mut table) = tables(&lamp("3.0.0")).remove(0);
    // The version stands behind the label; see docs/table.md.
    table[8] = 99;
    assert!(refused(&table).contains("version"));
}

#[test]
fn a_table_that_asks_for_another_runtime_leaves_the_running_one() {
    // Its `exec` has no signature at all.
    let other = Definition { name: "other".into(), ..Definition::example() }.encode().unwrap();
    assert!(refused(&other).contains("its `exec` was compiled for another version of the kind than this node has"));
}

#[test]
fn a_file_that_holds_another_machine_ends_the_first() {
    let mut site = Site::running(LAMP);
    site.expect("lamp starts in dark");
    site.write("lamp.table", tables(&idle("other")).remove(0).1);
    site.expect("other starts in still");
    site.expect("lamp stops in dark: table removed");
    close(site);
}

#[test]
fn of_two_files_with_one_machine_the_second_has_to_wait() {
    let mut site = Site::running(LAMP);
    site.expect("lamp starts in dark");
    site.write("second.table", tables(&lamp("2.0.0")).remove(0).1);
    let reason = site.expect_start("refused second.table: ").text;
    assert!(reason.contains("lamp.table` already; a node runs one machine of a name"), "{reason}");
    site.remove("lamp.table");
    site.expect("lamp goes on in dark");
    assert!(!site.told().iter().any(|it| it.text == "removed lamp"));
    close(site);
}

#[test]
fn a_file_that_is_renamed_keeps_its_machine() {
    let mut site = Site::running(LAMP);
    site.write("switch", "");
    site.expect("lamp dark -> lit");
    fs::rename(site.file("lamp.table"), site.file("light.table")).unwrap();
    site.ship(&idle("mark"));
    site.expect("mark starts in still");
    site.remove("switch");
    site.expect("lamp lit -> dark");
    assert!(!site.told().iter().any(|it| it.text.starts_with("lamp stops")));
    // And while the node is down.
    site.kill();
    fs::rename(site.file("light.table"), site.file("lamp.table")).unwrap();
    site.start();
    site.expect("lamp goes on in dark");
    close(site);
}

#[test]
fn a_table_that_goes_while_the_node_is_down_takes_its_machine_with_it() {
    let mut site = Site::running(&(LAMP.to_owned() + &idle("other")));
    site.expect("lamp starts in dark");
    site.expect("other starts in still");
    site.kill();
    site.remove("lamp.table");
    site.start();
    site.expect("removed lamp");
    site.ship(LAMP);
    site.expect("lamp starts in dark");
    close(site);
}

#[test]
fn a_table_without_the_state_that_the_machine_is_in_is_refused() {
    let mut site = Site::running(LAMP);
    site.write("switch", "");
    site.expect("lamp dark -> lit");
    site.ship(&lamp("2.0.0").replace("lit", "bright"));
    let reason = site.expect_start("refused lamp.table: ").text;
    assert!(reason.contains("the machine is in `lit`: the new table has no state of the name"), "{reason}");
    // It is refused again after a restart, and what ran goes on.
    site.kill_and_start();
    site.expect("lamp goes on in lit");
    site.expect_start("refused lamp.table: ");
    site.remove("switch");
    site.expect("lamp lit -> dark");
    close(site);
}

#[test]
fn a_machine_whose_past_cannot_be_read_waits_for_a_decision() {
    let mut site = Site::running(LAMP);
    site.write("switch", "");
    site.expect("lamp dark -> lit");
    site.kill();
    // The table that it ran is lost, and what is shipped is another one.
    fs::remove_dir_all(site.path("state/tables")).unwrap();
    site.ship(&lamp("2.0.0"));
    site.ship(&idle("other"));
    site.start();
    let reason = site.expect_start("refused lamp.table: ").text;
    assert!(reason.contains("remove the file and put it back to begin anew"), "{reason}");
    site.expect("other starts in still");
    site.remove("lamp.table");
    site.expect("removed lamp");
    site.ship(&lamp("2.0.0"));
    site.expect("lamp starts in dark");
    close(site);
}

#[test]
fn a_table_waits_while_a_run_is_under_way() {
    const BUILDER: &str = r#"
        machine builder 1.0.0 {
            initial state work {
                run job = shell("touch begun; while [ ! -e go ]; do sleep 0.02; done; echo >> finished", timeout: 10m)
                on job.ok     -> rest
                on job.failed -> rest
            }
            state rest { after 1h -> work }
        }
    "#;
    let mut site = Site::running(BUILDER);
    site.expect("builder starts in work");
    site.until("the run has begun", || site.file("begun").exists().then_some(()));
    site.ship(&BUILDER.replace("1.0.0", "2.0.0"));
    site.ship(&idle("mark"));
    site.expect("mark starts in still");
    assert!(!site.rest().iter().any(|it| it.contains("builder")), "{:?}", site.rest());
    site.write("go", "");
    site.expect("builder job.ok");
    site.expect("builder work -> rest");
    site.expect("activated builder");
    site.expect("builder stops in rest: table replaced");
    site.expect("builder goes on in rest");
    assert_eq!(fs::read_to_string(site.file("finished")).unwrap().lines().count(), 1);
    close(site);
}

#[test]
fn a_timer_keeps_what_is_left_when_a_table_takes_over() {
    let mut site = Site::running(EGG);
    let armed = site.expect("egg after 4s running");
    wait_until_nearly_done(&armed);
    site.ship(&EGG.replace("1.0.0", "2.0.0"));
    let begun = site.expect("egg goes on in boiling");
    let fired = site.expect("egg boiling -> done");
    assert!(fired.time >= armed.time + std::time::Duration::from_secs(4), "{armed:#?} {fired:#?}");
    assert!(fired.time < begun.time + std::time::Duration::from_secs(4), "{begun:#?} {fired:#?}");
    close(site);
}

/// Waits until three of the four seconds have passed: what fires within four seconds from then was not armed anew.
pub(super) fn wait_until_nearly_done(armed: &Told) {
    let since = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        now.saturating_sub(armed.time)
    };
    while since() < std::time::Duration::from_secs(3) {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn a_directory_that_goes_and_comes_back_changes_nothing() {
    let mut site = Site::running(LAMP);
    site.expect("lamp starts in dark");
    fs::rename(site.path("tables"), site.path("away")).unwrap();
    let reason = site.expect_start("refused tables: ").text;
    assert!(reason.contains("the directory cannot be read"), "{reason}");
    fs::rename(site.path("away"), site.path("tables")).unwrap();
    site.ship(&idle("mark"));
    // Seen at the next look of its own, or at once when it is told to look.
    site.signal(Signal::HUP);
    site.expect("mark starts in still");
    site.write("switch", "");
    site.expect("lamp dark -> lit");
    close(site);
}

#[test]
fn a_busy_node_still_sees_new_tables() {
    let busy = |n| {
        format!(
            r#"machine busy{n} 1.0.0 {{
                initial state a {{ watch w = shell("true") every 10ms  on w.ok stay  on w.failed -> b }}
                state b {{ after 1h -> a }}
            }}"#
        )
    };
    let mut site = Site::running(&(0..4).map(busy).collect::<String>());
    site.expect("busy0 w.ok");
    site.ship(LAMP);
    site.expect("lamp starts in dark");
    close(site);
}

#[test]
fn a_machine_runs_in_a_directory_of_its_own_if_there_is_one() {
    let mut site = Site::new();
    fs::create_dir(site.file("lamp")).unwrap();
    site.ship(LAMP);
    site.start();
    site.expect("lamp starts in dark");
    site.write("lamp/switch", "");
    site.expect("lamp dark -> lit");
    close(site);
}
