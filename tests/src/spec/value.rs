//! Values as pages write them, and as a machine takes them.

use chrono::{DateTime, SecondsFormat};
use machine_core::table::Type;
use machine_core::{Data, DataList, Milliseconds, Table};

/// A value that was read from a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Duration(i64),
    Time(i64),
    Enum(u16),
    List(Vec<Literal>),
}

impl Literal {
    /// What `text` means where a value of this type is wanted.
    pub(super) fn parse(text: &str, ty: Type<'_>, table: &Table<'_>) -> Result<Self, String> {
        let parsed = match ty {
            Type::Bool => text.parse().ok().map(Self::Bool),
            Type::Int { .. } => text.parse().ok().map(Self::Int),
            Type::Float => text.parse().ok().map(Self::Float),
            Type::Text { .. } => quoted(text).map(Self::Text),
            Type::Duration => duration(text).map(Self::Duration),
            Type::Time => DateTime::parse_from_rfc3339(text).ok().map(|it| Self::Time(it.timestamp_millis())),
            Type::Enum(of) => table.words(of).position(|it| it == text).map(|it| Self::Enum(it as u16)),
            Type::List { of, .. } => {
                let inner = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).ok_or("a list stands in []")?;
                let items = split(inner, ',').into_iter().filter(|it| !it.is_empty());
                Some(Self::List(items.map(|it| Self::parse(it, of.ty(), table)).collect::<Result<_, _>>()?))
            }
        };
        parsed.ok_or_else(|| format!("`{text}` is no {ty:?}"))
    }

    /// What a field is that a page does not write.
    pub(super) fn default(ty: Type<'_>) -> Self {
        match ty {
            Type::Bool => Self::Bool(false),
            Type::Int { min, max } => Self::Int(0.clamp(min, max)),
            Type::Float => Self::Float(0.0),
            Type::Text { .. } => Self::Text(String::new()),
            Type::Duration => Self::Duration(0),
            Type::Time => Self::Time(0),
            Type::Enum(_) => Self::Enum(0),
            Type::List { .. } => Self::List(Vec::new()),
        }
    }

    fn items(&self) -> Vec<Data<'_>> {
        match self {
            Self::List(items) => items.iter().map(|it| it.data(&[])).collect(),
            _ => Vec::new(),
        }
    }

    fn data<'d>(&'d self, items: &'d [Data<'d>]) -> Data<'d> {
        match self {
            Self::Bool(it) => Data::Bool(*it),
            Self::Int(it) => Data::Int(*it),
            Self::Float(it) => Data::Float(*it),
            Self::Text(it) => Data::Text(it),
            Self::Duration(it) => Data::Duration(*it),
            Self::Time(it) => Data::Time(*it),
            Self::Enum(it) => Data::Enum(*it),
            Self::List(_) => Data::List(DataList::new(items)),
        }
    }
}

/// Hands values over as a machine takes them.
pub(super) fn with_data<T>(values: &[Literal], then: impl FnOnce(&[Data<'_>]) -> T) -> T {
    let items: Vec<Vec<Data<'_>>> = values.iter().map(Literal::items).collect();
    let data: Vec<Data<'_>> = values.iter().zip(&items).map(|(value, items)| value.data(items)).collect();
    then(&data)
}

/// A value as the language writes it.
pub(super) fn show(data: Data<'_>, ty: Type<'_>, table: &Table<'_>) -> String {
    match (data, ty) {
        (Data::Bool(it), _) => it.to_string(),
        (Data::Int(it), _) => it.to_string(),
        (Data::Float(it), _) => format!("{it:?}"),
        (Data::Text(it), _) => format!("{it:?}"),
        (Data::Duration(it), _) => {
            format!("{}{}", if it < 0 { "-" } else { "" }, Milliseconds(it.unsigned_abs()))
        }
        (Data::Time(it), _) => DateTime::from_timestamp_millis(it)
            .map_or_else(|| it.to_string(), |time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        (Data::Enum(it), Type::Enum(of)) => table.word(of, it).to_owned(),
        (Data::Enum(it), _) => it.to_string(),
        (Data::List(list), Type::List { of, .. }) => {
            let items: Vec<_> = list.iter().map(|it| show(it, of.ty(), table)).collect();
            format!("[{}]", items.join(", "))
        }
        (Data::List(_), _) => "[…]".to_owned(),
    }
}

/// The parts of a line between `mark`s, where that stands neither between quotes nor in brackets.
pub(super) fn split(line: &str, mark: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut is_text) = (Vec::new(), 0, 0_u32, false);
    for (at, char) in line.char_indices() {
        match char {
            '"' => is_text = !is_text,
            '[' if !is_text => depth += 1,
            ']' if !is_text => depth = depth.saturating_sub(1),
            _ if char == mark && !is_text && depth == 0 => {
                parts.push(line[start..at].trim());
                start = at + char.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(line[start..].trim());
    parts
}

fn quoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    Some(inner.replace("\\n", "\n").replace("\\\\", "\\"))
}

/// A duration as the language writes it, in milliseconds; a minus may stand before it.
pub(super) fn duration(text: &str) -> Option<i64> {
    let (sign, mut rest) = text.strip_prefix('-').map_or((1, text), |it| (-1, it));
    let mut total = 0;
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        let behind = &rest[digits..];
        let end = behind.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(behind.len());
        total += number * unit(&behind[..end])?;
        rest = &behind[end..];
    }
    Some(sign * total)
}

fn unit(name: &str) -> Option<i64> {
    const UNITS: [(&str, i64); 6] =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];
    UNITS.iter().find(|it| it.0 == name).map(|it| it.1)
}
