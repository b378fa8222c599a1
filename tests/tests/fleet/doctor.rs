//! What `machined doctor` says of the buckets that machines need.

use super::with_bucket;
use machine_nats::async_nats::jetstream::{self, stream::Config};
use machine_rig::{Server, Setup, run};
use machine_tests::binaries;
use machine_tests::node::Site;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;

/// Two machines that watch keys of `fleet`, and work under a limit.
const SOURCE: &str = r#"machine fan 1.0.0 {
    limit turns = 1 across fleet
    data room: string up to 20 = "lab"
    initial state waiting {
        watch wanted = kv("fleet", "hvac/lab")
        watch other = kv("fleet", "hvac/{room}")
        on wanted.changed -> working
        on wanted.fault, other.fault stay
    }
    state working {
        run work = exec("./work.sh") under turns wait 1m
        on work.ok, work.failed, work.skipped -> waiting
    }
}
machine pump 1.0.0 {
    initial state waiting {
        watch wanted = kv("fleet", "pumps/lab")
        on wanted.changed -> waiting again
        on wanted.fault stay
    }
}
"#;

/// May read neither the bucket `fleet` nor watch it, nor write the bucket `limits`.
const STRANGER: &str = r#"authorization { users: [ {
    user: n1, password: secret,
    permissions: { publish: { deny: [
        "$JS.API.STREAM.MSG.GET.KV_fleet", "$JS.API.CONSUMER.CREATE.KV_fleet", "$JS.API.CONSUMER.CREATE.KV_fleet.>",
        "$KV.limits.>"
    ] } }
} ] }"#;

/// What is said of buckets, and the exit code; the rest is no concern of these tests.
fn said(site: &Site, server: &Server, more: &str) -> String {
    let url = server.url();
    site.configure(&format!("tables = \"tables\"\n[nats]\nservers = [\"{url}\"]\n{more}"));
    let mut command = Command::new(binaries::directory().join("machined"));
    let command = command.args(["doctor", "--config"]).arg(site.path("machined.toml"));
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let skipped = ["server", "connection", "encryption", "password-file"].map(|it| format!(" {it} "));
    let lines: Vec<_> = text.lines().filter(|line| !skipped.iter().any(|it| line.contains(it))).collect();
    format!("{}\nexit code {:?}", lines.join("\n"), output.status.code())
}

/// Changes the stream behind a bucket.
fn change(server: &Server, bucket: &str, change: impl FnOnce(&mut Config)) {
    server.stream(&format!("KV_{bucket}")).change(change);
}

#[test]
fn what_is_wrong_with_buckets_is_told_with_the_way_out() {
    let mut told = Vec::new();
    let mut tell = |what: &str, said: String| told.push(format!("-- {what}\n{said}"));
    let site = Site::new();
    site.ship(SOURCE);
    let mut server = Server::start();
    let limits = "[limits]\nbucket = \"limits\"\n";
    tell("no buckets", said(&site, &server, limits));
    tell("a bucket to be made", said(&site, &server, &format!("{limits}create = true\n")));
    tell("no bucket of limits is named", said(&site, &server, ""));

    with_bucket(&server, |_| async {});
    run(async {
        let streams = jetstream::new(server.client().await);
        let limits = Config {
            name: "KV_limits".to_owned(),
            subjects: vec!["$KV.limits.>".to_owned()],
            max_messages_per_subject: 5,
            ..Config::default()
        };
        streams.create_stream(limits).await.unwrap();
    });
    tell("all is well", said(&site, &server, limits));
    change(&server, "fleet", |it| it.max_age = Duration::from_secs(3_600));
    change(&server, "limits", |it| {
        (it.max_age, it.duplicate_window) = (Duration::from_secs(10), Duration::from_secs(10));
        it.max_message_size = 100;
    });
    tell("values that go", said(&site, &server, limits));
    change(&server, "fleet", |it| it.max_age = Duration::ZERO);
    change(&server, "limits", |it| {
        it.max_age = Duration::ZERO;
        it.max_message_size = -1;
    });
    server.restart_as(Setup::default().also(STRANGER));
    std::fs::write(site.path("password"), "secret").unwrap();
    std::fs::set_permissions(site.path("password"), Permissions::from_mode(0o600)).unwrap();
    tell("a stranger", said(&site, &server, &format!("user = \"n1\"\npassword-file = \"password\"\n{limits}")));
    insta::assert_snapshot!(told.join("\n\n"));
}
