//! `machinec build`: what is written, and what is not.

use crate::{BROKEN, Folder, LAMP};
use insta::assert_snapshot;
use std::fs;

/// The part of a listing that `machinec inspect` makes of the transitions.
fn transitions(listing: &str) -> String {
    listing.split_once("\ntransitions\n").map_or("", |it| it.1).to_owned()
}

#[test]
fn build_writes_a_table_for_each_machine() {
    let folder = Folder::new().with("two.machine", format!("{LAMP}{}", LAMP.replace("machine lamp", "machine light")));
    let shown = folder.run(&["build", "two.machine", "-o", "new/tables"]);
    let names: Vec<_> = shown.lines().filter_map(|it| it.split_whitespace().next()).collect();
    assert_eq!(names, ["--", "new/tables/lamp.table", "new/tables/light.table", "--"], "{shown}");
    let first = fs::read(folder.path().join("new/tables/lamp.table")).expect("a table");
    folder.run(&["build", "two.machine", "-o", "again", "--quiet"]);
    assert_eq!(fs::read(folder.path().join("again/lamp.table")).expect("a table"), first);
    let entries = fs::read_dir(folder.path().join("again")).expect("a folder").count();
    assert_eq!(entries, 2, "nothing else is left behind");
}

#[test]
fn build_leaves_out_what_it_is_told_to() {
    let folder = Folder::new().with("lamp.machine", LAMP);
    let size = |strip: &[&str]| {
        let arguments: Vec<&str> = ["build", "lamp.machine", "-o", "tables"].iter().chain(strip).copied().collect();
        assert!(folder.run(&arguments).ends_with("-- exit 0\n"));
        fs::metadata(folder.path().join("tables/lamp.table")).expect("a table").len()
    };
    let (all, no_docs, no_names) = (size(&[]), size(&["--strip", "docs"]), size(&["--strip", "names"]));
    assert!(no_names < no_docs && no_docs < all, "{no_names} {no_docs} {all}");
    assert_snapshot!(transitions(&folder.run(&["inspect", "tables/lamp.table"])), @"
      #0
        #0.#0 -> #1
        #0.#1 stay
      #1
        after 1m -> #0 as #0
    -- exit 0
    ");
}

#[test]
fn build_writes_nothing_when_there_is_a_mistake_anywhere() {
    let folder = Folder::new().with("lamp.machine", LAMP).with("fan.machine", BROKEN);
    let shown = folder.run(&["build", "--format", "short", "lamp.machine", "fan.machine", "-o", "tables"]);
    assert_snapshot!(shown, @"
    -- stderr
    fan.machine:4:16: error[E0203]: `exec` has no outcome `good`
    fan.machine:4:26: error[E0201]: there is no state `on_`
    2 errors in fan.machine
    -- exit 1
    ");
    assert!(!folder.path().join("tables").exists());
    let missing = folder.run(&["build", "lamp.machine", "nothing.machine", "-o", "tables"]);
    assert_snapshot!(missing, @"
    -- stderr
      x `nothing.machine` cannot be read
      `-> No such file or directory (os error 2)
      help: look at the spelling; `.` has nothing of a similar name
    1 error in nothing.machine
    -- exit 1
    ");
    assert!(!folder.path().join("tables").exists());
}

#[test]
fn build_says_where_it_cannot_write() {
    let folder = Folder::new().with("lamp.machine", LAMP).with("file", "");
    assert_snapshot!(folder.run(&["build", "lamp.machine", "-o", "file"]), @"
    -- stderr
      x `file` cannot be written
      `-> File exists (os error 17)
      help: choose a folder; this is a file
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["build", "lamp.machine", "-o", "file/below"]), @"
    -- stderr
      x `file/below` cannot be written
      `-> Not a directory (os error 20)
      help: choose a folder; this path leads through a file
    -- exit 1
    ");
}
