//! What the sources use: every file once, by whatever paths it is named.

use super::{Loaded, is_stdin, read};
use machine_compiler::diagnostic::suggest;
use machine_compiler::lower::used_files;
use machine_compiler::source::{FileId, Link, Missed, joined};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// What sources end in.
const ENDING: &str = ".machine";

impl Loaded {
    /// Reads what the sources use, and what that uses, and so on.
    pub(super) fn add_used(&mut self) {
        let mut next = 0;
        while next < self.paths.len() {
            let from = FileId(next);
            for path in used_files(&self.sources.get(from).text) {
                let link = self.follow(from, &path).map_or_else(Link::Missed, Link::To);
                self.sources.link(from, path, link);
            }
            next += 1;
        }
    }

    fn follow(&mut self, from: FileId, path: &str) -> Result<FileId, Missed> {
        let place = self.folder(from).join(path);
        let real = fs::canonicalize(&place).map_err(|it| missed(&it, &place, path))?;
        if let Some(Some(known)) = self.known.get(&real) {
            return Ok(*known);
        }
        let kind = fs::metadata(&real).map_err(|it| missed(&it, &place, path))?;
        if !kind.is_file() {
            return Err(if kind.is_dir() { Missed::Folder } else { Missed::NoFile });
        }
        let bytes = read(&real).map_err(|it| missed(&it, &place, path))?;
        let shown = shown(&place, &real);
        self.add_used_bytes(&shown, &bytes).inspect(|it| _ = self.known.insert(real, Some(*it)))
    }

    fn add_used_bytes(&mut self, path: &Path, bytes: &[u8]) -> Result<FileId, Missed> {
        let text = match machine_grammar::decode(bytes) {
            Ok(text) => text.to_owned(),
            // What is too long may have been cut within a character; the compiler says that it is too long.
            Err(_) if bytes.len() > machine_grammar::MAX_SOURCE => String::from_utf8_lossy(bytes).into_owned(),
            Err(_) => return Err(Missed::NotText),
        };
        self.paths.push(path.to_owned());
        Ok(self.sources.add_used(super::name(path), text))
    }

    /// The folder that a source's uses are relative to; for standard input, the one that the command runs in.
    fn folder(&self, from: FileId) -> &Path {
        let path = &self.paths[from.0];
        if is_stdin(path) { Path::new("") } else { path.parent().unwrap_or(Path::new("")) }
    }
}

/// The path as the user would type it: without detours, as long as it leads to the same file.
fn shown(place: &Path, real: &Path) -> PathBuf {
    let short = place.to_str().map(|it| PathBuf::from(joined("", it)));
    short.filter(|it| fs::canonicalize(it).is_ok_and(|it| it == real)).unwrap_or_else(|| place.to_owned())
}

fn missed(error: &io::Error, place: &Path, path: &str) -> Missed {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Missed::Nothing { near: near(place, path) },
        _ => Missed::Unreadable(error.to_string()),
    }
}

/// The source beside a file that is not there which was probably meant, as it would stand behind `use`.
fn near(place: &Path, path: &str) -> Option<String> {
    let wanted = place.file_name()?.to_str()?;
    let folder = place.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|it| it.file_name().into_string().ok()).collect();
    names.retain(|it| it.ends_with(ENDING) && it != wanted);
    names.sort();
    let found = suggest::nearest(wanted, names.iter().map(String::as_str))?;
    Some(format!("{}{found}", path.strip_suffix(wanted)?))
}
