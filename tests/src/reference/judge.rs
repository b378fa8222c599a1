//! Whether the types of a machine are in order: a little check of its own ([pages 7](../../spec/07-data.md),
//! [8](../../spec/08-expressions.md) [and 10](../../spec/10-actions.md)).

use super::Values;
use super::kinds::{Field, constant, kinds, reports, type_by_value, type_of};
use super::tree::{Tree, events};
use super::typing::Typing;
use super::value::Type;
use machine_compiler::ast::{Action, ActionKind, Arg, Body, Declaration, EventRef, File, Handler, Machine, Trigger};
use std::collections::BTreeMap;

/// What is wrong with the types of a file's first machine; nothing if they are in order.
#[must_use]
pub fn judge(file: &File<'_>) -> Vec<String> {
    let Some(machine) = file.machines.first() else { return Vec::new() };
    let mut judge =
        Judge { file, tree: Tree::new(machine), typing: Typing::default(), events: BTreeMap::new(), said: Vec::new() };
    judge.declarations(machine);
    let places: Vec<String> = judge.tree.places.keys().cloned().collect();
    for place in places {
        let body = judge.tree.place(&place).body;
        judge.body(&place, body);
    }
    judge.said.extend(std::mem::take(&mut judge.typing.said));
    judge.said
}

struct Judge<'a> {
    file: &'a File<'a>,
    tree: Tree<'a>,
    typing: Typing,
    events: BTreeMap<String, Vec<Field>>,
    said: Vec<String>,
}

impl<'a> Judge<'a> {
    fn declarations(&mut self, machine: &'a Machine<'a>) {
        for declaration in &machine.body.declarations {
            match declaration {
                Declaration::Data(it) | Declaration::Fact(it) => {
                    let written = it.ty.as_ref().and_then(|it| type_of(it, &Values::new()));
                    let value = it.value.as_ref().and_then(|it| constant(it, &Values::new()));
                    let Some(ty) = written.or_else(|| value.as_ref().map(type_by_value)) else {
                        self.said.push(format!("`{}` has no type", it.name.text));
                        continue;
                    };
                    if let Some(value) = &it.value {
                        self.typing.wanted(value, &ty, None);
                    }
                    let is_data = matches!(declaration, Declaration::Data(_));
                    self.typing.names.insert(it.name.text.to_owned(), (ty, is_data));
                }
                Declaration::Event(it) => {
                    let fields = it.fields.iter();
                    let fields = fields.filter_map(|it| Some((it.0.text.to_owned(), type_of(&it.1, &Values::new())?)));
                    self.events.insert(it.name.text.to_owned(), fields.collect());
                }
                Declaration::Secret(it) => self.typing.secrets.push(it.name.text.to_owned()),
                Declaration::Limit(_) => {}
            }
        }
    }

    fn body(&mut self, place: &str, body: &'a Body<'a>) {
        for watcher in &body.watchers {
            // Arguments by position are texts in the kinds that the generator uses; maps hold texts and secrets.
            for argument in watcher.call.iter().flat_map(|it| &it.args) {
                self.typing.argument(&argument.value);
            }
        }
        for block in &body.blocks {
            self.actions(&block.actions, None);
        }
        for handler in &body.handlers {
            self.handler(place, handler);
        }
    }

    fn handler(&mut self, place: &str, handler: &'a Handler<'a>) {
        let carried = events(handler).first().and_then(|it| self.carried(place, it));
        let binding = carried.as_ref().map(|(name, fields)| (*name, fields.as_slice()));
        if let Trigger::When { condition, .. } = &handler.trigger {
            self.typing.wanted(condition, &Type::Bool, None);
        }
        if let Some(guard) = &handler.guard {
            self.typing.wanted(guard, &Type::Bool, binding);
        }
        self.actions(&handler.actions, binding);
    }

    /// What the handler calls what its event carries, and the fields of that.
    fn carried(&self, place: &str, event: &'a EventRef<'a>) -> Option<(&'a str, Vec<Field>)> {
        let EventRef::Named { path, binding: Some(binding) } = event else { return None };
        let names: Vec<&str> = path.names.iter().map(|it| it.text).collect();
        let fields = match names.as_slice() {
            ["fault"] => {
                let words = ["overflow", "division", "range", "length", "conversion", "queue"].map(str::to_owned);
                vec![("reason".to_owned(), Type::Words(words.to_vec())), ("at".to_owned(), Type::TEXT)]
            }
            [name] => self.events.get(*name)?.clone(),
            [name, what] => match self.tree.watcher(place, name) {
                Some((_, watcher)) => reports(watcher, &kinds(self.file)).get(*what)?.fields.clone(),
                None => self.of_other_machine(name, what)?,
            },
            _ => return None,
        };
        Some((binding.text, fields))
    }

    fn of_other_machine(&self, machine: &str, event: &str) -> Option<Vec<Field>> {
        let other = self.file.externs.iter().find(|it| it.name.text == machine)?;
        let event = other.events.iter().find(|it| it.name.text == event)?;
        let field = |it: &(machine_compiler::ast::Name<'_>, machine_compiler::ast::Type<'_>)| {
            Some((it.0.text.to_owned(), type_of(&it.1, &Values::new())?))
        };
        Some(event.fields.iter().filter_map(field).collect())
    }

    fn actions(&mut self, actions: &[Action<'_>], binding: Option<(&str, &[Field])>) {
        for action in actions {
            match &action.kind {
                ActionKind::Assign { name, op, value } => match self.typing.names.get(name.text).cloned() {
                    Some((ty, true)) => {
                        // `x += e` adds what is like `x`; only a result of its own has to fit.
                        let ty = if op.is_some() { unbounded(ty) } else { ty };
                        self.typing.wanted(value, &ty, binding);
                    }
                    _ => self.said.push(format!("`{}` is no data", name.text)),
                },
                ActionKind::Emit { name, fields } => {
                    let declared = self.events.get(name.text).cloned();
                    self.fields(fields, declared.as_deref(), binding);
                }
                ActionKind::Raise { name, fields } => match self.events.get(name.text).cloned() {
                    Some(declared) => self.fields(fields, Some(&declared), binding),
                    None => self.said.push(format!("there is no event `{}`", name.text)),
                },
                ActionKind::Log(value) => self.typing.wanted(value, &Type::TEXT, binding),
                ActionKind::Poll(_) | ActionKind::Faulty => {}
            }
        }
    }

    /// Each field once, with a value that can be of its type.
    fn fields(&mut self, written: &[Arg<'_>], declared: Option<&[Field]>, binding: Option<(&str, &[Field])>) {
        for field in written {
            let name = field.name.map_or("", |it| it.text);
            match declared.map(|it| it.iter().find(|it| it.0 == name)) {
                None => _ = self.typing.sort(&field.value, binding),
                Some(Some((_, ty))) => self.typing.wanted(&field.value, ty, binding),
                Some(None) => self.said.push(format!("there is no field `{name}`")),
            }
        }
        for (name, _) in declared.unwrap_or_default() {
            if written.iter().all(|it| it.name.is_none_or(|it| it.text != name)) {
                self.said.push(format!("the field `{name}` is missing"));
            }
        }
    }
}

fn unbounded(ty: Type) -> Type {
    match ty {
        Type::Int(..) => Type::INT,
        it => it,
    }
}
