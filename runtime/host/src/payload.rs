//! What a driver reports, as the table declares it: fields get their types, JSON is held against `returns`, and what does
//! not fit becomes a fault that says where and why.

use machine_core::table::Type;
use machine_core::{Table, WatcherId};
use machine_drivers::{Answer, Raw};
use machine_value::{self as value, Misfit, Value};
use serde_json::{Map, Value as Json};

/// The values that an answer's outcome carries, one a field. The answer may become another outcome on the way; one that
/// the watcher does not have is nothing to tell.
pub(crate) fn typed(table: &Table<'_>, answer: &mut Answer) -> Vec<Value> {
    let watcher = WatcherId(answer.key.watcher);
    answer.outcome = answer.outcome.filter(|it| *it < table.outcome_count(watcher));
    let Some(outcome) = answer.outcome else {
        return Vec::new();
    };
    let returned = match returned(table, watcher, outcome, answer.output.take()) {
        Ok(returned) => returned,
        Err(misfit) => return invalid(table, watcher, answer, &misfit),
    };
    let own = own_fields(table, watcher, outcome, returned.len());
    if table.kind(table.watcher(watcher).kind).program().next().is_some() {
        match value::fields(table, own.map(|(name, ty)| (name, ty, took(name, ty, answer))), &answer.fields) {
            Ok(values) => return [values, returned].concat(),
            Err(misfit) => refuse(table, watcher, answer, &misfit),
        }
    }
    let Some(outcome) = answer.outcome else {
        return Vec::new();
    };
    let own = own_fields(table, watcher, outcome, returned.len());
    let values = own
        .map(|(name, ty)| took(name, ty, answer).unwrap_or_else(|| value::given(table, ty, answer.fields.get(name))));
    values.chain(returned).collect()
}

/// The fields of the kind's own; the last `returned` are those of `returns`.
fn own_fields<'t>(
    table: &Table<'t>,
    watcher: WatcherId,
    outcome: u8,
    returned: usize,
) -> impl Iterator<Item = (&'t str, Type<'t>)> + use<'t> {
    let count = table.payload(watcher, outcome).count().saturating_sub(returned);
    table.payload(watcher, outcome).take(count)
}

/// Every kind may declare how long it took; the node knows that.
fn took(name: &str, ty: Type<'_>, answer: &Answer) -> Option<Value> {
    let is_took = name == "took" && matches!(ty, Type::Duration) && !answer.fields.contains_key("took");
    is_took.then(|| Value::Duration(i64::try_from(answer.took.as_millis()).unwrap_or(i64::MAX)))
}

/// Whether an outcome carries what the watcher `returns`: those fields are its last.
pub(crate) fn carries_returns(table: &Table<'_>, watcher: WatcherId, outcome: u8) -> bool {
    let count = table.returns(watcher).count();
    let fields = table.payload(watcher, outcome).count();
    let last = table.payload(watcher, outcome).skip(fields.saturating_sub(count)).map(|(name, _)| name);
    count > 0 && fields >= count && last.eq(table.returns(watcher).map(|(name, ..)| name))
}

/// The fields of `returns`, if this outcome carries them.
fn returned(table: &Table<'_>, watcher: WatcherId, outcome: u8, raw: Option<Raw>) -> Result<Vec<Value>, Misfit> {
    if !carries_returns(table, watcher, outcome) {
        return Ok(Vec::new());
    }
    let object = object(raw)?;
    let fields = table.returns(watcher).map(|(name, ty, default)| (name, ty, default.map(Value::of)));
    value::fields(table, fields, &object)
}

/// The one JSON object that an output has to be.
fn object(raw: Option<Raw>) -> Result<Map<String, Json>, Misfit> {
    let whole = |found: String| Misfit { path: String::new(), wanted: "one JSON object".to_owned(), found };
    let bytes = match raw {
        Some(Raw::Whole(bytes)) => bytes,
        Some(Raw::TooLarge(count)) => {
            let wanted = format!("one JSON object of at most {} bytes", machine_drivers::OUTPUT_MAX);
            return Err(Misfit { path: String::new(), wanted, found: format!("{count} bytes") });
        }
        Some(Raw::Unreadable(why)) => return Err(whole(format!("what cannot be read: {why}"))),
        None => Vec::new(),
    };
    if bytes.trim_ascii().is_empty() {
        return Err(whole("nothing".to_owned()));
    }
    match serde_json::from_slice(&bytes) {
        Ok(Json::Object(object)) => Ok(object),
        Ok(other) => Err(whole(value::found(&other))),
        Err(error) if error.is_eof() => Err(whole(format!("JSON that breaks off: {}", beginning(&bytes)))),
        Err(_) => Err(whole(format!("no JSON: {}", beginning(&bytes)))),
    }
}

/// So much of an output that somebody recognises it.
fn beginning(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
    let line: Vec<_> = text.split_whitespace().collect();
    value::found(&Json::from(line.join(" ")))
}

/// The outcome becomes `invalid`.
fn invalid(table: &Table<'_>, watcher: WatcherId, answer: &mut Answer, misfit: &Misfit) -> Vec<Value> {
    answer.outcome = table.invalid_outcome(watcher);
    answer.why = misfit.to_string();
    answer.notice.members.insert("previous_outcome".to_owned(), "error".into());
    let fields = [("path", &misfit.path), ("wanted", &misfit.wanted), ("found", &misfit.found)];
    answer.fields = fields.into_iter().map(|(name, it)| (name.to_owned(), Json::from(it.as_str()))).collect();
    let Some(outcome) = answer.outcome else {
        return Vec::new();
    };
    let payload = table.payload(watcher, outcome);
    payload.map(|(name, ty)| value::given(table, ty, answer.fields.get(name))).collect()
}

/// The fault that tells of a command or program which did not do what it should: the first that says a `reason`, or the
/// first of all.
pub(crate) fn fault_of(table: &Table<'_>, watcher: WatcherId) -> Option<u8> {
    let kind = table.kind(table.watcher(watcher).kind);
    let mut faults = (0..kind.outcomes).filter(|it| table.is_fault(watcher, *it));
    let has_reason = |it: &u8| table.payload(watcher, *it).any(|(name, _)| name == "reason");
    faults.clone().find(has_reason).or_else(|| faults.next())
}

/// A program told an outcome that is not what its kind declares: a fault of the kind.
fn refuse(table: &Table<'_>, watcher: WatcherId, answer: &mut Answer, misfit: &Misfit) {
    let told = answer.outcome.and_then(|it| table.outcome_name_of(watcher, it)).unwrap_or("outcome");
    let why = format!("it told `{told}` with {misfit}");
    answer.outcome = fault_of(table, watcher);
    answer.fields = ["reason", "why", "message", "error", "stderr"]
        .map(|name| (name.to_owned(), if name == "reason" { "invalid".into() } else { Json::from(why.as_str()) }))
        .into_iter()
        .collect();
    answer.why = why;
}

#[cfg(test)]
mod tests;
