//! What a machine declares in its own body: data, facts, secrets, limits and events, each under one name.

use super::declarations;
use super::report::Report;
use super::scope::Scope;
use super::setting::Param;
use super::tree::Tree;
use super::types::{self, Use};
use crate::ast::{self, Declaration, Name};
use crate::diagnostic::Code;
use crate::model::{self, Datum, Limit, Secret};
use machine_grammar::Span;

/// All that is declared, found by name.
#[derive(Default)]
pub(super) struct Declared {
    /// Parameters of the template.
    pub(super) params: Vec<Param>,
    pub(super) data: Vec<Datum>,
    pub(super) facts: Vec<Datum>,
    pub(super) secrets: Vec<Secret>,
    pub(super) limits: Vec<Limit>,
    pub(super) events: Vec<model::Declared>,
    values: Vec<Entry>,
    /// Limits and events that could not be understood: whoever names them is not told that they do not exist.
    broken: Vec<String>,
    /// Some declaration may have been lost in what could not be read.
    unsure: bool,
}

/// What a name of a value stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Param(usize),
    Data(usize),
    Fact(usize),
    Secret(usize),
    /// It is declared, and the declaration has a mistake.
    Broken,
}

struct Entry {
    name: String,
    value: Value,
    span: Span,
}

impl Declared {
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        self.values.iter().find(|it| it.name == name).map(|it| it.value)
    }

    /// Where a value of this name is declared, if that is known.
    pub(super) fn place(&self, name: &str) -> Option<Span> {
        self.values.iter().find(|it| it.name == name).map(|it| it.span).filter(|it| *it != Span::default())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|it| it.name.as_str())
    }

    /// A declaration of this name may be there that could not be understood.
    pub(super) fn is_broken(&self, name: &str) -> bool {
        self.unsure || self.broken.iter().any(|it| it == name)
    }

    /// Some part of the machine's body could not be read.
    pub(super) fn unsure(&self) -> bool {
        self.unsure
    }

    /// Only parameters.
    pub(super) fn of_params(params: &[Param]) -> Self {
        let mut declared = Self { params: params.to_vec(), ..Self::default() };
        for (index, param) in params.iter().enumerate() {
            declared.add(Name { text: &param.name, span: param.span }, Value::Param(index));
        }
        declared
    }

    /// What can be named of a machine that makes sense, and the values of a test's case. Where the machine declares it
    /// is not known: that may be another source.
    pub(super) fn of_machine(machine: &model::Machine, values: &[Param]) -> Self {
        let mut declared = Self::of_params(values);
        declared.data.clone_from(&machine.data);
        declared.facts.clone_from(&machine.facts);
        for (index, it) in machine.data.iter().enumerate() {
            declared.add(Name { text: &it.name, span: Span::default() }, Value::Data(index));
        }
        for (index, it) in machine.facts.iter().enumerate() {
            declared.add(Name { text: &it.name, span: Span::default() }, Value::Fact(index));
        }
        declared
    }

    pub(super) fn add(&mut self, name: Name<'_>, value: Value) {
        self.values.push(Entry { name: name.text.to_owned(), value, span: name.span });
    }
}

/// Reads all declarations. Those in inner states are told to be in the wrong place.
pub(super) fn check(tree: &Tree<'_>, params: &[Param], report: &mut Report<'_>) -> Declared {
    let mut declared = Declared::of_params(params);
    declared.unsure = tree.nodes[0].body.faulty;
    for declaration in &tree.nodes[0].body.declarations {
        let name = name_of(declaration);
        match earlier(&declared, declaration) {
            Some(first) => twice(name, first, report),
            None => one(&mut declared, declaration, report),
        }
    }
    for node in tree.nodes.iter().skip(1) {
        for declaration in &node.body.declarations {
            misplaced(node.name, declaration, tree.nodes[0].name, report);
            declared.add(name_of(declaration), Value::Broken);
            declared.broken.push(name_of(declaration).text.to_owned());
        }
    }
    declared
}

fn one(declared: &mut Declared, declaration: &Declaration<'_>, report: &mut Report<'_>) {
    let name = name_of(declaration);
    super::limits::text(name.text, name.span, "name", report);
    let whole = match declaration {
        Declaration::Data(it) => declarations::datum(declared, it, true, report),
        Declaration::Fact(it) => declarations::datum(declared, it, false, report),
        Declaration::Secret(it) => declarations::secret(declared, it, report),
        Declaration::Limit(it) => declarations::limit(declared, it, report),
        Declaration::Event(it) => declarations::event(declared, it, report),
    };
    if whole.is_none() {
        report.known_broken();
        match declaration {
            Declaration::Limit(_) | Declaration::Event(_) => declared.broken.push(name.text.to_owned()),
            _ => declared.add(name, Value::Broken),
        }
    }
}

/// Fields with their types; all of them, or nothing.
pub(super) fn fields(
    fields: &[(Name<'_>, ast::Type<'_>)],
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Vec<model::Field>> {
    let mut whole = repeated_field(fields.iter().map(|it| it.0), report).is_none();
    let mut found = Vec::with_capacity(fields.len());
    for (name, ty) in fields {
        let ty = types::resolve(ty, Use::Value, scope, report);
        whole &= ty.is_some();
        found.extend(ty.map(|ty| (name.text.to_owned(), ty)));
    }
    whole.then_some(found)
}

/// Tells the first field of a name that stood before.
pub(super) fn repeated_field<'n>(names: impl Iterator<Item = Name<'n>>, report: &mut Report<'_>) -> Option<()> {
    let names: Vec<_> = names.collect();
    let again = names.iter().enumerate().find_map(|(at, it)| {
        let first = names[..at].iter().find(|first| first.text == it.text)?;
        Some((*first, *it))
    });
    let (first, second) = again?;
    report.tell(
        Code::DUPLICATE_FIELD,
        second.span,
        format!("the field `{}` is there twice", second.text),
        |file, it| {
            it.label("the second time").also(file, first.span, "the first time").help("leave out one of the two")
        },
    );
    Some(())
}

fn name_of<'s>(declaration: &Declaration<'s>) -> Name<'s> {
    match declaration {
        Declaration::Data(it) | Declaration::Fact(it) => it.name,
        Declaration::Secret(it) => it.name,
        Declaration::Limit(it) => it.name,
        Declaration::Event(it) => it.name,
    }
}

/// `data`, `limit`, …
fn word(declaration: &Declaration<'_>) -> &'static str {
    match declaration {
        Declaration::Data(_) => "data",
        Declaration::Fact(_) => "fact",
        Declaration::Secret(_) => "secret",
        Declaration::Limit(_) => "limit",
        Declaration::Event(_) => "event",
    }
}

/// Where the name was used before: values share one space of names, limits and events have one each.
fn earlier(declared: &Declared, declaration: &Declaration<'_>) -> Option<Span> {
    let name = name_of(declaration).text;
    match declaration {
        Declaration::Limit(_) => declared.limits.iter().find(|it| it.name == name).map(|it| it.span),
        Declaration::Event(_) => declared.events.iter().find(|it| it.name == name).map(|it| it.span),
        _ => declared.place(name),
    }
}

fn twice(name: Name<'_>, first: Span, report: &mut Report<'_>) {
    report.tell(Code::DUPLICATE_NAME, name.span, format!("`{}` is declared twice", name.text), |file, it| {
        it.label("the second one")
            .also(file, first, "the first one")
            .help("give one of them another name, or leave one out")
    });
}

fn misplaced(state: Name<'_>, declaration: &Declaration<'_>, machine: Name<'_>, report: &mut Report<'_>) {
    let (name, word) = (name_of(declaration), word(declaration));
    let headline = format!("`{word} {}` stands inside the state `{}`", name.text, state.text);
    report.tell(Code::MISPLACED_DECLARATION, name.span, headline, |file, it| {
        it.label(format!("what is declared with `{word}` belongs to the machine as a whole"))
            .also(file, machine.span, "between the braces of the machine itself is its place")
            .help(format!("move it to the beginning of `machine {}`: it lives as long as the machine", machine.text))
    });
}
