//! The pictures of the examples and the standard templates that stand in the pages are those that `machinec graph` draws.
//!
//! `UPDATE_PICTURES=1 cargo test -p machine-compiler --test graph` draws them anew.

use crate::charts;
use machine_compiler::graph::{Chart, Marks, svg};
use std::fs;
use std::path::{Path, PathBuf};

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All sources of the examples and the standard library, and the folder that their pictures are in.
pub(crate) fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for example in entries(&top().join("examples")).into_iter().filter(|it| it.is_dir()) {
        found.extend(entries(&example).into_iter().map(|it| (example.clone(), it)));
    }
    found.extend(entries(&top().join("stdlib/std")).into_iter().map(|it| (top().join("docs/std"), it)));
    found.retain(|it| it.1.extension().is_some_and(|it| it == "machine"));
    found.into_iter().map(|(folder, it)| (folder, fs::read_to_string(it).expect("a source"))).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries.map(|it| it.expect("an entry").path()).collect();
    paths.sort();
    paths
}

#[test]
fn pictures_in_pages_are_up_to_date() {
    for (folder, source) in sources() {
        charts(&source).iter().for_each(|it| same(&folder, it));
    }
}

/// The picture in a folder is that of the machine.
#[track_caller]
fn same(folder: &Path, chart: &Chart) {
    let (path, picture) = (folder.join(format!("{}.svg", chart.name)), svg(chart, &Marks::default()));
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        fs::create_dir_all(folder).expect("a folder");
        fs::write(&path, &picture).expect("a file");
    }
    let shipped = fs::read_to_string(&path).unwrap_or_default();
    assert!(shipped == picture, "{} is old; draw it anew with UPDATE_PICTURES=1", path.display());
}

/// Each picture `docs/pictures/NAME.svg` in a page of the manual is that of the last machine NAME above it.
#[test]
fn pictures_in_the_manual_are_up_to_date() {
    let folder = top().join("tests/spec");
    let pages = entries(&folder).into_iter().filter(|it| it.extension().is_some_and(|it| it == "md"));
    for page in pages.map(|it| fs::read_to_string(it).expect("a page")) {
        for (at, link) in page.match_indices("](../../docs/pictures/") {
            let name = page[at + link.len()..].split(".svg").next().expect("a name");
            let blocks = page[..at].split("```machine").skip(1).filter_map(|it| it.split("\n```").next());
            let drawn =
                blocks.flat_map(|it| charts(it.split_once('\n').map_or(it, |it| it.1))).filter(|it| it.name == name);
            same(&top().join("docs/pictures"), &drawn.last().expect("the machine stands above its picture"));
        }
    }
}

#[test]
fn the_pages_show_them() {
    for (folder, source) in sources() {
        let page = if folder.ends_with("docs/std") { top().join("docs/std.md") } else { folder.join("README.md") };
        let page = fs::read_to_string(page).expect("a page");
        for chart in charts(&source).iter().filter(|it| it.name != "hvac_with_a_mistake") {
            assert!(page.contains(&format!("{}.svg)", chart.name)), "no page shows `{}`", chart.name);
        }
    }
}
