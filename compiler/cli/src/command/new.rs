//! `machinec new`: a folder with a machine that runs, to start from.

use super::Verdict;
use crate::args::New;
use crate::error::{self, Error};
use crate::output;
use machine_compiler::source::SourceMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Stands for the machine's name in the files below.
const NAME: &str = "NAME";

struct Template {
    name: &'static str,
    text: &'static str,
    mode: u32,
}

const FILES: [Template; 5] = [
    Template { name: "NAME.machine", text: include_str!("../starter/NAME.machine"), mode: 0o666 },
    Template { name: "NAME_test.machine", text: include_str!("../starter/NAME_test.machine"), mode: 0o666 },
    Template { name: "check.sh", text: include_str!("../starter/check.sh"), mode: 0o777 },
    Template { name: "start.sh", text: include_str!("../starter/start.sh"), mode: 0o777 },
    Template { name: "README.md", text: include_str!("../starter/README.md"), mode: 0o666 },
];

pub(super) fn run(it: &New) -> Result<Verdict, Error> {
    let folder = it.dir.clone().unwrap_or_else(|| PathBuf::from(&it.name));
    let files = FILES.map(|file| (folder.join(filled(file.name, &it.name)), filled(file.text, &it.name), file.mode));
    can_be_called(&it.name, &files[0].1)?;
    if let Some((path, ..)) = files.iter().find(|it| it.0.symlink_metadata().is_ok()) {
        return Err(Error::Exists { path: error::shown(path) });
    }
    fs::create_dir_all(&folder).map_err(|it| Error::write(&folder, it))?;
    files.iter().try_for_each(|(path, text, mode)| create(path, text, *mode))?;
    output::print(&next_steps(&folder, &it.name))?;
    Ok(Verdict::Fine)
}

fn filled(template: &str, name: &str) -> String {
    template.replace(NAME, name)
}

/// A word of the language cannot be the name of a machine; the compiler knows best.
fn can_be_called(name: &str, source: &str) -> Result<(), Error> {
    let mut sources = SourceMap::default();
    sources.add(name, source);
    if machine_compiler::check(&sources).is_empty() { Ok(()) } else { Err(Error::Name { name: name.to_owned() }) }
}

/// Fails when the file appeared in the meantime, rather than overwrite it.
fn create(path: &Path, text: &str, mode: u32) -> Result<(), Error> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    opened.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|it| Error::write(path, it))
}

fn next_steps(folder: &Path, name: &str) -> String {
    let folder = error::shown(folder);
    format!("made {folder}; now run\n\n    machinec run {folder}/{name}.machine\n\nand read {folder}/README.md\n")
}
