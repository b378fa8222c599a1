//! Plans, labels, guards and blocks, each once, in the order in which they are met.

use super::code::Code;
use super::number;
use crate::model::{Action, Expr, Field, HandlerId, Machine};
use machine_core::definition as flat;
use std::collections::BTreeMap;

/// Whatever handlers of different leaves and events share.
pub(super) struct Plans<'m> {
    pub(super) code: Code<'m>,
    pub(super) list: Vec<flat::Plan>,
    ids: BTreeMap<flat::Plan, u16>,
    pub(super) labels: Vec<String>,
    label_ids: BTreeMap<String, u16>,
    pub(super) alternatives: Vec<flat::Alternative>,
    alternative_ids: BTreeMap<flat::Alternative, u16>,
    pub(super) histories: Vec<u16>,
    pub(super) guards: Vec<flat::Guard>,
    /// By handler and by where the fields that it names stand in the event.
    guard_ids: BTreeMap<(HandlerId, Vec<u8>), u16>,
    pub(super) blocks: Vec<Vec<flat::Action>>,
    block_ids: BTreeMap<(HandlerId, Vec<u8>), u16>,
}

impl<'m> Plans<'m> {
    pub(super) fn new(code: Code<'m>) -> Self {
        Self {
            code,
            list: Vec::new(),
            ids: BTreeMap::new(),
            labels: Vec::new(),
            label_ids: BTreeMap::new(),
            alternatives: Vec::new(),
            alternative_ids: BTreeMap::new(),
            histories: Vec::new(),
            guards: Vec::new(),
            guard_ids: BTreeMap::new(),
            blocks: Vec::new(),
            block_ids: BTreeMap::new(),
        }
    }

    pub(super) fn id(&mut self, plan: flat::Plan) -> u16 {
        let list = &mut self.list;
        *self.ids.entry(plan.clone()).or_insert_with(|| {
            list.push(plan);
            number(list.len() - 1)
        })
    }

    pub(super) fn label(&mut self, text: &str) -> u16 {
        if let Some(id) = self.label_ids.get(text) {
            return *id;
        }
        let id = number(self.labels.len());
        self.labels.push(text.to_owned());
        self.label_ids.insert(text.to_owned(), id);
        id
    }

    pub(super) fn alternative(&mut self, it: flat::Alternative) -> u16 {
        let list = &mut self.alternatives;
        *self.alternative_ids.entry(it.clone()).or_insert_with(|| {
            list.push(it);
            number(list.len() - 1)
        })
    }

    /// Alternatives are made from the last to the first; the table has each before those that are tried after it, which
    /// shows at a glance that trying ends.
    pub(super) fn put_alternatives_in_order(&mut self) {
        let last = number(self.alternatives.len()).saturating_sub(1);
        self.alternatives.reverse();
        for plan in &mut self.list {
            plan.otherwise = plan.otherwise.map(|it| last - it);
        }
    }

    pub(super) fn history(&mut self, state: u16) -> u16 {
        let found = self.histories.iter().position(|it| *it == state);
        number(found.unwrap_or_else(|| {
            self.histories.push(state);
            self.histories.len() - 1
        }))
    }

    /// The guard of a handler, for an event with these fields.
    pub(super) fn guard(&mut self, machine: &Machine, handler: HandlerId, payload: &[Field]) -> Option<u16> {
        let guard = machine.handler(handler).guard.as_deref()?;
        let key = (handler, fields_of([guard], payload));
        if let Some(id) = self.guard_ids.get(&key) {
            return Some(*id);
        }
        let made = flat::Guard { position: self.code.position(guard.span), expr: self.code.expr(guard, payload) };
        self.guards.push(made);
        let id = number(self.guards.len() - 1);
        self.guard_ids.insert(key, id);
        Some(id)
    }

    /// The condition of a `when`.
    pub(super) fn condition(&mut self, condition: &Expr) -> u16 {
        let made = flat::Guard { position: self.code.position(condition.span), expr: self.code.expr(condition, &[]) };
        self.guards.push(made);
        number(self.guards.len() - 1)
    }

    /// The actions of a handler, for an event with these fields.
    pub(super) fn actions(&mut self, machine: &Machine, handler: HandlerId, payload: &[Field]) -> Option<u16> {
        let actions = &machine.handler(handler).actions;
        if actions.is_empty() {
            return None;
        }
        let key = (handler, fields_of(actions.iter().flat_map(Action::exprs), payload));
        if let Some(id) = self.block_ids.get(&key) {
            return Some(*id);
        }
        let id = self.block(actions, payload)?;
        self.block_ids.insert(key, id);
        Some(id)
    }

    /// A sequence of actions; nothing for an empty one.
    pub(super) fn block(&mut self, actions: &[Action], payload: &[Field]) -> Option<u16> {
        if actions.is_empty() {
            return None;
        }
        let block = actions.iter().map(|it| self.code.action(it, payload)).collect();
        self.blocks.push(block);
        Some(number(self.blocks.len() - 1))
    }
}

/// Where each field that the calculations name stands in the event.
fn fields_of<'e>(exprs: impl IntoIterator<Item = &'e Expr>, payload: &[Field]) -> Vec<u8> {
    let mut found = Vec::new();
    for expr in exprs {
        expr.walk(&mut |it| {
            if let crate::model::ExprKind::Field(_, name) = &it.kind {
                found.push(super::code::field_at(name, payload));
            }
        });
    }
    found
}
