//! The places in which a path can change its meaning.
//!
//! `current/manifest.json` may change because the file is written, because it is replaced, because the link
//! `current` is pointed elsewhere, or because a directory on the way appears. A directory is told of what happens
//! to its entries, so each of these is seen by watching one directory, and no tree has to be watched as a whole.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The most links that are followed, as many as the system follows itself.
const MOST_LINKS: usize = 40;

/// What leads to a path, in real directories without links.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Trail {
    /// The links on the way, then what the path leads to, or the first thing on the way that is not there.
    points: Vec<PathBuf>,
    /// What the path leads to, if that is a directory: then its entries count too.
    inside: Option<PathBuf>,
}

impl Trail {
    /// Follows `path`, which must be absolute.
    pub(crate) fn of(path: &Path) -> Self {
        let mut points = Vec::new();
        let mut real = PathBuf::from("/");
        let mut rest = steps(path);
        while let Some(step) = rest.pop() {
            if step == ".." {
                real.pop();
                continue;
            }
            let next = real.join(&step);
            match fs::symlink_metadata(&next) {
                Ok(entry) if entry.is_symlink() && points.len() < MOST_LINKS => {
                    // A relative target starts where the link is: what was walked so far stays.
                    rest.extend(steps(&fs::read_link(&next).unwrap_or_default()));
                    points.push(next);
                }
                Ok(_) => real = next,
                // What is taken for a directory is none: it is what has to change.
                Err(error) if error.kind() == ErrorKind::NotADirectory => {
                    return Self { points, inside: None }.and(real);
                }
                Err(_) => {
                    return Self { points, inside: None }.and(next);
                }
            }
        }
        let inside = real.is_dir().then(|| real.clone());
        Self { points, inside }.and(real)
    }

    /// A path that changes in its directory and nowhere else, as most do.
    pub(crate) fn straight(path: &Path) -> Self {
        Self { points: vec![path.to_owned()], inside: None }
    }

    /// Whether it is no more than that.
    pub(crate) fn is_straight(&self, path: &Path) -> bool {
        self.inside.is_none() && matches!(&*self.points, [point] if point == path)
    }

    /// The directories to watch, each for itself.
    pub(crate) fn dirs(&self) -> BTreeSet<&Path> {
        self.around().collect()
    }

    /// The same, some perhaps more than once.
    pub(crate) fn around(&self) -> impl Iterator<Item = &Path> {
        self.points.iter().map(|point| point.parent().unwrap_or(point)).chain(self.inside.as_deref())
    }

    /// Whether what happened to `path` can matter.
    pub(crate) fn concerns(&self, path: &Path) -> bool {
        self.points.iter().any(|point| point == path)
            || self.inside.is_some() && self.inside.as_deref() == path.parent()
            || self.around().any(|dir| dir == path)
    }

    fn and(mut self, point: PathBuf) -> Self {
        self.points.push(point);
        self
    }
}

/// The steps of a path, the first one last. An absolute path begins with `/`, and joining that starts anew.
fn steps(path: &Path) -> Vec<OsString> {
    let steps = path.components().map(|component| component.as_os_str().to_owned());
    steps.rev().filter(|step| step != ".").collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// Checks which directories are watched for `path`, in a tree made of `dirs`, `files` and `links`.
    fn check(dirs: &[&str], files: &[&str], links: &[(&str, &str)], path: &str, expected: &[&str]) {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        dirs.iter().for_each(|dir| fs::create_dir_all(root.join(dir)).unwrap());
        files.iter().for_each(|file| fs::write(root.join(file), "").unwrap());
        links.iter().for_each(|(link, target)| symlink(target, root.join(link)).unwrap());
        let trail = Trail::of(&root.join(path));
        let below = |dir: &Path| dir.strip_prefix(&root).unwrap().display().to_string();
        let watched: Vec<_> = trail.dirs().into_iter().map(below).collect();
        assert_eq!(watched, expected);
    }

    #[test]
    fn a_file_changes_in_its_directory() {
        check(&["a"], &["a/f"], &[], "a/f", &["a"]);
    }

    #[test]
    fn a_directory_also_changes_inside() {
        check(&["a/b"], &[], &[], "a/b", &["a", "a/b"]);
    }

    #[test]
    fn what_is_not_there_appears_in_the_nearest_directory_that_is() {
        check(&["a"], &[], &[], "a/f", &["a"]);
        check(&["a"], &[], &[], "a/b/c/f", &["a"]);
        check(&[], &["a"], &[], "a/b/f", &[""]);
    }

    #[test]
    fn a_link_can_change_and_what_it_points_to_as_well() {
        check(&["a", "b"], &["b/f"], &[("a/l", "../b/f")], "a/l", &["a", "b"]);
        check(&["r/1"], &["r/1/f"], &[("current", "r/1")], "current/f", &["", "r/1"]);
        check(&["a"], &[], &[("a/l", "../gone/f")], "a/l", &["", "a"]);
    }

    #[test]
    fn dots_are_walked_in_the_real_tree() {
        check(&["a/b", "c"], &["a/f"], &[("c/l", "../a/b")], "c/l/../f", &["a", "c"]);
    }

    #[test]
    fn a_circle_of_links_is_walked_a_bounded_number_of_times() {
        check(&["a"], &[], &[("a/l", "l")], "a/l", &["a"]);
    }

    #[test]
    fn an_event_concerns_what_it_can_change() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let trail = Trail::of(&root.join("f"));
        assert!(trail.concerns(&root.join("f")) && trail.concerns(&root));
        assert!(!trail.concerns(&root.join("g")));
        assert!(Trail::of(&root).concerns(&root.join("g")));
    }
}
