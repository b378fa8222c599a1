//! The schedules in a table, for people and for programs.

use machine_calendar::{Calendar, Changes, LOCAL, Line, Zone, rfc3339, shown};
use machine_core::table::Value;
use machine_core::{Milliseconds, Table, WatcherId};
use serde::Serialize;
use std::fmt::Write;

/// One schedule, and when it comes next.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    machine: String,
    watcher: String,
    /// The state that it stands in; of the machine itself, nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    lines: Vec<ListedLine>,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    window: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    splay: Option<String>,
    missed: String,
    skipped: String,
    doubled: String,
    slots: Vec<Slot>,
}

/// One line of a schedule.
#[derive(Debug, Serialize)]
struct ListedLine {
    line: String,
    zone: String,
    /// In English.
    description: String,
}

/// One slot.
#[derive(Debug, Serialize)]
struct Slot {
    utc: String,
    local: String,
    /// When its window closes, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// What is special about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// The kind that this is about.
const KIND: &str = "schedule";

impl Listed {
    /// All schedules of a machine, each with its next `count` slots behind `from`.
    pub(crate) fn all(table: &Table<'_>, from: i64, count: usize) -> Vec<Self> {
        let watchers = table.watchers().zip(table.arguments());
        let schedules = watchers.filter(|(watcher, _)| table.kind(table.watcher(*watcher).kind).name == KIND);
        schedules
            .filter_map(|(watcher, args)| Self::one(table, watcher, &args.collect::<Vec<_>>(), from, count))
            .collect()
    }

    /// The arguments stand in the order of the declaration.
    fn one(table: &Table<'_>, watcher: WatcherId, args: &[Value<'_>], from: i64, count: usize) -> Option<Self> {
        let [Value::List(lines), zone, window, splay, missed, skipped, doubled] = args else { return None };
        let text = |it: &Value<'_>| if let Value::Text(it) = it { (*it).to_owned() } else { String::new() };
        let duration =
            |it: &Value<'_>| if let Value::Duration(ms) = it { Some(*ms).filter(|it| *it > 0) } else { None };
        let lines: Vec<_> = lines.map(|it| text(&it)).collect();
        let changes = Changes::of(&text(skipped), &text(doubled));
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let calendar = Calendar::read(&lines, &Zone::bundled(&text(zone))?, changes, &Zone::bundled).ok()?;
        let owner = table.owner(watcher);
        let window = duration(window);
        Some(Self {
            machine: table.name().to_owned(),
            watcher: table.watcher_name(watcher).unwrap_or_default().to_owned(),
            state: table.state_name(owner).filter(|_| owner != table.machine()).map(str::to_owned),
            lines: calendar.lines().iter().map(ListedLine::new).collect(),
            window: window.map(|ms| Milliseconds(ms).to_string()),
            splay: duration(splay).map(|ms| Milliseconds(ms).to_string()),
            missed: text(missed),
            skipped: text(skipped),
            doubled: text(doubled),
            slots: calendar.after(from).take(count).map(|it| Slot::new(it, window, &calendar)).collect(),
        })
    }
}

impl ListedLine {
    fn new(line: &Line) -> Self {
        Self { line: line.text().to_owned(), zone: line.zone().name().to_owned(), description: line.describe() }
    }
}

impl Slot {
    fn new(slot: i64, window: Option<u64>, calendar: &Calendar) -> Self {
        let line = calendar.line_of(slot).or(calendar.lines().first());
        let closes = window.map(|ms| slot.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)));
        let local = |ms| line.map_or_else(|| rfc3339(ms), |it| shown(ms, it.zone()));
        let note = line.and_then(|it| note(slot, it.zone()));
        Self { utc: rfc3339(slot), local: local(slot), until: closes.map(local), note }
    }
}

/// Half a day and more on either side: where the date ends does not matter.
const DAY: i64 = 86_400_000;

/// What happens to the clocks on the day of a slot.
fn note(slot: i64, zone: &Zone) -> Option<String> {
    let date = |ms| shown(ms, zone).get(..10).map(str::to_owned);
    let (change, seconds) = zone.next_change(slot - DAY).filter(|it| it.0 <= slot + DAY && date(it.0) == date(slot))?;
    let by = Milliseconds(seconds.unsigned_abs() * 1_000);
    let clock = |ms| shown(ms, zone).get(11..16).unwrap_or_default().to_owned();
    let (to, from) = (clock(change), clock(change - seconds * 1_000));
    Some(match seconds > 0 {
        true if change == slot => format!("the clocks are put forward by {by}, over the time of this slot"),
        true => format!("the clocks are put forward by {by}, to {to}"),
        false => format!("the clocks are put back by {by}, to {to}; {to} to {from} comes twice"),
    })
}

/// As one JSON object.
pub(crate) fn json(schedules: &[Listed]) -> String {
    let all = serde_json::json!({ "schedules": schedules });
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}

/// For people.
pub(crate) fn text(schedules: &[Listed]) -> String {
    schedules.iter().map(Listed::text).collect::<Vec<_>>().join("\n")
}

impl Listed {
    fn text(&self) -> String {
        let mut text = format!("{}.{}", self.machine, self.watcher);
        if let Some(state) = &self.state {
            text += &format!(" in {state}");
        }
        text += "\n";
        for line in &self.lines {
            text += &format!("    {}\n", line.text());
        }
        text += &self.rules();
        let widest = self.slots.iter().map(|it| it.local.len()).max().unwrap_or(0);
        for slot in &self.slots {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "        {:widest$}  {}", slot.local, slot.utc);
            text += &slot.until.as_ref().map(|it| format!("  until {it}")).unwrap_or_default();
            text += &slot.note.as_ref().map(|it| format!("  # {it}")).unwrap_or_default();
            text += "\n";
        }
        text
    }

    /// Windows, splay, and what is not as it is if nothing is said.
    fn rules(&self) -> String {
        let mut rules = Vec::new();
        rules.extend(self.window.as_ref().map(|it| format!("windows of {it}")));
        rules.extend(self.splay.as_ref().map(|it| format!("up to {it} later on each node")));
        let words = [("missed", &self.missed), ("skipped", &self.skipped), ("doubled", &self.doubled)];
        rules.extend(words.iter().filter(|it| *it.1 != "once").map(|(name, word)| format!("{name}: {word}")));
        if rules.is_empty() { String::new() } else { format!("    {}\n", rules.join(", ")) }
    }
}

impl ListedLine {
    fn text(&self) -> String {
        let zone = if self.zone == LOCAL { "the zone of the node (UTC here)" } else { &self.zone };
        match self.line == self.description {
            true => format!("{}, {zone}", self.line),
            false => format!("{}, {zone}: {}", self.line, self.description),
        }
    }
}
