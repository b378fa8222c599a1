//! A recording as a test that can be pasted: what watchers answered, what was sent, where the machine went.

use super::{Recorded, What, Who};
use chrono::DateTime;
use machine_core::table::Type;
use machine_core::{Milliseconds, Table, WatcherId};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What a watcher is asked is answered at once unless it took so long.
const AT_ONCE_NS: u64 = 1_000_000_000;

/// A `test` block for the machine of a table.
pub(crate) fn test(who: &Who, events: &[Recorded], table: &Table<'_>) -> String {
    let begin = events.first().map_or(0, |it| it.time_ns);
    let mut script = Script { table, text: String::new(), now: begin };
    let title = quoted(&format!("as recorded on {}", who.node));
    _ = writeln!(script.text, "test {title} for {} {{", name(&who.machine));
    script.line(&format!("start {} in UTC", minute(begin)));
    script.series(events);
    for (at, event) in events.iter().enumerate() {
        script.event(event, at.checked_sub(1).and_then(|it| events.get(it)));
    }
    let end = events.last().map_or(begin, |it| it.time_ns);
    script.advance(end);
    script.path(events);
    script.text += "}\n";
    script.text
}

struct Script<'s> {
    table: &'s Table<'s>,
    text: String,
    /// How far the text has come, in nanoseconds since 1970.
    now: u64,
}

impl Script<'_> {
    fn line(&mut self, line: &str) {
        _ = writeln!(self.text, "    {line}");
    }

    /// Time passes up to an event.
    fn advance(&mut self, to: u64) {
        let ms = to.saturating_sub(self.now) / 1_000_000;
        if ms > 0 {
            self.line(&format!("advance {}", Milliseconds(ms)));
            self.now += ms * 1_000_000;
        }
    }

    /// What each watcher answered that is asked again and again.
    fn series(&mut self, events: &[Recorded]) {
        let mut series: BTreeMap<&str, Vec<(String, u32)>> = BTreeMap::new();
        for event in events {
            let What::Reported { watcher, outcome, took_ns, fields } = &event.what else { continue };
            if self.is_told_of_changes(watcher) {
                continue;
            }
            let is_cut = fields.get("reason").and_then(Value::as_str) == Some("interrupted");
            let answer = match is_cut {
                // It was still under way when the power went.
                true => format!("{} after 1w", name(outcome)),
                false => self.answer(watcher, outcome, *took_ns, fields),
            };
            let answers = series.entry(watcher).or_default();
            match answers.last_mut().filter(|it| it.0 == answer) {
                Some((_, times)) => *times += 1,
                None => answers.push((answer, 1)),
            }
        }
        for (watcher, answers) in series {
            let last = answers.len() - 1;
            let written = |(at, (answer, times)): (usize, &(String, u32))| match times {
                _ if at == last => answer.clone(),
                1 => answer.clone(),
                times => format!("{answer} x{times}"),
            };
            let all: Vec<_> = answers.iter().enumerate().map(written).collect();
            self.line(&format!("{} answers {}", name(watcher), all.join(", then ")));
        }
    }

    /// What happened at a time of its own, and the event before.
    fn event(&mut self, event: &Recorded, before: Option<&Recorded>) {
        match &event.what {
            What::Reported { watcher, outcome, fields, .. } if self.is_told_of_changes(watcher) => {
                self.advance(event.time_ns);
                let answer = self.answer(watcher, outcome, 0, fields);
                self.line(&format!("{} answers {answer}", name(watcher)));
            }
            What::Fired { event: sent, fields } => {
                self.advance(event.time_ns);
                let table = self.table;
                let signal = table.signals().find(|it| it.name == sent);
                let written = signal.map_or_else(String::new, |it| self.fields(it.fields, fields, |_, _| true));
                let sent = name(sent);
                self.line(&if written.is_empty() { sent } else { format!("{sent}({written})") });
            }
            What::Started { resumed: true, .. } => {
                // That was the last sign of it.
                self.advance(before.map_or(self.now, |it| it.time_ns));
                let ms = event.time_ns.saturating_sub(self.now) / 1_000_000;
                self.line(&format!("power off for {}", Milliseconds(ms.max(1))));
                self.now = event.time_ns;
            }
            What::Stopped => self.advance(event.time_ns),
            _ => {}
        }
    }

    fn path(&mut self, events: &[Recorded]) {
        let first = events.iter().find_map(|it| match &it.what {
            What::Started { state, .. } => Some(state.as_str()),
            _ => None,
        });
        let moved = events.iter().filter_map(|it| match &it.what {
            What::Moved { to, .. } => Some(to.as_str()),
            _ => None,
        });
        let path: Vec<_> = first.into_iter().chain(moved).map(path).collect();
        self.line(&format!("expect path {}", path.join(" > ")));
    }

    fn is_told_of_changes(&self, watcher: &str) -> bool {
        self.watcher(watcher).is_some_and(|it| self.table.kind(self.table.watcher(it).kind).notified)
    }

    fn watcher(&self, name: &str) -> Option<WatcherId> {
        self.table.watchers().find(|it| self.table.watcher_name(*it) == Some(name))
    }

    /// `failed { reason: exit, code: 2 } after 4s`.
    fn answer(&self, watcher: &str, outcome: &str, took_ns: u64, fields: &Map<String, Value>) -> String {
        let written = self.watcher(watcher).and_then(|watcher| {
            let is_it = |it: &u8| self.table.outcome_name_of(watcher, *it) == Some(outcome);
            let number = (0..self.table.outcome_count(watcher)).find(is_it)?;
            let returned: Vec<_> = self.table.returns(watcher).map(|it| it.0).collect();
            let matters = |name: &str, value: &Value| returned.contains(&name) || matters(name, value);
            Some(self.fields(self.table.payload(watcher, number), fields, matters))
        });
        let fields = written.filter(|it| !it.is_empty()).map_or_else(String::new, |it| format!(" {{ {it} }}"));
        let after = match took_ns {
            0..AT_ONCE_NS => String::new(),
            took => format!(" after {}", Milliseconds(took / 1_000_000)),
        };
        format!("{}{fields}{after}", name(outcome))
    }

    fn fields<'t>(
        &self,
        declared: impl Iterator<Item = (&'t str, Type<'t>)>,
        fields: &Map<String, Value>,
        matters: impl Fn(&str, &Value) -> bool,
    ) -> String {
        let written = |(field, ty): (&str, Type<'_>)| {
            let value = fields.get(field).filter(|it| matters(field, it))?;
            Some(format!("{}: {}", name(field), written(ty, value)?))
        };
        declared.filter_map(written).collect::<Vec<_>>().join(", ")
    }
}

/// Of what a kind reports by itself, what guards are likely to look at.
fn matters(name: &str, value: &Value) -> bool {
    match name {
        "took" | "stderr" | "path" | "output" => false,
        _ => !matches!(value.as_str(), Some("")) && value.as_i64() != Some(0),
    }
}

/// A value as the language writes it; nothing for what it has no literal for.
fn written(ty: Type<'_>, value: &Value) -> Option<String> {
    Some(match (ty, value) {
        (Type::Text { .. }, Value::String(text)) => quoted(text),
        (Type::Enum(_), Value::String(text)) => word(text),
        (Type::Duration, Value::String(text)) => text.clone(),
        (Type::Bool | Type::Int { .. } | Type::Float, value) => value.to_string(),
        (Type::List { of, .. }, Value::Array(items)) => {
            let items: Option<Vec<_>> = items.iter().map(|it| written(of.ty(), it)).collect();
            format!("[{}]", items?.join(", "))
        }
        _ => return None,
    })
}

/// A name as the language writes it.
fn name(text: &str) -> String {
    let start = |it: char| it.is_ascii_alphabetic() || it == '_';
    let is_plain = text.starts_with(start) && text.chars().all(|it| start(it) || it.is_ascii_digit());
    if is_plain && !machine_grammar::RESERVED.contains(&text) { text.to_owned() } else { format!("`{text}`") }
}

/// A word of an enum: two of them are reserved elsewhere only.
fn word(text: &str) -> String {
    if matches!(text, "exit" | "enter") { text.to_owned() } else { name(text) }
}

/// The path of a state, its names as the language writes them.
fn path(path: &str) -> String {
    path.split('.').map(name).collect::<Vec<_>>().join(".")
}

/// A text as the language writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '{' | '}' => quoted.extend(['\\', c]),
            '\n' => quoted += "\\n",
            '\t' => quoted += "\\t",
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn minute(ns: u64) -> String {
    let time = DateTime::from_timestamp_nanos(i64::try_from(ns).unwrap_or(i64::MAX));
    time.format("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::read;
    use machine_compiler::source::SourceMap;
    use machine_compiler::{Options, compile, compile_tests};
    use machine_core::OwnedTable;

    const FAN: &str = r#"machine fan 1.0.0 {
    event maintenance(reason: string, length: duration) from operator
    watch settings = file("settings")
    on settings.fault stay
    on maintenance -> paused
    initial state idle {
        watch air = exec("./air.sh") every 1m returns { co2: int in 0..5000, note: string = "" }
        on air.ok(a) when a.co2 > 800 -> running
        on air.fault stay
    }
    state running {
        run start = exec("./on.sh")
        on start.ok    -> idle
        on start.fault -> idle
    }
    state paused { after 1h -> idle }
}
"#;

    /// The block for what was recorded; it has to be in order, and to be written as the formatter would.
    fn block(events: &str) -> String {
        let mut sources = SourceMap::default();
        sources.add("fan.machine", FAN);
        let output = compile(&sources, Options::default());
        assert_eq!(output.diagnostics, []);
        let table = OwnedTable::verify(output.machines[0].table.as_slice().into()).unwrap();
        let recording = read(events).unwrap();
        let (who, recorded) = recording.machines.iter().next().unwrap();
        let block = test(who, recorded, &table.table());
        let mut sources = SourceMap::default();
        sources.add("fan.machine", format!("{FAN}\n{block}"));
        let (_, told) = compile_tests(&sources, Options::default());
        assert_eq!(told, [], "{block}");
        block
    }

    /// An event at so many milliseconds past the beginning.
    fn event(sequence: u64, ms: u64, rest: &str) -> String {
        let time = DateTime::from_timestamp_millis(1_767_323_040_000 + ms as i64).unwrap().to_rfc3339();
        format!(r#"{{"subject":"n1","source":"/machines/n1/fan","sequence":"{sequence}","time":"{time}",{rest}}}"#)
    }

    fn moved(sequence: u64, ms: u64, to: &str) -> String {
        let data = format!(r#"{{"machine":"fan","transition":"x","from_state":"a","to_state":"{to}"}}"#);
        event(sequence, ms, &format!(r#""type":"io.choria.machine.v1.transition","data":{data}"#))
    }

    fn ran(sequence: u64, ms: u64, watcher: &str, took_ms: u64, attributes: &str) -> String {
        let data = format!(r#"{{"machine":"fan","name":"{watcher}","previous_run_time":{}}}"#, took_ms * 1_000_000);
        event(sequence, ms, &format!(r#""type":"io.choria.machine.watcher.exec.v1.state","data":{data},{attributes}"#))
    }

    #[test]
    fn a_recording_becomes_a_test() {
        let good = r#""outcome":"ok","returned":"{\"co2\":500,\"note\":\"a {b}\"}""#;
        let bad = r#""outcome":"ok","returned":"{\"co2\":900,\"note\":\"\"}""#;
        let started = |resumed: bool, state: &str| {
            format!(r#""type":"machine.v1.started","data":{{"machine":"fan","state":"{state}","resumed":{resumed}}}"#)
        };
        let fields = r#"{"reason":"new filter","length":"1h30m"}"#;
        let fired =
            format!(r#""type":"machine.v1.fired","data":{{"machine":"fan","event":"maintenance","fields":{fields}}}"#);
        let changed = r#""type":"io.choria.machine.watcher.file.v1.state","outcome":"changed",
            "data":{"machine":"fan","name":"settings","path":"settings"}"#
            .replace('\n', "");
        let events = [
            event(1, 0, &started(false, "idle")),
            event(2, 1, &changed),
            ran(3, 20, "air", 15, good),
            ran(4, 60_020, "air", 15, good),
            ran(5, 120_020, "air", 15, bad),
            moved(6, 120_020, "running"),
            event(7, 200_000, &started(true, "running")),
            ran(8, 200_001, "start", 79_000, r#""outcome":"failed","reason":"interrupted","code":-1"#),
            moved(9, 200_002, "idle"),
            ran(10, 203_000, "air", 2_500, r#""outcome":"failed","reason":"exit","code":3,"stderr":"no""#),
            event(11, 230_000, &fired),
            moved(12, 230_000, "paused"),
        ];
        insta::assert_snapshot!(block(&events.join("\n")), @r#"
    test "as recorded on n1" for fan {
        start 2026-01-02 03:04 in UTC
        air answers ok { co2: 500, note: "a \{b\}" } x2, then ok { co2: 900, note: "" }, then failed { reason: exit, code: 3 } after 2s500ms
        start answers failed after 1w
        advance 1ms
        settings answers changed
        advance 2m19ms
        power off for 1m19s980ms
        advance 30s
        maintenance(reason: "new filter", length: 1h30m)
        expect path idle > running > idle > paused
    }
    "#);
    }
}
