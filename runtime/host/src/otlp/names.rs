//! Names and units of metrics as OpenTelemetry writes them.
//!
//! Where no convention has another name, it is that of Prometheus with the part before the first words set apart by a dot,
//! and the unit out of the name. A collector that turns it back into Prometheus's form comes to the name that a scrape
//! has, so a dashboard serves both.

/// What a figure is called, and what it counts in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) name: String,
    pub(super) unit: String,
}

/// Figures that conventions have another name for: of Prometheus, of OpenTelemetry, unit.
const OTHERS: [(&str, &str, &str); 4] = [
    ("process_cpu_seconds", "process.cpu.time", "s"),
    ("process_resident_memory_bytes", "process.memory.usage", "By"),
    ("process_open_fds", "process.open_file_descriptor.count", "{file_descriptor}"),
    ("machined_journal_bytes", "machined.journal.size", "By"),
];

/// What every message says anyway: its resource, or the start of its points.
const SAID_ANYWAY: [&str; 2] = ["machined_build_info", "process_start_time_seconds"];

/// Parts of the node that have several figures.
const PARTS: [&str; 5] =
    ["machined_journal_", "machined_carrier_", "machined_sink_", "machined_limit_", "machined_otlp_"];

impl Name {
    /// The name for a figure of Prometheus, without its `_total`; none if it is left out.
    pub(super) fn of(figure: &str) -> Option<Self> {
        if SAID_ANYWAY.contains(&figure) {
            return None;
        }
        let other = OTHERS.iter().find(|it| it.0 == figure);
        Some(match other {
            Some((_, name, unit)) => Self { name: (*name).to_owned(), unit: (*unit).to_owned() },
            None => Self::ours(figure),
        })
    }

    fn ours(figure: &str) -> Self {
        let units = [("_seconds", "s"), ("_bytes", "By")];
        let with_unit = units.into_iter().find_map(|(end, unit)| Some((figure.strip_suffix(end)?, unit.to_owned())));
        let (stem, unit) = with_unit.unwrap_or_else(|| (figure, things(figure)));
        let dots = if PARTS.iter().any(|part| stem.starts_with(part)) { 2 } else { 1 };
        Self { name: stem.replacen('_', ".", dots), unit }
    }
}

/// `{transition}` for `machine_transitions`; nothing for what is no number of things.
fn things(figure: &str) -> String {
    let last = figure.rsplit('_').next().unwrap_or(figure);
    let one = match last {
        "entries" => "entry",
        "pushes" => "push",
        other => other.strip_suffix('s').unwrap_or_default(),
    };
    if one.is_empty() { String::new() } else { format!("{{{one}}}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_called_as_conventions_want_it() {
        for (figure, name, unit) in [
            ("machine_transitions", "machine.transitions", "{transition}"),
            ("machine_state", "machine.state", ""),
            ("machine_late_outcomes", "machine.late_outcomes", "{outcome}"),
            ("machine_run_duration_seconds", "machine.run_duration", "s"),
            ("machined_journal_sync_duration_seconds", "machined.journal.sync_duration", "s"),
            ("machined_journal_written_bytes", "machined.journal.written", "By"),
            ("machined_journal_bytes", "machined.journal.size", "By"),
            ("machined_outbox_entries", "machined.outbox_entries", "{entry}"),
            ("machined_carrier_backlog_records", "machined.carrier.backlog_records", "{record}"),
            ("process_cpu_seconds", "process.cpu.time", "s"),
        ] {
            assert_eq!(Name::of(figure), Some(Name { name: name.into(), unit: unit.into() }), "{figure}");
        }
        assert_eq!(Name::of("machined_build_info"), None);
    }
}
