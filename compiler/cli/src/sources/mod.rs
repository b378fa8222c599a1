//! From the paths on the command line to sources: folders, standard input, text that is none, and what they use.

mod used;

use crate::error::{self, Error};
use machine_compiler::diagnostic::{Code, Diagnostic};
use machine_compiler::source::{FileId, Source, SourceMap};
use machine_grammar::{NotText, Span};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// One byte more than a source may have, so that the compiler can refuse a larger one.
const MOST_READ: u64 = machine_grammar::MAX_SOURCE as u64 + 1;

/// All that the paths led to.
#[derive(Default)]
pub(crate) struct Loaded {
    /// What can be compiled.
    pub(crate) sources: SourceMap,
    /// Where each of these comes from, in the same order.
    pub(crate) paths: Vec<PathBuf>,
    /// What is not text, made text as well as possible, to point into.
    pub(crate) undecodable: SourceMap,
    /// One for each of these.
    pub(crate) refusals: Vec<Diagnostic>,
    /// What could not be read.
    pub(crate) errors: Vec<Error>,
    /// What was read, by the path that the system has for it; `None` for what cannot be compiled.
    known: BTreeMap<PathBuf, Option<FileId>>,
}

impl Loaded {
    /// Reads all files, each once; one that cannot be read keeps none of the others from being read.
    pub(crate) fn from_paths(paths: &[PathBuf]) -> Self {
        let mut loaded = Self::default();
        for path in paths {
            match files(path) {
                Ok(files) => files.iter().for_each(|it| loaded.add(it)),
                Err(error) => loaded.errors.push(error),
            }
        }
        loaded
    }

    /// The same, and all that they use.
    pub(crate) fn with_used(paths: &[PathBuf]) -> Self {
        let mut loaded = Self::from_paths(paths);
        loaded.add_used();
        loaded
    }

    /// The sources that were asked for, not only used by others.
    pub(crate) fn named(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.sources.iter().filter(|it| !it.1.only_used)
    }

    fn add(&mut self, path: &Path) {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if self.known.contains_key(&real) {
            return;
        }
        let next = self.paths.len();
        match read(path) {
            Ok(bytes) => self.add_bytes(path, bytes),
            Err(source) => self.errors.push(Error::read(path, source)),
        }
        self.known.insert(real, (self.paths.len() > next).then_some(FileId(next)));
    }

    fn add_bytes(&mut self, path: &Path, bytes: Vec<u8>) {
        if bytes.len() > machine_grammar::MAX_SOURCE {
            // It may have been cut within a character. Its length is what is wrong with it, and the compiler says so.
            return self.add_text(path, &String::from_utf8_lossy(&bytes));
        }
        match machine_grammar::decode(&bytes) {
            Ok(text) => self.add_text(path, text),
            Err(error) => self.refuse(name(path), &bytes, error),
        }
    }

    fn add_text(&mut self, path: &Path, text: &str) {
        self.sources.add(name(path), text);
        self.paths.push(path.to_owned());
    }

    fn refuse(&mut self, name: String, bytes: &[u8], NotText { offset, byte, .. }: NotText) {
        // Up to the bad byte the text is as it was, so the offset is that of the replacement character.
        let file = self.undecodable.add(name, String::from_utf8_lossy(bytes));
        let span = Span::new(offset, offset + '\u{fffd}'.len_utf8());
        let told = Diagnostic::new(Code::NOT_TEXT, file, span, "this is not text in UTF-8");
        if bytes.starts_with(TABLE) {
            let help = "`machinec inspect FILE` shows what is in it, and `machined run` runs it on a node";
            self.refusals
                .push(told.label("a table begins so").note("it is a compiled machine, and no source").help(help));
            return;
        }
        let mut diagnostic = told
            .label(format!("the byte 0x{byte:02x} cannot stand here"))
            .help("save the file as UTF-8; if it is no source, leave it out");
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            diagnostic = diagnostic.note("it begins like a text in UTF-16");
        }
        self.refusals.push(diagnostic);
    }
}

/// What every table begins with.
const TABLE: &[u8] = b"\x89MACHINE";

fn name(path: &Path) -> String {
    if is_stdin(path) { "<stdin>".to_owned() } else { path.to_string_lossy().into_owned() }
}

/// Whether a path on the command line means standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if is_stdin(path) {
        return read_from(io::stdin(), 0);
    }
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    read_from(file, length)
}

/// `expected` bytes or as many as there are; a device without an end is not read to it.
fn read_from(input: impl Read, expected: u64) -> io::Result<Vec<u8>> {
    let capacity = usize::try_from(expected.min(MOST_READ)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(capacity + 1);
    input.take(MOST_READ).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The path itself, or all sources below it when it is a folder.
fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if is_stdin(path) || !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let found = below(path)?;
    if found.is_empty() { Err(Error::NoSource { path: error::shown(path) }) } else { Ok(found) }
}

/// All `.machine` files below a folder, sorted. Links to folders are not followed: they may lead in circles.
fn below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|it| Error::read(&folder, it))? {
            let entry = entry.map_err(|it| Error::read(&folder, it))?;
            let path = entry.path();
            if entry.file_type().is_ok_and(|it| it.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "machine") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
