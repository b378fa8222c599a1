//! What somebody may write who means no good, or tries out where the language ends: each mistake is told once, at its
//! place, and nothing else happens.

use crate::short;
use insta::assert_snapshot;

/// A machine with this in it, and two states that lead to one another.
fn with(lines: &str) -> String {
    format!(
        "machine m 1.0.0 {{\n{lines}\n    initial state one {{ after 1m -> two }}\n    state two {{ after 1m -> one }}\n}}\n"
    )
}

#[track_caller]
fn said(source: &str) -> String {
    short(&[("m.machine", source)])
}

#[test]
fn templates_that_are_made_of_one_another() {
    let template = with("    data x: int = n").replace("machine m", "machine t(n: int)");
    assert_snapshot!(said(&format!(
        "{template}machine a = a(1)\nmachine b = c(1)\nmachine c = b(1)\nmachine t = t(1)\nmachine d = t(n: n)\n"
    )), @"
    m.machine:6:13: error[E0249]: `a` is not a template
    m.machine:7:13: error[E0249]: `c` is not a template
    m.machine:8:13: error[E0249]: `b` is not a template
    m.machine:9:9: error[E0207]: a template and a machine are both called `t`
    m.machine:10:18: error[E0213]: `n` does not name a value
    ");
}

#[test]
fn everything_twice() {
    assert_snapshot!(said(
        "use std/service
use std/service
machine m 1.0.0 {
    data x = 1
    data x = 2
    fact x: int = 1
    secret s from env \"A\"
    secret s from env \"B\"
    limit l = 1 on node
    limit l = 2 on node
    event e from operator
    event e(a: int, a: int) from operator
    enter { x = 1 }
    enter { x = 2 }
    watch w = exec(\"./w.sh\") every 1m every 2m
    watch w = exec(\"./w.sh\") every 1m
    on w.failed stay
    on w.failed stay
    initial state a was q { after 1m -> b }
    initial state b { after 1m -> a }
    state b was q
    state a
}
machine m 1.0.0 { initial final state only }
watcher k(a: string, a: string) by exec(\"./k\") { outcome o  outcome o  fault failed { reason: exit | exit } }
watcher k() by exec(\"./k\") { outcome o }
extern machine x { states a, a  event e  event e }
extern machine x { states a }
"
    ), @"
    m.machine:2:5: error[E0245]: `std/service` is used twice
    m.machine:5:10: error[E0220]: `x` is declared twice
    m.machine:6:10: error[E0220]: `x` is declared twice
    m.machine:8:12: error[E0220]: `s` is declared twice
    m.machine:10:11: error[E0220]: `l` is declared twice
    m.machine:12:11: error[E0220]: `e` is declared twice
    m.machine:14:5: error[E0418]: a second `enter` in one state
    m.machine:15:39: error[E0217]: `every` is given twice
    m.machine:16:11: error[E0209]: there are two watchers `w` in one state
    m.machine:20:5: error[E0407]: `b` is a second `initial` state
    m.machine:21:11: error[E0208]: there are two states `b` here
    m.machine:21:17: error[E0416]: two states were `q`
    m.machine:22:11: error[E0208]: there are two states `a` here
    m.machine:24:9: error[E0207]: there are two machines `m`
    m.machine:25:9: error[E0251]: `k` cannot tell that its program failed
    m.machine:25:22: error[E0250]: there are two parameters `a`
    m.machine:25:69: error[E0252]: there are two outcomes `o`
    m.machine:25:102: error[E0232]: the word `exit` is there twice
    m.machine:26:9: error[E0235]: there are two watcher kinds `k`
    m.machine:26:9: error[E0251]: `k` cannot tell that its program failed
    m.machine:27:30: error[E0208]: machine `x` has two states `a`
    m.machine:27:48: error[E0220]: `e` is declared twice
    m.machine:28:16: error[E0207]: there are two `extern machine` `x`
    ");
}

#[test]
fn one_name_for_many_things() {
    assert_snapshot!(said(
        "machine m(p: int) 1.0.0 {
    data p: int = 1
    data a: int = 1
    data w: int = 2
    fact len: int = 1
    watch w = exec(\"./w.sh\") every 1m
    on w.ok(a) -> b
    on w.ok(p) -> b
    on w.fault stay
    initial state a {
        after 1m -> b
        initial state a { after 1m -> b }
    }
    state b {
        watch w = exec(\"./v.sh\") every 1m
        on w.fault stay
        after 1m -> a { a = max(a, len) }
    }
}
machine i = m(p: 1)
"
    ), @"
    m.machine:2:10: error[E0220]: `p` is declared twice
    m.machine:7:13: error[E0224]: `a` is the name of a value already
    m.machine:8:13: error[E0224]: `p` is the name of a value already
    m.machine:15:15: error[E0209]: `w` has the name of a watcher further out
    ");
}

#[test]
fn former_names_in_a_circle() {
    assert_snapshot!(said(
        "machine m 1.0.0 {
    initial state a was b { after 1m -> b }
    state b was a { after 1m -> c }
    state c was c { after 1m -> d }
    state d was e { after 1m -> e }
    state e was f { after 1m -> f }
    state f was d { after 1m -> a }
}
"
    ), @"
    m.machine:2:25: error[E0416]: `b` is a state of this version
    m.machine:3:17: error[E0416]: `a` is a state of this version
    m.machine:4:17: error[E0416]: `c` is still called so
    m.machine:5:17: error[E0416]: `e` is a state of this version
    m.machine:6:17: error[E0416]: `f` is a state of this version
    m.machine:7:17: error[E0416]: `d` is a state of this version
    ");
}

#[test]
fn numbers_and_durations_beyond_all_bounds() {
    assert_snapshot!(said(&with(
        "    data a: int = 99999999999999999999
    data b: int = 9223372036854775808
    data c: int in 0..99999999999999999999 = 0
    data d: int in 0..9223372036854775807 * 2 = 0
    data e: string up to 99999999 = \"\"
    data f: list of int up to -1 = []
    data g: duration = 99999999999999999w
    limit most = 99999999999 on node
    limit none = 0 on node
    watch w = exec(\"./w.sh\", timeout: 99999999999w) every 1000000d splay 99999999h
    on w.fault stay
    after 10000000000w -> one"
    )), @"
    m.machine:2:19: error[E0112]: `99999999999999999999` is too large
    m.machine:3:19: error[E0112]: `9223372036854775808` is too large
    m.machine:4:23: error[E0112]: `99999999999999999999` is too large
    m.machine:5:23: error[E0314]: this calculation can only fail
    m.machine:6:26: error[E0315]: a string cannot be up to 99999999 long
    m.machine:7:31: error[E0315]: a list cannot be up to -1 long
    m.machine:8:24: error[E0112]: `99999999999999999w` is too large
    m.machine:9:18: error[E0313]: `most` cannot be this
    m.machine:10:18: error[E0328]: nothing could ever work under `none`
    m.machine:11:39: error[E0112]: `99999999999w` is too large
    m.machine:11:59: error[E0305]: this duration is too long for `every`
    m.machine:11:74: error[E0305]: this duration is too long for `splay`
    m.machine:13:11: error[E0305]: this duration is too long for `after`
    ");
}

#[test]
fn guards_over_facts_that_nobody_declared() {
    assert_snapshot!(said(&with(
        "    fact place: string = \"x\"
    when location == \"lab\" -> two
    when plce == \"y\" -> two
    when place > 3 -> two"
    )), @"
    m.machine:3:10: error[E0213]: `location` does not name a value
    m.machine:4:10: error[E0213]: `plce` does not name a value
    m.machine:5:16: error[E0312]: a string and a whole number cannot be compared
    ");
}

/// The machine itself is the outermost of them.
#[test]
fn states_in_states() {
    let nested = |deep: usize| {
        let states: String = (1..deep).map(|it| format!("initial state s{it} {{\n")).collect();
        format!("machine m 1.0.0 {{\n{states}after 1m -> s1 again\n{}}}\n", "}\n".repeat(deep - 1))
    };
    assert_snapshot!(said(&nested(64)), @"");
    assert_snapshot!(said(&nested(65)), @"
    m.machine:65:19: error[E0107]: brackets nest more than 64 deep
    ");
}
