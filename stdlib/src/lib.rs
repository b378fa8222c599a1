//! The declarations of the standard watcher kinds, as text in the language itself.
//!
//! A kind is a folder beside this crate's `src`: its declaration is `KIND/kind.machine`. The compiler reads a
//! declaration when a machine first uses its kind; this crate only knows where the text is.

macro_rules! kinds {
    ($($name:literal)*) => {
        /// The names of all standard kinds, sorted.
        pub const KINDS: &[&str] = &[$($name),*];

        /// The declaration of the kind of this name, or `None` if there is no such kind.
        #[must_use]
        pub fn declaration(kind: &str) -> Option<&'static str> {
            match kind {
                $($name => Some(include_str!(concat!("../", $name, "/kind.machine"))),)*
                _ => None,
            }
        }
    };
}

kinds! { "exec" "file" "shell" }

#[cfg(test)]
mod tests {
    use super::{KINDS, declaration};

    #[test]
    fn kinds_are_sorted_and_each_is_declared_under_its_name() {
        assert!(KINDS.is_sorted());
        for kind in KINDS {
            let text = declaration(kind).unwrap();
            assert!(text.contains(&format!("watcher {kind}(")), "{kind} declares another kind");
        }
        assert_eq!(declaration("nothing"), None);
    }

    #[test]
    fn every_folder_with_a_declaration_is_listed() {
        let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders = std::fs::read_dir(here).unwrap().map(|it| it.unwrap().path());
        let mut found: Vec<_> = folders
            .filter(|it| it.join("kind.machine").exists())
            .map(|it| it.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        found.sort();
        assert_eq!(found, KINDS);
    }
}
