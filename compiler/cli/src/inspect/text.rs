//! The listing as text, close to how a source would say it.

use super::declared::{Declared, Event, Field};
use super::value::duration;
use super::{Kind, Listing, Modifiers, Move, State, Watcher};
use crate::report::counted;
use machine_compiler::diagnostic::render::visible::visible_line;
use std::fmt::{self, Display, Formatter};

impl Display for Listing {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "machine {} {}", visible_line(&self.name), visible_line(&self.version))?;
        doc(f, "", &self.doc)?;
        writeln!(f, "hash    sha256:{}", self.hash)?;
        writeln!(f, "format  {}, ids of {}", self.format, counted(self.id_bytes, "byte"))?;
        writeln!(f, "size    {} bytes", self.bytes)?;
        self.sections(f)?;
        writeln!(f, "\nkinds")?;
        self.kinds.iter().try_for_each(|it| write!(f, "{it}"))?;
        write!(f, "{}", self.declared)?;
        writeln!(f, "\nstates")?;
        self.states.iter().try_for_each(|it| write!(f, "{it}"))?;
        self.transitions(f)
    }
}

impl Listing {
    fn sections(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nsections       at   bytes")?;
        for it in &self.sections {
            writeln!(f, "  {:<11}{:>6}{:>8}", it.name, it.offset, it.bytes)?;
        }
        Ok(())
    }

    fn transitions(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\ntransitions")?;
        let mut state = None;
        for it in &self.transitions {
            if state != Some(&it.state) {
                writeln!(f, "  {}", visible_line(&it.state))?;
                state = Some(&it.state);
            }
            write!(f, "{it}")?;
        }
        Ok(())
    }
}

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "  {}  signature {}", visible_line(&self.name), self.signature)?;
        if self.notified {
            write!(f, ", told of changes")?;
        }
        if self.interruptible {
            write!(f, ", can be interrupted")?;
        }
        writeln!(f)?;
        if !self.program.is_empty() {
            let words: Vec<_> = self.program.iter().map(|it| format!("{it:?}")).collect();
            writeln!(f, "    by exec({})  takes {}", words.join(", "), self.params.join(", "))?;
        }
        for it in &self.outcomes {
            let fields = fields(&it.fields) + if it.returns { " with returns" } else { "" };
            writeln!(f, "    {} {}{fields}", if it.fault { "fault  " } else { "outcome" }, visible_line(&it.name))?;
        }
        Ok(())
    }
}

impl Display for State {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let indent = "  ".repeat(self.depth + 1);
        doc(f, &indent, if self.depth > 0 { &self.doc } else { "" })?;
        let initial = if self.initial { "initial " } else { "" };
        let is_final = if self.is_final { "final " } else { "" };
        let what = if self.depth == 0 { "machine" } else { "state" };
        let was: Vec<_> = self.was.iter().map(|it| visible_line(it)).collect();
        let was = if was.is_empty() { String::new() } else { format!(" was {}", was.join(", ")) };
        writeln!(f, "{indent}{initial}{is_final}{what} {}{was}  #{}", visible_line(&self.name), self.id)?;
        for (word, actions) in [("enter", &self.enter), ("exit", &self.exit)] {
            if !actions.is_empty() {
                writeln!(f, "{indent}  {word}{}", block(actions))?;
            }
        }
        for it in &self.watchers {
            doc(f, &format!("{indent}  "), &it.doc)?;
            writeln!(f, "{indent}  {it}")?;
        }
        for it in &self.timers {
            writeln!(f, "{indent}  after {}  slot {}", duration(it.ms), it.slot)?;
        }
        Ok(())
    }
}

impl Display for Watcher {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let word = if self.once { "run" } else { "watch" };
        write!(f, "{word} {} = {}", visible_line(&self.name), visible_line(&self.kind))?;
        write!(f, "({})", visible_line(&self.written.join(", ")))?;
        if let Some(ms) = self.every_ms {
            write!(f, " every {}", duration(ms))?;
        }
        write!(f, "{}  #{}", self.modifiers, self.id)
    }
}

impl Display for Move {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "    {}", visible_line(&self.event))?;
        if let Some(name) = &self.binding {
            write!(f, "({})", visible_line(name))?;
        }
        if let Some(condition) = &self.when {
            write!(f, " when {}", visible_line(condition))?;
        }
        match &self.target {
            None => write!(f, " stay")?,
            Some(target) => match &self.last {
                Some(state) => write!(f, " -> {}.last or {}", visible_line(state), visible_line(target))?,
                None => write!(f, " -> {}", visible_line(target))?,
            },
        }
        if let Some(label) = &self.label {
            write!(f, " as {}", visible_line(label))?;
        }
        write!(f, "{}", block(&self.actions))?;
        match &self.keeps {
            Some(kept) => writeln!(f, ", stays in {}", visible_line(kept)),
            None => writeln!(f),
        }
    }
}

impl Display for Modifiers {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let times = [("splay", self.splay_ms), ("timeout", self.timeout_ms), ("announce every", self.announce_ms)];
        for (word, ms) in times {
            if let Some(ms) = ms {
                write!(f, " {word} {}", duration(ms))?;
            }
        }
        if let Some(it) = &self.backoff {
            write!(f, " backoff {}.{:02} up to {}", it.percent / 100, it.percent % 100, duration(it.up_to_ms))?;
        }
        if self.quiet {
            write!(f, " quiet")?;
        }
        if let Some(it) = &self.under {
            write!(f, " under {} wait {}", visible_line(&it.limit), duration(it.wait_ms))?;
        }
        if let Some(it) = &self.condition {
            write!(f, " while {}", visible_line(it))?;
        }
        if let Some(it) = &self.user {
            write!(f, " as {it:?}")?;
        }
        if self.returns.is_empty() { Ok(()) } else { write!(f, " returns{}", fields(&self.returns)) }
    }
}

impl Display for Declared {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let data = [("data", &self.data), ("facts", &self.facts)];
        for (title, list) in data.into_iter().filter(|it| !it.1.is_empty()) {
            writeln!(f, "\n{title}")?;
            for it in list {
                doc(f, "  ", &it.doc)?;
                writeln!(f, "  {}", written(it))?;
            }
        }
        let secrets = self.secrets.iter().map(|it| format!("{} from {} {:?}", it.name, it.from, it.place));
        section(f, "secrets", secrets)?;
        section(f, "limits", self.limits.iter().map(|it| format!("{} = {} {}", it.name, it.count, it.reach)))?;
        section(f, "conditions", self.conditions.iter().cloned())?;
        for (title, list) in [("signals", &self.signals), ("emits", &self.emits)] {
            events(f, title, list)?;
        }
        section(f, "sources", self.sources.iter().cloned())
    }
}

fn section(f: &mut Formatter<'_>, title: &str, lines: impl Iterator<Item = String>) -> fmt::Result {
    for (at, line) in lines.enumerate() {
        if at == 0 {
            writeln!(f, "\n{title}")?;
        }
        writeln!(f, "  {}", visible_line(&line))?;
    }
    Ok(())
}

fn events(f: &mut Formatter<'_>, title: &str, list: &[Event]) -> fmt::Result {
    if !list.is_empty() {
        writeln!(f, "\n{title}")?;
    }
    for it in list {
        doc(f, "  ", &it.doc)?;
        let from = if it.from.is_empty() { String::new() } else { format!("  from {}", it.from) };
        let when = it.when.as_ref().map_or_else(String::new, |it| format!("  when {}", visible_line(it)));
        writeln!(f, "  {}{}{from}{when}", visible_line(&it.name), fields(&it.fields))?;
    }
    Ok(())
}

/// ` { worst = 0  emit done }`; nothing for none.
fn block(actions: &[String]) -> String {
    if actions.is_empty() { String::new() } else { format!(" {{ {} }}", visible_line(&actions.join("  "))) }
}

/// ` { took: duration, code: int }`; nothing for none.
fn fields(fields: &[Field]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let all: Vec<_> = fields.iter().map(written).collect();
    format!(" {{ {} }}", all.join(", "))
}

fn written(field: &Field) -> String {
    let default = field.default.as_ref().map_or_else(String::new, |it| format!(" = {it}"));
    format!("{}: {}{default}", visible_line(&field.name), visible_line(&field.ty))
}

fn doc(f: &mut Formatter<'_>, indent: &str, doc: &str) -> fmt::Result {
    doc.lines().try_for_each(|line| writeln!(f, "{indent}/// {}", visible_line(line)))
}
