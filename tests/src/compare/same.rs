//! What is the same after a step: what became of the input, what was done, and what is to be seen.

use super::build::Divergence;
use super::seen::Shown;
use crate::reference::{Effect, Event, Id, Input, Machine, Verdict};

/// What became of an input, and what the machine did.
type Done = (Verdict, Vec<Effect>);

/// Compares a step.
pub(super) fn same_effects(what: &str, input: &Input, core: Done, reference: Done) -> Result<(), Divergence> {
    let has_event = matches!(input, Input::Outcome { .. } | Input::Event(..));
    if has_event && core.0 != reference.0 {
        return Err(format!("verdict of {what}: core {:?}, reference {:?}", core.0, reference.0));
    }
    let (core, reference) = (orderly(core.1, input), orderly(reference.1, input));
    if core != reference {
        return Err(format!("effects of {what}:\n  core      {core:?}\n  reference {reference:?}"));
    }
    Ok(())
}

/// Compares where a machine is, and what it remembers and knows.
pub(super) fn same_state(what: &str, core: &Shown, reference: &Machine<'_>) -> Result<(), Divergence> {
    if core.leaf != reference.leaf() {
        return Err(format!("state after {what}: core {}, reference {}", core.leaf, reference.leaf()));
    }
    for (sort, core, reference) in [("data", &core.data, reference.data()), ("facts", &core.facts, reference.facts())] {
        for (name, value) in core {
            if reference.get(name) != Some(value) {
                return Err(format!("{sort} {name} after {what}: core {value:?}, reference {:?}", reference.get(name)));
            }
        }
    }
    Ok(())
}

/// What has no order in the manual, in one.
fn orderly(mut effects: Vec<Effect>, input: &Input) -> Vec<Effect> {
    for effect in &mut effects {
        match effect {
            Effect::Moved(_, _, Event::Timer(id) | Event::When(id), _) => *id = Id::default(),
            // Whether an ask after a restart is the first of the visit is not said.
            Effect::Ask(_, first) if *input == Input::Resume => *first = false,
            _ => {}
        }
    }
    let asks = |it: &Effect| matches!(it, Effect::Ask(..) | Effect::Interrupted(_) | Effect::Stop(_));
    if matches!(input, Input::Resume | Input::Condition(..)) {
        // What is looked at again, or begins and ends to work, does so at the same moment.
        let end = effects.iter().position(|it| !asks(it)).unwrap_or(effects.len());
        effects[..end].sort_by_key(|it| format!("{it:?}"));
    }
    effects
}
