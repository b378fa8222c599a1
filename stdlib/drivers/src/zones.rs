//! Time zones of the machine, which its administrator keeps up to date; where it has none, those that are built in.

use std::sync::OnceLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use machine_calendar::{LOCAL, Zone};

/// The zone of this name.
pub(crate) fn find(name: &str) -> Option<Zone> {
    if name == LOCAL {
        return Some(Zone::with_rules(name, TimeZone::try_system().unwrap_or(TimeZone::UTC)));
    }
    static OF_SYSTEM: OnceLock<TimeZoneDatabase> = OnceLock::new();
    let of_system = OF_SYSTEM.get_or_init(TimeZoneDatabase::from_env).get(name);
    of_system.ok().map(Zone::from).or_else(|| Zone::bundled(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_that_is_built_in_is_found_whatever_the_machine_has() {
        assert!(find(LOCAL).is_some());
        assert!(find("Mars/Olympus").is_none());
        for name in ["UTC", "Europe/Berlin", "Australia/Lord_Howe"] {
            assert_eq!(find(name).unwrap().name(), name);
        }
    }
}
