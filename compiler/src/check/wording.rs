//! How messages put things: names, lists, durations, and lines as the author would write them.

use crate::ast::{EventRef, Expr, ExprKind, Handler, Path, Piece, Response, Trigger};

/// So many items are named before the rest is only counted.
const NAMED: usize = 6;

/// A name as it is written in a source: in backticks if it could not stand there without.
pub(crate) fn name(text: &str) -> String {
    let start = |it: char| it.is_ascii_alphabetic() || it == '_';
    let plain = text.starts_with(start) && text.chars().all(|it| start(it) || it.is_ascii_digit());
    if plain && !machine_grammar::RESERVED.contains(&text) { text.to_owned() } else { format!("`{text}`") }
}

/// `known.idle`, as it is written in a source.
pub(crate) fn path(path: &Path<'_>) -> String {
    path.names.iter().map(|it| name(it.text)).collect::<Vec<_>>().join(".")
}

/// `air.ok`, `door enters open`: an event as it is written, without its name for what it carries.
pub(crate) fn event(event: &EventRef<'_>) -> String {
    match event {
        EventRef::Named { path, .. } => self::path(path),
        EventRef::Enters { machine, state } => format!("{} enters {}", name(machine.text), path(state)),
    }
}

/// "`a`", "`a` or `b`", "`a`, `b` or `c`".
pub(crate) fn any_of<S: AsRef<str>>(names: &[S]) -> String {
    listed(names, "or")
}

/// "`a`", "`a` and `b`", "`a`, `b` and `c`"; of many, the first and how many more there are.
pub(crate) fn all_of<S: AsRef<str>>(names: &[S]) -> String {
    listed(names, "and")
}

fn listed<S: AsRef<str>>(names: &[S], joint: &str) -> String {
    let quoted = |it: &S| format!("`{}`", it.as_ref());
    match names {
        [] => String::new(),
        [one] => quoted(one),
        [first @ .., last] if names.len() <= NAMED => {
            let first: Vec<_> = first.iter().map(quoted).collect();
            format!("{} {joint} {}", first.join(", "), quoted(last))
        }
        many => {
            let first: Vec<_> = many[..NAMED - 1].iter().map(quoted).collect();
            format!("{} {joint} {} more", first.join(", "), many.len() - first.len())
        }
    }
}

/// "an `exec`", "a `file`".
pub(crate) fn article(name: &str) -> &'static str {
    if name.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) { "an" } else { "a" }
}

/// `1h30m`, `250ms`: as it is written in a source.
pub(crate) fn duration(ms: u64) -> String {
    const UNITS: [(u64, &str); 6] =
        [(604_800_000, "w"), (86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];
    let mut rest = ms;
    let mut text = String::new();
    for (size, unit) in UNITS {
        if rest >= size {
            text += &format!("{}{unit}", rest / size);
            rest %= size;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// The handler on one line, with `event` in place of the event at `position`.
pub(crate) fn with_event(handler: &Handler<'_>, position: usize, event: &str) -> String {
    let written = |(i, it): (usize, &EventRef<'_>)| {
        let event = if i == position { event.to_owned() } else { self::event(it) };
        // `on changed(manifest)` puts first what belongs behind.
        let bound = binding(it);
        let is_watcher = bound.trim_matches(['(', ')']) == event.split('.').next().unwrap_or("");
        if is_watcher { event } else { event + &bound }
    };
    let Trigger::On { events } = &handler.trigger else { return String::new() };
    let events: Vec<_> = events.iter().enumerate().map(written).collect();
    format!("on {}{}{}", events.join(", "), guard(handler), response(handler, None))
}

/// The name in brackets behind an event.
fn binding(event: &EventRef<'_>) -> String {
    match event {
        EventRef::Named { binding: Some(it), .. } => format!("({})", name(it.text)),
        _ => String::new(),
    }
}

fn guard(handler: &Handler<'_>) -> &'static str {
    if handler.guard.is_some() { " when …" } else { "" }
}

/// The handler on one line, with `target` behind its arrow.
pub(crate) fn with_target(handler: &Handler<'_>, target: &str) -> String {
    format!("{}{}{}", trigger(&handler.trigger), guard(handler), response(handler, Some(target)))
}

fn trigger(trigger: &Trigger<'_>) -> String {
    match trigger {
        Trigger::On { events } => {
            let events: Vec<_> = events.iter().map(|it| event(it) + &binding(it)).collect();
            format!("on {}", events.join(", "))
        }
        Trigger::After { delay, .. } => match delay.kind {
            ExprKind::Duration(ms) => format!("after {}", duration(ms)),
            _ => "after 10m".to_owned(),
        },
        Trigger::When { .. } => "when …".to_owned(),
    }
}

fn response(handler: &Handler<'_>, target: Option<&str>) -> String {
    let mut text = match &handler.response {
        None => String::new(),
        Some(Response::Stay(_)) => " stay".to_owned(),
        Some(Response::Goto { target: written, again }) => {
            let target = target.map_or_else(|| path(written), str::to_owned);
            format!(" -> {target}{}", if again.is_some() { " again" } else { "" })
        }
    };
    if let Some(label) = handler.label {
        text += &format!(" as {}", name(label.text));
    }
    text
}

/// All names of values in a calculation.
pub(crate) fn names<'s>(expr: &Expr<'s>) -> Vec<&'s str> {
    let all = |exprs: &[&Expr<'s>]| exprs.iter().flat_map(|it| names(it)).collect();
    match &expr.kind {
        ExprKind::Name(it) => vec![it.text],
        ExprKind::Interpolated(pieces) => {
            let inner = |it: &Piece<'s>| if let Piece::Expr(it) = it { names(it) } else { Vec::new() };
            pieces.iter().flat_map(inner).collect()
        }
        ExprKind::List(items) | ExprKind::Call(_, items) => all(&items.iter().collect::<Vec<_>>()),
        ExprKind::Map(entries) => all(&entries.iter().map(|it| &it.1).collect::<Vec<_>>()),
        ExprKind::Field(it, _) | ExprKind::Unary(_, it) => names(it),
        ExprKind::Binary(_, _, a, b) | ExprKind::Range(a, b) => all(&[a, b]),
        ExprKind::In { item, set, .. } => all(&[item, set]),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{all_of, any_of, article, duration, name};

    #[test]
    fn lists() {
        assert_eq!(any_of::<&str>(&[]), "");
        assert_eq!(any_of(&["a"]), "`a`");
        assert_eq!(any_of(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(all_of(&["a", "b", "c", "d", "e", "f", "g"]), "`a`, `b`, `c`, `d`, `e` and 2 more");
    }

    #[test]
    fn durations_are_written_as_they_are_read() {
        for (ms, text) in [(0, "0s"), (250, "250ms"), (5_400_000, "1h30m"), (604_800_000, "1w"), (90_500, "1m30s500ms")]
        {
            assert_eq!(duration(ms), text);
        }
    }

    #[test]
    fn names_that_need_backticks_get_them() {
        assert_eq!(name("idle"), "idle");
        assert_eq!(name("2hours_on"), "`2hours_on`");
        assert_eq!(name("final"), "`final`");
        assert_eq!(article("exec"), "an");
        assert_eq!(article("file"), "a");
    }
}
