//! A source written anew in its place.

use crate::error::{Error, shown};
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::Path;

/// Puts `new` in the place of `old` at once, so that nobody ever sees half of it. Links, mode and owner stay.
///
/// # Errors
///
/// The file cannot be written, or it holds neither text: somebody else has changed it.
pub(crate) fn replace(path: &Path, old: &str, new: &str) -> Result<(), Error> {
    let failed = |it| Error::write(path, it);
    // The file itself, not a link to it: the new one takes its place.
    let real = fs::canonicalize(path).map_err(failed)?;
    let metadata = writable(&real).map_err(failed)?;
    match fs::read(&real).map_err(failed)? {
        it if it == old.as_bytes() => {}
        // The same file under another name has been written already.
        it if it == new.as_bytes() => return Ok(()),
        _ => return Err(Error::Changed { path: shown(path) }),
    }
    let file = beside(&real, new, &metadata).map_err(failed)?;
    file.persist(&real).map(drop).map_err(|it| failed(it.error))
}

/// Refuses what is no file, and what its owner has protected: a new file in its place would not ask.
fn writable(path: &Path) -> io::Result<Metadata> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no ordinary file"));
    }
    File::options().write(true).open(path)?.metadata()
}

fn beside(path: &Path, text: &str, like: &Metadata) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    // Only the administrator may give files away; anybody else who may write here becomes the owner.
    let _ = fchown(file.as_file(), Some(like.uid()), Some(like.gid()));
    file.as_file().set_permissions(like.permissions())?;
    file.as_file().sync_all()?;
    Ok(file)
}
