//! The kinds of watchers: standard ones and those that the file brings, each read when it is first used.

use super::declared::Declared;
use super::ready;
use super::report::Report;
use super::scope::Scope;
use super::setting::Setting;
use super::tree::Tree;
use super::types::{self, Use};
use super::values::{self, How, Slot};
use super::wording;
use crate::ast::{self, ExprKind, Name};
use crate::diagnostic::{Code, Diagnostics, suggest};
use crate::model::{Constant, Kind, Outcome, Type, WatcherId};
use crate::source::FileId;
use machine_stdlib::{KINDS, declaration};
use std::sync::{Arc, OnceLock};

/// What a watcher of some kind can be given and what it can report.
#[derive(Debug, PartialEq)]
pub(super) struct Declaration {
    /// Its parameters in order; at most the last of the positional ones is variadic.
    pub(super) params: Vec<Param>,
    /// `every` has to be given to a `watch` of it.
    pub(super) every_required: bool,
    /// What the machine needs to know of it.
    pub(super) kind: Arc<Kind>,
}

/// One parameter of a kind.
#[derive(Debug, PartialEq)]
pub(super) struct Param {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) variadic: bool,
    pub(super) default: Option<Constant>,
}

/// The kind of each watcher of a machine.
pub(super) struct Kinds {
    /// Positions in [`KINDS`], and behind them in `own`.
    of_watchers: Vec<Option<usize>>,
    used: Vec<usize>,
    /// Those of the file, as far as they are used.
    own: Vec<Option<Declaration>>,
}

impl Kinds {
    /// The declaration of a watcher's kind; `None` if that is not known, which has been told.
    pub(super) fn of(&self, watcher: WatcherId) -> Option<&Declaration> {
        self.of_watchers[watcher.0].and_then(|it| self.get(it))
    }

    fn get(&self, kind: usize) -> Option<&Declaration> {
        match kind.checked_sub(KINDS.len()) {
            None => load(kind),
            Some(own) => self.own.get(own)?.as_ref(),
        }
    }

    /// Where the watcher's kind stands in [`Kinds::used`].
    pub(super) fn index(&self, watcher: WatcherId) -> Option<usize> {
        let kind = self.of_watchers[watcher.0]?;
        self.used.iter().position(|it| *it == kind)
    }

    /// The kinds that the machine uses, standard ones first, by name.
    pub(super) fn used(&self) -> Vec<Arc<Kind>> {
        self.used.iter().filter_map(|it| Some(self.get(*it)?.kind.clone())).collect()
    }
}

/// Finds the kind of each watcher, or tells that there is none of that name.
pub(super) fn resolve(tree: &Tree<'_>, setting: &Setting<'_, '_>, report: &mut Report<'_>) -> Kinds {
    let own = setting.kinds;
    let mut of_watchers = Vec::with_capacity(tree.watchers.len());
    for site in &tree.watchers {
        let found = site.ast.call.as_ref().and_then(|call| find(call.name, setting, report));
        if found.is_none() {
            report.known_broken();
        }
        of_watchers.push(found);
    }
    let is_used = |it: &usize| of_watchers.contains(&Some(*it));
    let mut used: Vec<usize> = (0..KINDS.len() + own.len()).filter(is_used).collect();
    used.sort_by_key(|it| it.checked_sub(KINDS.len()).map(|it| own[it].name.text));
    let read_own = |(at, it)| if used.contains(&(KINDS.len() + at)) { silently(it) } else { None };
    let own = own.iter().copied().enumerate().map(read_own).collect();
    Kinds { of_watchers, used, own }
}

fn find(name: Name<'_>, setting: &Setting<'_, '_>, report: &mut Report<'_>) -> Option<usize> {
    let own = setting.kinds;
    let standard = KINDS.iter().position(|it| *it == name.text);
    let found = standard.or_else(|| Some(own.iter().position(|it| it.name.text == name.text)? + KINDS.len()));
    if found.is_none() && !setting.others.unsure() {
        unknown(name, own, report);
    }
    found
}

fn unknown(name: Name<'_>, own: &[&ast::Kind<'_>], report: &mut Report<'_>) {
    let headline = format!("there is no watcher kind `{}`", name.text);
    let all: Vec<_> = KINDS.iter().copied().chain(own.iter().map(|it| it.name.text)).collect();
    let nearest = suggest::nearest(name.text, all.iter().copied());
    report.tell(Code::UNKNOWN_KIND, name.span, headline, |file, it| match nearest {
        Some(kind) => it
            .label(format!("did you mean `{kind}`?"))
            .help(format!("write `{kind}(…)`; the kinds are {}", wording::all_of(&all)))
            .fix(file, name.span, kind)
            .certain_if(suggest::is_certain(name.text, all.iter().copied())),
        None => it.label("no kind of this name").help(format!(
            "the kinds are {}; `exec` runs any program, a script of your own for instance",
            wording::all_of(&all)
        )),
    });
}

/// Checks the kinds that a file declares, used or not.
pub(super) fn check(file: FileId, own: &[ast::Kind<'_>], sink: &mut Diagnostics) {
    let mut report = Report::new(file, None, sink);
    for (at, kind) in own.iter().enumerate() {
        let name = kind.name;
        if KINDS.contains(&name.text) {
            let headline = format!("`{}` is a kind of the standard library already", name.text);
            report.tell(Code::DUPLICATE_KIND, name.span, headline, |_, it| {
                it.label("the second of this name")
                    .help("give it another name, and use that behind the `=` of its watchers")
            });
        } else if let Some(first) = own[..at].iter().find(|it| it.name.text == name.text) {
            let headline = format!("there are two watcher kinds `{}`", name.text);
            report.tell(Code::DUPLICATE_KIND, name.span, headline, |file, it| {
                it.label("the second one")
                    .also(file, first.name.span, "the first one")
                    .help("give one of them another name")
            });
        }
        let program = implementation(kind, &mut report);
        super::own_kinds::check(kind, program.is_some(), &mut report);
        if kind.outcomes.is_empty() && !kind.faulty {
            let headline = format!("`{}` reports nothing", name.text);
            report.tell(Code::NO_OUTCOMES, name.span, headline, |_, it| {
                it.label("a watcher of this kind could never be heard of")
                    .help("write what it can report between its braces, such as `outcome ok` and `fault failed`")
            });
        }
        _ = read(kind, &mut report);
    }
}

/// Program and arguments that implement a kind of the user's own.
fn implementation(kind: &ast::Kind<'_>, report: &mut Report<'_>) -> Option<Vec<String>> {
    let Some(by) = &kind.by else {
        if !kind.faulty {
            no_program(kind.name, report);
        }
        return None;
    };
    if by.name.text != "exec" {
        let headline = format!("a kind cannot be made by `{}`", by.name.text);
        report.tell(Code::OWN_KIND, by.name.span, headline, |_, it| {
            it.label("only a program can be behind a kind").help("write `by exec(\"./program\")`")
        });
        return None;
    }
    let mut words = Vec::with_capacity(by.args.len());
    for arg in &by.args {
        match (&arg.value.kind, arg.name) {
            (ExprKind::Text(it), None) if !it.contains('\0') => words.push(it.to_string()),
            // That a value in a text is none here is told as syntax.
            (ExprKind::Faulty | ExprKind::Interpolated(_), _) => return None,
            _ => {
                let headline = "the program behind a kind is given as texts";
                report.tell(Code::OWN_KIND, arg.value.span, headline, |_, it| {
                    it.label("a text between quotes belongs here").help("write `by exec(\"./program\", \"argument\")`")
                });
                return None;
            }
        }
    }
    if words.first().is_none_or(String::is_empty) {
        no_program(Name { text: kind.name.text, span: by.name.span }, report);
        return None;
    }
    Some(words)
}

fn no_program(name: Name<'_>, report: &mut Report<'_>) {
    let headline = format!("`{}` does not say which program is behind it", name.text);
    report.tell(Code::OWN_KIND, name.span, headline, |_, it| {
        it.label("only the standard library has kinds without a program").help(format!(
            "write `watcher {}(…) by exec(\"./program\") {{ … }}`: it prints one JSON line an outcome",
            name.text
        ))
    });
}

/// The kind at this position of [`KINDS`], made or read once a process.
fn load(index: usize) -> Option<&'static Declaration> {
    static CACHE: [OnceLock<Option<Declaration>>; KINDS.len()] = [const { OnceLock::new() }; KINDS.len()];
    let kind = KINDS[index];
    CACHE[index].get_or_init(|| ready::declaration(kind).or_else(|| read_text(declaration(kind)?))).as_ref()
}

/// `None` if the text is not the declaration of one kind; a test holds that the standard ones are.
fn read_text(text: &'static str) -> Option<Declaration> {
    let mut sink = Diagnostics::default();
    let ast = crate::lower::lower(FileId(usize::MAX), text, &mut sink);
    let read = silently(ast.kinds.first()?);
    read.filter(|_| !sink.has_errors())
}

/// The declaration, if nothing is wrong with it; what is wrong is told where the file is checked.
fn silently(kind: &ast::Kind<'_>) -> Option<Declaration> {
    let mut sink = Diagnostics::default();
    let mut report = Report::new(FileId(usize::MAX), None, &mut sink);
    let read = read(kind, &mut report);
    let program = if kind.by.is_some() { implementation(kind, &mut report)? } else { Vec::new() };
    let mut read = read.filter(|_| report.intact())?;
    Arc::make_mut(&mut read.kind).program = program;
    Some(read)
}

fn read(kind: &ast::Kind<'_>, report: &mut Report<'_>) -> Option<Declaration> {
    let nothing = Declared::default();
    let scope = Scope::constants(&nothing);
    let params: Vec<_> = kind.params.iter().map(|it| param(it, scope, report)).collect();
    let outcomes: Vec<_> = kind.outcomes.iter().map(|it| outcome(it, scope, report)).collect();
    let params = params.into_iter().collect::<Option<Vec<_>>>()?;
    let outcomes = outcomes.into_iter().collect::<Option<Vec<_>>>()?;
    let kind_of_watcher = Kind {
        name: kind.name.text.to_owned(),
        outcomes,
        notified: !kind.every_required,
        interruptible: kind.outcomes.iter().any(can_be_interrupted),
        signature: signature(kind),
        params: params.iter().map(|it| it.name.clone()).collect(),
        program: Vec::new(),
    };
    Some(Declaration { params, every_required: kind.every_required, kind: Arc::new(kind_of_watcher) })
}

fn param(param: &ast::Param<'_>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Param> {
    let ty = types::resolve(&param.ty, Use::Argument, scope, report)?;
    let slot = Slot { name: param.name.text, required: false, how: How::Default };
    let default = match &param.default {
        Some(it) => Some(values::constant(it, &ty, slot, scope, report)?),
        None => None,
    };
    Some(Param { name: param.name.text.to_owned(), ty, variadic: param.variadic, default })
}

/// A field of the type `returns` stands for those that a watcher's `returns` names.
fn outcome(outcome: &ast::Outcome<'_>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Outcome> {
    let is_returned = |ty: &ast::Type<'_>| matches!(&ty.kind, ast::TypeKind::Named(it) if it.text == "returns");
    let mut whole = super::declared::repeated_field(outcome.fields.iter().map(|it| it.0), report).is_none();
    let mut fields = Vec::with_capacity(outcome.fields.len());
    for (name, ty) in outcome.fields.iter().filter(|it| !is_returned(&it.1)) {
        let ty = types::resolve(ty, Use::Value, scope, report);
        whole &= ty.is_some();
        fields.extend(ty.map(|it| (name.text.to_owned(), it)));
    }
    let returns = outcome.fields.iter().any(|it| is_returned(&it.1));
    let (name, fault) = (outcome.name.text.to_owned(), outcome.fault);
    whole.then_some(Outcome { name, fault, fields, returns })
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
    use super::{KINDS, declaration, load, read_text, ready};

    #[test]
    fn every_standard_kind_can_be_read() {
        let signatures: Vec<_> = (0..KINDS.len()).map(|it| load(it).unwrap().kind.signature.clone()).collect();
        assert_eq!(
            signatures,
            [
                "exec(program: string, args: string..., env: map of string, dir: path, timeout: duration) \
                 { outcome ok, fault failed }",
                "file(path: path) { outcome changed, outcome present, fault missing }",
                "kv(bucket: string, key: string) \
                 { outcome changed, outcome present, fault absent, fault deleted }",
                "schedule(lines: string..., zone: string, for: duration, splay: duration, \
                 missed: once | skip | all, skipped: once | never, doubled: once | twice) \
                 { outcome due, outcome opened, outcome still_open, outcome closed }",
                "shell(script: string, env: map of string, dir: path, timeout: duration) \
                 { outcome ok, fault failed }",
            ]
        );
    }

    #[test]
    fn a_kind_that_is_ready_is_what_its_text_says() {
        for kind in KINDS {
            let read = read_text(declaration(kind).unwrap()).unwrap();
            if let Some(ready) = ready::declaration(kind) {
                assert_eq!(ready, read, "change `ready.rs` as `{kind}/kind.machine` was changed");
            }
        }
    }

    #[test]
    fn what_runs_commands_can_be_interrupted_and_what_watches_files_is_told() {
        let flags: Vec<_> = (0..KINDS.len())
            .map(|it| load(it).unwrap())
            .map(|it| (it.kind.interruptible, it.kind.notified, it.every_required))
            .collect();
        assert_eq!(
            flags,
            [
                (true, false, true),
                (false, true, false),
                (false, true, false),
                (false, true, false),
                (true, false, true)
            ]
        );
    }
}
