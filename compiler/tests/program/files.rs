//! `E024x`: files that use one another.

use crate::{DIMMER, lamp, mistakes, short, tables};
use insta::assert_snapshot;

#[test]
fn templates_of_another_file() {
    let house =
        "use \"dimmer.machine\"\n\nmachine hall = dimmer(lit_for: 1m)\nmachine attic = dimmer(10m, \"attic\")\n";
    assert_snapshot!(tables(&[("house.machine", house), ("dimmer.machine", DIMMER)]), @"
    hall 2.1.0 of house.machine
    attic 2.1.0 of house.machine
    ");
}

#[test]
fn what_is_used_is_checked_and_not_built() {
    let house = format!("use \"parts/lamps.machine\"\n\n{}machine hall = dimmer(1m)\n", lamp("door"));
    let lamps = format!("{}{DIMMER}", lamp("lamp"));
    assert_snapshot!(tables(&[("house.machine", &house), ("parts/lamps.machine", &lamps)]), @"
    door 1.0.0 of house.machine
    hall 2.1.0 of house.machine
    ");
    let broken = lamps.replace("-> dark }", "-> drak }");
    assert_snapshot!(short(&[("house.machine", &house), ("parts/lamps.machine", &broken)]), @"
    parts/lamps.machine:3:29: error[E0201]: there is no state `drak`
    parts/lamps.machine:7:29: error[E0201]: there is no state `drak`
    ");
}

#[test]
fn what_is_used_brings_only_its_own() {
    let house = "use \"b.machine\"\n\nmachine hall = dimmer(lit_for: 1m)\n";
    let b = format!("use \"c.machine\"\n\n{}machine cellar = dimmer(1m)\n", lamp("door"));
    assert_snapshot!(short(&[("house.machine", house), ("b.machine", &b), ("c.machine", DIMMER)]), @"house.machine:3:16: error[E0248]: there is no template `dimmer`");
}

#[test]
fn a_file_that_is_not_there() {
    let house = format!("use \"dimer.machine\"\nuse \"heating.machine\"\n\n{}", lamp("door"));
    assert_snapshot!(mistakes(&[("house.machine", &house), ("dimmer.machine", DIMMER)]), @r#"
    error[E0240]: there is no file `dimer.machine`
      --> house.machine:1:5
      |
    1 | use "dimer.machine"
      |     ^^^^^^^^^^^^^^^ did you mean `dimmer.machine`?
      |
      = help: write `use "dimmer.machine"`

    error[E0240]: there is no file `heating.machine`
      --> house.machine:2:5
      |
    2 | use "heating.machine"
      |     ^^^^^^^^^^^^^^^^^ nothing of this name, and nothing like it
      |
      = help: the path is relative to the folder of `house.machine`; look at its spelling, or leave the `use` out
    "#);
}

#[test]
fn nothing_of_this_name_ships() {
    let house = format!("use std/servce\nuse std/coffee\n\n{}", lamp("door"));
    assert_snapshot!(mistakes(&[("house.machine", &house)]), @r#"
    error[E0241]: there is no `std/servce`
      --> house.machine:1:5
      |
    1 | use std/servce
      |     ^^^^^^^^^^ did you mean `std/service`?
      |
      = help: write `use std/service`; there are `std/deploy`, `std/disk`, `std/job` and `std/service`

    error[E0241]: there is no `std/coffee`
      --> house.machine:2:5
      |
    2 | use std/coffee
      |     ^^^^^^^^^^ nothing of this name ships with the compiler
      |
      = help: there are `std/deploy`, `std/disk`, `std/job` and `std/service`; a file of your own is named between quotes:
              `use "coffee.machine"`
    "#);
}

#[test]
fn a_file_that_uses_itself() {
    let house = format!("use \"./house.machine\"\n\n{}", lamp("door"));
    assert_snapshot!(mistakes(&[("house.machine", &house)]), @r#"
    error[E0243]: this file uses itself
      --> house.machine:1:5
      |
    1 | use "./house.machine"
      |     ^^^^^^^^^^^^^^^^^ this leads back to the file that it stands in
      |
      = help: leave the line out: what a file declares is known in all of it
    "#);
}

#[test]
fn files_in_a_circle() {
    let a = format!("use \"b.machine\"\n\n{}machine hall = dimmer(1m)\n", lamp("a"));
    let b = format!("use \"c.machine\"\n\n{}", lamp("b"));
    let c = format!("use \"a.machine\"\n\n{}", lamp("c"));
    assert_snapshot!(mistakes(&[("a.machine", &a), ("b.machine", &b), ("c.machine", &c)]), @r#"
    error[E0248]: there is no template `dimmer`
      --> a.machine:7:16
      |
    7 | machine hall = dimmer(1m)
      |                ^^^^^^ no template of this name
      |
      = help: declare it with `machine dimmer(NAME: TYPE) 1.0.0 { … }`, or bring it with `use`

    error[E0244]: files use one another in a circle
      --> c.machine:1:5
      |
    1 | use "a.machine"
      |     ^^^^^^^^^^^ `a.machine` is used from here again
      |
      --> a.machine:1:5
      |
    1 | use "b.machine"
      |     ----------- `a.machine` uses `b.machine`
      |
      --> b.machine:1:5
      |
    1 | use "c.machine"
      |     ----------- `b.machine` uses `c.machine`
      |
      = note: the circle is `a.machine` -> `b.machine` -> `c.machine` -> `a.machine`
      = help: put what both need into a file of its own, and let both use that
    "#);
}

#[test]
fn a_file_that_is_used_twice() {
    let house = "use \"dimmer.machine\"\nuse \"./dimmer.machine\"\n\nmachine hall = dimmer(lit_for: 1m)\n";
    assert_snapshot!(mistakes(&[("house.machine", house), ("dimmer.machine", DIMMER)]), @r#"
    error[E0245]: `dimmer.machine` is used twice
      --> house.machine:2:5
      |
    1 | use "dimmer.machine"
      |     ---------------- the first time
    2 | use "./dimmer.machine"
      |     ^^^^^^^^^^^^^^^^^^ the second time
      |
      = help: leave out one of the two lines
    "#);
}

#[test]
fn a_name_from_two_places() {
    let house = "use \"a.machine\"\nuse \"b.machine\"\n\nmachine hall = dimmer(lit_for: 1m)\n";
    assert_snapshot!(mistakes(&[("house.machine", house), ("a.machine", DIMMER), ("b.machine", DIMMER)]), @r#"
    error[E0246]: `a.machine` and `b.machine` both bring `dimmer`
      --> house.machine:2:5
      |
    2 | use "b.machine"
      |     ^^^^^^^^^^^ brings a `dimmer`
      |
      --> b.machine:1:9
      |
    1 | machine dimmer(lit_for: duration, room: string = "hall") 2.1.0 {
      |         ------ this one
      |
      --> a.machine:1:9
      |
    1 | machine dimmer(lit_for: duration, room: string = "hall") 2.1.0 {
      |         ------ and here is the other one
      |
      = help: give one of them another name, or leave the `use` out
    "#);
    let house = format!("use \"a.machine\"\n\n{DIMMER}machine hall = dimmer(lit_for: 1m)\n");
    assert_snapshot!(mistakes(&[("house.machine", &house), ("a.machine", DIMMER)]), @r#"
    error[E0246]: `dimmer` is declared here and in `a.machine`
      --> house.machine:1:5
      |
    1 | use "a.machine"
      |     ^^^^^^^^^^^ brings a `dimmer`
    2 |
    3 | machine dimmer(lit_for: duration, room: string = "hall") 2.1.0 {
      |         ------ and here is the other one
      |
      --> a.machine:1:9
      |
    1 | machine dimmer(lit_for: duration, room: string = "hall") 2.1.0 {
      |         ------ this one
      |
      = help: give one of them another name, or leave the `use` out
    "#);
}

#[test]
fn a_machine_that_is_there_twice() {
    let house = format!("use \"b.machine\"\n\n{}machine hall = dimmer(lit_for: 1m)\n{}", lamp("hall"), lamp("door"));
    let b = format!("{}{DIMMER}", lamp("door"));
    assert_snapshot!(mistakes(&[("house.machine", &house), ("b.machine", &b)]), @"
    error[E0207]: there are two machines `hall`
      --> house.machine:7:9
      |
    3 | machine hall 1.0.0 {
      |         ---- the first one
      .
    7 | machine hall = dimmer(lit_for: 1m)
      |         ^^^^ the second one
      |
      = help: give one of them another name: a node runs one machine of a name

    error[E0207]: there are two machines `door`
      --> house.machine:8:9
      |
    8 | machine door 1.0.0 {
      |         ^^^^ the second one
      |
      --> b.machine:1:9
      |
    1 | machine door 1.0.0 {
      |         ---- the first one
      |
      = help: give one of them another name: a node runs one machine of a name
    ");
}

#[test]
fn a_template_and_a_machine_of_one_name() {
    let house = format!("{}{DIMMER}\nextern machine dimmer {{ states on_, off }}\n", lamp("dimmer"));
    assert_snapshot!(mistakes(&[("house.machine", &house)]), @r#"
    error[E0207]: a machine and a template are both called `dimmer`
      --> house.machine:5:9
      |
    1 | machine dimmer 1.0.0 {
      |         ------ the first one
      .
    5 | machine dimmer(lit_for: duration, room: string = "hall") 2.1.0 {
      |         ^^^^^^ the second one
      |
      = help: give one of them another name: it has to say which of them is meant

    error[E0207]: a machine and an `extern machine` are both called `dimmer`
       --> house.machine:10:16
       |
     1 | machine dimmer 1.0.0 {
       |         ------ the first one
       .
    10 | extern machine dimmer { states on_, off }
       |                ^^^^^^ the second one
       |
       = help: give one of them another name: it has to say which of them is meant
    "#);
}

#[test]
fn a_use_of_which_nothing_is_needed() {
    let house = format!("use \"dimmer.machine\"\nuse std/service\n\n{}", lamp("door"));
    assert_snapshot!(mistakes(&[("house.machine", &house), ("dimmer.machine", DIMMER)]), @r#"
    warning[W0201]: nothing of `dimmer.machine` is used here
      --> house.machine:1:1
      |
    1 | use "dimmer.machine"
      | ^^^^^^^^^^^^^^^^^^^^ this brings names that nothing in this file asks for
      |
      = help: leave the line out; to build the machines of a file, name it on the command line

    warning[W0201]: nothing of `std/service` is used here
      --> house.machine:2:1
      |
    2 | use std/service
      | ^^^^^^^^^^^^^^^ this brings names that nothing in this file asks for
      |
      = help: leave the line out; to build the machines of a file, name it on the command line
    "#);
}

#[test]
fn a_long_chain_of_files() {
    let name = |it: usize| format!("f{it}.machine");
    let text = |it: usize| format!("use \"f{}.machine\"\n{}", it + 1, lamp(&format!("m{it}")));
    let mut files: Vec<_> = (0..2_000).map(|it| (name(it), text(it))).collect();
    files.push((name(2_000), lamp("last")));
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(short(&files).lines().count(), 2_000, "each use is unused, and nothing else is wrong");
}
