//! The listing as text, close to how a source would say it.

use super::value::duration;
use super::{Kind, Listing, Move, State, Watcher};
use crate::report::counted;
use machine_compiler::diagnostic::render::visible::visible_line;
use std::fmt::{self, Display, Formatter};

impl Display for Listing {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "machine {} {}", visible_line(&self.name), visible_line(&self.version))?;
        doc(f, "", &self.doc)?;
        writeln!(f, "hash    sha256:{}", self.hash)?;
        writeln!(f, "format  {}, ids of {}", self.format, counted(self.id_bytes.into(), "byte"))?;
        writeln!(f, "size    {} bytes", self.bytes)?;
        self.sections(f)?;
        writeln!(f, "\nkinds")?;
        self.kinds.iter().try_for_each(|it| write!(f, "{it}"))?;
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
        for it in &self.outcomes {
            writeln!(f, "    {} {}", if it.fault { "fault  " } else { "outcome" }, visible_line(&it.name))?;
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
        writeln!(f, "{indent}{initial}{is_final}{what} {}  #{}", visible_line(&self.name), self.id)?;
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
        write!(f, "({})", self.written.join(", "))?;
        if let Some(ms) = self.every_ms {
            write!(f, " every {}", duration(ms))?;
        }
        write!(f, "  #{}", self.id)
    }
}

impl Display for Move {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "    {}", visible_line(&self.event))?;
        match &self.target {
            None => write!(f, " stay")?,
            Some(target) => write!(f, " -> {}", visible_line(target))?,
        }
        if let Some(kept) = &self.keeps {
            write!(f, ", stays in {}", visible_line(kept))?;
        }
        match &self.label {
            None => writeln!(f),
            Some(label) => writeln!(f, " as {}", visible_line(label)),
        }
    }
}

fn doc(f: &mut Formatter<'_>, indent: &str, doc: &str) -> fmt::Result {
    doc.lines().try_for_each(|line| writeln!(f, "{indent}/// {}", visible_line(line)))
}
