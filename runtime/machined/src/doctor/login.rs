//! The files by which a node shows who it is.

use super::Finding;
use crate::config::Nats;
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Whether each file can be read, and by whom else.
pub(super) fn files(nats: &Nats) -> Vec<Finding> {
    nats.files().map(|(name, path)| file(name, path)).collect()
}

fn file(name: &str, path: &Path) -> Finding {
    let shown = path.display();
    let mode = File::open(path).and_then(|file| Ok(file.metadata()?.permissions().mode()));
    match mode {
        Err(error) => Finding::fault(name, format!("`{shown}` cannot be read: {error}"))
            .help("put it there, readable for the user that `machined` runs as"),
        Ok(mode) if is_secret(name) && mode & 0o077 != 0 => {
            Finding::warning(name, format!("`{shown}` can be read by others ({:03o})", mode & 0o777))
                .help(format!("chmod 600 {shown}"))
        }
        Ok(_) => Finding::ok(name, format!("`{shown}` can be read")),
    }
}

/// Certificates are no secret.
fn is_secret(name: &str) -> bool {
    !["tls.ca", "tls.certificate"].contains(&name)
}
