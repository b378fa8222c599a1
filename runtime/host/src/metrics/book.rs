//! All figures, and what events add to them.

use super::asked::Asked;
use super::journal::JournalFigures;
use super::machines::Machines;
use super::process::Process;
use crate::event::happening::{Origin, Outcome, Turn, What};
use crate::journal;
use crate::sink::{Published, Sink, SinkError};
use prometheus_client::encoding::{EncodeLabelSet, prometheus_text, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry, Unit};
use std::fmt::Error;
use std::sync::Arc;

/// How long commands run: from the blink of a check to a deployment.
const RUN_TIMES: [f64; 11] = [0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0];

/// See the module.
#[derive(Debug)]
pub(crate) struct Book {
    registry: Registry,
    counts: Counts,
    machines: Arc<Machines>,
    pub(super) asked: Arc<Asked>,
}

/// What is counted of events, over all machines.
#[derive(Debug, Default)]
struct Counts {
    events: Family<EventLabel, Counter>,
    outcomes: Family<OutcomeLabels, Counter>,
    late: Family<KindLabel, Counter>,
    runs: Runs,
    timers: Family<TurnLabel, Counter>,
    faults: Family<ReasonLabel, Counter>,
    slowed: Counter,
    operator: Family<AnsweredLabel, Counter>,
    tables: Family<ChangeLabel, Counter>,
    warnings: Counter,
    pushes: Family<TakenLabel, Counter>,
}

/// How long runs took, by kind.
#[derive(Clone, Debug)]
struct Runs(Family<KindLabel, Histogram, fn() -> Histogram>);

impl Default for Runs {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| Histogram::new(RUN_TIMES)))
    }
}

/// Which of the texts of an event a count is kept by. None of them comes from outside: they are names in tables.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct EventLabel {
    event: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OutcomeLabels {
    kind: String,
    outcome: String,
    fault: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct KindLabel {
    kind: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct TurnLabel {
    turn: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ReasonLabel {
    reason: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct AnsweredLabel {
    answered: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ChangeLabel {
    change: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct TakenLabel {
    taken: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct BuildLabels {
    version: &'static str,
    node: String,
}

impl Book {
    /// All figures of a node, at nothing yet.
    pub(crate) fn new(node: &str, journal: Option<Arc<journal::Figures>>) -> Self {
        let (counts, machines, asked) = (Counts::default(), Arc::<Machines>::default(), Arc::<Asked>::default());
        let mut registry = Registry::default();
        counts.register(&mut registry);
        register_build(&mut registry, node);
        registry.register_collector(Box::new(Arc::clone(&machines)));
        registry.register_collector(Box::new(Arc::clone(&asked)));
        registry.register_collector(Box::new(Process::default()));
        if let Some(figures) = journal {
            registry.register_collector(Box::new(JournalFigures(figures)));
        }
        Self { registry, counts, machines, asked }
    }

    /// As OpenMetrics text, which names each unit and ends with `# EOF`.
    pub(crate) fn open_metrics(&self) -> Result<String, Error> {
        let mut into = String::new();
        text::encode(&mut into, &self.registry).map(|()| into)
    }

    /// As the text that Prometheus and the node exporter have always read.
    pub(super) fn text(&self) -> Result<String, Error> {
        let mut into = String::new();
        prometheus_text::encode(&mut into, &self.registry).map(|()| into)
    }

    /// Counts an event.
    pub(crate) fn note(&self, origin: &Origin, what: &What) {
        let counts = &self.counts;
        counts.events.get_or_create(&EventLabel { event: what.name().replace(' ', "_") }).inc();
        if let Some(machine) = &origin.machine {
            self.machines.note(&machine.name, what);
        }
        match what {
            What::Outcome(outcome) => counts.note_outcome(outcome),
            What::Timer { turn, .. } => {
                counts.timers.get_or_create(&TurnLabel { turn: turn_word(*turn) }).inc();
            }
            What::Faulted { reason, .. } => {
                counts.faults.get_or_create(&ReasonLabel { reason: reason.clone() }).inc();
            }
            What::Slowed { .. } => {
                counts.slowed.inc();
            }
            What::Fired { answered, .. } => {
                counts.operator.get_or_create(&AnsweredLabel { answered: truth(*answered) }).inc();
            }
            What::Warning { .. } | What::NodeWarning { .. } => {
                counts.warnings.inc();
            }
            What::TableActivated { .. } => counts.note_table("activated"),
            What::TableRefused { .. } => counts.note_table("refused"),
            What::TableRemoved { machine } => {
                counts.note_table("removed");
                self.machines.forget(machine);
            }
            _ => {}
        }
    }

    /// Counts what became of metrics that were pushed to a collector.
    pub(super) fn note_push(&self, is_taken: bool) {
        self.counts.pushes.get_or_create(&TakenLabel { taken: truth(is_taken) }).inc();
    }

    /// Counts an outcome of which no event is published, because its watcher is quiet.
    pub(crate) fn note_quiet(&self, outcome: &Outcome) {
        self.counts.note_outcome(outcome);
    }
}

impl Counts {
    fn register(&self, registry: &mut Registry) {
        let seconds = Unit::Seconds;
        add(registry, "machined_events", "Events that became durable and were handed on", &self.events);
        add(registry, "machine_outcomes", "Outcomes of watchers that were in time, quiet ones too", &self.outcomes);
        add(
            registry,
            "machine_late_outcomes",
            "Outcomes of visits that were over: recorded, never applied",
            &self.late,
        );
        let help = "How long commands and other asks of watchers took";
        registry.register_with_unit("machine_run_duration", help, seconds, self.runs.0.clone());
        add(registry, "machine_timers", "Timers that were armed, fired or cancelled", &self.timers);
        add(registry, "machine_faults", "Calculations that failed, by reason", &self.faults);
        add(
            registry,
            "machine_slowed",
            "Times that a machine went round so fast that it was slowed down",
            &self.slowed,
        );
        add(registry, "machine_operator_events", "Events that operators sent", &self.operator);
        add(registry, "machined_table_changes", "Tables that were activated, refused or removed", &self.tables);
        add(registry, "machined_warnings", "Warnings of machines and of the node", &self.warnings);
        add(registry, "machined_otlp_pushes", "Times that metrics were sent to a collector", &self.pushes);
    }

    fn note_outcome(&self, outcome: &Outcome) {
        let kind = KindLabel { kind: outcome.kind.clone() };
        self.runs.0.get_or_create(&kind).observe(outcome.took.as_secs_f64());
        if outcome.late {
            self.late.get_or_create(&kind).inc();
            return;
        }
        let (name, fault) = (outcome.outcome.clone(), truth(outcome.fault));
        self.outcomes.get_or_create(&OutcomeLabels { kind: kind.kind, outcome: name, fault }).inc();
    }

    fn note_table(&self, change: &'static str) {
        self.tables.get_or_create(&ChangeLabel { change }).inc();
    }
}

fn add(registry: &mut Registry, name: &str, help: &str, metric: &(impl Metric + Clone)) {
    registry.register(name, help, metric.clone());
}

fn register_build(registry: &mut Registry, node: &str) {
    let build = Family::<BuildLabels, Gauge>::default();
    build.get_or_create(&BuildLabels { version: env!("CARGO_PKG_VERSION"), node: node.to_owned() }).set(1);
    registry.register("machined_build_info", "Which version runs, and the name of the node", build);
}

fn turn_word(turn: Turn) -> &'static str {
    match turn {
        Turn::Armed => "armed",
        Turn::Fired => "fired",
        Turn::Cancelled => "cancelled",
    }
}

fn truth(it: bool) -> &'static str {
    if it { "true" } else { "false" }
}

/// The book among the places that events go to.
pub(crate) struct Counting(pub(crate) Arc<Book>);

impl Sink for Counting {
    fn publish(&mut self, event: &Published<'_>) -> Result<(), SinkError> {
        self.0.note(event.origin, &event.happening.what);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
