//! Handlers, watchers and actions in the few words that a picture has room for.

use super::chart::{Line, Row};
use crate::ast::{Block, EventRef, Expr, Handler, Mode, ModifierKind, Path, Response, Trigger, Watcher};
use machine_grammar::Span;

/// A source, to write parts of it as they stand there.
#[derive(Clone, Copy)]
pub(super) struct Words<'s>(pub(super) &'s str);

impl Words<'_> {
    /// A handler that leads somewhere.
    pub(super) fn transition(self, it: &Handler<'_>) -> Line {
        let events = self.events(it);
        let label = it.label.map(|it| it.text.to_owned());
        Line {
            text: self.answered(it, &label),
            events,
            label,
            tip: self.tip(&it.doc, it.span),
            line: self.line_of(it.span),
        }
    }

    /// A handler that leads nowhere.
    pub(super) fn stay(self, it: &Handler<'_>) -> Row {
        let label = it.label.map(|it| it.text.to_owned());
        let (word, text) = match it.trigger {
            Trigger::On { .. } => ("on", self.answered(it, &None)),
            Trigger::After { .. } => ("after", self.answered(it, &None).split_off("after ".len())),
            Trigger::When { .. } => ("when", self.answered(it, &None).split_off("when ".len())),
        };
        let label = label.map_or_else(String::new, |it| format!(" / {it}"));
        let (text, tip) = (format!("{text} stay{label}"), self.tip(&it.doc, it.span));
        Row { word, text, events: self.events(it), tip, line: self.line_of(it.span) }
    }

    /// `limits: file every 5s`.
    pub(super) fn watcher(self, it: &Watcher<'_>) -> Row {
        let word = if it.mode == Mode::Watch { "watch" } else { "run" };
        let kind = it.call.as_ref().map_or("?", |it| it.name.text);
        let pace = it.modifiers.iter().find_map(|it| match &it.kind {
            ModifierKind::Every(pace) => Some(format!(" every {}", self.expr(pace))),
            _ => None,
        });
        let text = format!("{}: {kind}{}", it.name.text, pace.unwrap_or_default());
        Row { word, text, events: Vec::new(), tip: self.tip(&it.doc, it.span), line: self.line_of(it.span) }
    }

    /// What is done on the way in or out.
    pub(super) fn block(self, it: &Block<'_>) -> Row {
        let word = if it.on_enter { "enter" } else { "exit" };
        let actions: Vec<_> = it.actions.iter().map(|it| self.written(it.span)).collect();
        let tip = format!("{word} {{ {} }}", actions.join("; "));
        Row { word, text: actions.join("; "), events: Vec::new(), tip, line: self.line_of(it.keyword) }
    }

    /// `EVENTS [GUARD] / LABEL`.
    fn answered(self, it: &Handler<'_>, label: &Option<String>) -> String {
        let mut text = self.events(it).join(", ");
        if let Some(guard) = &it.guard {
            text += &format!(" [{}]", self.expr(guard));
        }
        if let Some(label) = label {
            text += &format!(" / {label}");
        }
        text
    }

    fn events(self, it: &Handler<'_>) -> Vec<String> {
        match &it.trigger {
            Trigger::On { events } => events.iter().map(|event| written_event(event)).collect(),
            Trigger::After { delay, .. } => vec![format!("after {}", self.expr(delay))],
            Trigger::When { condition, .. } => vec![format!("when {}", self.expr(condition))],
        }
    }

    fn expr(self, it: &Expr<'_>) -> String {
        self.written(it.span)
    }

    /// The doc comment, and below it what it describes.
    fn tip(self, doc: &str, span: Span) -> String {
        let written = self.written(span);
        if doc.is_empty() { written } else { format!("{doc}\n{written}") }
    }

    fn line_of(self, span: Span) -> usize {
        1 + self.0.bytes().take(span.start as usize).filter(|it| *it == b'\n').count()
    }

    /// A part of the source on one line, without its comments.
    pub(super) fn written(self, span: Span) -> String {
        let text = self.0.get(span.start as usize..span.end as usize).unwrap_or("");
        let lines = text.lines().map(without_comment);
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    }
}

/// A path with dots in it.
pub(super) fn path(path: &Path<'_>) -> String {
    path.names.iter().map(|it| it.text).collect::<Vec<_>>().join(".")
}

/// The name that a target has in a label, where it is not the state that the arrow leads to.
pub(super) fn target<'h, 's>(it: &'h Handler<'s>) -> Option<(&'h Path<'s>, bool)> {
    match it.response.as_ref()? {
        Response::Goto { target, again } => Some((target, again.is_some())),
        Response::Stay(_) => None,
    }
}

fn written_event(it: &EventRef<'_>) -> String {
    match it {
        EventRef::Named { path: named, .. } => path(named),
        EventRef::Enters { machine, state } => format!("{} enters {}", machine.text, path(state)),
    }
}

/// A line up to `//`; two slashes between quotes begin no comment.
fn without_comment(line: &str) -> &str {
    let (mut is_text, mut escaped) = (false, false);
    for (at, char) in line.char_indices() {
        match char {
            _ if escaped => escaped = false,
            '\\' if is_text => escaped = true,
            '"' => is_text = !is_text,
            '/' if !is_text && line[at..].starts_with("//") => return &line[..at],
            _ => {}
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::without_comment;

    #[test]
    fn comments_are_left_out_and_texts_are_not() {
        assert_eq!(without_comment("a + b // why"), "a + b ");
        assert_eq!(without_comment(r#"f("http://x\"//") // y"#), r#"f("http://x\"//") "#);
    }
}
