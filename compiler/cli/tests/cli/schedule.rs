//! `machinec schedule`: when schedules come next.

use crate::{Folder, LAMP};
use insta::assert_snapshot;

const BACKUP: &str = r#"
machine backup 1.0.0 {
    watch shifts = schedule("weekdays at 06:00", "0 10 * * sat,sun in America/New_York", for: 8h) splay 10m
    on shifts.opened stay

    initial state waiting {
        watch night = schedule("daily at 02:30", zone: "Europe/Berlin", missed: skip)
        on night.due -> busy
    }
    state busy { after 1h -> waiting }
}
"#;

#[test]
fn the_next_slots_of_schedules() {
    let folder = Folder::new().with("backup.machine", BACKUP).with("lamp.machine", LAMP);
    assert_snapshot!(
        "schedule_spring",
        folder.run(&["schedule", "backup.machine", "--from", "2026-03-27T12:00:00Z", "--count", "3"])
    );
    assert_snapshot!("schedule_autumn", folder.run(&["schedule", "backup.machine", "--from", "2026-10-24", "-n", "2"]));
    assert_snapshot!(
        "schedule_json",
        folder.run(&["schedule", "backup.machine", "--from", "2026-10-24", "-n", "2", "--json"])
    );
    assert_snapshot!("schedule_none", folder.run(&["schedule", "lamp.machine"]));
    assert_snapshot!("schedule_bad_time", folder.run(&["schedule", "backup.machine", "--from", "tomorrow"]));
}
