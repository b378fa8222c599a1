//! Compiling the blocks of a page; those that name their file can be used by later ones.

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

/// The files of a page so far.
#[derive(Debug, Default)]
pub(super) struct Shelf(Vec<(String, String)>);

impl Shelf {
    /// Keeps a file for later ones to use.
    pub(super) fn keep(&mut self, name: &str, text: &str) {
        self.0.retain(|it| it.0 != name);
        self.0.push((name.to_owned(), text.to_owned()));
    }

    /// Compiles a file.
    pub(super) fn build(&self, name: &str, text: &str) -> Built {
        let mut sources = SourceMap::default();
        sources.add(name, text);
        let output = compile(&sources, Options::default());
        let said = render::to_string(Form::Rich, &sources, &output.diagnostics, STYLE);
        let said = if said.is_empty() { said } else { said.trim_end().to_owned() + "\n" };
        let machines: Vec<_> = output.machines.into_iter().map(|it| (it.name, it.table)).collect();
        Built { is_refused: machines.is_empty(), machines, said }
    }
}
