//! Parameters of templates, and the arguments that an instance gives for them.

use super::declared::Declared;
use super::expr;
use super::report::Report;
use super::scope::Scope;
use super::setting::{InstanceOf, Param};
use super::types::{self, Use};
use super::wording;
use crate::ast::{self, Arg, Call, Expr, Machine, Name};
use crate::diagnostic::{Code, Diagnostics, suggest};
use crate::model::Type;
use crate::source::FileId;
use machine_grammar::Span;

/// The parameters of a template, of which only the types are known; nothing if one has a mistake, which is told.
pub(crate) fn params(file: FileId, template: &Machine<'_>, sink: &mut Diagnostics) -> Option<Vec<Param>> {
    let report = &mut Report::new(file, None, sink);
    let written = written(template);
    let mut known: Vec<Param> = Vec::with_capacity(written.len());
    for (at, it) in written.iter().enumerate() {
        if let Some(first) = written[..at].iter().find(|first| first.name.text == it.name.text) {
            duplicate(it.name, first.name, report);
            continue;
        }
        variadic(it, report);
        let declared = Declared::of_params(&known);
        let scope = Scope::constants(&declared);
        let Some(ty) = types::resolve(&it.ty, Use::Param, scope, report) else {
            report.known_broken();
            continue;
        };
        if let Some(default) = &it.default
            && !uses_later(default, it, &written[at..], report)
        {
            expr::expect(default, &ty, it.name.text, scope, report);
        }
        known.push(Param { name: it.name.text.to_owned(), ty, value: None, span: it.name.span });
    }
    report.intact().then_some(known)
}

/// The parameters as an instance makes them; nothing if there is a mistake, which is told.
pub(crate) fn arguments(
    file: FileId,
    call: &Call<'_>,
    (there, template): (FileId, &Machine<'_>),
    instance: Name<'_>,
    sink: &mut Diagnostics,
) -> Option<Vec<Param>> {
    let mut given = Given::new(call, there, template);
    let mut report = Report::new(file, None, sink);
    super::head::check_instance(instance, &mut report);
    given.all(&mut report);
    let mut whole = report.intact();
    let of = InstanceOf {
        name: instance.text.to_owned(),
        span: instance.span,
        file,
        template: template.name.text.to_owned(),
    };
    let mut known: Vec<Param> = Vec::with_capacity(given.params.len());
    for (param, arg) in given.params.iter().zip(&given.values) {
        let declared = Declared::of_params(&known);
        let scope = Scope::constants(&declared);
        let mut told = Diagnostics::default();
        let value = {
            let inside = &mut Report::new(there, Some(&of), &mut told);
            let ty = types::resolve(&param.ty, Use::Param, scope, inside)?;
            let value = match (arg, &param.default) {
                (Some(arg), _) => argument(file, arg, &ty, param, sink, there),
                (None, Some(default)) => constant(default, &ty, param.name, scope, inside),
                (None, None) => None,
            };
            value.map(|it| Param { name: param.name.text.to_owned(), ty, value: Some(it), span: param.name.span })
        };
        sink.extend(told.sorted());
        whole &= value.is_some();
        known.extend(value);
    }
    whole.then_some(known)
}

/// What is given for a parameter: known when the machine is compiled, and beside nothing that it could name.
fn argument(
    file: FileId,
    value: &Expr<'_>,
    ty: &Type,
    param: &ast::Param<'_>,
    sink: &mut Diagnostics,
    there: FileId,
) -> Option<crate::model::Constant> {
    let mut told = Diagnostics::default();
    let nothing = Declared::of_params(&[]);
    let found = constant(value, ty, param.name, Scope::constants(&nothing), &mut Report::new(file, None, &mut told));
    let label = format!("`{}` is declared here", param.name.text);
    sink.extend(told.sorted().into_iter().map(|it| it.also(there, param.name.span, label.clone())));
    found
}

fn constant(
    value: &Expr<'_>,
    ty: &Type,
    name: Name<'_>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<crate::model::Constant> {
    let found = expr::expect(value, ty, name.text, scope, report)?;
    if found.constant().is_none() {
        super::mismatch::not_constant(&found, name.text, report);
    }
    found.constant().cloned()
}

fn written<'m, 's>(template: &'m Machine<'s>) -> &'m [ast::Param<'s>] {
    template.params.as_deref().unwrap_or_default()
}

/// Arguments on their way to their parameters.
struct Given<'a, 's> {
    call: &'a Call<'s>,
    there: FileId,
    template: Name<'a>,
    params: &'a [ast::Param<'a>],
    /// One for each parameter.
    values: Vec<Option<&'a Expr<'s>>>,
    places: Vec<Option<Span>>,
    first_named: Option<Span>,
    /// Something was told, perhaps of the template itself: an argument may have been meant for a parameter that seems to
    /// be missing, and the other way round.
    unsure: bool,
    /// A part of the template could not be read, perhaps a parameter.
    broken: bool,
}

impl<'a, 's> Given<'a, 's> {
    fn new(call: &'a Call<'s>, there: FileId, template: &'a Machine<'a>) -> Self {
        let params = written(template);
        let (values, places) = (vec![None; params.len()], vec![None; params.len()]);
        let broken = template.body.faulty;
        Self { call, there, template: template.name, params, values, places, first_named: None, unsure: broken, broken }
    }

    fn all(&mut self, report: &mut Report<'_>) {
        let call = self.call;
        let mut next = 0;
        for arg in &call.args {
            let told = match arg.name {
                Some(name) => self.named(name, arg, report),
                None => self.positional(&mut next, arg, report),
            };
            self.unsure |= told.is_none();
        }
        for (param, value) in self.params.iter().zip(&self.values) {
            if value.is_none() && param.default.is_none() && !self.unsure {
                missing(self, param, report);
            }
        }
    }

    fn positional(&mut self, next: &mut usize, arg: &'a Arg<'s>, report: &mut Report<'_>) -> Option<()> {
        if let Some(named) = self.first_named {
            behind_named(arg.value.span, named, report);
            return None;
        }
        if *next == self.params.len() {
            if !self.unsure {
                one_too_many(self, arg.value.span, report);
            }
            return None;
        }
        self.values[*next] = Some(&arg.value);
        self.places[*next] = Some(arg.value.span);
        *next += 1;
        Some(())
    }

    fn named(&mut self, name: Name<'_>, arg: &'a Arg<'s>, report: &mut Report<'_>) -> Option<()> {
        self.first_named.get_or_insert(name.span);
        let Some(at) = self.params.iter().position(|it| it.name.text == name.text) else {
            match self.broken {
                true => report.known_broken(),
                false => unknown(self, name, report),
            }
            return None;
        };
        if let Some(first) = self.places[at] {
            twice(self, name, first, self.params[at].name, report);
            return None;
        }
        self.values[at] = Some(&arg.value);
        self.places[at] = Some(name.span);
        Some(())
    }

    fn names(&self) -> Vec<&'a str> {
        self.params.iter().map(|it| it.name.text).collect()
    }
}

fn missing(given: &Given<'_, '_>, param: &ast::Param<'_>, report: &mut Report<'_>) {
    let (template, name) = (given.template.text, param.name.text);
    let headline = format!("`{template}` needs its parameter `{name}`");
    let (there, at) = (given.there, param.name.span);
    report.tell(Code::MISSING_PARAMETER, given.call.span, headline, |_, it| {
        it.label(format!("`{name}` is missing"))
            .also(there, at, format!("`{name}` is declared here, without a default"))
            .help(format!("write `{template}({name}: …)`"))
    });
}

fn unknown(given: &Given<'_, '_>, name: Name<'_>, report: &mut Report<'_>) {
    let (template, names) = (given.template.text, given.names());
    let nearest = suggest::nearest(name.text, names.iter().copied());
    let certain = suggest::is_certain(name.text, names.iter().copied());
    let headline = format!("`{template}` has no parameter `{}`", name.text);
    let (there, at) = (given.there, given.template.span);
    let all = match names.is_empty() {
        true => format!("`{template}` has no parameters: write `{template}()`"),
        false => format!("`{template}` has {}", wording::all_of(&names)),
    };
    report.tell(Code::UNKNOWN_PARAMETER, name.span, headline, |file, it| {
        let it = it.also(there, at, format!("`{template}` is declared here"));
        match nearest {
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{right}: …`; {all}"))
                .fix(file, name.span, right)
                .certain_if(certain),
            None => it.label("no parameter of this name").help(all),
        }
    });
}

fn one_too_many(given: &Given<'_, '_>, span: Span, report: &mut Report<'_>) {
    let (template, names) = (given.template.text, given.names());
    let (there, at) = (given.there, given.template.span);
    report.tell(Code::TOO_MANY_PARAMETERS, span, format!("`{template}` takes no further value"), |_, it| {
        it.label("there is no parameter left for this").also(there, at, format!("`{template}` is declared here")).help(
            match names.is_empty() {
                true => format!("write `{template}()`"),
                false => format!("`{template}` takes, in this order, {}", wording::all_of(&names)),
            },
        )
    });
}

fn twice(given: &Given<'_, '_>, name: Name<'_>, first: Span, param: Name<'_>, report: &mut Report<'_>) {
    let there = given.there;
    report.tell(Code::PARAMETER_TWICE, name.span, format!("`{}` is given twice", name.text), |file, it| {
        it.label("the second time")
            .also(file, first, "the first time")
            .also(there, param.span, format!("`{}` is declared here", name.text))
            .help("leave out one of the two")
    });
}

fn behind_named(span: Span, named: Span, report: &mut Report<'_>) {
    let headline = "a value without a name stands behind one with a name";
    report.tell(Code::PARAMETER_ORDER, span, headline, |file, it| {
        it.label("which parameter is this for?")
            .also(file, named, "from here on every value has a name")
            .help("put it before those that have names, or write its name before it, as in `room: \"lab\"`")
    });
}

fn duplicate(second: Name<'_>, first: Name<'_>, report: &mut Report<'_>) {
    let headline = format!("there are two parameters `{}`", second.text);
    report.tell(Code::DUPLICATE_PARAMETER, second.span, headline, |file, it| {
        it.label("the second one")
            .also(file, first.span, "the first one")
            .help("give one of them another name, or leave one out")
    });
}

fn variadic(param: &ast::Param<'_>, report: &mut Report<'_>) {
    if param.variadic {
        let headline = format!("`{}` cannot take any number of values", param.name.text);
        report.tell(Code::UNUSABLE_PARAMETER, param.name.span, headline, |_, it| {
            it.label("only a watcher kind can have a parameter with `...`")
                .help(format!("write `{}: list of string`, and `[\"a\", \"b\"]` in the instance", param.name.text))
        });
    }
}

/// Tells that a default uses its own parameter, or one that stands behind it.
fn uses_later(default: &Expr<'_>, own: &ast::Param<'_>, later: &[ast::Param<'_>], report: &mut Report<'_>) -> bool {
    let mut found = None;
    default.each_name(&mut |name| {
        let meant = later.iter().find(|it| it.name.text == name.text);
        found = found.or(meant.map(|it| (name, it.name)));
    });
    let Some((name, param)) = found else { return false };
    let headline = format!("the default of `{}` uses `{}`, which is not known yet", own.name.text, name.text);
    report.tell(Code::LATER_PARAMETER, name.span, headline, |file, it| {
        it.label("a default can use the parameters before its own")
            .also(file, param.span, format!("`{}` is declared here", name.text))
            .help(format!("put `{}` before `{}`", param.text, own.name.text))
    });
    true
}
