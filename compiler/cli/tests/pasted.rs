//! What shows that a promise is broken, pasted: the test fails as long as the machine is as it is.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use std::fs;
use std::process::Command;
use tempfile::TempDir;

const WEB: &str = r#"machine web 1.0.0 {
    data tries: int in 0..5 = 0
    event resume from operator

    initial state healthy {
        watch probe = exec("./probe.sh") every 30s
        on probe.failed -> restarting
    }
    state restarting {
        run restart = exec("./restart.sh")
        on restart.ok                     -> healthy { tries = 0 }
        on restart.failed when tries < 2  -> waiting { tries += 1 }
        on restart.failed                 -> broken
    }
    state waiting { after 1m -> restarting }
    state broken { on resume -> healthy { tries = 0 } }
}
"#;

/// Which of its timers is first depends on when states were entered.
const PUMP: &str = r#"machine pump 1.0.0 {
    data mode: string = "auto"
    event set(mode: string) from operator
    event skip from operator
    on set(s) stay { mode = s.mode }

    initial state work {
        after 5m -> rest
        initial state fill { after 10s -> drain }
        state drain {
            after 10s -> fill
            on skip -> fill
        }
    }
    state rest { after 1h when mode == "auto" -> work }
}
"#;

/// A folder with one file, and what `machinec` says of it: whether it is content, and all of its words.
struct Folder(TempDir);

impl Folder {
    fn with(source: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("web.machine"), source).expect("a source");
        Self(folder)
    }

    fn run(&self, command: &str) -> (bool, String) {
        let mut machinec = Command::new(env!("CARGO_BIN_EXE_machinec"));
        let output = machinec.args([command, "web.machine"]).current_dir(self.0.path()).env("NO_COLOR", "1").output();
        let output = output.expect("machinec starts");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.success(), said)
    }
}

/// The test at the end of what is said.
fn pasted(said: &str) -> Option<String> {
    let (mut lines, begins) = (Vec::new(), |it: &&str| !it.trim_start().starts_with("test \""));
    for line in said.lines().skip_while(begins) {
        lines.push(line.trim_start());
        if line.trim() == "}" {
            return Some(lines.join("\n") + "\n");
        }
    }
    None
}

#[track_caller]
fn check(source: &str, promise: &str, is_broken: bool) {
    let end = source.rfind('}').expect("a machine");
    let (well, said) = Folder::with(&format!("{}    require {promise}\n}}\n", &source[..end])).run("check");
    assert_eq!(!well, is_broken, "`{promise}`: {said}");
    let test = pasted(&said).expect("a test");
    let folder = Folder::with(&format!("{source}\n{test}"));
    let (passes, told) = folder.run("test");
    assert!(!passes && told.contains("0 tests passed, 1 failed"), "`{promise}`:\n{test}\n{told}");
}

#[test]
fn each_form_of_promise_ends_in_a_test_that_fails() {
    check(WEB, "restarting leads to healthy", true);
    check(WEB, "never restarting -> broken", true);
    check(WEB, "never waiting and tries == 2", true);
    check(WEB, "at most 4 transitions per 1h", true);
    check(WEB, "at most 40 transitions per 1h", true);
    check(WEB, "at most 4 commands per 1h", true);
    check(WEB, "at most 100 commands per 1h", true);
}

#[test]
fn what_timers_have_left_and_what_texts_are_is_in_the_test() {
    check(PUMP, "never work.fill -> rest", true);
    check(PUMP, "never mode == \"off\" and rest", true);
    check(PUMP, "rest leads to work", true);
}

/// That is no mistake, but a warning.
#[test]
fn what_is_kept_on_time_only_is_shown_with_the_power_off() {
    check(&PUMP.replace("            on skip -> fill\n", ""), "never work.fill -> rest", false);
}
