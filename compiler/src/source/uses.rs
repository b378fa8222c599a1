//! Which source a `use` means.
//!
//! The compiler reads no files. Whoever does says with [`SourceMap::link`] where each `use "…"` leads; without that, a
//! source is found by its name among those of the map, as if the names were paths.

use super::{FileId, SourceMap, standard};
use crate::diagnostic::suggest;
use machine_stdlib::TEMPLATES;

/// Where a `use` leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// To this source.
    To(FileId),
    /// To nothing that can be used.
    Missed(Missed),
}

/// Why a `use` leads to no source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missed {
    /// There is nothing of this name; the path that was probably meant, as it would stand behind `use`.
    Nothing {
        /// Relative to the source that uses it.
        near: Option<String>,
    },
    /// It is a folder.
    Folder,
    /// It is a device, a socket or the like.
    NoFile,
    /// It is no text in UTF-8.
    NotText,
    /// It cannot be read, and this is what the system says.
    Unreadable(String),
}

impl SourceMap {
    /// Says where `use "PATH"` in `from` leads.
    pub fn link(&mut self, from: FileId, path: impl Into<String>, link: Link) {
        self.links.insert((from, path.into()), link);
    }

    /// Where `use "PATH"` in `from` leads.
    #[must_use]
    pub fn used_by(&self, from: FileId, path: &str) -> Link {
        self.links.get(&(from, path.to_owned())).cloned().unwrap_or_else(|| self.by_name(from, path))
    }

    /// Where `use std/NAME` leads.
    #[must_use]
    pub fn standard(name: &str) -> Link {
        let near = || suggest::nearest(name, TEMPLATES.iter().copied()).map(str::to_owned);
        standard::find(name).map_or_else(|| Link::Missed(Missed::Nothing { near: near() }), Link::To)
    }

    fn by_name(&self, from: FileId, path: &str) -> Link {
        let folder = folder(&self.get(from).name);
        let wanted = joined(folder, path);
        let named = |name: &str| self.iter().find(|(_, it)| joined("", &it.name) == name).map(|it| it.0);
        if let Some(found) = named(&wanted) {
            return Link::To(found);
        }
        let beside = self.iter().filter(|(id, _)| *id != from).filter_map(|(_, it)| it.name.strip_prefix(folder));
        Link::Missed(Missed::Nothing { near: suggest::nearest(path, beside).map(str::to_owned) })
    }
}

/// What stands before the last name of a path, with the slash.
fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |it| &path[..=it])
}

/// A path inside a folder, or one from the root, without `.` and without names that `..` takes back.
#[must_use]
pub fn joined(folder: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{folder}{path}") };
    let mut names: Vec<&str> = Vec::new();
    for name in whole.split('/').filter(|it| !matches!(*it, "" | ".")) {
        match (name, names.last()) {
            ("..", Some(last)) if *last != ".." => _ = names.pop(),
            _ => names.push(name),
        }
    }
    let root = if whole.starts_with('/') { "/" } else { "" };
    format!("{root}{}", names.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{Link, Missed, SourceMap, joined};

    #[test]
    fn paths_are_relative_to_the_source_that_uses_them() {
        for (folder, path, whole) in [
            ("", "b.machine", "b.machine"),
            ("a/", "./b.machine", "a/b.machine"),
            ("a/b/", "../c.machine", "a/c.machine"),
            ("a/", "../../c.machine", "../c.machine"),
            ("a/", "/c.machine", "/c.machine"),
        ] {
            assert_eq!(joined(folder, path), whole);
        }
    }

    #[test]
    fn a_source_is_found_by_its_name_unless_somebody_says_where_it_is() {
        let mut sources = SourceMap::default();
        let user = sources.add("house/hvac.machine", "");
        let sensor = sources.add("house/sensor.machine", "");
        assert_eq!(sources.used_by(user, "sensor.machine"), Link::To(sensor));
        let near = Some("sensor.machine".to_owned());
        assert_eq!(sources.used_by(user, "sensr.machine"), Link::Missed(Missed::Nothing { near }));
        sources.link(user, "sensor.machine", Link::Missed(Missed::Folder));
        assert_eq!(sources.used_by(user, "sensor.machine"), Link::Missed(Missed::Folder));
    }

    #[test]
    fn the_standard_sources_are_in_every_map() {
        let Link::To(service) = SourceMap::standard("service") else { panic!("std/service is there") };
        assert_eq!(SourceMap::default().get(service).name, "std/service");
        assert_eq!(SourceMap::standard("servce"), Link::Missed(Missed::Nothing { near: Some("service".to_owned()) }));
    }
}
