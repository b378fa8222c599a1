//! Takes a watcher's arguments one by one, in the order of its kind's declaration.

use std::time::Duration;

use thiserror::Error;

use crate::door::Value;

/// The arguments that are still to be taken.
pub(crate) struct Arguments(std::vec::IntoIter<Value>);

/// An argument that is missing or not what the kind declares: the table and this runtime disagree.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the argument `{name}` is not {wanted}; was the table built for another version of this runtime?")]
pub(crate) struct Mismatch {
    name: &'static str,
    wanted: &'static str,
}

impl Arguments {
    pub(crate) fn new(args: Vec<Value>) -> Self {
        Self(args.into_iter())
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Result<String, Mismatch> {
        self.take(name, "a string", text)
    }

    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Vec<String>, Mismatch> {
        self.take(name, "a list of strings", |value| match value {
            Value::List(items) => items.into_iter().map(text).collect(),
            _ => None,
        })
    }

    /// Strings and secrets; the latter stay what they are, so that nobody sees them by accident.
    pub(crate) fn named_texts(&mut self, name: &'static str) -> Result<Vec<(String, Value)>, Mismatch> {
        self.take(name, "a map of strings", |value| match value {
            Value::Map(items) => {
                let is_text = |it: &(String, Value)| matches!(it.1, Value::Str(_) | Value::Secret(_));
                items.iter().all(is_text).then_some(items)
            }
            _ => None,
        })
    }

    pub(crate) fn duration(&mut self, name: &'static str) -> Result<Duration, Mismatch> {
        self.take(name, "a duration", |value| match value {
            Value::Duration(duration) => Some(duration),
            _ => None,
        })
    }

    fn take<T>(
        &mut self,
        name: &'static str,
        wanted: &'static str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Result<T, Mismatch> {
        self.0.next().and_then(read).ok_or(Mismatch { name, wanted })
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_come_in_the_order_of_the_declaration() {
        let mut arguments = Arguments::new(vec![
            Value::Str("ls".into()),
            Value::List(vec![Value::Str("-l".into())]),
            Value::Map(vec![("A".into(), Value::Str("1".into()))]),
            Value::Duration(Duration::from_secs(1)),
        ]);
        assert_eq!(arguments.text("program").unwrap(), "ls");
        assert_eq!(arguments.texts("args").unwrap(), ["-l"]);
        assert_eq!(arguments.named_texts("env").unwrap(), [("A".to_owned(), Value::Str("1".into()))]);
        assert_eq!(arguments.duration("timeout").unwrap(), Duration::from_secs(1));
    }

    #[test]
    fn a_wrong_or_missing_argument_is_named() {
        let mut arguments = Arguments::new(vec![Value::List(vec![Value::Int(1)])]);
        let cause = "is not a list of strings; was the table built for another version of this runtime?";
        assert_eq!(arguments.texts("args").unwrap_err().to_string(), format!("the argument `args` {cause}"));
        assert!(arguments.duration("timeout").is_err());
    }
}
