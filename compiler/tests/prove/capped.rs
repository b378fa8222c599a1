//! What is still said of machines that are too large to be looked through.

use super::decided::WEB;
use super::verdict_within;
use machine_compiler::prove::{Cap, Open, Verdict};

/// Room for each case, and not for all that can happen in them.
const FEW_EDGES: Cap = Cap { configurations: 1 << 10, edges: 8 };
/// Room for states and pieces of numbers, and not for each number.
const FEW_CASES: Cap = Cap { configurations: 30, edges: 1 << 10 };

/// Two numbers that are always the same, which only who follows each of them sees.
const TWINS: &str = r#"machine twins 1.0.0 {
    data n: int in 0..20 = 0
    data m: int in 0..20 = 0

    initial state up {
        watch step = exec("./step.sh") every 1m
        on step.ok when n < 20 stay { n += 1  m = min(m + 1, 20) }
        on step.ok             stay
        on step.failed         -> down
    }
    state down { after 1m -> up { n = 0  m = 0 } }
}
"#;

#[track_caller]
fn kept(cap: Cap, source: &str, promise: &str) {
    assert_eq!(verdict_within(cap, source, promise), Verdict::Kept, "`{promise}`");
}

#[track_caller]
fn broken(cap: Cap, source: &str, promise: &str) {
    let verdict = verdict_within(cap, source, promise);
    assert!(matches!(verdict, Verdict::Broken(_)), "`{promise}`: {verdict:#?}");
}

#[track_caller]
fn too_large(cap: Cap, source: &str, promise: &str) {
    let verdict = verdict_within(cap, source, promise);
    assert!(matches!(verdict, Verdict::Open(Open::TooLarge(_))), "`{promise}`: {verdict:#?}");
}

#[test]
fn where_not_all_that_can_happen_is_kept_states_alone_may_decide() {
    kept(FEW_EDGES, WEB, "always can reach healthy");
    kept(FEW_EDGES, WEB, "at most 3700 transitions per 1h");
    broken(FEW_EDGES, WEB, "at most 4 transitions per 1m");
    // By states alone, what counts the tries is not seen.
    kept(Cap::default(), WEB, "waiting leads to restarting");
    kept(FEW_EDGES, WEB, "waiting leads to restarting");
    kept(Cap::default(), WEB, "restarting leads to healthy or waiting or broken");
    too_large(FEW_EDGES, WEB, "restarting leads to healthy");
}

#[test]
fn what_is_never_so_needs_no_more_than_the_cases() {
    kept(FEW_EDGES, WEB, "never tries > 2");
    kept(FEW_EDGES, WEB, "never healthy -> broken");
    broken(FEW_EDGES, WEB, "never tries == 2");
}

#[test]
fn where_there_are_too_many_cases_larger_pieces_may_decide() {
    kept(Cap::default(), TWINS, "never n != m");
    too_large(FEW_CASES, TWINS, "never n != m");
    kept(FEW_CASES, TWINS, "always can reach down");
    kept(FEW_CASES, TWINS, "never down -> down");
    broken(FEW_CASES, TWINS, "never up -> down");
    too_large(Cap { configurations: 1, edges: 1 }, TWINS, "always can reach down");
}
