//! What a machine declares, kinds, watchers and signals, as the table holds them.

use super::code::Code;
use super::number;
use super::order::Order;
use super::plans::Plans;
use super::subject_name;
use crate::model::{self, Machine, Origin, SignalId, SignalSource};
use machine_core::definition as flat;
use machine_core::table::crc32c;

pub(super) fn kind(it: &model::Kind, code: &mut Code<'_>) -> flat::Kind {
    let mut outcome = |it: &model::Outcome| flat::Outcome {
        name: it.name.clone(),
        fault: it.fault,
        fields: it.fields.iter().map(|it| code.field(it)).collect(),
        returns: it.returns,
    };
    let outcomes = it.outcomes.iter().map(&mut outcome).collect();
    flat::Kind {
        name: it.name.clone(),
        signature: crc32c(&[it.signature.as_bytes()]),
        notified: it.notified,
        interruptible: it.interruptible,
        outcomes,
        params: if it.program.is_empty() { Vec::new() } else { it.params.clone() },
        program: it.program.clone(),
    }
}

pub(super) fn watcher(machine: &Machine, order: &Order, index: usize, code: &mut Code<'_>) -> flat::Watcher {
    let it = &machine.watchers[index];
    let modifiers = &it.modifiers;
    let returned = |it: &model::Return, code: &mut Code<'_>| flat::Return {
        field: code.field(&(it.name.clone(), it.ty.clone())),
        default: it.default.as_ref().map(|value| code.value(value, Some(&it.ty))),
    };
    flat::Watcher {
        name: it.name.to_string(),
        doc: it.doc.clone(),
        owner: order.number_of(it.owner),
        kind: number(it.kind),
        once: it.once,
        every_ms: it.every_ms,
        args: it.args.iter().map(|it| code.value(it, None)).collect(),
        splay_ms: modifiers.splay_ms,
        timeout_ms: modifiers.timeout_ms,
        backoff: modifiers.backoff.map(|(percent, up_to_ms)| flat::Backoff { percent, up_to_ms }),
        announce_ms: modifiers.announce_ms,
        quiet: modifiers.quiet,
        under: modifiers.under.map(|(limit, wait_ms)| flat::Under { limit: number(limit), wait_ms }),
        condition: modifiers.condition.map(number),
        user: modifiers.user.clone(),
        returns: modifiers.returns.iter().flatten().map(|it| returned(it, code)).collect(),
    }
}

pub(super) fn datum(it: &model::Datum, code: &mut Code<'_>) -> flat::Datum {
    let value = code.value(&it.value, Some(&it.ty));
    flat::Datum { field: code.field(&(it.name.clone(), it.ty.clone())), doc: it.doc.clone(), value }
}

pub(super) fn secret(it: &model::Secret) -> flat::Secret {
    flat::Secret { name: it.name.clone(), source: it.source.clone() }
}

pub(super) fn limit(it: &model::Limit) -> flat::Limit {
    flat::Limit { name: it.name.clone(), count: it.count, reach: it.reach }
}

pub(super) fn condition(it: &model::Condition) -> flat::Condition {
    flat::Condition { machine: it.machine.clone(), state: it.state.clone() }
}

pub(super) fn emit(machine: &Machine, it: &model::Emit, code: &mut Code<'_>) -> flat::Emit {
    let doc = it.declared.map(|it| machine.events[it].doc.clone()).unwrap_or_default();
    flat::Emit { name: it.name.clone(), doc, fields: it.fields.iter().map(|it| code.field(it)).collect() }
}

/// The signals that handlers name, then the declared events that none names, which can be raised all the same.
pub(super) fn signals(machine: &Machine, order: &Order, plans: &mut Plans<'_>) -> Vec<flat::Signal> {
    let mut signals = Vec::with_capacity(machine.signals.len());
    for (id, it) in machine.signals.iter().enumerate() {
        let source = source(machine, order, it, plans);
        let doc = match it.source {
            SignalSource::Declared(event) => machine.events[event].doc.clone(),
            _ => String::new(),
        };
        let name = subject_name(machine, Origin::Signal(SignalId(id)));
        let fields = it.fields.iter().map(|it| plans.code.field(it)).collect();
        signals.push(flat::Signal { name, doc, source, fields });
    }
    for event in plans.code.unnamed_events() {
        let it = &machine.events[event];
        let fields = it.fields.iter().map(|it| plans.code.field(it)).collect();
        let source = flat::SignalSource::Declared { operator: it.operator };
        signals.push(flat::Signal { name: it.name.clone(), doc: it.doc.clone(), source, fields });
    }
    signals
}

fn source(machine: &Machine, order: &Order, it: &model::Signal, plans: &mut Plans<'_>) -> flat::SignalSource {
    match &it.source {
        SignalSource::Declared(event) => flat::SignalSource::Declared { operator: machine.events[*event].operator },
        SignalSource::Emitted { machine, event } => {
            flat::SignalSource::Emitted { machine: machine.clone(), event: event.clone() }
        }
        SignalSource::Enters { machine, state } => {
            flat::SignalSource::Enters { machine: machine.clone(), state: state.clone() }
        }
        SignalSource::When(handler, condition) => flat::SignalSource::When {
            owner: order.number_of(machine.handler(*handler).owner),
            guard: plans.condition(condition),
        },
        SignalSource::Fault => flat::SignalSource::Fault,
    }
}
