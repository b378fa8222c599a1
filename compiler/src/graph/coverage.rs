//! How often tests went where, as `machinec test --coverage-file` writes it: one JSON object a machine.
//!
//! ```json
//! {
//!   "machine": "lamp",
//!   "states": { "dark": 2, "lit": 1 },
//!   "transitions": [{ "from": "dark", "event": "after 1m", "to": "lit", "count": 1 }]
//! }
//! ```
//!
//! `states` are paths of states with how often each was entered; those around a state count as entered with it. `from` and
//! `to` are paths of the innermost states before and behind; `event` is called as in the source, or by its label. A file may
//! hold one object, a list of them, or one a line.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What tests did to one machine.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct Coverage {
    /// The machine's name.
    pub machine: String,
    /// How often each state was entered, by path.
    #[serde(default)]
    pub states: BTreeMap<String, u64>,
    /// What was taken.
    #[serde(default)]
    pub transitions: Vec<Taken>,
}

/// A transition that was taken.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Taken {
    /// The path of the leaf before.
    pub from: String,
    /// The event that it answers, or its label.
    pub event: String,
    /// The path of the leaf behind.
    pub to: String,
    /// How often.
    pub count: u64,
}

impl Coverage {
    /// All that a file holds.
    ///
    /// # Errors
    /// When it is no JSON of this form.
    pub fn read(text: &str) -> Result<Vec<Self>, serde_json::Error> {
        if text.trim_start().starts_with('[') {
            return serde_json::from_str(text);
        }
        serde_json::Deserializer::from_str(text).into_iter().collect()
    }

    /// How often a state, or one inside it, was entered.
    pub(super) fn visits(&self, path: &str) -> u64 {
        let inside = |it: &str| it.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        let inner = self.states.iter().filter(|it| inside(it.0)).map(|it| *it.1).max();
        self.states.get(path).copied().or(inner).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Coverage;

    #[test]
    fn one_object_a_list_or_one_a_line() {
        let one = r#"{ "machine": "lamp", "states": { "on.bright": 2 } }"#;
        for text in [one.to_owned(), format!("[{one}]"), format!("{one}\n{one}\n")] {
            let read = Coverage::read(&text).unwrap();
            assert_eq!((read[0].machine.as_str(), read[0].visits("on"), read[0].visits("off")), ("lamp", 2, 0));
        }
        assert!(Coverage::read("{ \"states\": {} }").is_err());
    }
}
