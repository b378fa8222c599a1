//! Why bytes are not a table.

use super::layout::Section;

/// Where and why bytes were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableError {
    /// The section, or the header and directory if `None`.
    pub section: Option<Section>,
    /// Offset from the beginning of the table in bytes.
    pub offset: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is nothing.
    Empty,
    /// It does not begin like a table.
    NotATable,
    /// It was written in a format that this version does not read.
    Format {
        /// The format of the table.
        found: u16,
        /// The one that is read here.
        known: u16,
    },
    /// It ends too early or has something behind its end.
    Length {
        /// Bytes that there are.
        found: usize,
        /// Bytes that there should be.
        wanted: usize,
    },
    /// The checksum does not fit the bytes.
    Checksum,
    /// A flag that this version does not know.
    Flags,
    /// Sections are missing, unknown, doubled or out of order.
    Directory,
    /// A section is not as long as the counts say.
    Size,
    /// An id points at nothing.
    Id,
    /// The states are not one tree in the order leaves, others, machine.
    Tree,
    /// A transition leads along no path.
    Path,
    /// A row of the transition function hides in another's.
    Overlap,
    /// No transition leads to a row.
    Unused,
    /// A value is out of its range, or not in its one proper form.
    Value,
    /// A text is not UTF-8, or too long.
    Text,
    /// Two timers that can be armed at once share a slot.
    TimerSlot,
    /// Its transitions can go round without a wait.
    Cycle,
    /// Code that cannot be run: it mixes types, jumps nowhere, or needs too much.
    Code,
    /// Code reads a field that not all events that lead to it carry with one type.
    Field,
    /// A calculation may fail where nothing could be done about it.
    MayFail,
    /// An instance would need too much memory.
    Memory,
}

impl core::fmt::Display for TableError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let section = self.section.map_or("header", Section::name);
        write!(f, "{} ({section} section, byte {})", self.fault, self.offset)
    }
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Empty => f.write_str("there is nothing in it"),
            Self::NotATable => f.write_str("it does not begin like a compiled machine"),
            Self::Format { found, known } => {
                write!(f, "it has format {found}, and this version reads format {known}")
            }
            Self::Length { found, wanted } => {
                write!(f, "it has {found} bytes where it should have {wanted}")
            }
            Self::Checksum => f.write_str("its checksum does not fit its content, so it was damaged on the way"),
            Self::Flags => f.write_str("it uses a feature that this version does not know"),
            Self::Directory => f.write_str("its sections are missing, unknown, doubled or out of order"),
            Self::Size => f.write_str("a section is not as long as it should be"),
            Self::Id => f.write_str("a number points at nothing"),
            Self::Tree => f.write_str("its states do not form one tree"),
            Self::Path => f.write_str("a transition leads along no path between states"),
            Self::Overlap => f.write_str("two rows of its transitions overlap"),
            Self::Unused => f.write_str("no transition leads to a part of it"),
            Self::Value => f.write_str("a value is out of range"),
            Self::Text => f.write_str("a text is too long or not UTF-8"),
            Self::TimerSlot => f.write_str("two timers that can be armed at once share a slot"),
            Self::Cycle => f.write_str("its transitions can go round without a wait"),
            Self::Code => f.write_str("a calculation does not fit together"),
            Self::Field => f.write_str("a calculation reads a field that not every event has that leads to it"),
            Self::MayFail => f.write_str("a calculation may fail where nothing could be done about it"),
            Self::Memory => f.write_str("a running machine would need more memory than it may have"),
        }
    }
}

impl core::error::Error for TableError {}
