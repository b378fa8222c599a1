//! Runs the tests again whenever a source changes, until it is interrupted.

use super::super::Verdict;
use super::once;
use crate::args::{Color, Test};
use crate::error::Error;
use crate::output;
use crate::sources::Loaded;
use notify::{RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Editors write a file in several steps.
const SETTLE: Duration = Duration::from_millis(100);
/// Where changes are not reported, it is looked so often.
const POLL: Duration = Duration::from_secs(1);

pub(super) fn run(it: &Test, color: Color) -> Result<Verdict, Error> {
    loop {
        let folders = match once(it, color) {
            Ok((loaded, _)) => folders(it, &loaded),
            Err(error) => {
                output::error(&error, color);
                folders(it, &Loaded::with_used(&it.files))
            }
        };
        output::say("waiting for a change; Ctrl-C ends it\n");
        wait(&folders);
    }
}

/// The folders of all sources that were read, and those that were named.
fn folders(it: &Test, loaded: &Loaded) -> BTreeSet<PathBuf> {
    let named = it.files.iter().filter(|it| it.is_dir()).cloned();
    let parents = loaded.paths.iter().chain(&it.files).filter_map(|it| it.parent().map(Path::to_owned));
    let here = |it: PathBuf| if it.as_os_str().is_empty() { PathBuf::from(".") } else { it };
    named.chain(parents).map(here).collect()
}

/// Until something changes in one of the folders.
fn wait(folders: &BTreeSet<PathBuf>) {
    let (tell, changes) = channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|it| !it.kind.is_access() && it.paths.iter().any(|it| is_source(it))) {
            // Nobody listens any more once one was told.
            let _ = tell.send(());
        }
    });
    let watches = |mut watcher: notify::RecommendedWatcher| {
        let all = folders.iter().try_for_each(|it| watcher.watch(it, RecursiveMode::NonRecursive));
        all.is_ok().then_some(watcher)
    };
    match watcher.ok().and_then(watches) {
        Some(_watcher) => wait_for(&changes),
        None => std::thread::sleep(POLL),
    }
}

fn wait_for(changes: &Receiver<()>) {
    if changes.recv().is_ok() {
        while changes.recv_timeout(SETTLE).is_ok() {}
    }
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "machine")
}
