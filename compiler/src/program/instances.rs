//! Templates, and the machines that are made of them.

use super::names::{Declared, Sort};
use super::neighbours::Neighbours;
use crate::ast::{Call, Instance, Machine, Name};
use crate::check::setting::{InstanceOf, Param};
use crate::check::{self, Interface, Setting, template};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::source::FileId;
use crate::{analysis, model};
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

/// A template: lowered once, checked once with parameters of which only the types are known, and then once for each
/// instance.
pub(super) struct Template<'s> {
    pub(super) file: FileId,
    pub(super) ast: Machine<'s>,
    /// What it is to other machines, whatever its arguments.
    pub(super) shown: Interface,
    neighbours: Rc<Neighbours<'s>>,
    /// What was told of it before there was an instance, warnings included.
    told: Vec<Diagnostic>,
    /// It has no mistake of its own.
    intact: bool,
}

impl<'s> Template<'s> {
    pub(super) fn check(
        file: FileId,
        ast: Machine<'s>,
        shown: Interface,
        neighbours: Rc<Neighbours<'s>>,
        sink: &mut Diagnostics,
    ) -> Self {
        let mut own = Diagnostics::default();
        let params = template::params(file, &ast, &mut own);
        let whole = params.is_some();
        let kinds = neighbours.kinds();
        let setting = Setting { params: params.unwrap_or_default(), others: &*neighbours, ..Setting::alone(&kinds) };
        if let Some(machine) = whole.then(|| check::machine(file, &ast, &setting, &mut own)).flatten() {
            analysis::analyse(file, &machine, &mut own);
        }
        let intact = whole && !own.has_errors();
        let told = own.sorted();
        sink.extend(told.iter().cloned());
        Self { file, ast, shown, neighbours, told, intact }
    }

    /// It has no mistake of its own.
    pub(super) fn intact(&self) -> bool {
        self.intact
    }

    /// Checks the template for an instance, and hands the machine over. What is wrong with the template whatever it is
    /// given was told before.
    pub(super) fn make(
        &self,
        home: FileId,
        instance: &Instance<'_>,
        params: Vec<Param>,
        sink: &mut Diagnostics,
    ) -> Option<model::Machine> {
        let of = InstanceOf {
            name: instance.name.text.to_owned(),
            span: instance.name.span,
            file: home,
            template: self.ast.name.text.to_owned(),
        };
        let kinds = self.neighbours.kinds();
        let setting = Setting { params, others: &*self.neighbours, instance: Some(of), ..Setting::alone(&kinds) };
        let mut own = Diagnostics::default();
        let mut made = check::machine(self.file, &self.ast, &setting, &mut own);
        if let Some(machine) = &mut made {
            analysis::analyse(self.file, machine, &mut own);
            if !instance.doc.is_empty() {
                machine.states[0].doc.clone_from(&instance.doc);
            }
        }
        let mut told = own.sorted();
        told.retain(|it| !InstanceOf::bears_with(setting.instance.as_ref(), it.code));
        told.retain(|it| self.told.iter().all(|before| !same(it, before)));
        // A value that cannot be is used all over the template: said once, where it is used first.
        let mut said = HashSet::new();
        told.retain(|it| said.insert((it.code, it.headline.clone())));
        sink.extend(told);
        made
    }
}

/// Whether two messages are of the same mistake at the same place.
fn same(a: &Diagnostic, b: &Diagnostic) -> bool {
    let place = |it: &Diagnostic| it.labels.first().map(|it| (it.file, it.span));
    (a.code, place(a)) == (b.code, place(b))
}

/// The templates that a source can make instances of, and whatever else bears a name there.
pub(super) struct Templates<'a, 's> {
    pub(super) all: Vec<Rc<Template<'s>>>,
    pub(super) names: Vec<&'a Declared<'s>>,
    /// Something could not be read: a template that is not found may stand there.
    pub(super) unsure: bool,
}

impl<'s> Templates<'_, 's> {
    /// The template that an instance is made of, and the values of its parameters; nothing if there is a mistake, which
    /// is told. The template's source is `needed` in any case.
    pub(super) fn called(
        &self,
        file: FileId,
        instance: &Instance<'_>,
        sink: &mut Diagnostics,
        needed: &mut BTreeSet<FileId>,
    ) -> Option<(&Rc<Template<'s>>, Vec<Param>)> {
        let call = instance.call.as_ref()?;
        let template = self.find(file, call, sink, needed)?;
        let params = template::arguments(file, call, (template.file, &template.ast), instance.name, sink)?;
        template.intact.then_some((template, params))
    }

    /// The template that is called; nothing if there is none, which is told.
    pub(super) fn find(
        &self,
        file: FileId,
        call: &Call<'_>,
        sink: &mut Diagnostics,
        needed: &mut BTreeSet<FileId>,
    ) -> Option<&Rc<Template<'s>>> {
        let found = self.all.iter().find(|it| it.ast.name.text == call.name.text);
        match found {
            Some(it) => _ = needed.insert(it.file),
            None if !self.unsure || self.declared(call.name.text).is_some() => {
                sink.push(self.no_template(file, call));
            }
            None => {}
        }
        found
    }

    fn declared(&self, name: &str) -> Option<(FileId, Sort, Name<'s>)> {
        self.names.iter().find_map(|it| it.find(false, name).map(|(sort, name)| (it.file, sort, name)))
    }

    fn no_template(&self, file: FileId, call: &Call<'_>) -> Diagnostic {
        let Name { text, span } = call.name;
        if let Some(declared) = self.declared(text) {
            return not_a_template(file, call.name, declared);
        }
        let names = || self.all.iter().map(|it| it.ast.name.text);
        let told = Diagnostic::new(Code::UNKNOWN_TEMPLATE, file, span, format!("there is no template `{text}`"));
        if let Some(near) = suggest::nearest(text, names()) {
            return told
                .label(format!("did you mean `{near}`?"))
                .help(format!("write `{near}(…)`"))
                .fix(file, span, near)
                .certain_if(suggest::is_certain(text, names()));
        }
        let told = told.label("no template of this name");
        match machine_stdlib::TEMPLATES.iter().find(|it| **it == text) {
            Some(standard) => told.help(format!("write `use std/{standard}` at the beginning of the file")).fix(
                file,
                machine_grammar::Span::new(0, 0),
                format!("use std/{standard}\n\n"),
            ),
            None if names().next().is_none() => {
                told.help(format!("declare it with `machine {text}(NAME: TYPE) 1.0.0 {{ … }}`, or bring it with `use`"))
            }
            None => {
                let all: Vec<_> = names().collect();
                told.help(format!("the templates here are {}", check::wording::all_of(&all)))
            }
        }
    }
}

fn not_a_template(file: FileId, name: Name<'_>, (there, sort, place): (FileId, Sort, Name<'_>)) -> Diagnostic {
    let text = name.text;
    let (what, help) = match sort {
        Sort::Instance => (
            "this is an instance itself",
            format!("name the template that `{text}` is made of: an instance has no parameters left"),
        ),
        Sort::Extern => ("this is outside of the sources", "use the file that declares the template".to_owned()),
        _ => (
            "this has no parameters, so it runs as it is",
            format!("write `machine {text}()` there to make a template of it, which has to be given nothing"),
        ),
    };
    Diagnostic::new(Code::NOT_A_TEMPLATE, file, name.span, format!("`{text}` is not a template"))
        .label("a template belongs here")
        .also(there, place.span, what)
        .help(help)
}
