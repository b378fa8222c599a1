//! Mistakes that are made on purpose, one in a machine.

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// A value of another type than the one that is wanted.
    WrongType,
    /// A name that is none.
    UnknownName,
    /// A function that is none.
    UnknownFunction,
    /// A constant that does not fit the data that it is assigned to.
    OutOfRange,
    /// An event that is raised without one of its fields.
    MissingField,
    /// A field that an event does not have.
    UnknownField,
    /// A secret in a text.
    SecretInText,
    /// A fact that is assigned.
    FactAssigned,
    /// A condition that is no truth value.
    NoCondition,
    /// An event that is raised and not declared.
    UnknownEvent,
}

impl Mistake {
    /// What stands in a source with the mistake, if it stands there at all: a value may be drawn and not be used.
    pub(super) fn is_in(self, text: &str) -> bool {
        match self {
            // A text is right where a number is made of one.
            Self::WrongType => {
                let is_made_of_text = ["float(\"misfit\")", "int(\"misfit\")"].iter().any(|it| text.contains(it));
                text.contains("misfit") && !is_made_of_text || text.contains("987654")
            }
            Self::UnknownName => text.contains("nothing_of_this_name"),
            Self::UnknownFunction => text.contains("frobnicate"),
            Self::SecretInText => text.contains("{token}") || text.contains("(token)"),
            _ => true,
        }
    }

    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::WrongType,
        Self::UnknownName,
        Self::UnknownFunction,
        Self::OutOfRange,
        Self::MissingField,
        Self::UnknownField,
        Self::SecretInText,
        Self::FactAssigned,
        Self::NoCondition,
        Self::UnknownEvent,
    ];
}
