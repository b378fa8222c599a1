//! What a machine declares in its own body: data, facts, secrets, limits and events, each under one name.

use super::expr;
use super::mismatch;
use super::report::Report;
use super::scope::Scope;
use super::setting::Param;
use super::tree::Tree;
use super::types::{self, Use};
use crate::ast::{self, Declaration, Name};
use crate::diagnostic::Code;
use crate::model::{self, Datum, Limit, Secret, Type};
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

    /// Where a value of this name is declared.
    pub(super) fn place(&self, name: &str) -> Option<Span> {
        self.values.iter().find(|it| it.name == name).map(|it| it.span)
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

    fn add(&mut self, name: Name<'_>, value: Value) {
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
        Declaration::Data(it) => datum(declared, it, true, report),
        Declaration::Fact(it) => datum(declared, it, false, report),
        Declaration::Secret(it) => secret(declared, it, report),
        Declaration::Limit(it) => limit(declared, it, report),
        Declaration::Event(it) => event(declared, it, report),
    };
    if whole.is_none() {
        report.known_broken();
        match declaration {
            Declaration::Limit(_) | Declaration::Event(_) => declared.broken.push(name.text.to_owned()),
            _ => declared.add(name, Value::Broken),
        }
    }
}

fn datum(declared: &mut Declared, it: &ast::Data<'_>, is_data: bool, report: &mut Report<'_>) -> Option<()> {
    let scope = Scope::constants(declared);
    let ty = match &it.ty {
        Some(ty) => Some(types::resolve(ty, Use::Value, scope, report)?),
        None => None,
    };
    let value = match &it.value {
        Some(value) => value,
        // That a value is missing is a mistake of syntax, which has been told.
        None => return None,
    };
    let (ty, value) = match ty {
        Some(ty) => {
            let value = expr::expect(value, &ty, it.name.text, scope, report)?;
            (ty, value)
        }
        None => inferred(it.name, value, scope, report)?,
    };
    let Some(constant) = value.constant().cloned() else {
        if value.any(|it| matches!(it.kind, model::ExprKind::Param(_))) {
            return stand_in(declared, it, ty, is_data);
        }
        mismatch::not_constant(&value, it.name.text, report);
        return None;
    };
    add_datum(declared, it, ty, constant, is_data);
    Some(())
}

/// A template that is checked without an instance does not know its parameters.
fn stand_in(declared: &mut Declared, it: &ast::Data<'_>, ty: Type, is_data: bool) -> Option<()> {
    let value = expr::stand_in(&ty);
    add_datum(declared, it, ty, value, is_data);
    Some(())
}

fn add_datum(declared: &mut Declared, it: &ast::Data<'_>, ty: Type, value: model::Constant, is_data: bool) {
    let datum = Datum { name: it.name.text.to_owned(), doc: it.doc.clone(), ty, value, span: it.name.span };
    let list = if is_data { &mut declared.data } else { &mut declared.facts };
    list.push(datum);
    let at = list.len() - 1;
    declared.add(it.name, if is_data { Value::Data(at) } else { Value::Fact(at) });
}

/// `data x = 3`: the value tells the type, without bounds.
fn inferred(
    name: Name<'_>,
    value: &ast::Expr<'_>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<(Type, model::Expr)> {
    if let ast::ExprKind::List(items) = &value.kind
        && items.is_empty()
    {
        untyped(name, value.span, "list of string", report);
        return None;
    }
    if let ast::ExprKind::Name(word) = &value.kind
        && scope.declared.value(word.text).is_none()
    {
        untyped(name, value.span, &format!("{} | OTHER", word.text), report);
        return None;
    }
    let value = expr::check(value, None, scope, report)?;
    let ty = expr::without_bounds(&value.ty);
    Some((ty, value))
}

fn untyped(name: Name<'_>, span: Span, example: &str, report: &mut Report<'_>) {
    let headline = format!("the type of `{}` cannot be told from this", name.text);
    let behind = Span { start: name.span.end, end: name.span.end };
    report.tell(Code::MISSING_TYPE, span, headline, |file, it| {
        let it = it
            .label("this could be of many types")
            .help(format!("write its type, as in `data {}: {example} = …`", super::wording::name(name.text)));
        if example.contains("OTHER") { it } else { it.fix(file, behind, format!(": {example}")) }
    });
}

fn secret(declared: &mut Declared, it: &ast::Secret<'_>, report: &mut Report<'_>) -> Option<()> {
    let source = it.source?;
    let ast::ExprKind::Text(place) = &it.place.as_ref()?.kind else {
        let span = it.place.as_ref()?.span;
        report.tell(
            Code::NOT_CONSTANT,
            span,
            format!("the place of `{}` is not a plain text", it.name.text),
            |_, it| {
                it.label("where a secret is found has to be known before the machine runs")
                    .help("write a text without `{…}`, such as `from env \"TOKEN\"`")
            },
        );
        return None;
    };
    if place.is_empty() || place.contains(['\0', '=']) && source.text == "env" {
        let span = it.place.as_ref()?.span;
        report.tell(Code::UNUSABLE_TEXT, span, format!("`{}` cannot be found there", it.name.text), |_, it| {
            it.label("the name of a variable, or of a file, belongs here").help("write `from env \"TOKEN\"`")
        });
        return None;
    }
    let source = match source.text {
        "env" => model::SecretSource::Env(place.clone()),
        "file" => model::SecretSource::File(place.clone()),
        _ => {
            wrong_origin(source, &["env", "file"], "a secret comes from `env` or from `file`", report);
            return None;
        }
    };
    declared.secrets.push(Secret { name: it.name.text.to_owned(), source, span: it.name.span });
    let at = declared.secrets.len() - 1;
    declared.add(it.name, Value::Secret(at));
    Some(())
}

fn wrong_origin(word: Name<'_>, right: &[&str], label: &str, report: &mut Report<'_>) {
    let nearest = crate::diagnostic::suggest::nearest(word.text, right.iter().copied()).or(right.first().copied());
    let certain = right.len() == 1 || crate::diagnostic::suggest::is_certain(word.text, right.iter().copied());
    report.tell(Code::UNKNOWN_ORIGIN, word.span, format!("nothing comes from `{}`", word.text), |file, it| {
        let it = it.label(label);
        match nearest {
            Some(right) => it.help(format!("write `from {right}`")).fix(file, word.span, right).certain_if(certain),
            None => it,
        }
    });
}

fn limit(declared: &mut Declared, it: &ast::Limit<'_>, report: &mut Report<'_>) -> Option<()> {
    let value = it.count.as_ref()?;
    let checked = expr::expect(value, &Type::INT, it.name.text, Scope::constants(declared), report)?;
    let count = match checked.constant() {
        Some(model::Constant::Int(count)) => *count,
        _ if checked.any(|it| matches!(it.kind, model::ExprKind::Param(_))) => 1,
        _ => {
            mismatch::not_constant(&checked, it.name.text, report);
            return None;
        }
    };
    let Some(count) = u32::try_from(count).ok().filter(|it| *it >= 1) else {
        let headline = format!("nothing could ever work under `{}`", it.name.text);
        report.tell(Code::EMPTY_LIMIT, value.span, headline, |_, told| {
            told.label("at least 1 belongs here")
                .help(format!("write `limit {} = 1` for one at a time", super::wording::name(it.name.text)))
        });
        return None;
    };
    let across_fleet = it.across_fleet.is_some_and(|it| it.0);
    declared.limits.push(Limit { name: it.name.text.to_owned(), count, across_fleet, span: it.name.span });
    Some(())
}

fn event(declared: &mut Declared, it: &ast::Event<'_>, report: &mut Report<'_>) -> Option<()> {
    let fields = fields(&it.fields, Scope::constants(declared), report);
    let operator = match it.source {
        None => false,
        Some(word) if word.text == "operator" => true,
        Some(word) => {
            wrong_origin(word, &["operator"], "only an operator can send events from outside", report);
            return None;
        }
    };
    if it.name.text == super::events::ALL_FAULTS {
        report.tell(Code::DUPLICATE_NAME, it.name.span, "`fault` is an event of every machine already", |_, it| {
            it.label("a calculation that fails is called so").help("give the event another name")
        });
        return None;
    }
    let fields = fields?;
    let (name, doc) = (it.name.text.to_owned(), it.doc.clone());
    declared.events.push(model::Declared { name, doc, fields, operator, span: it.name.span });
    Some(())
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
