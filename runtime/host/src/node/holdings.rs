//! Which file of the directory holds which machine.

use super::fleet::grow_gently;
use crate::machine::Loaded;
use std::path::Path;
use std::sync::Arc;

/// A file holds one machine, and a machine is in one file. Both names are in what was loaded, so they are kept nowhere
/// else.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    by_file: Vec<Arc<Loaded>>,
    by_name: Vec<Arc<Loaded>>,
}

impl Holdings {
    /// The file that holds this machine.
    pub(super) fn file_of(&self, name: &str) -> Option<&Arc<Path>> {
        let index = self.place_of_name(name).ok()?;
        self.by_name.get(index).map(|it| &it.file)
    }

    /// Whether this file holds a machine.
    pub(super) fn is_holding(&self, file: &Path) -> bool {
        self.place_of_file(file).is_ok()
    }

    /// The file that this was loaded from holds its machine from now on. Returns the name of the one that it held
    /// instead before.
    pub(super) fn hold(&mut self, loaded: &Arc<Loaded>) -> Option<String> {
        let before = self.release(&loaded.file);
        grow_gently(&mut self.by_file);
        grow_gently(&mut self.by_name);
        match self.place_of_file(&loaded.file) {
            Ok(_) => {}
            Err(index) => self.by_file.insert(index, loaded.clone()),
        }
        match self.place_of_name(loaded.name()) {
            Ok(index) => self.by_name.iter_mut().skip(index).take(1).for_each(|it| *it = loaded.clone()),
            Err(index) => self.by_name.insert(index, loaded.clone()),
        }
        before.filter(|before| before != loaded.name())
    }

    /// The file holds nothing any more. Returns the name of the machine that it held.
    pub(super) fn release(&mut self, file: &Path) -> Option<String> {
        let held = self.by_file.remove(self.place_of_file(file).ok()?);
        if let Ok(index) = self.place_of_name(held.name()) {
            self.by_name.remove(index);
        }
        Some(held.name().to_owned())
    }

    fn place_of_file(&self, file: &Path) -> Result<usize, usize> {
        self.by_file.binary_search_by(|it| it.file.as_ref().cmp(file))
    }

    fn place_of_name(&self, name: &str) -> Result<usize, usize> {
        self.by_name.binary_search_by(|it| it.name().cmp(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine_core::{Definition, OwnedTable};

    fn loaded(file: &str, name: &str) -> Arc<Loaded> {
        let mut definition = Definition { name: name.into(), ..Definition::example() };
        definition.states.last_mut().unwrap().name = name.into();
        let table = OwnedTable::verify(definition.encode().unwrap().into()).unwrap();
        Arc::new(Loaded { table, hash: [0; 32], file: Path::new(file).into() })
    }

    #[test]
    fn a_file_holds_one_machine_and_a_machine_is_in_one_file() {
        let file_of = |holdings: &Holdings, name| holdings.file_of(name).map(|it| it.display().to_string());
        let mut holdings = Holdings::default();
        assert_eq!(holdings.hold(&loaded("/a", "lamp")), None);
        assert_eq!(holdings.hold(&loaded("/a", "lamp")), None, "the same again");
        assert_eq!(holdings.hold(&loaded("/b", "fan")), None);
        assert_eq!(file_of(&holdings, "lamp").as_deref(), Some("/a"));
        assert_eq!(holdings.hold(&loaded("/a", "door")).as_deref(), Some("lamp"));
        assert_eq!((file_of(&holdings, "lamp"), file_of(&holdings, "door")), (None, Some("/a".to_owned())));
        assert_eq!(holdings.release(Path::new("/b")).as_deref(), Some("fan"));
        assert!(holdings.is_holding(Path::new("/a")) && !holdings.is_holding(Path::new("/b")));
    }
}
