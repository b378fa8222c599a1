//! What operators send: events for machines, and questions about them.

use super::Node;
use super::outbox::Out;
use crate::control::Request;
use crate::control::line::{self, Line};
use crate::error::NodeError;
use crate::event::happening::What;
use crate::machine::{Loaded, Machine};
use crate::nearest::nearest;
use machine_core::table::{Signal, SignalSource, Type};
use machine_core::{Input, Table, Verdict};
use machine_value::{self as value, Value, json_fields, lend};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// Why nothing was done, and the way out.
pub(super) struct Refused {
    error: String,
    help: String,
}

impl Refused {
    pub(super) fn new(error: impl Into<String>, help: impl Into<String>) -> Self {
        Self { error: error.into(), help: help.into() }
    }

    pub(super) fn reply(self) -> Json {
        json!({"error": self.error, "help": self.help})
    }
}

/// An event that an operator sends, checked.
struct Order {
    number: u32,
    loaded: Arc<Loaded>,
    signal: machine_core::SignalId,
    values: Vec<Value>,
    name: String,
}

impl Node {
    /// Does what was asked, and answers once all that came of it is durable.
    pub(super) fn respond(&mut self, request: Request) -> Result<(), NodeError> {
        if let Some(resend) = request.what.get("resend").cloned() {
            return self.resend(&resend, request.reply);
        }
        let reply = match request.what.get("fire").or_else(|| request.what.get("line")) {
            Some(Json::String(text)) => self.fire_line(text)?,
            Some(fire) => self.fire_json(fire)?,
            None if request.what.get("figures").is_some() => self.figures(),
            None => match request.what.get("status") {
                Some(status) => {
                    self.status(status.get("machine").and_then(Json::as_str)).unwrap_or_else(Refused::reply)
                }
                None => Refused::new("the request is not understood", "it needs a member `fire`, `status` or `resend`")
                    .reply(),
            },
        };
        self.outbox.put(self.appended, Out::Reply { to: request.reply, reply });
        Ok(())
    }

    /// `{"machine": "hvac", "event": "maintenance", "fields": {"reason": "filter"}}`
    fn fire_json(&mut self, fire: &Json) -> Result<Json, NodeError> {
        let text = |name: &str| fire.get(name).and_then(Json::as_str);
        let (Some(machine), Some(event)) = (text("machine"), text("event")) else {
            let help = "`fire` needs `machine` and `event`, both texts";
            return Ok(Refused::new("the request names no machine or no event", help).reply());
        };
        let no_fields = Map::new();
        let fields = fire.get("fields").and_then(Json::as_object).unwrap_or(&no_fields);
        match self.order(machine, event, fields) {
            Ok(order) => self.fire(order),
            Err(refused) => Ok(refused.reply()),
        }
    }

    /// `hvac_lab.maintenance reason="filter"`
    fn fire_line(&mut self, text: &str) -> Result<Json, NodeError> {
        let order = line::read(text).map_err(|error| Refused::new(error, self.events_in_words())).and_then(|line| {
            self.addressed(&line).and_then(|(machine, event)| self.order(&machine, &event, &line.fields))
        });
        match order {
            Ok(order) => self.fire(order),
            Err(refused) => Ok(refused.reply()),
        }
    }

    /// Machine and event of a line; the machine may be left out where there is no doubt.
    fn addressed(&self, line: &Line) -> Result<(String, String), Refused> {
        if let Some((machine, event)) = line.target.split_once('.') {
            return Ok((machine.to_owned(), event.to_owned()));
        }
        let takes = |machine: &&Machine| operator_events(&machine.table()).any(|it| it.name == line.target);
        let names = |machines: Vec<&Machine>| machines.iter().map(|it| it.loaded.name().to_owned()).collect::<Vec<_>>();
        let takers = names(self.fleet.iter().filter(takes).collect());
        match (takers.as_slice(), names(self.fleet.iter().collect()).as_slice()) {
            ([one], _) | ([], [one]) => Ok((one.clone(), line.target.clone())),
            ([], _) => {
                Err(Refused::new(format!("no machine takes an event `{}`", line.target), self.events_in_words()))
            }
            (many, _) => {
                let ways = many.iter().map(|it| format!("`{it}.{}`", line.target)).collect::<Vec<_>>().join(" or ");
                Err(Refused::new(format!("several machines take `{}`", line.target), format!("write {ways}")))
            }
        }
    }

    /// Checks an event for a machine: who, what, and with what.
    fn order(&self, machine: &str, event: &str, fields: &Map<String, Json>) -> Result<Order, Refused> {
        let number = self.number_of(machine)?;
        let loaded = self.fleet.get(number).map(|it| it.loaded.clone());
        let loaded = loaded.ok_or_else(|| Refused::new(format!("there is no machine `{machine}`"), ""))?;
        let table = loaded.table.table();
        let signal = signal_of(&table, event)?;
        let values = values(&table, &signal, fields)?;
        let (signal, name) = (signal.id, signal.name.to_owned());
        Ok(Order { number, signal, values, name, loaded: loaded.clone() })
    }

    /// The machine of this name, or which name is meant.
    pub(super) fn number_of(&self, machine: &str) -> Result<u32, Refused> {
        self.fleet.number_of(machine).ok_or_else(|| {
            let names: Vec<_> = self.fleet.iter().map(|it| it.loaded.name()).collect();
            let error = format!("there is no machine `{machine}` on this node");
            match names.is_empty() {
                true => Refused::new(error, "none runs here: `machinec build FILE -o DIR` makes a table, for the directory that `--tables` names"),
                false => Refused::new(error, choice("machine", machine, &names)),
            }
        })
    }

    fn fire(&mut self, order: Order) -> Result<Json, NodeError> {
        let Order { number, loaded, signal, values, name } = order;
        let table = loaded.table.table();
        let state = self.fleet.get(number).map(Machine::state).unwrap_or_default();
        let fields = lend(&values, |data| json_fields(&table, table.signal(signal).fields, data));
        let opening = |_: &Loaded, verdict| {
            let (event, fields, state) = (name.clone(), fields.clone(), state.clone());
            Some(What::Fired { event, fields, state, answered: is_answered(verdict) })
        };
        let verdict =
            lend(&values, |payload| self.feed_with(number, Input::Signal { signal, payload }, None, opening))?;
        self.take_over_if_quiet(number)?;
        self.pass_on()?;
        let now = self.fleet.get(number).map(Machine::state).unwrap_or_default();
        let answered = verdict.is_some_and(is_answered);
        Ok(json!({"fired": {
            "machine": table.name(), "event": name, "answered": answered, "state_before": state, "state": now,
        }}))
    }

    /// All events that operators may send, as they would be written.
    fn events_in_words(&self) -> String {
        let is_alone = self.fleet.len() == 1;
        let of = |machine: &Machine| {
            let table = machine.table();
            let prefix = if is_alone { String::new() } else { format!("{}.", table.name()) };
            operator_events(&table).map(|it| format!("`{prefix}{}`", usage(&table, &it))).collect::<Vec<_>>()
        };
        let events: Vec<_> = self.fleet.iter().flat_map(of).take(20).collect();
        if events.is_empty() {
            return "no machine here takes events from operators: `event NAME from operator` declares one".to_owned();
        }
        format!("write {}", events.join(", "))
    }
}

fn is_answered(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Moved | Verdict::Stayed | Verdict::Faulted)
}

fn operator_events<'t>(table: &Table<'t>) -> impl Iterator<Item = Signal<'t>> {
    table.signals().filter(|it| it.source == SignalSource::Declared { operator: true })
}

/// `maintenance reason="…"`
fn usage(table: &Table<'_>, signal: &Signal<'_>) -> String {
    let field = |(name, ty): (&str, Type<'_>)| {
        let sample = match ty {
            Type::Text { .. } => "\"…\"".to_owned(),
            Type::Bool => "true".to_owned(),
            Type::Int { .. } => "1".to_owned(),
            Type::Float => "1.5".to_owned(),
            Type::Duration => "5m".to_owned(),
            Type::Time => "2026-01-31T08:00:00Z".to_owned(),
            Type::Enum(id) => table.words(id).collect::<Vec<_>>().join("|"),
            Type::List { .. } => "[…]".to_owned(),
        };
        format!(" {name}={sample}")
    };
    signal.name.to_owned() + &signal.fields.map(field).collect::<String>()
}

/// The operator event of this name.
fn signal_of<'t>(table: &Table<'t>, event: &str) -> Result<Signal<'t>, Refused> {
    let machine = table.name();
    let found = table.signals().find(|it| it.name == event);
    match found {
        Some(signal) if signal.source == (SignalSource::Declared { operator: true }) => Ok(signal),
        Some(Signal { source: SignalSource::Declared { .. }, .. }) => Err(Refused::new(
            format!("`{event}` of `{machine}` is not for operators: only the machine itself raises it"),
            format!("`event {event} from operator` in its source would allow it"),
        )),
        _ => {
            let names: Vec<_> = operator_events(table).map(|it| it.name).collect();
            let error = format!("`{machine}` has no event `{event}` for operators");
            Err(Refused::new(error, choice("event", event, &names)))
        }
    }
}

/// Which of these may be meant.
fn choice(what: &str, given: &str, names: &[&str]) -> String {
    match nearest(given, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!("there is no {what}"),
        None => {
            let some: Vec<_> = names.iter().take(10).map(|it| format!("`{it}`")).collect();
            format!("there is {}{}", some.join(", "), if names.len() > 10 { ", …" } else { "" })
        }
    }
}

/// The values of an event's fields, all of them and no others.
fn values(table: &Table<'_>, signal: &Signal<'_>, fields: &Map<String, Json>) -> Result<Vec<Value>, Refused> {
    let usage = || format!("write `{}`", usage(table, signal));
    let names: Vec<_> = signal.fields.map(|(name, _)| name).collect();
    if let Some(unknown) = fields.keys().find(|it| !names.contains(&it.as_str())) {
        let help = nearest(unknown, &names).map_or_else(usage, |near| format!("did you mean `{near}`?"));
        return Err(Refused::new(format!("`{}` has no field `{unknown}`", signal.name), help));
    }
    let value = |(name, ty): (&str, Type<'_>)| {
        let value = match fields.get(name) {
            // From a command line everything is text.
            Some(Json::String(text)) => value::text(table, ty, text, name),
            Some(given) => value::read(table, ty, given, name),
            None => return Err(Refused::new(format!("`{}` needs the field `{name}`", signal.name), usage())),
        };
        value.map_err(|misfit| Refused::new(format!("the field {misfit}"), usage()))
    };
    signal.fields.map(value).collect()
}
