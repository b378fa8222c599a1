//! A source that is parsed, and lowered piece by piece: a large file never stands in memory as a whole tree of its own.

use super::{Lower, name, syntax_error};
use crate::ast::{File, Machine, Name, UseSource};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::FileId;
use machine_grammar::{Kind, Node, Parse, Span, parse};

/// One source and its syntax tree.
pub struct Unit<'s> {
    file: FileId,
    source: &'s str,
    parse: Parse<'s>,
}

impl<'s> Unit<'s> {
    /// Parses a source; what is wrong with its syntax goes to `sink`.
    pub fn read(file: FileId, source: &'s str, sink: &mut Diagnostics) -> Self {
        let parse = parse(source);
        sink.extend(parse.errors.iter().map(|it| syntax_error::diagnostic(file, source, it)));
        if parse.errors.is_empty() {
            let says_nothing = |it: Node<'_, '_>| matches!(it.kind(), Kind::Doc | Kind::Use);
            let is_empty = parse.tree.root().children().all(says_nothing);
            sink.extend(is_empty.then(|| no_machine(file, source, parse.tree.root().find(Kind::Use).is_some())));
        }
        Self { file, source, parse }
    }

    /// All that the source holds, but for its machines.
    pub fn items(&self, sink: &mut Diagnostics) -> File<'s> {
        let mut items = self.lower(sink).items(self.parse.tree.root());
        let keeps_name = |it| matches!(it, Kind::BadMachine | Kind::BadInstance | Kind::BadExtern | Kind::BadTest);
        let is_lost = |it: Kind| it.is_bad() && !keeps_name(it);
        items.faulty |= self.parse.tree.root().children().any(|it| is_lost(it.kind()));
        items.faulty |= self.parse.errors.iter().any(syntax_error::hides_all);
        items
    }

    /// Hands over the machines of the source one by one, but for its templates.
    pub fn machines(&self, sink: &mut Diagnostics, each: &mut dyn FnMut(Machine<'s>, &mut Diagnostics)) {
        self.all_machines(sink, &|it| !is_template(it), each);
    }

    /// Hands over machines and templates as far as they are `wanted`.
    pub(super) fn all_machines(
        &self,
        sink: &mut Diagnostics,
        wanted: &dyn Fn(Node<'_, 's>) -> bool,
        each: &mut dyn FnMut(Machine<'s>, &mut Diagnostics),
    ) {
        self.lower(sink).machines(self.parse.tree.root(), wanted, each);
    }

    /// The templates of the source.
    pub fn templates(&self, sink: &mut Diagnostics) -> Vec<Machine<'s>> {
        let mut templates = Vec::new();
        if self.machine_nodes().any(is_template) {
            self.all_machines(sink, &is_template, &mut |it, _| templates.push(it));
        }
        templates
    }

    /// The names of its machines, and whether they are templates.
    pub fn machine_names(&self) -> impl Iterator<Item = (Name<'s>, bool)> {
        self.machine_nodes().filter_map(|it| Some((name(it.find(Kind::Name)?), is_template(it))))
    }

    /// The first machine of this name; of its mistakes nothing is said.
    pub fn machine(&self, wanted: &str) -> Option<Machine<'s>> {
        let is_wanted = |it: &Node<'_, 's>| it.find(Kind::Name).is_some_and(|it| name(it).text == wanted);
        let node = self.machine_nodes().find(is_wanted)?;
        self.lower(&mut Diagnostics::default()).machine(node, String::new())
    }

    /// The same with its doc comments, as the machine itself is made.
    pub fn whole_machine(&self, wanted: &str) -> Option<Machine<'s>> {
        let is_wanted = |it: Node<'_, 's>| it.find(Kind::Name).is_some_and(|it| name(it).text == wanted);
        let mut found = None;
        let keep = &mut |it, _: &mut Diagnostics| _ = found.get_or_insert(it);
        self.all_machines(&mut Diagnostics::default(), &is_wanted, keep);
        found
    }

    fn machine_nodes(&self) -> impl Iterator<Item = Node<'_, 's>> {
        let is_machine = |it: &Node<'_, '_>| matches!(it.kind(), Kind::Machine | Kind::BadMachine);
        self.parse.tree.root().children().filter(is_machine)
    }

    fn lower<'k>(&self, sink: &'k mut Diagnostics) -> Lower<'k, 's> {
        Lower { file: self.file, source: self.source, sink, nesting: 0 }
    }
}

fn no_machine(file: FileId, source: &str, has_uses: bool) -> Diagnostic {
    let end = source.trim_end().len();
    let headline = match source.trim_start_matches('\u{FEFF}').trim().is_empty() {
        true => "this file is empty",
        false if has_uses => "this file uses others, but it has no machine",
        false => "this file has comments, but no machine",
    };
    Diagnostic::new(Code::NO_MACHINE, file, Span::new(end, end), headline)
        .label("a machine is missing")
        .help("write `machine NAME 1.0.0 { … }`, or let `machinec new NAME` write one to begin with")
}

fn is_template(machine: Node<'_, '_>) -> bool {
    machine.find(Kind::Params).is_some()
}

/// The files that a source uses, as it names them, each once; for whoever reads files.
#[must_use]
pub fn used_files(source: &str) -> Vec<String> {
    if !may_use(source) {
        return Vec::new();
    }
    let mut ignored = Diagnostics::default();
    let items = Unit::read(FileId(0), source, &mut ignored).items(&mut ignored);
    let mut paths = Vec::new();
    for it in items.uses {
        if let UseSource::File(path) = it.source
            && !paths.contains(&path)
        {
            paths.push(path);
        }
    }
    paths
}

/// Whether a text names another source, or the word `use` stands in it before a blank or a quote, or one that others
/// write for it: most sources are not read twice.
fn may_use(source: &str) -> bool {
    let in_word = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let stands = |(at, word): (usize, &str)| {
        let (before, behind) = (&source[..at], &source[at + word.len()..]);
        !before.ends_with(in_word) && behind.starts_with(|it: char| it.is_whitespace() || matches!(it, '"' | '/'))
    };
    source.contains(".machine\"")
        || ["use", "import", "include"].into_iter().any(|word| source.match_indices(word).any(stands))
}
