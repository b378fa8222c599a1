//! Schedules on a real node, on the clock that people read: killed in a window, and while moments pass.

use super::close;
use machine_tests::node::Site;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A machine whose window began yesterday and is open until tomorrow, whenever this is run.
fn updates() -> String {
    const DAYS: [&str; 7] = ["thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday"];
    let today = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 86_400;
    let yesterday = DAYS[usize::try_from((today - 1) % 7).unwrap()];
    format!(
        r#"
        machine updates 1.0.0 {{
            watch lever = file("lever")
            on lever.changed -> day again
            on lever.missing stay

            initial state day {{
                watch night = schedule("{yesterday} at 00:00", for: 3d)
                on night.opened     -> updating
                on night.still_open -> seen_again
            }}
            state updating
            state seen_again
        }}
        "#
    )
}

#[test]
fn a_window_outlives_the_node_and_opens_once() {
    let mut site = Site::running(&updates());
    site.expect("updates night.opened");
    site.expect("updates day -> updating");
    site.kill_and_start();
    site.expect("updates goes on in updating");
    // The state is entered anew, and its watcher knows the window from before.
    site.write("lever", "1");
    site.expect("updates updating -> day");
    site.expect("updates day -> seen_again");
    let opened = site.told().iter().filter(|it| it.text == "updates night.opened").count();
    assert_eq!(opened, 1);
    close(site);
}

#[test]
fn moments_that_pass_while_the_node_is_down_are_told_as_the_source_says() {
    let source = |name: &str, missed: &str| {
        format!(
            r#"
            machine {name} 1.0.0 {{
                watch tick = schedule("* * * * * *", missed: {missed})
                on tick.due(d) when d.missed > 0 stay {{ log "missed {{d.missed}}" }}
                on tick.due                      stay
                initial final state only
            }}
            "#
        )
    };
    let mut site = Site::new();
    site.ship(&source("once", "once"));
    site.start();
    site.expect("once tick.due");
    site.kill();
    thread::sleep(Duration::from_secs(3));
    site.start();
    site.expect("once goes on in only");
    site.expect("once tick.due");
    site.expect_start("once log missed ");
    close(site);
}

#[test]
fn with_nothing_to_do_until_tomorrow_the_node_sleeps() {
    let source = r#"machine backup 1.0.0 {
        watch night = schedule("daily at 02:30", "daily at 02:31", zone: "Europe/Berlin")
        on night.due -> busy
        initial state waiting
        state busy { after 1h -> waiting }
    }"#;
    let mut site = Site::running(source);
    site.expect("backup starts in waiting");
    let switches = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", site.pid())).unwrap();
        let line = status.lines().find(|it| it.starts_with("voluntary_ctxt_switches")).unwrap().to_owned();
        line.rsplit('\t').next().unwrap().parse::<u64>().unwrap()
    };
    // It has done all that there is to do when it sleeps for two seconds; a clock that is looked at would wake it.
    site.until("it sleeps", || {
        let before = switches();
        thread::sleep(Duration::from_secs(2));
        (switches() == before).then_some(())
    });
    close(site);
}
