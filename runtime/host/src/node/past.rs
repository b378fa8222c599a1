//! What a node finds when it begins: its state directory, and all that it remembers in there.

use super::say;
use crate::delivery::{Epochs, Site};
use crate::error::NodeError;
use crate::journal::{Journal, Lsn, Options, Progress, Recovered};
use crate::record::{Record, Remembered, epoch_after};
use crate::store::Store;
use machine_value::counted;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The journal and what it remembered.
pub(super) struct Past {
    pub(super) journal: Option<Journal>,
    /// Where that is, for those who read it beside the node.
    pub(super) site: Option<Site>,
    pub(super) store: Option<Store>,
    /// Nothing at a first start.
    pub(super) remembered: Remembered,
    /// The last record that there is.
    pub(super) last: Lsn,
    pub(super) progress: UnboundedReceiver<Progress>,
    pub(super) shared: Shared,
    /// Where the directory is; empty if the system does not say it.
    pub(super) place: String,
}

/// The files that `WATCHER_DATA` and `WATCHER_FACTS` name.
pub(super) struct Shared {
    /// Where they are.
    pub(super) dir: PathBuf,
    pub(super) data: PathBuf,
    pub(super) facts: PathBuf,
    /// Where they are, if that goes with the node.
    _scratch: Option<Scratch>,
}

/// A directory that goes with the node.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed lies in the system's directory for such things, which cleans up itself.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Past {
    /// Opens a state directory; makes it if there is none.
    pub(super) fn open(state: &Path) -> Result<Self, NodeError> {
        let made = fs::create_dir_all(state).and_then(|()| fs::canonicalize(state));
        let state = made.map_err(|source| NodeError::State { path: state.to_owned(), source })?;
        let (report, progress) = unbounded_channel();
        let report = Box::new(move |progress| {
            // The node may have ended already; then nobody waits for this.
            let _ = report.send(progress);
        });
        let (journal, recovered) = Journal::open(&state.join("journal"), Options::default(), report)?;
        Self::gather(&state, journal, recovered, progress)
    }

    /// The same with a journal that is open already.
    pub(super) fn gather(
        state: &Path,
        journal: Journal,
        recovered: Recovered,
        progress: UnboundedReceiver<Progress>,
    ) -> Result<Self, NodeError> {
        tell_damage(&recovered);
        let store = Store::open(state.join("tables"))?;
        let last = journal.durable();
        let (dir, cursors) = (state.join("journal"), state.join("delivery"));
        let (id, place) = (recovered.id, journal.place());
        let bad = |source| NodeError::Record { dir: state.to_owned(), source };
        let remembered = remembered(recovered).map_err(bad)?;
        let shared = Shared::open(state.join("shared"), None)?;
        let epochs = Epochs::new(remembered.epoch, &remembered.former);
        let site = Some(Site { journal: dir, cursors, id, durable: last, epochs });
        Ok(Self { journal: Some(journal), site, store: Some(store), remembered, last, progress, shared, place })
    }

    /// Nothing is remembered, and nothing will be.
    pub(super) fn none(wall_ns: u64) -> Result<Self, NodeError> {
        let dir = std::env::temp_dir().join(format!("machine-{}-{wall_ns}", std::process::id()));
        let shared = Shared::open(dir.clone(), Some(Scratch(dir)))?;
        let (_, progress) = unbounded_channel();
        let remembered = Remembered::default();
        let place = String::new();
        Ok(Self { journal: None, site: None, store: None, remembered, last: Lsn::ZERO, progress, shared, place })
    }

    /// Begins the numbers of a directory that is new, and those of one that is a copy: its original has given them out
    /// since, or will. Whether it is a copy.
    pub(super) fn settle(&mut self, wall_ns: u64) -> bool {
        let remembered = &mut self.remembered;
        let is_copy = !remembered.place.is_empty() && !self.place.is_empty() && remembered.place != self.place;
        if is_copy || remembered.epoch == 0 {
            remembered.begin_anew(epoch_after(remembered.epoch, wall_ns), false);
        }
        let epochs = Epochs::new(remembered.epoch, &remembered.former);
        self.site.iter_mut().for_each(|it| it.epochs = epochs.clone());
        is_copy
    }
}

impl Shared {
    fn open(dir: PathBuf, scratch: Option<Scratch>) -> Result<Self, NodeError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| NodeError::State { path, source }
        };
        // What machines remember is nobody else's business.
        let made = fs::create_dir_all(&dir).and_then(|()| fs::set_permissions(&dir, Permissions::from_mode(0o711)));
        made.map_err(failed(&dir))?;
        let (data, facts) = (dir.join("data.json"), dir.join("facts.json"));
        for file in [&data, &facts] {
            fs::write(file, "{}\n").map_err(failed(file))?;
        }
        Ok(Self { dir, data, facts, _scratch: scratch })
    }
}

/// All that the journal knows.
pub(super) fn remembered(recovered: Recovered) -> serde_json::Result<Remembered> {
    let mut remembered = match recovered.checkpoint {
        Some(checkpoint) => serde_json::from_slice(&checkpoint.state)?,
        None => Remembered::default(),
    };
    for (lsn, bytes) in recovered.records {
        let record: Record<'_> = serde_json::from_slice(&bytes)?;
        remembered.take(lsn.0, record);
    }
    Ok(remembered)
}

fn tell_damage(recovered: &Recovered) {
    if let Some(cut) = &recovered.cut {
        let file = cut.file.display();
        let text = format!(
            "the last write before the end was not finished; it left {} in `{file}`, which are cut off",
            counted(cut.bytes, "byte")
        );
        say(&std::io::Error::other(text));
    }
    for path in &recovered.bad_checkpoints {
        let text = format!("the checkpoint `{}` is damaged; the one before it serves in its place", path.display());
        say(&std::io::Error::other(text));
    }
}
