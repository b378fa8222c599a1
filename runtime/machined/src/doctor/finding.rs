//! What was found, and how it is shown.

use serde::Serialize;
use std::fmt::Display;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What was looked at: `stream`, `certificate`.
    pub(crate) what: String,
    /// How it is.
    pub(crate) grade: Grade,
    /// In words.
    pub(crate) text: String,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) help: Option<String>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Grade {
    /// As it should be.
    Ok,
    /// It works, and there is something to know.
    Warning,
    /// It does not work.
    Fault,
}

impl Finding {
    /// All is well with it.
    pub(crate) fn ok(what: &str, text: impl Display) -> Finding {
        Finding::new(what, Grade::Ok, text)
    }

    /// Somebody should know this of it.
    pub(crate) fn warning(what: &str, text: impl Display) -> Finding {
        Finding::new(what, Grade::Warning, text)
    }

    /// Because of it, events do not arrive, or machines get nothing of what they want.
    pub(crate) fn fault(what: &str, text: impl Display) -> Finding {
        Finding::new(what, Grade::Fault, text)
    }

    /// With the way out.
    pub(crate) fn help(self, help: impl Display) -> Finding {
        Finding { help: Some(help.to_string()), ..self }
    }

    fn new(what: &str, grade: Grade, text: impl Display) -> Finding {
        Finding { what: what.to_owned(), grade, text: text.to_string(), help: None }
    }
}

impl Grade {
    fn word(self) -> &'static str {
        match self {
            Grade::Ok => "ok",
            Grade::Warning => "warning",
            Grade::Fault => "fault",
        }
    }
}

/// A line for each, the way out below it, and a last line that sums up.
pub(super) fn lines(findings: &[Finding]) -> String {
    let mut text = String::new();
    for Finding { what, grade, text: words, help } in findings {
        text += &format!("{:<8} {what:<13} {words}\n", grade.word());
        for help in help.iter().filter(|_| *grade != Grade::Ok) {
            text += &format!("{:<8} {:<13} {help}\n", "", "way out:");
        }
    }
    let count = |grade| findings.iter().filter(|it| it.grade == grade).count();
    text + &match (count(Grade::Fault), count(Grade::Warning)) {
        (0, 0) => "All is well.\n".to_owned(),
        (0, warnings) => format!("It works; {warnings} to look at.\n"),
        (faults, _) => format!("It does not work: {faults} at fault.\n"),
    }
}

/// The same for programs.
pub(super) fn json(findings: &[Finding]) -> String {
    format!("{:#}\n", serde_json::json!({ "findings": findings }))
}
