//! Where lines come from: a terminal with history and completion, or a pipe.

use super::{Answer, Session};
use crate::error::Error;
use crate::output;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::history::MemHistory;
use rustyline::{Context, Editor, Helper};
use std::io::{self, BufRead};

/// How a line of an answer begins.
const INDENT: &str = "  ";

/// Reads lines from a terminal until the end is typed.
pub(crate) fn terminal(session: Session) -> Result<(), Error> {
    let config = rustyline::Config::builder().auto_add_history(true).build();
    let failed = |error: ReadlineError| Error::Output { source: io::Error::other(error) };
    let mut editor = Editor::with_history(config, MemHistory::new()).map_err(failed)?;
    editor.set_helper(Some(Words(session)));
    loop {
        let prompt = editor.helper().map_or_else(String::new, |it| format!("{}> ", it.0.place()));
        match editor.readline(&prompt) {
            Ok(line) => {
                let Some(Words(session)) = editor.helper_mut() else { return Ok(()) };
                match session.answer(&line) {
                    Answer::End => return Ok(()),
                    Answer::Lines(lines) => show(&lines)?,
                }
            }
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(failed(error)),
        }
    }
}

/// Takes the lines of a pipe, and shows each with what it leads to.
pub(crate) fn pipe(mut session: Session) -> Result<(), Error> {
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|source| Error::Read { path: "<stdin>".to_owned(), source, help: None })?;
        output::print(&format!("{}> {line}\n", session.place()))?;
        match session.answer(&line) {
            Answer::End => return Ok(()),
            Answer::Lines(lines) => show(&lines)?,
        }
    }
    Ok(())
}

/// Shows the lines of an answer.
pub(crate) fn show(lines: &[String]) -> Result<(), Error> {
    output::print(&lines.iter().map(|it| format!("{INDENT}{it}\n")).collect::<String>())
}

/// Completes events, fields and commands.
struct Words(Session);

impl Completer for Words {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..at).unwrap_or(line);
        let start = before.rfind(' ').map_or(0, |it| it + 1);
        Ok((start, self.0.completions(before)))
    }
}

impl rustyline::hint::Hinter for Words {
    type Hint = String;
}

impl rustyline::highlight::Highlighter for Words {}

impl rustyline::validate::Validator for Words {}

impl Helper for Words {}
