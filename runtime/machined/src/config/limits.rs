//! `[limits]`: where limits across the fleet are kept.

use super::units;
use machine_host::FleetLimits;
use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// A bucket for the slots of limits; without one they count on this node alone.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Limits {
    /// The bucket.
    #[serde(deserialize_with = "bucket")]
    pub(crate) bucket: Option<String>,
    /// How long a slot is held without being renewed.
    #[serde(deserialize_with = "ttl")]
    pub(crate) ttl: Duration,
    /// Make the bucket if it is not there.
    pub(crate) create: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bucket: None, ttl: FleetLimits::TTL, create: false }
    }
}

impl Limits {
    /// Where they are kept, if anywhere.
    pub(crate) fn fleet(&self) -> Option<FleetLimits> {
        let bucket = self.bucket.clone()?;
        Some(FleetLimits { bucket, ttl: self.ttl, create: self.create })
    }
}

pub(super) const EXAMPLE: &str = r#"# Limits across the fleet: `limit NAME = N across fleet` in a machine. docs/limits.md tells what they promise.
[limits]
# The key-value bucket that slots are kept in, the same for all nodes. Without it such limits count on this node alone.
#bucket = "limits"
# How long a slot is held without being renewed, the same for all nodes. Work that loses its connection ends after two
# thirds of it; a slot of a node that died is free after all of it.
ttl = "30s"
# Make the bucket if it is not there.
create = false
"#;

fn bucket<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let is_fit = |it: u8| it.is_ascii_alphanumeric() || b"_-".contains(&it);
    units::text(from, "the name of a bucket", |text| match !text.is_empty() && text.bytes().all(is_fit) {
        true => Ok(Some(text.to_owned())),
        false => Err(units::Mistake::new(
            format!("no bucket can be called `{text}`"),
            "the name of a bucket is made of letters, digits, `_` and `-`",
        )),
    })
}

fn ttl<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let ttl = units::duration_from(from, FleetLimits::SHORTEST)?;
    if ttl > FleetLimits::LONGEST {
        let text = machine_value::duration_text(i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX));
        let mistake = units::Mistake::new(format!("`{text}` is too long"), "write \"1h\" or less");
        return Err(serde::de::Error::custom(mistake));
    }
    Ok(ttl)
}
