//! Arguments: each to its parameter, first by position, then by name; what is left out takes its default.

use super::kinds::{Declaration, Param};
use super::report::Report;
use super::scope::Scope;
use super::values::{self, How, Slot};
use super::wording;
use crate::ast::{Arg, Call, Expr, Name};
use crate::diagnostic::{Code, suggest};
use crate::model::{Constant, Type};
use machine_core::limits::IDS_MAX;
use machine_grammar::Span;
use smallvec::SmallVec;

/// One value a parameter, in the order of the declaration; fewer if a mistake was told.
pub(super) fn check(
    call: &Call<'_>,
    declaration: &Declaration,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Vec<Constant> {
    let mut arguments = Arguments::new(call, declaration, scope);
    for (position, arg) in call.args.iter().enumerate() {
        match arg.name {
            Some(name) => arguments.named(position, name, &arg.value, report),
            None => arguments.positional(arg, report),
        }
    }
    arguments.finish(report)
}

struct Arguments<'a> {
    call: &'a Call<'a>,
    declaration: &'a Declaration,
    scope: Scope<'a>,
    /// One for each parameter; `None` if nothing, or nothing usable, is given for it so far.
    values: SmallVec<[Option<Constant>; 8]>,
    /// The parameter that takes the next value without a name.
    next: usize,
    first_named: Option<Span>,
    /// A value could not be used or had no place: it may have been meant for a parameter that seems to be missing.
    unsure: bool,
}

impl<'a> Arguments<'a> {
    fn new(call: &'a Call<'a>, declaration: &'a Declaration, scope: Scope<'a>) -> Self {
        let values = declaration.params.iter().map(|_| None).collect();
        Self { call, declaration, scope, values, next: 0, first_named: None, unsure: false }
    }

    fn positional(&mut self, arg: &Arg<'_>, report: &mut Report<'_>) {
        if let Some(named) = self.first_named {
            self.unsure = true;
            return behind_named(arg.value.span, named, report);
        }
        let Some(param) = self.declaration.params.get(self.next) else {
            return self.one_too_many(arg.value.span, report);
        };
        let value = values::constant(&arg.value, &param.ty, slot(param), self.scope, report);
        self.unsure |= value.is_none();
        if param.variadic {
            self.further(value);
        } else {
            self.values[self.next] = value;
            self.next += 1;
        }
    }

    /// One more for the parameter that takes all further arguments.
    fn further(&mut self, value: Option<Constant>) {
        let most = self.call.args.len().saturating_sub(self.next);
        let list = self.values[self.next].get_or_insert_with(|| Constant::List(Vec::with_capacity(most)));
        if let Constant::List(items) = list {
            items.extend(value);
        }
    }

    fn named(&mut self, position: usize, name: Name<'_>, value: &Expr<'_>, report: &mut Report<'_>) {
        self.first_named.get_or_insert(name.span);
        let Some(index) = self.declaration.params.iter().position(|it| it.name == name.text) else {
            self.unsure = true;
            return self.unknown(name, report);
        };
        if let Some(first) = self.given_before(position, index) {
            return given_twice(name, first, report);
        }
        let param = &self.declaration.params[index];
        self.values[index] = named_value(param, value, self.scope, report);
        self.unsure |= self.values[index].is_none();
    }

    /// Where a parameter is given by an argument before this one.
    fn given_before(&self, position: usize, param: usize) -> Option<Span> {
        let name = self.declaration.params[param].name.as_str();
        // The parameter that takes all further arguments is the last one that is given by position.
        let last = self.declaration.params.iter().position(|it| it.variadic).unwrap_or(usize::MAX);
        let earlier = self.call.args[..position].iter().enumerate();
        let mut given = earlier.filter_map(|(at, it)| match it.name {
            Some(it) => (it.text == name).then_some(it.span),
            None => (at.min(last) == param).then_some(it.value.span),
        });
        given.next()
    }

    /// Whether anything is given for a parameter, before or behind.
    fn is_given(&self, name: &str) -> bool {
        let by_position =
            self.declaration.params.iter().zip(&self.values).any(|(it, value)| it.name == name && value.is_some());
        by_position || self.call.args.iter().filter_map(|it| it.name).any(|it| it.text == name)
    }

    fn finish(self, report: &mut Report<'_>) -> Vec<Constant> {
        let mut whole = Vec::with_capacity(self.values.len());
        for (param, value) in self.declaration.params.iter().zip(self.values) {
            let by_itself = || if param.variadic { Some(Constant::List(Vec::new())) } else { param.default.clone() };
            match value.or_else(by_itself) {
                Some(it) => {
                    too_many_items(&it, self.call.name, report);
                    whole.push(it);
                }
                None if self.unsure => {}
                None => missing(self.call, self.declaration, param, report),
            }
        }
        whole
    }

    fn one_too_many(&mut self, span: Span, report: &mut Report<'_>) {
        // All that follows is too much for the same reason.
        if std::mem::replace(&mut self.unsure, true) {
            return;
        }
        let kind = self.call.name.text;
        let names: Vec<_> = self.declaration.params.iter().map(|it| it.name.as_str()).collect();
        report.tell(Code::TOO_MANY_ARGUMENTS, span, format!("`{kind}` takes no further argument"), |_, it| {
            it.label("there is no parameter left for this")
                .help(format!("`{kind}` takes, in this order, {}", wording::all_of(&names)))
        });
    }

    fn unknown(&self, name: Name<'_>, report: &mut Report<'_>) {
        let kind = self.call.name.text;
        let names: Vec<_> = self.declaration.params.iter().map(|it| it.name.as_str()).collect();
        let nearest = suggest::nearest(name.text, names.iter().copied());
        let certain = suggest::is_certain(name.text, names.iter().copied());
        let headline = format!("`{kind}` has no argument `{}`", name.text);
        let all = format!("`{kind}` takes {}", wording::all_of(&names));
        report.tell(Code::UNKNOWN_ARGUMENT, name.span, headline, |file, it| match nearest {
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{right}: …`; {all}"))
                .fix(file, name.span, right)
                .certain_if(certain && !self.is_given(right)),
            None if name.text == "every" || name.text == "interval" => {
                it.label("how often it runs is said behind the brackets").help(format!("write `{kind}(…) every 1m`"))
            }
            None => it.label("no argument of this name").help(all),
        });
    }
}

/// By name, the parameter for all further arguments takes them as one list.
fn named_value(param: &Param, value: &Expr<'_>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Constant> {
    if param.variadic {
        let list = Type::List { of: Box::new(param.ty.clone()), max: u16::MAX };
        return values::constant(value, &list, slot(param), scope, report);
    }
    values::constant(value, &param.ty, slot(param), scope, report)
}

fn slot(param: &Param) -> Slot<'_> {
    Slot { name: &param.name, required: param.default.is_none() && !param.variadic, how: How::Argument }
}

fn behind_named(span: Span, named: Span, report: &mut Report<'_>) {
    let headline = "an argument without a name stands behind one with a name";
    report.tell(Code::ARGUMENT_ORDER, span, headline, |file, it| {
        it.label("which one is this?")
            .also(file, named, "from here on every argument has a name")
            .help("put it before the arguments that have names, or write its name before it, as in `dir: \"/tmp\"`")
    });
}

fn given_twice(name: Name<'_>, first: Span, report: &mut Report<'_>) {
    let headline = format!("`{}` is given twice", name.text);
    report.tell(Code::DUPLICATE_ARGUMENT, name.span, headline, |file, it| {
        it.label("the second time").also(file, first, "the first time").help("leave out one of the two")
    });
}

fn missing(call: &Call<'_>, declaration: &Declaration, param: &Param, report: &mut Report<'_>) {
    let kind = &declaration.kind.name;
    let headline = format!("`{kind}` needs its argument `{}`", param.name);
    let example = match param.name.as_str() {
        "program" => "\"./check.sh\"".to_owned(),
        "script" => "\"ps | grep sshd\"".to_owned(),
        _ => super::mismatch::example(&param.ty),
    };
    report.tell(Code::MISSING_ARGUMENT, call.span, headline, |_, it| {
        it.label(format!("`{}` is missing", param.name)).help(format!("write `{kind}({example})`"))
    });
}

fn too_many_items(value: &Constant, kind: Name<'_>, report: &mut Report<'_>) {
    let count = match value {
        Constant::List(items) => items.len(),
        Constant::Map(entries) => entries.len(),
        _ => 0,
    };
    if count > IDS_MAX {
        let headline = format!("`{}` is given too much", kind.text);
        report.tell(Code::TOO_MANY, kind.span, headline, |_, it| {
            it.label(format!("{count} values, and {IDS_MAX} is the most"))
                .help("put them into a file that the program reads")
        });
    }
}
