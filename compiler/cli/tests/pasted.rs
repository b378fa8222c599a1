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
fn check(promise: &str) {
    let end = WEB.rfind('}').expect("a machine");
    let (well, said) = Folder::with(&format!("{}    require {promise}\n}}\n", &WEB[..end])).run("check");
    assert!(!well, "`{promise}` is broken: {said}");
    let test = pasted(&said).expect("a test");
    let folder = Folder::with(&format!("{WEB}\n{test}"));
    let (passes, told) = folder.run("test");
    assert!(!passes && told.contains("0 tests passed, 1 failed"), "`{promise}`:\n{test}\n{told}");
}

#[test]
fn each_form_of_promise_ends_in_a_test_that_fails() {
    check("restarting leads to healthy");
    check("never restarting -> broken");
    check("never waiting and tries == 2");
    check("at most 4 transitions per 1h");
    check("at most 40 transitions per 1h");
    check("at most 4 commands per 1h");
    check("at most 100 commands per 1h");
}
