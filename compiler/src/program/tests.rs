//! The tests of a source: each with the machine that it drives, which is made for it once more.

use super::closing::Closing;
use super::instances::Template;
use super::names::Sort;
use super::neighbours::Neighbours;
use super::{Program, Tested};
use crate::ast::{self, Arg, Call, Expr, ExprKind, Instance, LineKind, Machine, Name, Subject, Test};
use crate::check::setting::Param;
use crate::check::{self, Setting, script, template};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::lower::Unit;
use crate::model;
use crate::source::FileId;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

/// All tests of one source.
pub(super) struct Bench<'a, 's> {
    pub(super) closing: &'a Closing<'s>,
    pub(super) program: &'a Program<'s>,
    /// The sources that the tests need.
    pub(super) needed: &'a mut BTreeSet<FileId>,
    /// What was made so far, with its tests.
    done: Vec<(Key, Tested)>,
    /// How many tests and cases were made so far.
    count: usize,
}

/// By what a machine is known that was made for a test.
#[derive(PartialEq)]
enum Key {
    /// A machine, by its source and name.
    Plain(FileId, String),
    /// A template, by its source and name, with its parameters.
    Made(FileId, String, Vec<Param>),
}

/// What a test drives, found but not made.
enum Found<'s> {
    Plain { file: FileId, name: Name<'s>, machine: Box<Machine<'s>>, neighbours: Rc<Neighbours<'s>> },
    Made { template: Rc<Template<'s>>, name: Name<'s>, call: Call<'s>, doc: String },
}

impl<'a, 's> Bench<'a, 's> {
    pub(super) fn new(closing: &'a Closing<'s>, program: &'a Program<'s>, needed: &'a mut BTreeSet<FileId>) -> Self {
        Self { closing, program, needed, done: Vec::new(), count: 0 }
    }

    /// Checks all of them; what comes of it, by machine.
    pub(super) fn run(mut self, sink: &mut Diagnostics) -> Vec<Tested> {
        let tests = &self.closing.items.tests;
        duplicates(self.closing.id, tests, sink);
        for test in tests {
            self.test(test, sink);
        }
        self.done.into_iter().map(|it| it.1).collect()
    }

    fn test(&mut self, test: &Test<'s>, sink: &mut Diagnostics) {
        let file = self.closing.id;
        let whole = script::header(file, test, sink);
        let Some(found) = self.found(test, sink) else { return };
        if !whole {
            return;
        }
        let Some(cases) = &test.cases else { return self.case(test, None, &found, sink) };
        // What is wrong in all cases is said for the first.
        let mut said = HashSet::new();
        for at in 0..cases.cases.len() {
            let mut own = Diagnostics::default();
            self.case(test, Some(at), &found, &mut own);
            let mut told = own.sorted();
            told.retain(|it| said.insert((it.code, it.labels.first().map(|it| (it.file, it.span)))));
            sink.extend(told);
        }
    }

    fn case(&mut self, test: &Test<'s>, case: Option<usize>, found: &Found<'s>, sink: &mut Diagnostics) {
        let Some(at) = self.made(test, case, found, sink) else { return };
        let Some((_, tested)) = self.done.get_mut(at) else { return };
        let params: Vec<_> = match found {
            Found::Plain { .. } => Vec::new(),
            Found::Made { template, .. } => template.ast.params.iter().flatten().map(|it| it.name.text).collect(),
        };
        let subject = script::Subject { file: self.closing.id, test, machine: &tested.machine, params: &params };
        let Some(mut checked) = script::check(subject, case, sink) else { return };
        let text = &self.program.sources.get(self.closing.id).text;
        let written = case.and_then(|it| test.cases.as_ref()?.cases.get(it));
        checked.case = written.and_then(|it| text.get(it.span.range())).map(str::to_owned);
        tested.tests.push((self.count, checked));
        self.count += 1;
    }

    // ---- What a test drives

    fn found(&mut self, test: &Test<'s>, sink: &mut Diagnostics) -> Option<Found<'s>> {
        match &test.subject {
            Subject::Made(call) => {
                let templates = self.closing.templates();
                let template = templates.find(self.closing.id, call, sink, self.needed)?.clone();
                Some(Found::Made { template, name: call.name, call: call.clone(), doc: String::new() })
            }
            Subject::Named(name) => self.named(*name, sink),
        }
    }

    fn named(&mut self, name: Name<'s>, sink: &mut Diagnostics) -> Option<Found<'s>> {
        let own = self.closing.declared.find(false, name.text).map(|it| (None, it.0));
        let brought = || {
            let mut used = self.closing.used.iter();
            used.find_map(|(brought, it)| Some((Some(brought.file), it.declared.find(false, name.text)?.0)))
        };
        let Some((from, sort)) = own.or_else(brought) else {
            check::unknown_machine(self.closing.id, name, &*self.closing.neighbours, sink);
            return None;
        };
        self.needed.extend(from);
        match sort {
            Sort::Machine => self.machine(name, from),
            Sort::Instance => self.instance(name, from),
            Sort::Template => {
                let all = self.closing.templates().all;
                let template = all.into_iter().find(|it| it.ast.name.text == name.text)?;
                let call = Call { name, args: Vec::new(), span: name.span };
                Some(Found::Made { template, name, call, doc: String::new() })
            }
            Sort::Extern | Sort::Kind => {
                sink.push(outside(self.closing.id, name));
                None
            }
        }
    }

    fn machine(&self, name: Name<'s>, from: Option<FileId>) -> Option<Found<'s>> {
        let (file, machine, neighbours) = match from {
            None => {
                let mut machine = None;
                self.closing.neighbours.home.with_unit(|it| machine = it.whole_machine(name.text));
                (self.closing.id, machine?, self.closing.neighbours.clone())
            }
            Some(file) => {
                (file, self.read(file).whole_machine(name.text)?, self.program.done.get(&file)?.neighbours.clone())
            }
        };
        Some(Found::Plain { file, name, machine: Box::new(machine), neighbours })
    }

    fn instance(&mut self, name: Name<'s>, from: Option<FileId>) -> Option<Found<'s>> {
        let is_it = |it: &&Instance<'_>| it.name.text == name.text;
        let (call, doc, templates) = match from {
            None => {
                let it = self.closing.items.instances.iter().find(is_it)?;
                (it.call.clone()?, it.doc.clone(), self.closing.templates().all)
            }
            Some(file) => {
                let items = self.read(file).items(&mut Diagnostics::default());
                let it = items.instances.into_iter().find(|it| is_it(&it))?;
                (it.call?, it.doc, self.program.done.get(&file)?.seen.clone())
            }
        };
        let template = templates.into_iter().find(|it| it.ast.name.text == call.name.text)?;
        Some(Found::Made { template, name, call, doc })
    }

    /// A source that was checked already, and of which the tree is gone.
    fn read(&self, file: FileId) -> Unit<'s> {
        Unit::read(file, &self.program.sources.get(file).text, &mut Diagnostics::default())
    }

    // ---- Making it

    /// The position of the machine; nothing if it has a mistake, which is told where it stands.
    fn made(
        &mut self,
        test: &Test<'s>,
        case: Option<usize>,
        found: &Found<'s>,
        sink: &mut Diagnostics,
    ) -> Option<usize> {
        let id = self.closing.id;
        let (key, file, make): (_, _, Box<dyn Fn() -> Option<model::Machine> + '_>) = match found {
            Found::Plain { file, name, machine, neighbours } => {
                (Key::Plain(*file, name.text.to_owned()), *file, Box::new(|| plain(*file, machine, neighbours)))
            }
            Found::Made { template, name, call, doc } => {
                let call = with_parameters(call, template, test, case);
                let there = (template.file, &template.ast);
                let mut told = Diagnostics::default();
                let params = template::arguments(id, &call, there, *name, &mut told);
                // What is wrong with an instance is told where that stands.
                let here = |it: &Diagnostic| {
                    it.labels.first().is_some_and(|it| it.file == id && test.span.to(it.span) == test.span)
                };
                sink.extend(told.sorted().into_iter().filter(here));
                let params = params.filter(|_| template.intact())?;
                let key = Key::Made(template.file, name.text.to_owned(), params.clone());
                let instance = Instance { doc: doc.clone(), name: *name, call: None, span: name.span };
                let make = move || template.make(id, &instance, params.clone(), &mut Diagnostics::default());
                (key, template.file, Box::new(make))
            }
        };
        if let Some(at) = self.done.iter().position(|it| it.0 == key) {
            return Some(at);
        }
        let made = make();
        drop(make);
        let Some(machine) = made else {
            self.tell(test, case, found, sink);
            return None;
        };
        self.done.push((key, Tested { file, home: id, machine, tests: Vec::new() }));
        Some(self.done.len() - 1)
    }

    /// Tells what is wrong with a machine that is made for a test alone; what is wrong with others is told where they
    /// stand.
    fn tell(&self, test: &Test<'s>, case: Option<usize>, found: &Found<'s>, sink: &mut Diagnostics) {
        let Found::Made { template, name, call, doc } = found else { return };
        let is_instance = name.text != template.ast.name.text;
        if is_instance && leading_parameters(test, template).next().is_none() {
            return;
        }
        let call = with_parameters(call, template, test, case);
        let there = (template.file, &template.ast);
        let params = template::arguments(self.closing.id, &call, there, *name, &mut Diagnostics::default());
        let instance = Instance { doc: doc.clone(), name: *name, call: None, span: name.span };
        if let Some(params) = params {
            template.make(self.closing.id, &instance, params, sink);
        }
    }
}

/// What the first lines of a test say of parameters: name, value and position.
fn leading_parameters<'t, 's>(
    test: &'t Test<'s>,
    template: &Template<'s>,
) -> impl Iterator<Item = (&'t Name<'s>, &'t Expr<'s>, usize)> + use<'t, 's> {
    let names: Vec<_> = template.ast.params.iter().flatten().map(|it| it.name.text).collect();
    let leading = test.lines.iter().take_while(|it| matches!(it.kind, LineKind::With { .. } | LineKind::Start { .. }));
    leading.filter_map(move |line| {
        let LineKind::With { name, value } = &line.kind else { return None };
        Some((name, value, names.iter().position(|it| *it == name.text)?))
    })
}

fn plain(file: FileId, machine: &Machine<'_>, neighbours: &Neighbours<'_>) -> Option<model::Machine> {
    let kinds = neighbours.kinds();
    let setting = Setting { others: neighbours, ..Setting::alone(&kinds) };
    let mut ignored = Diagnostics::default();
    check::machine(file, machine, &setting, &mut ignored).filter(|_| !ignored.has_errors())
}

/// A call with what the first lines of a test say of its parameters.
fn with_parameters<'s>(call: &Call<'s>, template: &Template<'s>, test: &Test<'s>, case: Option<usize>) -> Call<'s> {
    let mut call = call.clone();
    for (name, value, at) in leading_parameters(test, template) {
        let value = of_case(value, test, case).clone();
        let by_name = call.args.iter().position(|it| it.name.is_some_and(|it| it.text == name.text));
        let by_position = Some(at).filter(|it| call.args.get(*it).is_some_and(|it| it.name.is_none()));
        match by_name.or(by_position).and_then(|it| call.args.get_mut(it)) {
            Some(arg) => arg.value = value,
            None => call.args.push(Arg { name: Some(*name), value }),
        }
    }
    call
}

/// What stands for a value in this case.
fn of_case<'t, 's>(value: &'t Expr<'s>, test: &'t Test<'s>, case: Option<usize>) -> &'t Expr<'s> {
    let (ExprKind::Name(name), Some(cases), Some(at)) = (&value.kind, &test.cases, case) else { return value };
    let position = cases.params.iter().position(|it| it.name.text == name.text);
    position.and_then(|it| cases.cases.get(at)?.values.get(it)).unwrap_or(value)
}

/// Tells tests of one machine that are called alike.
fn duplicates(file: FileId, tests: &[Test<'_>], sink: &mut Diagnostics) {
    for (at, test) in tests.iter().enumerate() {
        let same = |it: &&Test<'_>| it.name == test.name && subject(it).text == subject(test).text;
        if let Some(first) = tests[..at].iter().find(same) {
            let headline = format!("`{}` has two tests `{}`", subject(test).text, test.name);
            sink.push(
                Diagnostic::new(Code::DUPLICATE_TEST, file, test.name_span, headline)
                    .label("the second one")
                    .also(file, first.name_span, "the first one")
                    .help("say in its name what is different in it"),
            );
        }
    }
}

fn subject<'s>(test: &Test<'s>) -> ast::Name<'s> {
    match &test.subject {
        Subject::Named(name) => *name,
        Subject::Made(call) => call.name,
    }
}

fn outside(file: FileId, name: Name<'_>) -> Diagnostic {
    let headline = format!("`{}` is in no source, so it cannot be tested", name.text);
    Diagnostic::new(Code::UNKNOWN_MACHINE, file, name.span, headline)
        .label("a machine that is declared with `extern`")
        .help("bring the file that declares it with `use \"FILE.machine\"`")
}
