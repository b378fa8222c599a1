//! Names of machines, templates and kinds: unique in a source, among what it uses, and of machines in a whole run.

use super::opened::Brought;
use crate::ast::Name;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, SourceMap};
use machine_grammar::Span;
use std::collections::HashMap;

/// What a name is that a source declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A machine that runs as it is.
    Machine,
    /// A machine made from a template.
    Instance,
    /// A template.
    Template,
    /// A machine outside of the sources.
    Extern,
    /// A kind of watcher.
    Kind,
}

impl Sort {
    /// With this name something runs on the node.
    fn runs(self) -> bool {
        matches!(self, Self::Machine | Self::Instance)
    }

    /// Kinds stand where nothing else can, and so have their names for themselves.
    fn space(self) -> bool {
        self == Self::Kind
    }

    /// One of them, and several.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Machine | Self::Instance => ("a machine", "machines"),
            Self::Template => ("a template", "templates"),
            Self::Extern => ("an `extern machine`", "`extern machine`"),
            Self::Kind => ("a kind", "kinds"),
        }
    }
}

/// The names that one source declares.
#[derive(Debug)]
pub(super) struct Declared<'s> {
    pub(super) file: FileId,
    pub(super) list: Vec<(Sort, Name<'s>)>,
    first: HashMap<(bool, &'s str), usize>,
}

/// The names of all machines of a run, over all sources: a node runs one machine of a name.
#[derive(Debug, Default)]
pub(super) struct Names<'s> {
    first: HashMap<&'s str, (FileId, Span)>,
}

impl Names<'_> {
    /// So many more will come.
    pub(super) fn reserve(&mut self, count: usize) {
        self.first.reserve(count);
    }
}

impl<'s> Declared<'s> {
    /// Of a source that declares about so many names.
    pub(super) fn new(file: FileId, count: usize) -> Self {
        Self { file, list: Vec::with_capacity(count), first: HashMap::with_capacity(count) }
    }

    /// Notes a name, and tells if there is an earlier one of the same source or, of machines, of the run.
    pub(super) fn add(&mut self, sort: Sort, name: Name<'s>, run: &mut Names<'s>, sink: &mut Diagnostics) {
        let at = self.list.len();
        self.list.push((sort, name));
        let first = *self.first.entry((sort.space(), name.text)).or_insert(at);
        if first != at {
            let (earlier, place) = self.list[first];
            // Two kinds of one source are told where kinds are checked.
            let told = (sort != Sort::Kind).then(|| twice((self.file, sort, name), (self.file, earlier, place.span)));
            return sink.extend(told);
        }
        let here = (self.file, name.span);
        if sort.runs() && *run.first.entry(name.text).or_insert(here) != here {
            let (file, span) = run.first[name.text];
            sink.push(twice((self.file, sort, name), (file, Sort::Machine, span)));
        }
    }

    /// The declaration of a name.
    pub(super) fn find(&self, kind: bool, name: &str) -> Option<(Sort, Name<'s>)> {
        self.first.get(&(kind, name)).map(|it| self.list[*it])
    }
}

fn twice(it: (FileId, Sort, Name<'_>), earlier: (FileId, Sort, Span)) -> Diagnostic {
    let (file, sort, name) = it;
    let headline = match sort.words() == earlier.1.words() {
        true => format!("there are two {} `{}`", sort.words().1, name.text),
        false => format!("{} and {} are both called `{}`", earlier.1.words().0, sort.words().0, name.text),
    };
    let help = match sort.runs() && earlier.1.runs() {
        true => "give one of them another name: a node runs one machine of a name",
        false => "give one of them another name: it has to say which of them is meant",
    };
    Diagnostic::new(Code::DUPLICATE_MACHINE, file, name.span, headline)
        .label("the second one")
        .also(earlier.0, earlier.2, "the first one")
        .help(help)
}

/// Tells of names that a use brings although the source has them already: of its own, or from another use. That two
/// machines which run have one name is told of the whole run.
pub(super) fn collisions(
    sources: &SourceMap,
    own: &Declared<'_>,
    brought: &[(Brought, &Declared<'_>)],
    sink: &mut Diagnostics,
) {
    for (at, (used, theirs)) in brought.iter().enumerate() {
        for (sort, name) in &theirs.list {
            let earlier = || brought[..at].iter().map(|it| it.1).chain([own]);
            let other = earlier().find_map(|it| Some((it, it.find(sort.space(), name.text)?)));
            let Some((there, (other, place))) = other else { continue };
            if !(sort.runs() && other.runs()) {
                let told = collision(sources, (own.file, *used), (theirs.file, *name), (there.file, place));
                sink.push(told);
            }
        }
    }
}

fn collision(
    sources: &SourceMap,
    (file, used): (FileId, Brought),
    (there, name): (FileId, Name<'_>),
    (other, place): (FileId, Name<'_>),
) -> Diagnostic {
    let text = name.text;
    let headline = match other == file {
        true => format!("`{text}` is declared here and in `{}`", sources.get(there).name),
        false => format!("`{}` and `{}` both bring `{text}`", sources.get(other).name, sources.get(there).name),
    };
    Diagnostic::new(Code::NAME_COLLISION, file, used.span, headline)
        .label(format!("brings a `{text}`"))
        .also(there, name.span, "this one")
        .also(other, place.span, "and here is the other one")
        .help("give one of them another name, or leave the `use` out")
}
