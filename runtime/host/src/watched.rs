//! One file of the node's own that is read again when it changes: its facts.

use crate::bounded;
use crate::tables::{POLL, SETTLE, notices, reported};
use rustix::fd::OwnedFd;
use serde_json::{Map, Value};
use std::io;
use std::path::{Path, PathBuf};
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, sleep_until};

/// The most bytes of a file of facts.
const LARGEST: u64 = 16 * 1024 * 1024;

/// A file with one JSON object.
#[derive(Debug)]
pub(crate) struct Watched {
    path: PathBuf,
    notices: Option<AsyncFd<OwnedFd>>,
    /// The next look, if one stands out: it does not move when the wait for it is given up and begun again.
    look_at: Option<Instant>,
}

impl Watched {
    /// Nothing is read yet.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        Ok(Self { path: std::path::absolute(path)?, notices: None, look_at: None })
    }

    /// Its absolute path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it now. Needs a tokio runtime.
    ///
    /// # Errors
    /// Why it is no JSON object.
    pub(crate) fn look(&mut self) -> Result<Map<String, Value>, String> {
        // Before it is read, so that what changes meanwhile is told.
        if self.notices.is_none() {
            self.notices = self.path.parent().and_then(|dir| notices(dir).ok());
        }
        let bytes = bounded::read(&self.path, LARGEST).map_err(|error| format!("it cannot be read: {error}"))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err("it holds JSON, but no object: `{\"location\": \"lab\"}` would be one".to_owned()),
            Err(error) => Err(format!("it is no JSON: {error}")),
        }
    }

    /// Waits until it is worth looking again. May be given up and called again at any time.
    pub(crate) async fn changed(&mut self) {
        let at = match (self.look_at, &self.notices) {
            (Some(at), _) => at,
            (None, None) => Instant::now() + POLL,
            (None, Some(notices)) => {
                if !reported(notices).await {
                    self.notices = None;
                }
                Instant::now() + SETTLE
            }
        };
        self.look_at = Some(at);
        sleep_until(at).await;
        self.look_at = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn it_is_read_again_when_it_changes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("facts.json");
        let mut watched = Watched::new(&path).unwrap();
        assert!(watched.look().unwrap_err().contains("cannot be read"));
        std::fs::write(&path, r#"{"location": "lab"}"#).unwrap();
        tokio::time::timeout(Duration::from_secs(60), watched.changed()).await.unwrap();
        assert_eq!(watched.look().unwrap()["location"], "lab");
        for (text, why) in [("[1]", "no object"), ("{", "no JSON"), ("", "no JSON")] {
            std::fs::write(&path, text).unwrap();
            assert!(watched.look().unwrap_err().contains(why), "{text}");
        }
    }
}
