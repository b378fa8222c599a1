//! Compiling the blocks of a page; those that name their file can be used by later ones.

use machine_compiler::diagnostic::Severity;
use machine_compiler::diagnostic::render::{self, Form, Style};
use machine_compiler::source::SourceMap;
use machine_compiler::{Options, compile};

/// As wide as the pages.
const STYLE: Style = Style { width: 100, ..Style::PLAIN };

/// What came of a block.
#[derive(Clone, Debug, Default)]
pub(super) struct Built {
    /// Names and tables of its machines, in order.
    pub(super) machines: Vec<(String, Vec<u8>)>,
    /// What is told of it; empty if nothing.
    pub(super) said: String,
    /// There is an error among that.
    pub(super) is_refused: bool,
}

/// The files of a page so far, by name.
#[derive(Debug, Default)]
pub(super) struct Shelf(Vec<(String, String)>);

impl Shelf {
    /// Keeps a file for later ones to use.
    pub(super) fn keep(&mut self, name: &str, text: &str) {
        self.0.retain(|it| it.0 != name);
        self.0.push((name.to_owned(), text.to_owned()));
    }

    /// Compiles a file, with those that it uses.
    pub(super) fn build(&self, name: &str, text: &str) -> Built {
        let mut sources = SourceMap::default();
        sources.add(name, text);
        for (name, text) in self.used_by(name, text) {
            sources.add_used(name, text);
        }
        let output = compile(&sources, Options::default());
        let said = render::to_string(Form::Rich, &sources, &output.diagnostics, STYLE);
        let said = if said.is_empty() { said } else { said.trim_end().to_owned() + "\n" };
        let machines: Vec<_> = output.machines.into_iter().map(|it| (it.name, it.table)).collect();
        let is_refused = output.diagnostics.iter().any(|it| it.severity() == Severity::Error);
        Built { machines, said, is_refused }
    }

    /// The files that a file names, those that they name, and so on.
    fn used_by(&self, name: &str, text: &str) -> Vec<(&str, &str)> {
        let mut texts = vec![text];
        let mut used: Vec<(&str, &str)> = Vec::new();
        while let Some(text) = texts.pop() {
            let is_named = |it: &&(String, String)| it.0 != name && text.contains(&format!("use \"{}\"", it.0));
            for (name, text) in self.0.iter().filter(is_named) {
                if used.iter().all(|it| it.0 != name) {
                    used.push((name, text));
                    texts.push(text);
                }
            }
        }
        used
    }
}
