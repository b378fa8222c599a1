//! What a machine does by itself: assignments, events to the world and to itself, lines for people, asking a watcher.

use super::declared::Value;
use super::expr;
use super::handlers::Resolver;
use super::mismatch;
use super::scope::Scope;
use super::told_events;
use super::wording;
use crate::ast::{self, ActionKind as Ast, BinaryOp, Name};
use crate::diagnostic::{Code, suggest};
use crate::model::{Action, ActionKind, Calculate, Expr, StateId, Type};
use machine_grammar::Span;

/// All actions, or nothing if one has a mistake; every one is looked at.
pub(super) fn check(
    actions: &[ast::Action<'_>],
    state: StateId,
    scope: Scope<'_>,
    with: &mut Resolver<'_, '_>,
) -> Option<Vec<Action>> {
    let found: Vec<_> = actions.iter().map(|it| one(it, state, scope, with)).collect();
    found.into_iter().collect()
}

fn one(action: &ast::Action<'_>, state: StateId, scope: Scope<'_>, with: &mut Resolver<'_, '_>) -> Option<Action> {
    let kind = match &action.kind {
        Ast::Assign { name, op, value } => assign(*name, *op, value, scope, with)?,
        Ast::Emit { name, fields } => told_events::emit(*name, fields, scope, with)?,
        Ast::Raise { name, fields } => told_events::raise(*name, fields, scope, with)?,
        Ast::Log(text) => ActionKind::Log(log(text, scope, with)?),
        Ast::Poll(name) => poll(*name, state, with)?,
        Ast::Faulty => {
            // It may have raised any of them.
            with.raised.fill(true);
            with.report.known_broken();
            return None;
        }
    };
    Some(Action { kind, span: action.span })
}

fn assign(
    name: Name<'_>,
    op: Option<BinaryOp>,
    value: &ast::Expr<'_>,
    scope: Scope<'_>,
    with: &mut Resolver<'_, '_>,
) -> Option<ActionKind> {
    let declared = scope.declared;
    let data = match declared.value(name.text) {
        Some(Value::Data(it)) => it,
        Some(Value::Broken) => {
            with.report.known_broken();
            return None;
        }
        Some(other) => {
            no_data(name, other, scope, with);
            return None;
        }
        None => {
            unknown_data(name, scope, with);
            return None;
        }
    };
    let ty = &declared.data[data].ty;
    let value = match op {
        None => expr::expect(value, ty, name.text, scope, with.report)?,
        Some(op) => changed(name, data, op, value, scope, with)?,
    };
    Some(ActionKind::Assign { data, value })
}

/// `x += e` is `x = x + e`.
fn changed(
    name: Name<'_>,
    data: usize,
    op: BinaryOp,
    value: &ast::Expr<'_>,
    scope: Scope<'_>,
    with: &mut Resolver<'_, '_>,
) -> Option<Expr> {
    let ty = &scope.declared.data[data].ty;
    let change = match ty {
        // A time is moved by a duration.
        Type::Time => Type::Duration,
        other => expr::without_bounds(other),
    };
    let op = if op == BinaryOp::Subtract { Calculate::Subtract } else { Calculate::Add };
    let before = Expr { kind: crate::model::ExprKind::Data(data), ty: ty.clone(), span: name.span };
    let change = expr::expect(value, &change, name.text, scope, with.report)?;
    let span = name.span.to(value.span);
    let at = Span { start: name.span.end, end: value.span.start };
    let sum = expr::combine(op, at, before, change, span, with.report)?;
    expr::fit(sum, ty, name.text, with.report)
}

fn no_data(name: Name<'_>, value: Value, scope: Scope<'_>, with: &mut Resolver<'_, '_>) {
    let what = match value {
        Value::Param(_) => "a parameter",
        Value::Fact(_) => "a fact of the node",
        _ => "a secret",
    };
    let declared = scope.declared.place(name.text);
    let headline = format!("`{}` is {what}, which a machine cannot change", name.text);
    with.report.tell(Code::NOT_DATA, name.span, headline, |file, it| {
        let it = it
            .label("only data can be given a value")
            .help(format!("declare data for it, as in `data {}_now: int = 0`, and change that", name.text));
        match declared {
            Some(span) => it.also(file, span, format!("it is {what}")),
            None => it,
        }
    });
}

fn unknown_data(name: Name<'_>, scope: Scope<'_>, with: &mut Resolver<'_, '_>) {
    if let Some(binding) = scope.binding.filter(|it| it.name == name.text) {
        let span = binding.span;
        let headline = format!("`{}` is what the event carries, which cannot be changed", name.text);
        return with.report.tell(Code::NOT_DATA, name.span, headline, |file, it| {
            it.label("only data can be given a value")
                .also(file, span, "it gets its name here")
                .help("declare data with `data NAME: TYPE = VALUE`, and change that")
        });
    }
    if scope.declared.unsure() {
        return with.report.known_broken();
    }
    let names: Vec<_> = scope.declared.data.iter().map(|it| it.name.as_str()).collect();
    let nearest = suggest::nearest(name.text, names.iter().copied());
    let headline = format!("there is no data `{}`", name.text);
    with.report.tell(Code::UNKNOWN_NAME, name.span, headline, |file, it| match nearest {
        Some(right) => it
            .label(format!("did you mean `{right}`?"))
            .help(format!("write `{} = …`", wording::name(right)))
            .fix(file, name.span, wording::name(right))
            .certain_if(suggest::is_certain(name.text, names.iter().copied())),
        None => it
            .label("nothing of this name is declared")
            .help(format!("declare it in the machine, as in `data {}: int = 0`", wording::name(name.text))),
    });
}

fn log(text: &ast::Expr<'_>, scope: Scope<'_>, with: &mut Resolver<'_, '_>) -> Option<Expr> {
    let found = expr::check(text, None, scope, with.report)?;
    if matches!(found.kind, crate::model::ExprKind::Secret(_)) {
        mismatch::secret(found.span, with.report);
        return None;
    }
    if found.ty.is_text() {
        return Some(found);
    }
    with.report.tell(
        Code::WRONG_TYPE,
        found.span,
        format!("`log` wants a string, this is {}", mismatch::noun(&found.ty)),
        |_, it| {
            it.label("a string belongs here").help("put it between quotes and braces, as in `log \"worst is {worst}\"`")
        },
    );
    None
}

fn poll(name: Name<'_>, state: StateId, with: &mut Resolver<'_, '_>) -> Option<ActionKind> {
    let tree = with.tree;
    let visible = tree.visible_watcher(state, name.text);
    let anywhere = || tree.watchers.iter().position(|it| it.ast.name.text == name.text);
    if let Some(id) = visible.or_else(|| anywhere().map(crate::model::WatcherId)) {
        return Some(ActionKind::Poll(id));
    }
    if tree.nodes.iter().any(|it| it.body.faulty) {
        with.report.known_broken();
        return None;
    }
    let names: Vec<_> = tree.watchers.iter().map(|it| it.ast.name.text).collect();
    let nearest = suggest::nearest(name.text, names.iter().copied());
    let headline = format!("there is no watcher `{}`", name.text);
    with.report.tell(Code::UNKNOWN_WATCHER, name.span, headline, |file, it| match nearest {
        Some(right) => it
            .label(format!("did you mean `{right}`?"))
            .help(format!("write `poll {}`", wording::name(right)))
            .fix(file, name.span, wording::name(right))
            .certain_if(suggest::is_certain(name.text, names.iter().copied())),
        None => it.label("no watcher of this name").help("write the name that stands behind its `watch`"),
    });
    None
}
