//! A secret is seen by its command and by nobody else, whatever the command does with it.

use super::close;
use super::made::{exec, failing};
use machine_core::definition::{Secret, SecretSource, Value};
use machine_tests::node::Site;
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// Distinctive, and with signs that JSON escapes.
const CANARY: &str = "canary-\"7f3k9\"-zq\\x";

/// All forms in which a secret could lie somewhere: as it is, as JSON and twice so, hexadecimal, Base64.
fn forms(secret: &str) -> Vec<String> {
    let json = |text: &str| serde_json::to_string(text).unwrap().trim_matches('"').to_owned();
    let hex: String = secret.bytes().map(|it| format!("{it:02x}")).collect();
    let mut forms = vec![secret.to_owned(), json(secret), json(&json(secret)), hex.to_uppercase(), hex];
    // What `base64` makes of it, at each place in a group where it can begin.
    for before in ["", "x", "xx"] {
        let shell = "printf %s \"$0$1\" | base64 -w0";
        let output = std::process::Command::new("sh").args(["-c", shell, before, secret]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        forms.push(text.trim_end_matches('=')[4..text.len() - 4].to_owned());
    }
    forms
}

/// All bytes below a directory.
fn all_files(dir: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        match entry.file_type().unwrap() {
            it if it.is_dir() => all_files(&path, found),
            it if it.is_file() => found.push((path.display().to_string(), fs::read(&path).unwrap())),
            _ => {}
        }
    }
}

fn assert_nowhere(secret: &str, found: &[(String, Vec<u8>)]) {
    for (place, bytes) in found {
        for form in forms(secret) {
            let is_there = bytes.windows(form.len()).any(|it| it == form.as_bytes());
            assert!(!is_there, "{place} has the secret as {form}");
        }
    }
}

/// A machine whose command prints its secret in every way that it can think of, and fails.
fn chatty(source: SecretSource) -> machine_core::Definition {
    let script = "printf '%s\\n' \"$TOKEN\"; printf 'error: %s' \"$TOKEN\" >&2; printf %s \"$TOKEN\" | base64 -w0 >&2; \
        printf %s \"x$TOKEN\" | base64; printf %s \"$TOKEN\" | od -An -v -tx1 | tr -d ' \\n' >&2; \
        printf '{\"t\":%s}\\n' \"$(printf %s \"$TOKEN\" | sed 's/[\\\\\"]/\\\\&/g')\" >&2; echo \"$TOKEN\" >&2; exit 3";
    let env = Value::Map(vec![("TOKEN".into(), Value::Secret(0))]);
    let mut machine = failing("chatty", exec("sh", &["-c", script], env));
    machine.secrets = vec![Secret { name: "token".into(), source }];
    machine
}

#[test]
fn what_a_command_prints_of_its_secret_is_found_nowhere() {
    let mut site = Site::new();
    site.write("secret", format!("{CANARY}\n"));
    site.ship_made(&chatty(SecretSource::File("secret".into())));
    let lines = site.path("lines");
    site.start_with(&[], Stdio::from(fs::File::create(&lines).unwrap()));
    let told = site.expect("chatty work.failed exit");
    assert!(told.json.contains("[secret token]"), "{}", told.json);
    let status = site.ask(&["status", "chatty", "--json"]).1;
    assert!(status.contains("[secret token]"), "{status}");
    // Once more, from the journal.
    site.kill_and_start();
    site.expect("chatty goes on in off");
    site.expect("chatty work.failed exit");
    site.remove("secret");
    let mut found = vec![("the status".to_owned(), status.into_bytes())];
    all_files(site.root(), &mut found);
    assert!(found.iter().any(|(place, _)| place.contains("journal")) && found.len() > 6, "{found:?}");
    assert_nowhere(CANARY, &found);
    close(site);
}

#[test]
fn a_missing_secret_says_so_and_starts_nothing() {
    let mut site = Site::new();
    site.ship_made(&chatty(SecretSource::Env("NOBODY_SETS_THIS".into())));
    site.start();
    let told = site.expect("chatty work.failed unstartable");
    let why = "not started: there is no secret `token`: the variable `NOBODY_SETS_THIS` is not set for the runtime";
    assert!(told.json.contains(why), "{}", told.json);
    close(site);
}
