//! How it is told that a promise is broken.

use super::decided::{FAN, WEB};
use super::said;

#[test]
fn a_state_that_may_not_be_reached_any_more() {
    insta::assert_snapshot!(said(WEB, "always can reach healthy"), @"");
    let without_operator = WEB.replace("        on resume -> healthy { tries = 0 }\n", "        on resume stay\n");
    insta::assert_snapshot!(said(
        &without_operator.replace("state broken", "final state broken"),
        "always can reach healthy"
    ));
}

#[test]
fn a_forbidden_transition() {
    insta::assert_snapshot!(said(WEB, "never restarting -> broken"));
}

#[test]
fn a_forbidden_case() {
    insta::assert_snapshot!(said(WEB, "never tries == 2"));
}

#[test]
fn what_need_not_come() {
    insta::assert_snapshot!(said(WEB, "restarting leads to healthy"));
}

#[test]
fn what_goes_round_for_ever() {
    insta::assert_snapshot!(said(WEB, "restarting leads to broken"));
}

#[test]
fn what_is_measured_and_sent() {
    insta::assert_snapshot!(said(FAN, "never known.running and level > 700"));
}

#[test]
fn too_many_transitions() {
    insta::assert_snapshot!(said(WEB, "at most 4 transitions per 1h"));
}

#[test]
fn what_depends_on_a_text() {
    let source = r#"machine m 1.0.0 {
    data mode: string = "auto"
    event set(mode: string) from operator
    on set(s) stay { mode = s.mode }
    initial state a {
        after 1m when mode == "manual" -> b
        after 2m -> a again
    }
    state b { after 1h -> a }
}
"#;
    insta::assert_snapshot!(said(source, "never a -> b"));
}

#[test]
fn what_depends_on_what_is_not_followed() {
    let source = r#"machine m 1.0.0 {
    data mode: string = "auto"
    event set(mode: string) from operator
    on set(s) stay { mode = s.mode }
    initial state a {
        after 1m when upper(mode) == "MANUAL" -> b
        after 2m -> a again
    }
    state b { after 1h -> a }
}
"#;
    insta::assert_snapshot!(said(source, "never a -> b"));
}

#[test]
fn too_many_commands() {
    insta::assert_snapshot!(said(WEB, "at most 10 commands per 1h"));
}

#[test]
fn what_is_kept_on_time_only() {
    let source = r#"machine pump 1.0.0 {
    data rounds: int in 0..100 = 0
    initial state work {
        after 5m -> rest
        initial state fill { after 10s -> drain }
        state drain { after 10s -> fill { rounds = min(rounds + 1, 100) } }
    }
    final state rest
}
"#;
    assert_eq!(said(source, "never rounds > 40"), "");
    insta::assert_snapshot!(said(source, "never work.fill -> rest"));
}

#[test]
fn what_a_pace_would_decide() {
    let source = r#"machine fan 1.0.0 {
    data fails: int in 0..9 = 0
    initial state busy {
        watch air = exec("./air.sh") every 10s
        on air.failed stay { fails = min(fails + 1, 9) }
        after 15s -> off
    }
    state off { after 1h -> busy { fails = 0 } }
}
"#;
    insta::assert_snapshot!(said(source, "never fails > 3"));
}
