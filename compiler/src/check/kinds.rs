//! The kinds of watchers: read from their declarations in the standard library, each when it is first used.

use super::report::Report;
use super::tree::Tree;
use super::values::{self, Slot, Type};
use super::wording;
use crate::ast::{self, Name};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::model::{Constant, Kind, Outcome, WatcherId};
use crate::source::FileId;
use machine_stdlib::{KINDS, declaration};
use std::sync::{Arc, OnceLock};

/// What a watcher of some kind can be given and what it can report.
pub(super) struct Declaration {
    /// Its parameters in order; at most the last of the positional ones is variadic.
    pub(super) params: Vec<Param>,
    /// `every` has to be given to a `watch` of it.
    pub(super) every_required: bool,
    /// What the machine needs to know of it.
    pub(super) kind: Arc<Kind>,
}

/// One parameter of a kind.
pub(super) struct Param {
    pub(super) name: &'static str,
    pub(super) ty: Type,
    pub(super) variadic: bool,
    pub(super) default: Option<Constant>,
}

/// The kind of each watcher of a machine.
pub(super) struct Kinds {
    of_watchers: Vec<Option<usize>>,
    used: Vec<usize>,
}

impl Kinds {
    /// The declaration of a watcher's kind; `None` if that is not known, which has been told.
    pub(super) fn of(&self, watcher: WatcherId) -> Option<&'static Declaration> {
        self.of_watchers[watcher.0].and_then(load)
    }

    /// Where the watcher's kind stands in [`Kinds::used`].
    pub(super) fn index(&self, watcher: WatcherId) -> Option<usize> {
        let kind = self.of_watchers[watcher.0]?;
        self.used.iter().position(|it| *it == kind)
    }

    /// The kinds that the machine uses, by name.
    pub(super) fn used(&self) -> Vec<Arc<Kind>> {
        self.used.iter().filter_map(|it| Some(load(*it)?.kind.clone())).collect()
    }
}

/// Finds the kind of each watcher, or tells that there is none of that name.
pub(super) fn resolve(tree: &Tree<'_>, own: &[ast::Kind<'_>], report: &mut Report<'_>) -> Kinds {
    let mut of_watchers = Vec::with_capacity(tree.watchers.len());
    for site in &tree.watchers {
        let found = site.ast.call.as_ref().and_then(|call| find(call.name, own, report));
        if found.is_none() {
            report.known_broken();
        }
        of_watchers.push(found);
    }
    let is_used = |it: &usize| of_watchers.contains(&Some(*it));
    let used = (0..KINDS.len()).filter(is_used).collect();
    Kinds { of_watchers, used }
}

fn find(name: Name<'_>, own: &[ast::Kind<'_>], report: &mut Report<'_>) -> Option<usize> {
    let found = KINDS.iter().position(|it| *it == name.text);
    // That a kind is declared in the file itself is refused at its declaration.
    if found.is_none() && own.iter().all(|it| it.name.text != name.text) {
        unknown(name, report);
    }
    found
}

fn unknown(name: Name<'_>, report: &mut Report<'_>) {
    let headline = format!("there is no watcher kind `{}`", name.text);
    let nearest = suggest::nearest(name.text, KINDS.iter().copied());
    report.tell(Code::UNKNOWN_KIND, name.span, headline, |file, it| match nearest {
        Some(kind) => it
            .label(format!("did you mean `{kind}`?"))
            .help(format!("write `{kind}(…)`; the kinds are {}", wording::all_of(KINDS)))
            .fix(file, name.span, kind)
            .certain_if(suggest::is_certain(name.text, KINDS.iter().copied())),
        None => it.label("no kind of this name").help(format!(
            "the kinds are {}; `exec` runs any program, a script of your own for instance",
            wording::all_of(KINDS)
        )),
    });
}

/// Tells that a kind is declared outside of the standard library.
pub(super) fn refuse(file: FileId, kind: &ast::Kind<'_>, sink: &mut Diagnostics) {
    let headline = format!("the watcher kind `{}` cannot be declared here", kind.name.text);
    let told = Diagnostic::new(Code::OWN_KIND, file, kind.name.span, headline)
        .label("kinds are declared by the standard library only")
        .help(format!(
            "use one of {}: `exec` runs any program, a script of your own for instance",
            wording::any_of(KINDS)
        ));
    sink.push(told);
}

/// The kind at this position of [`KINDS`], read once a process.
fn load(index: usize) -> Option<&'static Declaration> {
    static CACHE: [OnceLock<Option<Declaration>>; KINDS.len()] = [const { OnceLock::new() }; KINDS.len()];
    CACHE[index].get_or_init(|| read(declaration(KINDS[index])?)).as_ref()
}

/// `None` if the text is not the declaration of one kind; a test holds that the standard ones are.
fn read(text: &'static str) -> Option<Declaration> {
    let mut sink = Diagnostics::default();
    let file = FileId(usize::MAX);
    let ast = crate::lower::lower(file, text, &mut sink);
    let kind = ast.kinds.first()?;
    let mut report = Report::new(file, None, &mut sink);
    let params = kind.params.iter().map(|it| param(it, &mut report)).collect::<Option<Vec<_>>>()?;
    let kind_of_watcher = Kind {
        name: kind.name.text.to_owned(),
        outcomes: kind.outcomes.iter().map(outcome).collect(),
        notified: !kind.every_required,
        interruptible: kind.outcomes.iter().any(can_be_interrupted),
        signature: signature(kind),
    };
    let whole = !sink.has_errors();
    whole.then(|| Declaration { params, every_required: kind.every_required, kind: Arc::new(kind_of_watcher) })
}

fn param(param: &ast::Param<'static>, report: &mut Report<'_>) -> Option<Param> {
    let ty = Type::of(&param.ty)?;
    let slot = Slot { name: param.name.text, required: false };
    let default = param.default.as_ref().and_then(|it| values::constant(it, &ty, slot, report));
    Some(Param { name: param.name.text, ty, variadic: param.variadic, default })
}

fn outcome(outcome: &ast::Outcome<'_>) -> Outcome {
    Outcome { name: outcome.name.text.to_owned(), fault: outcome.fault }
}

/// A fault with the reason `interrupted` says that what a `run` does cannot be asked again unasked.
fn can_be_interrupted(outcome: &ast::Outcome<'_>) -> bool {
    let names = |ty: &ast::Type<'_>| matches!(&ty.kind, ast::TypeKind::Enum(it) if it.iter().any(|it| it.text == "interrupted"));
    outcome.fault && outcome.fields.iter().any(|(_, ty)| names(ty))
}

/// What a table and a node have to agree on: parameters by position and outcomes by position. Defaults are filled in
/// by the compiler and fields travel by name, so neither is part of it.
fn signature(kind: &ast::Kind<'_>) -> String {
    let param = |it: &ast::Param<'_>| {
        format!("{}: {}{}", it.name.text, type_text(&it.ty), if it.variadic { "..." } else { "" })
    };
    let outcome = |it: &ast::Outcome<'_>| format!("{} {}", if it.fault { "fault" } else { "outcome" }, it.name.text);
    let params: Vec<_> = kind.params.iter().map(param).collect();
    let outcomes: Vec<_> = kind.outcomes.iter().map(outcome).collect();
    format!("{}({}) {{ {} }}", kind.name.text, params.join(", "), outcomes.join(", "))
}

fn type_text(ty: &ast::Type<'_>) -> String {
    match &ty.kind {
        ast::TypeKind::List { of, .. } => format!("list of {}", type_text(of)),
        ast::TypeKind::Map(of) => format!("map of {}", type_text(of)),
        ast::TypeKind::Enum(names) => names.iter().map(|it| it.text).collect::<Vec<_>>().join(" | "),
        ast::TypeKind::Named(it) => it.text.to_owned(),
        ast::TypeKind::IntIn { .. } => "int".to_owned(),
        ast::TypeKind::TextUpTo(_) => "string".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{KINDS, load};

    #[test]
    fn every_standard_kind_can_be_read() {
        let signatures: Vec<_> = (0..KINDS.len()).map(|it| load(it).unwrap().kind.signature.clone()).collect();
        assert_eq!(
            signatures,
            [
                "exec(program: string, args: string..., env: map of string, dir: path, timeout: duration) \
                 { outcome ok, fault failed }",
                "file(path: path) { outcome changed, outcome present, fault missing }",
                "shell(script: string, env: map of string, dir: path, timeout: duration) \
                 { outcome ok, fault failed }",
            ]
        );
    }

    #[test]
    fn what_runs_commands_can_be_interrupted_and_what_watches_files_is_told() {
        let flags: Vec<_> = (0..KINDS.len())
            .map(|it| load(it).unwrap())
            .map(|it| (it.kind.interruptible, it.kind.notified, it.every_required))
            .collect();
        assert_eq!(flags, [(true, false, true), (false, true, false), (true, false, true)]);
    }
}
