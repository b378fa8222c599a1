//! `machinec explain`: the page of a code or of a standard template, or the list of all of them.

use super::Verdict;
use crate::args::{Color, Explain, Topic};
use crate::error::Error;
use crate::output;
use machine_compiler::diagnostic::{code, explain};
use std::fmt::Write;

const BOLD: &str = "\u{1b}[1m";
const CYAN: &str = "\u{1b}[36m";
const RESET: &str = "\u{1b}[0m";

pub(super) fn run(it: &Explain, color: Color) -> Result<Verdict, Error> {
    let page = match it.topic {
        None => return output::print(&list()).map(|()| Verdict::Fine),
        Some(Topic::Code(code)) => explain::page(code).to_owned(),
        Some(Topic::Template(name)) => machine_stdlib::page(name).unwrap_or_default(),
    };
    let colour = output::stdout_style(color).colour;
    output::print(&if colour { dressed(&page) } else { page })?;
    Ok(Verdict::Fine)
}

fn list() -> String {
    let mut text = String::new();
    for code in code::ALL {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{code}  {}", code.phrase);
    }
    for name in machine_stdlib::TEMPLATES {
        let _ = writeln!(text, "std/{name}  {}", machine_stdlib::summary(name).unwrap_or_default());
    }
    text
}

/// The page with headings and code in colour instead of the marks of Markdown.
fn dressed(page: &str) -> String {
    let mut text = String::new();
    let mut in_code = false;
    for line in page.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            text += &format!("    {CYAN}{line}{RESET}\n");
        } else if line.starts_with('#') {
            text += &format!("{BOLD}{}{RESET}\n", line.trim_start_matches('#').trim_start());
        } else {
            text += &dressed_line(line);
        }
    }
    text
}

/// Pieces between backticks in colour; the backticks go.
fn dressed_line(line: &str) -> String {
    let mut text = String::new();
    for (index, piece) in line.split('`').enumerate() {
        let is_code = index % 2 == 1;
        text += &if is_code { format!("{CYAN}{piece}{RESET}") } else { piece.to_owned() };
    }
    text + "\n"
}
