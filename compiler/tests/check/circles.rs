//! `E0405`: circles of transitions in which nothing waits.

use crate::{in_state, mistakes};
use insta::assert_snapshot;

#[test]
fn a_run_that_is_tried_again_at_once() {
    assert_snapshot!(mistakes(&in_state(
        r#"run start = exec("./start.sh")
           on start.ok -> b
           on start.failed -> a again"#
    )), @"
    error[E0405]: `a` is entered again and again without a wait
      --> m.machine:5:12
      |
    5 |         on start.failed -> a again
      |            ^^^^^^^^^^^^ `start.failed` leads from `a` to `a`
      |
      = note: `run start` starts at once whenever its state is entered, so nothing slows this down
      = help: go to a state that waits, with an `after 10s` that leads back, or use `watch … every 10s` in place of the
              `run`, so that it is tried again at a pace
    ");
}

#[test]
fn a_circle_of_runs() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state fetch {
        run fetcher = exec("./fetch.sh")
        on fetcher.ok     -> build.configure
        on fetcher.failed -> broken
    }
    state build {
        initial state wait { after 1m -> configure }
        state configure {
            run configurer = exec("./configure.sh")
            on configurer.ok     -> make
            on configurer.failed -> wait
        }
        state make {
            run maker = exec("./make.sh")
            on maker.ok     -> broken
            on maker.failed -> fetch
        }
    }
    state broken { after 1h -> build }
}"#
    ), @"
    error[E0405]: the machine can go from `fetch` back to `fetch` without a wait
       --> m.machine:4:12
       |
     4 |         on fetcher.ok     -> build.configure
       |            ^^^^^^^^^^ `fetcher.ok` leads from `fetch` to `build.configure`
       .
    11 |             on configurer.ok     -> make
       |                ------------- `configurer.ok` leads from `build.configure` to `build.make`
       .
    17 |             on maker.failed -> fetch
       |                ------------ `maker.failed` leads from `build.make` to `fetch`
       |
       = note: the runs `fetcher`, `configurer` and `maker` start at once whenever their states are entered, so nothing
               slows this down
       = help: let one of these states wait with `after 10s -> STATE`, or use `watch … every 10s` in place of a `run`, so
               that it is tried again at a pace
    ");
}

#[test]
fn a_wait_anywhere_breaks_the_circle() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state start {
        run starter = exec("./start.sh")
        on starter.ok     -> running
        on starter.failed -> pause
    }
    state running {
        watch alive = exec("./alive.sh") every 10s
        on alive.failed -> start
    }
    state pause { after 10s -> start }
}"#
    ), @"");
}

#[test]
fn a_run_of_an_outer_state_drives_a_circle_only_if_that_state_is_left() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state known {
        run prepare = exec("./prepare.sh")
        on prepare.failed -> b
        on prepare.ok stay
        initial state a {
            run fix = exec("./fix.sh")
            on fix.ok -> b
            on fix.failed stay
        }
        state b {
            run use_it = exec("./use.sh")
            on use_it.fault stay
            after 1m -> a
        }
    }
}"#
    ), @"");
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state known {
        run prepare = exec("./prepare.sh")
        on prepare.failed -> known again
        on prepare.ok stay
        initial state a { after 1m -> b }
        state b { after 1m -> a }
    }
}"#
    ), @"
    error[E0405]: `known.a` is entered again and again without a wait
      --> m.machine:4:12
      |
    4 |         on prepare.failed -> known again
      |            ^^^^^^^^^^^^^^ `prepare.failed` leads from `known.a` to `known.a`
      |
      = note: `run prepare` starts at once whenever its state is entered, so nothing slows this down
      = help: go to a state that waits, with an `after 10s` that leads back, or use `watch … every 10s` in place of the
              `run`, so that it is tried again at a pace
    ");
}
