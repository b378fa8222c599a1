use super::*;
use crate::args::{Arguments, Command};
use crate::report;
use clap::Parser;
use std::fs;

/// The example with every setting in force.
fn everything() -> String {
    let in_force = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') && !setting.is_empty() => setting.to_owned() + "\n",
        _ => line.to_owned() + "\n",
    };
    example().lines().map(in_force).collect()
}

/// The same that can be meant: a node shows who it is in one way.
fn each_way() -> [String; 3] {
    let ways: [&[&str]; 3] = [&["user", "password-file"], &["nkey-file"], &["credentials-file"]];
    ways.map(|way| {
        let others = ways.concat().into_iter().filter(|it| !way.contains(it)).collect::<Vec<_>>();
        let is_other = |line: &str| line.split_once(" = ").is_some_and(|(key, _)| others.contains(&key));
        everything().lines().filter(|it| !is_other(it)).map(|it| it.to_owned() + "\n").collect()
    })
}

fn parsed(text: &str) -> Settings {
    parse(Path::new("node.toml"), text).unwrap_or_else(|error| panic!("{}\n{text}", report::plain(&error)))
}

/// What is said of a configuration that is wrong.
fn wrong(text: &str) -> String {
    report::plain(&parse(Path::new("node.toml"), text).expect_err(text))
}

/// What a command line and a file come to.
fn run(file: &str, flags: &[&str]) -> Result<Settings, ConfigError> {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("node.toml");
    fs::write(&path, file).unwrap();
    let start = ["machined", "run", "--config", path.to_str().unwrap()];
    let Command::Run(run) = Arguments::parse_from(start.iter().chain(flags)).command else { panic!() };
    let mut settings = settings(&run)?;
    let strip = |it: &mut PathBuf| {
        if let Ok(rest) = it.strip_prefix(place.path()) {
            *it = Path::new("PLACE").join(rest);
        }
    };
    settings.paths().for_each(strip);
    Ok(settings)
}

#[test]
fn the_example_shows_the_defaults() {
    assert_eq!(parsed(&example()), Settings::default());
}

#[test]
fn every_setting_of_the_example_is_one() {
    for text in each_way() {
        assert_ne!(parsed(&text), Settings::default());
    }
}

#[test]
fn every_setting_is_on_the_page() {
    let page = include_str!("../../../../docs/configuration.md");
    let is_listed = |key: &str| page.lines().any(|it| it.starts_with("| ") && it.contains(&format!("`{key}`")));
    let everything = everything();
    let keys = everything.lines().filter_map(|it| it.split_once(" = ")).map(|(key, _)| key);
    let missing: Vec<_> = keys.filter(|it| !it.starts_with('#') && !is_listed(it)).collect();
    assert!(missing.is_empty(), "docs/configuration.md has nothing about {missing:?}");
}

/// An unknown setting makes the library name all that it knows in that place.
#[test]
fn every_setting_is_in_the_example() {
    let everything: toml::Table = everything().parse().unwrap();
    check_section("", &everything);
}

fn check_section(name: &str, section: &toml::Table) {
    let probe = if name.is_empty() { "zzz = 1".to_owned() } else { format!("[{name}]\nzzz = 1") };
    let error = toml::from_str::<Settings>(&probe).unwrap_err();
    let known = error.message().split('`').skip(3).step_by(2);
    for key in known {
        assert!(section.contains_key(key), "`{key}` of `[{name}]` is not in the example");
    }
    for (key, value) in section {
        let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
        if let Some(section) = value.as_table() {
            check_section(&name, section);
        }
    }
}

#[test]
fn paths_begin_where_the_file_is_and_flags_win() {
    let file = "tables = \"tables\"\nstate = \"/var/lib/m\"\nnode = \"n1\"\noutput = \"none\"\n";
    let settings = run(file, &[]).unwrap();
    assert_eq!(settings.tables, Some("PLACE/tables".into()));
    assert_eq!((settings.state, settings.node.as_deref()), (Some("/var/lib/m".into()), Some("n1")));
    assert_eq!(settings.output, Output::None);

    let flags = ["--tables", "t", "--state", "s", "--node", "n2", "--output", "events", "--events-file", "e"];
    let settings = run(file, &flags).unwrap();
    assert_eq!((settings.tables, settings.state), (Some("t".into()), Some("s".into())));
    assert_eq!((settings.node.as_deref(), settings.output), (Some("n2"), Output::Events));
    assert_eq!(settings.events.file.path, Some("e".into()));
}

/// A path that a section forgets to name would begin wherever the process happens to be.
#[test]
fn no_path_is_forgotten() {
    for text in each_way() {
        let relative = text.replace("= \"/", "= \"");
        let mut settings = parsed(&relative);
        settings.paths().for_each(|it| *it = Path::new("/place").join(&*it));
        let is_path = |value: &&str| value.contains('/') && !value.contains("://");
        let paths = relative.lines().filter_map(|it| it.split_once(" = \"")).map(|(_, value)| value).filter(is_path);
        for path in paths {
            assert!(format!("{settings:?}").contains(&format!("\"/place/{path}")), "{path}: {settings:?}");
        }
    }
}

#[test]
fn a_node_needs_tables_and_a_state() {
    let error = run("tables = \"t\"\n", &[]).unwrap_err();
    insta::assert_snapshot!(report::plain(&error));
    assert!(run("tables = \"t\"\n", &["--state", "s"]).is_ok());
}

#[test]
fn a_certificate_needs_its_key() {
    let read = |more: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("[events.webhook]\nurl = \"https://e/\"\n{more}")).unwrap();
        read(file.path()).map(drop).map_err(|it| it.to_string())
    };
    let half = || Err("`[events.webhook]` has only one of `certificate` and `key`".to_owned());
    assert_eq!(read("certificate = \"c.pem\"\n"), half());
    assert_eq!(read("key = \"c.key\"\n"), half());
    assert_eq!(read("certificate = \"c.pem\"\nkey = \"c.key\"\n"), Ok(()));
}

#[test]
fn a_file_that_is_not_there_is_told() {
    insta::assert_snapshot!(report::plain(&read(Path::new("/nowhere/node.toml")).unwrap_err()));
}

#[test]
fn what_is_wrong_is_shown_with_its_line_and_the_way_out() {
    let cases = [
        "tabels = \"t\"\n",
        "node = \"n1\"\n\n[metrics]\nlisen = \"127.0.0.1:9464\"\n",
        "[events.file]\nlisten = \"127.0.0.1:9464\"\n",
        "[metrics]\nstate = \"s\"\n",
        "[metrics]\nzebra = 1\n",
        "[metricks]\n",
        "node = 5\n",
        "output = \"line\"\n",
        "metrics = 5\n",
        "[metrics]\nlisten = \"0.0.0.0:9464\"\n",
        "[metrics]\nlisten = 9464\n",
        "[metrics]\nlisten = \"localhost\"\n",
        "[metrics]\ntextfile = \"metrics.txt\"\n",
        "[metrics]\ntextfile-every = \"15 seconds\"\n",
        "[metrics]\ntextfile-every = \"10ms\"\n",
        "[metrics]\ntextfile-every = 15\n",
        "node = n1\n",
        "tables = /etc/machined/tables\n",
        "[metrics]\ntextfile-every = 15s\n",
        "node = \"n1\"\nnode = \"n2\"\n",
        "[metrics\n",
        "[otlp]\nendpoint = \"collector:4318\"\n",
        "[otlp]\nendpoint = \"https://\"\n",
        "[otlp]\nendpoint = \"http://c:4318/v1/traces\"\n",
        "[otlp]\nendpoint = 4318\n",
        "[otlp]\nevery = \"100ms\"\n",
        "[otlp]\nurl = \"http://c:4318\"\n",
        "[otlp]\ntraces = \"yes\"\n",
        "[otlp.resource]\nrack = 7\n",
        "[otlp]\nresource = \"lab\"\n",
    ];
    insta::assert_snapshot!(cases.map(wrong).join("\n"));
}

#[test]
fn names_with_dots_are_names_in_quotes_or_not() {
    let text =
        "[otlp]\nendpoint = \"http://c\"\n[otlp.resource]\nhost.name = \"a\"\n\"host.arch\" = \"b\"\nrack = \"c\"\n";
    let resource = parsed(text).otlp.settings("n1").unwrap().resource;
    let resource: Vec<_> = resource.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(resource, ["host.arch=b", "host.name=a", "rack=c"]);
    assert_eq!(Settings::default().otlp.settings("n1"), None, "nothing is sent unless somebody asks for it");
}

#[test]
fn what_is_wrong_with_limits_is_shown_in_the_same_way() {
    let cases = [
        "[limits]\nbuket = \"limits\"\n",
        "[limits]\nbucket = \"\"\n",
        "[limits]\nbucket = \"fleet.limits\"\n",
        "[limits]\nbucket = 5\n",
        "[limits]\nbucket = [\"limits\"]\n",
        "[limits]\nbucket = \"limits\"\nttl = \"1s\"\n",
        "[limits]\nttl = \"2h\"\n",
        "[limits]\nttl = \"30\"\n",
        "[limits]\nttl = 30\n",
        "[limits]\ncreate = \"yes\"\n",
        "[limits]\ncreate = {}\n",
        "[limits]\nservers = [\"nats://a\"]\n",
        "[limit]\nbucket = \"limits\"\n",
        "bucket = \"limits\"\n",
    ];
    insta::assert_snapshot!(cases.map(wrong).join("\n"));
}

#[test]
fn what_is_wrong_with_the_connection_is_shown_in_the_same_way() {
    let cases = [
        "[nats]\nserver = \"nats://a\"\n",
        "[nats]\nservers = \"nats://a\"\n",
        "[nats]\nservers = [\"http://a\"]\n",
        "[nats]\nservers = [\"nats://a\", 5]\n",
        "[nats]\nservers = [\"nats://n1:secret@a\"]\n",
        "[nats]\nservers = [\"nats://a\"]\npassword = \"secret\"\n",
        "[nats]\nservers = [\"nats://a\"]\nca = \"ca.pem\"\n",
        "[nats]\nservers = [\"nats://a\"]\ntls = true\n",
        "[nats.tls]\nverify = false\n",
    ];
    insta::assert_snapshot!(cases.map(wrong).join("\n"));
}

#[test]
fn settings_that_do_not_go_together_are_told() {
    let node = "tables = \"t\"\nstate = \"s\"\n";
    let servers = "[nats]\nservers = [\"nats://a\"]\n";
    let cases = [
        "[limits]\nbucket = \"limits\"\n".to_owned(),
        "[events.nats]\nstream = \"MACHINES\"\n".to_owned(),
        "[nats]\nuser = \"n1\"\n".to_owned(),
        format!("{servers}user = \"n1\"\n"),
        format!("{servers}password-file = \"p\"\n"),
        format!("{servers}user = \"n1\"\npassword-file = \"p\"\nnkey-file = \"k\"\n"),
        format!("{servers}[nats.tls]\ncertificate = \"c\"\n"),
        format!("{servers}[nats.tls]\nkey = \"k\"\n"),
    ];
    let told = cases.map(|it| report::plain(&run(&format!("{node}{it}"), &[]).expect_err(&it)));
    // Each file is in a directory of its own.
    let without_directory = |line: &str| match line.split_once("node.toml:") {
        Some((_, place)) => format!("   ,-[node.toml:{place}\n"),
        None => format!("{line}\n"),
    };
    let told = told.join("\n").lines().map(without_directory).collect::<String>();
    insta::assert_snapshot!(told);
}

#[test]
fn numbers_are_whole_and_within_bounds() {
    let check = |given: &str, what: &str, help: &str| {
        let said = wrong(&format!("[events.file]\nkeep = {given}\n"));
        assert!(said.contains(what) && said.contains(help), "{said}");
    };
    check("-1", "`-1` is no value of this setting", "write a number from 0 to 1000");
    check("99999999999", "`99999999999` is no value of this setting", "write a number from 0 to 1000");
    check("\"x\"", "this setting takes a whole number, not the text \"x\"", "`machined config` shows every setting");
    check("1.5", "this setting takes a whole number, not the number `1.5`", "`machined config` shows every setting");
}

#[test]
fn sizes_are_read_as_people_write_them() {
    #[derive(Debug, Deserialize)]
    struct Sized(#[serde(deserialize_with = "one_megabyte")] u64);
    fn one_megabyte<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        units::size_from(from, 1 << 20)
    }
    let size = |text: &str| toml::from_str::<std::collections::BTreeMap<String, Sized>>(&format!("size = \"{text}\""));
    for (text, bytes) in [("64MiB", 64 << 20), ("2 GB", 2_000_000_000), ("1048576", 1 << 20)] {
        assert_eq!(size(text).unwrap()["size"].0, bytes, "{text}");
    }
    for (text, says) in
        [("64 apples", "is no size"), ("", "is no size"), ("-1MiB", "is no size"), ("1KiB", "too small")]
    {
        assert!(size(text).unwrap_err().message().contains(says), "{text}");
    }
}
