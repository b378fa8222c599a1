//! How it is told that a promise is broken.

use super::{said, verdict};
use machine_compiler::prove::Verdict;

const WEB: &str = r#"machine web 1.0.0 {
    data tries: int in 0..5 = 0
    event resume from operator

    initial state healthy {
        watch probe = exec("./probe.sh") every 30s
        on probe.failed -> restarting
    }

    state restarting {
        run restart = exec("./restart.sh")
        on restart.ok -> healthy { tries = 0 }
        on restart.failed when tries < 2 -> waiting { tries += 1 }
        on restart.failed -> broken
    }

    state waiting {
        after 1m -> restarting
    }

    state broken {
        on resume -> healthy { tries = 0 }
    }
}
"#;

#[track_caller]
fn kept(source: &str, promise: &str) {
    let verdict = verdict(source, promise);
    assert!(verdict == Verdict::Kept, "`{promise}`: {verdict:#?}");
}

#[test]
fn promises_that_are_kept() {
    for it in [
        "always can reach healthy",
        "never healthy -> broken",
        "never waiting -> broken",
        "never waiting and tries == 0",
        "never tries > 2",
        "waiting leads to restarting",
        "restarting leads to healthy or waiting or broken",
    ] {
        kept(WEB, it);
    }
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
fn what_may_not_be_reached() {
    insta::assert_snapshot!(said(WEB, "always can reach waiting"));
}
