//! Where texts and lists are kept in the memory of an instance: one after the other, each with room for its longest
//! value.

use super::types::Type;

/// Room for the items of a list, and for bytes of text; or where such room begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) items: u32,
    pub(crate) bytes: u32,
}

/// Gives out room.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Places {
    /// How much has been given out.
    pub(crate) taken: Place,
}

impl Places {
    /// Where the next value begins that needs so much.
    pub(crate) fn next(&mut self, room: Place) -> Place {
        let start = self.taken;
        self.taken.items = start.items.saturating_add(room.items);
        self.taken.bytes = start.bytes.saturating_add(room.bytes);
        start
    }
}

impl Type<'_> {
    /// Items and bytes that a value of this type takes at most, beside its word.
    pub(crate) fn room(self) -> Place {
        let bytes = |ty| if let Self::Text { max } = ty { u32::from(max) } else { 0 };
        match self {
            Type::List { of, max } => {
                Place { items: u32::from(max), bytes: u32::from(max).saturating_mul(bytes(of.ty())) }
            }
            other => Place { items: 0, bytes: bytes(other) },
        }
    }
}
