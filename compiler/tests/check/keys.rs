//! Key-value watchers: names of buckets and keys that no server takes, and what must stay silent.

use super::{in_state, mistakes, short};
use insta::assert_snapshot;

/// What is said of a watcher with each of these arguments in turn.
fn all(arguments: &[&str]) -> String {
    let about = |it: &&str| {
        let told = mistakes(&in_state(&format!("watch w = kv({it})\non w.fault, w.changed, w.present -> b")));
        let drawn: Vec<_> = told.lines().filter(|it| !it.trim().is_empty() && !it.contains("-->")).collect();
        format!("{}\n", drawn.join("\n"))
    };
    arguments.iter().map(about).collect::<Vec<_>>().join("\n")
}

#[test]
fn e0336_buckets_that_no_server_has() {
    let names = [r#""a.b", "k""#, r#""", "k""#, r#"key: "k", bucket: "fleet rooms""#, r#""größe", "k""#];
    assert_snapshot!(all(&names));
}

#[test]
fn e0337_keys_that_no_bucket_has() {
    let names = [
        r#""fleet", "hvac.*""#,
        r#""fleet", "hvac.>""#,
        r#""fleet", """#,
        r#""fleet", "a b""#,
        r#""fleet", ".a""#,
        r#""fleet", key: "a..b""#,
        r#""fleet", "tür""#,
    ];
    assert_snapshot!(all(&names));
}

#[test]
fn a_name_that_is_too_long_is_none() {
    let long = "x".repeat(256);
    assert!(
        short(&in_state(&format!("watch w = kv(\"{long}\", \"k\")\non w.fault, w.changed -> b"))).contains("E0336")
    );
    assert!(
        short(&in_state(&format!("watch w = kv(\"b\", \"{long}\")\non w.fault, w.changed -> b"))).contains("E0337")
    );
}

#[test]
fn names_that_can_be_are_not_spoken_of() {
    for arguments in [r#""fleet", "hvac/lab""#, r#""F-1_b", "a.b/c_d=e-f""#, r#"key: "k", bucket: "b""#] {
        assert_eq!(all(&[arguments]).trim(), "", "{arguments}");
    }
}

#[test]
fn faults_of_a_key_have_to_be_answered() {
    let told = mistakes(&in_state("watch w = kv(\"fleet\", \"k\")\non w.changed -> b"));
    assert_snapshot!(told);
}

#[test]
fn words_of_other_kinds_are_understood() {
    let told = mistakes(&in_state("watch w = kv(\"fleet\", \"k\")\non w.changed, w.fault, w.missing -> b"));
    assert!(told.contains("absent"), "{told}");
}
