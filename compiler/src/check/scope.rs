//! Names of values: what stands for what, seen from one place of a machine.

use super::declared::Declared;
use super::named_states::NamedStates;
use crate::ast::EventRef;
use crate::model::Field;
use machine_grammar::Span;

/// What a place of a machine can name.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// Parameters, data, facts and secrets.
    pub(super) declared: &'a Declared,
    /// The event that is handled, if it has a name here.
    pub(super) binding: Option<&'a Binding<'a>>,
    /// Data and facts have values only while the machine runs: constants cannot use them.
    pub(super) constant: bool,
    /// States are truth values here: the machine is in them, or not.
    pub(super) states: Option<&'a NamedStates<'a>>,
}

/// The name of what an event carries, for a handler's guard and actions.
#[derive(Clone, Debug)]
pub(super) struct Binding<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Where that stands.
    pub(super) span: Span,
    /// The events of the handler with what each carries; `None` if that is not known.
    pub(super) events: Vec<(&'a EventRef<'a>, Option<Vec<Field>>)>,
}

impl<'a> Scope<'a> {
    /// Nothing but what is declared.
    pub(super) fn of(declared: &'a Declared) -> Self {
        Self { declared, binding: None, constant: false, states: None }
    }

    /// Only what is known when the machine is compiled.
    pub(super) fn constants(declared: &'a Declared) -> Self {
        Self { declared, binding: None, constant: true, states: None }
    }

    /// With the name of an event's payload.
    pub(super) fn with(self, binding: Option<&'a Binding<'a>>) -> Self {
        Self { binding, ..self }
    }

    /// The same, where states are truth values.
    pub(super) fn with_states(self, states: &'a NamedStates<'a>) -> Self {
        Self { states: Some(states), ..self }
    }

    /// All names of values that can be seen, and the paths of states where they are values.
    pub(super) fn names(&self) -> Vec<&'a str> {
        let binding = self.binding.map(|it| it.name);
        let states = self.states.into_iter().flat_map(NamedStates::paths);
        binding.into_iter().chain(self.declared.names()).chain(states).collect()
    }
}

impl Binding<'_> {
    /// The fields that all events of the handler have, to name the nearest right one.
    pub(super) fn fields(&self) -> Vec<&str> {
        let Some((_, Some(first))) = self.events.first() else { return Vec::new() };
        let in_all = |name: &str| {
            self.events.iter().all(|(_, fields)| fields.as_ref().is_none_or(|it| it.iter().any(|it| it.0 == name)))
        };
        first.iter().map(|it| it.0.as_str()).filter(|it| in_all(it)).collect()
    }
}
