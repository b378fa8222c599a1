//! What a machine is checked in: kinds, parameters and other machines that its file brings, and the instance that it
//! is checked for.

use crate::ast;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Constant, Type};
use crate::source::FileId;
use machine_grammar::Span;
use std::sync::Arc;

/// All that a machine may use beside what it declares itself.
#[derive(Clone)]
pub struct Setting<'a, 's> {
    /// Kinds of watchers beside the standard ones.
    pub kinds: &'a [&'a ast::Kind<'s>],
    /// The parameters of the template that the machine is.
    pub params: Vec<Param>,
    /// The other machines of the node.
    pub others: &'a dyn Others,
    /// The instance that a template is checked for; the machine bears its name.
    pub instance: Option<InstanceOf>,
}

/// A parameter of a template: a constant with a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// What it is; `None` when a template is checked without an instance.
    pub value: Option<Constant>,
    /// Where its name is declared.
    pub span: Span,
}

/// An instance of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceOf {
    /// The instance's name.
    pub name: String,
    /// Where that stands.
    pub span: Span,
    /// In which source.
    pub file: FileId,
    /// The template's name.
    pub template: String,
}

/// What is known of the other machines of a node.
pub trait Others {
    /// The machine of this name, if it is known.
    fn find(&self, name: &str) -> Option<Arc<Interface>>;
    /// The names of all that are known, to find the one that was meant.
    fn names(&self) -> Vec<String>;
    /// The instances of the template of this name, if it is one: people name it when they mean one of them.
    fn instances(&self, _: &str) -> Option<Vec<String>> {
        None
    }
    /// Some source could not be read: a machine or kind that is not found may be declared there.
    fn unsure(&self) -> bool {
        false
    }
}

/// No other machine is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Others for Alone {
    fn find(&self, _: &str) -> Option<Arc<Interface>> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What other machines can see of a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// Its states, as paths: `known.idle`.
    pub states: Vec<String>,
    /// The events that it emits or declares.
    pub events: Vec<EventShape>,
    /// Some of it could not be read: what is not found may be there.
    pub faulty: bool,
}

/// An event that a machine tells the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventShape {
    /// Its name.
    pub name: String,
    /// What it carries.
    pub fields: Vec<(String, Type)>,
    /// Declared with `event`, not only emitted.
    pub declared: bool,
}

impl<'a, 's> Setting<'a, 's> {
    /// A machine that stands alone.
    #[must_use]
    pub fn alone(kinds: &'a [&'a ast::Kind<'s>]) -> Self {
        Self { kinds, params: Vec::new(), others: &Alone, instance: None }
    }
}

/// What says that something of a machine is too much. An instance may well have no need of all that its template holds.
const SURPLUS: &[Code] = &[
    Code::UNREACHABLE_STATE,
    Code::UNREACHABLE_HANDLER,
    Code::IDLE_TRANSITION,
    Code::NEVER_TRUE,
    Code::COVERED_HANDLER,
    Code::IDLE_CONDITION,
    Code::UNCOVERED_CASE,
    Code::ALWAYS_TRUE,
    Code::UNHEARD_EVENT,
];

impl InstanceOf {
    /// Whether a message would be told of an instance only because of the values that it is given, and be no mistake.
    pub(crate) fn bears_with(instance: Option<&Self>, code: Code) -> bool {
        instance.is_some() && SURPLUS.contains(&code)
    }

    /// The message of a template, with the instance that it is told for.
    pub(crate) fn noted(instance: Option<&Self>, told: Diagnostic) -> Diagnostic {
        match instance {
            Some(it) => told.also(it.file, it.span, format!("told of `{}`, an instance of `{}`", it.name, it.template)),
            None => told,
        }
    }
}
