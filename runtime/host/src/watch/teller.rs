//! Events as somebody sees them: a line each, or their JSON, with notes about what is missing.

use super::{Filter, Gaps, Note};
use crate::event::happening::{MachineOrigin, Origin};
use crate::event::{Lines, Look, Told, Zone, read, visible};
use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Local, NaiveDate};
use std::time::Duration;

/// How events are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line each, for people.
    Lines(Look),
    /// Their JSON as it is, one a line. Notes go to standard error.
    Json,
}

/// What a node of a fleet says that it has may still be on its way.
const PATIENCE: Duration = Duration::from_secs(5);

/// Shows events.
#[derive(Debug)]
pub struct Teller {
    form: Form,
    lines: Lines,
    /// Events before are taken into account, and not shown.
    since_ns: u64,
    /// Of several nodes: each line names its own.
    is_fleet: bool,
    filter: Filter,
    gaps: Gaps,
    day: Option<NaiveDate>,
}

impl Teller {
    /// Shows events that happened since a moment and that a filter takes.
    #[must_use]
    pub fn new(form: Form, filter: Filter, since_ns: u64, is_fleet: bool) -> Self {
        let look = if let Form::Lines(look) = form { look } else { Look::default() };
        let patience = if is_fleet { PATIENCE } else { Duration::ZERO };
        let (lines, gaps) = (Lines::new(look), Gaps::new(patience));
        Self { form, lines, since_ns, is_fleet, filter, gaps, day: None }
    }

    /// What to show of an event, with the ends of its lines: nothing if it came before or is not wanted.
    pub fn tell(&mut self, json: &[u8]) -> String {
        let Some(told) = read(json) else { return String::new() };
        let verdict = self.gaps.take(&told);
        let mut shown = String::new();
        if self.concerns(&told) {
            verdict.notes.iter().for_each(|note| shown += &self.note_on(&told, note));
        }
        if !verdict.is_again && told.happening.time_ns >= self.since_ns && self.filter.takes(&told) {
            shown += &self.show(&told, json);
        }
        shown + &self.overdue()
    }

    /// Notes on what should have come by now.
    pub fn overdue(&mut self) -> String {
        let overdue = self.gaps.overdue();
        self.tails(overdue)
    }

    /// Notes on what has not come, when nothing more will.
    pub fn end(&mut self) -> String {
        let missing = self.gaps.end();
        self.tails(missing)
    }

    fn tails(&mut self, tails: Vec<(String, Note)>) -> String {
        let is_wanted = |machine: &str| self.filter.names(machine);
        let wanted = tails.into_iter().filter(|(_, note)| match note {
            Note::Tail { machine, .. } => is_wanted(machine),
            _ => true,
        });
        let wanted: Vec<_> = wanted.collect();
        let who = |node: &str| if self.is_fleet { visible(node).into_owned() } else { "(node)".to_owned() };
        let texts: Vec<_> = wanted.iter().map(|(node, note)| format!("{}: {note}", who(node))).collect();
        texts.iter().map(|it| self.note(it)).collect()
    }

    /// A note of its own, between the events.
    pub fn note(&mut self, text: &str) -> String {
        match self.form {
            Form::Json => {
                anstream::eprintln!("note: {text}");
                String::new()
            }
            Form::Lines(look) => format!("{}\n", painted(look, &format!("… {text}"))),
        }
    }

    /// What is missing matters whatever kind of events is wanted, as long as it is of these machines.
    fn concerns(&self, told: &Told) -> bool {
        let who =
            Filter { nodes: self.filter.nodes.clone(), machines: self.filter.machines.clone(), ..Filter::default() };
        told.origin.machine.is_none() || who.takes(told)
    }

    fn note_on(&mut self, told: &Told, note: &Note) -> String {
        let machine = told.origin.machine.as_ref().map(|it| visible(&it.name).into_owned());
        let node = visible(&told.origin.node).into_owned();
        let who = match (machine, self.is_fleet) {
            (Some(machine), true) => format!("{node}/{machine}"),
            (Some(machine), false) => machine,
            (None, true) => node,
            (None, false) => "(node)".to_owned(),
        };
        self.note(&format!("{who}: {note}"))
    }

    fn show(&mut self, told: &Told, json: &[u8]) -> String {
        let Form::Lines(look) = self.form else {
            return format!("{}\n", String::from_utf8_lossy(json).trim_end());
        };
        let day = self.new_day(look, told.happening.time_ns);
        let line = self.lines.line(&self.who(told), &told.happening);
        format!("{day}{line}\n")
    }

    /// The day, where it is another than that of the line before. Today is not said to whoever watches today.
    fn new_day(&mut self, look: Look, time_ns: u64) -> String {
        let time = DateTime::UNIX_EPOCH + Duration::from_nanos(time_ns);
        let (day, today) = match look.zone {
            Zone::Local => (time.with_timezone(&Local).date_naive(), Local::now().date_naive()),
            Zone::Utc => (time.date_naive(), chrono::Utc::now().date_naive()),
        };
        let before = self.day.replace(day).unwrap_or(today);
        if before == day {
            return String::new();
        }
        let (style, reset) =
            if look.colour { (DIM.render().to_string(), DIM.render_reset().to_string()) } else { Default::default() };
        format!("{style}{}{reset}\n", day.format("%A, %Y-%m-%d"))
    }

    /// In a fleet, `n1/hvac` and `n1`.
    fn who(&self, told: &Told) -> Origin {
        if !self.is_fleet {
            return told.origin.clone();
        }
        let node = &told.origin.node;
        let name = told.origin.machine.as_ref().map_or_else(|| node.clone(), |it| format!("{node}/{}", it.name));
        let machine = MachineOrigin { name, version: String::new(), instance: String::new() };
        Origin { machine: Some(machine), ..told.origin.clone() }
    }
}

const DIM: Style = Style::new().dimmed();
const YELLOW: Style = AnsiColor::Yellow.on_default();

fn painted(look: Look, text: &str) -> String {
    if look.colour { format!("{YELLOW}{text}{YELLOW:#}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::happening::{Happening, What};
    use crate::event::{event, everything, line, samples};

    const LOOK: Look = Look { colour: false, width: None, zone: Zone::Utc };

    fn json(sequence: u64, what: What) -> Vec<u8> {
        let origin = samples::origin_of(&what);
        let happening = Happening { sequence, ..samples::happening(what) };
        event(&origin, &happening).unwrap().json.get().as_bytes().to_vec()
    }

    fn shown(form: Form, filter: Filter, is_fleet: bool) -> String {
        let mut teller = Teller::new(form, filter, 0, is_fleet);
        let events = [(1, samples::transition()), (2, samples::transition()), (5, samples::transition())];
        events.into_iter().chain([(1, What::Shutdown)]).map(|(number, what)| teller.tell(&json(number, what))).collect()
    }

    #[test]
    fn lines_are_those_of_run() {
        for (name, what) in everything::all() {
            let (origin, happening) = (samples::origin_of(&what), samples::happening(what.clone()));
            let told = read(&json(happening.sequence, what)).unwrap();
            // A document holds neither of these.
            let is_known = name == "timer cancelled" || name.starts_with("file ") || name.starts_with("key ");
            if !is_known {
                assert_eq!(line(LOOK, 0, &told.origin, &told.happening), line(LOOK, 0, &origin, &happening), "{name}");
            }
            assert_eq!((told.origin.node, told.origin.epoch), (origin.node, origin.epoch), "{name}");
            assert_eq!(told.happening.sequence, happening.sequence, "{name}");
            assert_eq!(told.happening.time_ns, happening.time_ns, "{name}");
        }
    }

    #[test]
    fn a_gap_is_told_between_the_lines() {
        insta::assert_snapshot!(shown(Form::Lines(LOOK), Filter::default(), false));
        insta::assert_snapshot!(shown(Form::Lines(LOOK), Filter::default(), true));
    }

    #[test]
    fn a_filter_keeps_events_back_and_gaps_not() {
        let filter = Filter { kinds: vec!["timer".into()], ..Filter::default() };
        assert_eq!(shown(Form::Lines(LOOK), filter, false), "… container_manager: 2 events are missing here: 3 to 4\n");
        let filter = Filter { machines: vec!["other".into()], ..Filter::default() };
        assert_eq!(shown(Form::Lines(LOOK), filter, false), "");
    }

    #[test]
    fn json_is_as_it_came() {
        let all = shown(Form::Json, Filter::default(), true);
        assert_eq!(all.lines().map(|it| it.as_bytes().to_vec()).nth(1), Some(json(2, samples::transition())));
        assert_eq!(all.lines().count(), 4);
    }

    #[test]
    fn what_is_no_event_is_passed_over() {
        let mut teller = Teller::new(Form::Json, Filter::default(), 0, true);
        assert_eq!(teller.tell(b"hello") + &teller.tell(b"{}") + &teller.tell(b"{\"id\":5}"), "");
    }

    /// What Choria itself writes: no numbers, no attributes beside those of CloudEvents.
    #[test]
    fn events_of_choria_are_shown() {
        let event = r#"{"specversion":"1.0","id":"X","source":"io.choria.machine","type":"io.choria.machine.v1.transition",
            "subject":"n9","time":"2026-01-02T03:04:05.678Z","data":{"protocol":"io.choria.machine.v1.transition",
            "identity":"n9","machine":"m","transition":"go","from_state":"a","to_state":"b","timestamp":1767323045}}"#;
        let mut teller = Teller::new(Form::Lines(LOOK), Filter::default(), 0, true);
        assert!(teller.tell(event.as_bytes()).ends_with("03:04:05.678  n9/m  a -> b  (go)\n"));
    }
}
