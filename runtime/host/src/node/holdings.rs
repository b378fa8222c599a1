//! Which file of the directory holds which machine.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// A file holds one machine, and a machine is in one file.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    names: BTreeMap<Arc<Path>, Arc<str>>,
    files: BTreeMap<Arc<str>, Arc<Path>>,
}

impl Holdings {
    /// The file that holds this machine.
    pub(super) fn file_of(&self, name: &str) -> Option<&Arc<Path>> {
        self.files.get(name)
    }

    /// Whether this file holds a machine.
    pub(super) fn is_holding(&self, file: &Path) -> bool {
        self.names.contains_key(file)
    }

    /// The file holds this machine from now on. Returns the one that it held instead before.
    pub(super) fn hold(&mut self, file: &Arc<Path>, name: &str) -> Option<Arc<str>> {
        let before = self.release(file);
        let name: Arc<str> = name.into();
        self.names.insert(file.clone(), name.clone());
        self.files.insert(name.clone(), file.clone());
        before.filter(|before| *before != name)
    }

    /// The file holds nothing any more. Returns the machine that it held.
    pub(super) fn release(&mut self, file: &Path) -> Option<Arc<str>> {
        let name = self.names.remove(file)?;
        self.files.remove(&name);
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_one_machine_and_a_machine_is_in_one_file() {
        let (a, b): (Arc<Path>, Arc<Path>) = (Path::new("/a").into(), Path::new("/b").into());
        let mut holdings = Holdings::default();
        assert_eq!(holdings.hold(&a, "lamp"), None);
        assert_eq!(holdings.hold(&a, "lamp"), None, "the same again");
        assert_eq!(holdings.hold(&b, "fan"), None);
        assert_eq!(holdings.file_of("lamp"), Some(&a));
        assert_eq!(holdings.hold(&a, "door").as_deref(), Some("lamp"));
        assert_eq!((holdings.file_of("lamp"), holdings.file_of("door")), (None, Some(&a)));
        assert_eq!(holdings.release(&b).as_deref(), Some("fan"));
        assert!(holdings.is_holding(&a) && !holdings.is_holding(&b));
    }
}
