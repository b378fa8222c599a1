//! The standard library as text in the language itself: the declarations of the watcher kinds, and templates.
//!
//! A kind is a folder beside this crate's `src`: its declaration is `KIND/kind.machine`. The templates that `use std/NAME`
//! brings are `std/NAME.machine`. The compiler reads either when a source first asks for it; this crate only knows where
//! the text is.

mod page;

pub use page::{page, summary};

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

kinds! { "exec" "file" "kv" "schedule" "shell" }

macro_rules! templates {
    ($($name:literal)*) => {
        /// The names behind `std/`, sorted.
        pub const TEMPLATES: &[&str] = &[$($name),*];

        /// The sources that `use std/NAME` brings, in the same order.
        pub const TEMPLATE_TEXTS: &[&str] = &[$(include_str!(concat!("../std/", $name, ".machine"))),*];
    };
}

templates! { "deploy" "disk" "job" "service" }

#[cfg(test)]
mod tests {
    use super::{KINDS, TEMPLATE_TEXTS, TEMPLATES, declaration};
    use std::fs::read_dir;
    use std::path::{Path, PathBuf};

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
        assert_eq!(names("", |it| it.join("kind.machine").exists()), KINDS);
    }

    #[test]
    fn templates_are_sorted_and_each_is_called_like_its_file() {
        assert!(TEMPLATES.is_sorted());
        for (name, text) in TEMPLATES.iter().zip(TEMPLATE_TEXTS) {
            assert!(text.contains(&format!("\nmachine {name}(")), "std/{name} declares another template");
        }
        assert_eq!(names("std", |it| it.extension().is_some_and(|it| it == "machine")), TEMPLATES);
    }

    /// The names of what fits in a folder, without their extensions, sorted.
    fn names(folder: &str, fits: impl Fn(&PathBuf) -> bool) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = read_dir(folder).unwrap().map(|it| it.unwrap().path());
        let mut found: Vec<_> =
            entries.filter(fits).map(|it| it.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        found.sort();
        found
    }
}
