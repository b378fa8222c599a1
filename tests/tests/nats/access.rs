//! Who gets in, and who does not (yet).

use super::{Scene, doors};
use machine_rig::{Access, Setup};
use std::fs;

/// A server that lets in only some, and a node with these settings; what its files are called stands in `files`.
fn scene(setup: Setup, nats: &str, files: &[(&str, &str)]) -> Scene {
    let mut scene = Scene::set(setup, &doors());
    scene.server.start_again();
    scene.make_stream();
    scene.configure(nats, "");
    for (name, text) in files {
        put(&scene, name, text);
    }
    scene.site.start();
    scene
}

/// Writes a file beside the configuration, as a whole.
fn put(scene: &Scene, name: &str, text: &str) {
    fs::write(scene.site.path("part"), text).unwrap();
    fs::rename(scene.site.path("part"), scene.site.path(name)).unwrap();
}

#[test]
fn a_wrong_password_is_told_and_a_right_one_taken_without_a_restart() {
    let setup = Setup::default().password("node", "correct-horse");
    let scene = scene(setup, "user = \"node\"\npassword-file = \"password\"", &[("password", "wrong-horse\n")]);
    scene.until_trouble("");
    scene.until_told_more(30);
    put(&scene, "password", "correct-horse\n");
    scene.until_complete();
    let told = scene.site.said() + &fs::read_to_string(scene.site.path("events")).unwrap();
    assert!(!told.contains("horse"), "a password is nobody's business: {told}");
    scene.close();
}

#[test]
fn an_nkey_is_enough() {
    let setup = Setup::default().nkey();
    let scene = Scene::set(setup, &doors());
    let Access::Nkey { seed } = scene.server.access().clone() else { panic!("another access") };
    put(&scene, "seed", &seed);
    scene.configure("nkey-file = \"seed\"", "");
    let mut scene = scene;
    scene.server.start_again();
    scene.make_stream();
    scene.site.start();
    scene.close();
}

#[test]
fn credentials_that_have_expired_are_told_and_new_ones_taken() {
    let mut scene = Scene::set(Setup::default().credentials(), &doors());
    let Access::Credentials(operator) = scene.server.access().clone() else { panic!("another access") };
    scene.configure("credentials-file = \"node.creds\"", "");
    put(&scene, "node.creds", &operator.user("node", Some(1_000), &[]));
    scene.server.start_again();
    scene.make_stream();
    scene.site.start();
    scene.until_trouble("");
    scene.until_told_more(30);
    put(&scene, "node.creds", &operator.file);
    scene.close();
}

#[test]
fn what_may_not_be_published_is_told_and_kept() {
    let mut scene = Scene::set(Setup::default().credentials(), &doors());
    let Access::Credentials(operator) = scene.server.access().clone() else { panic!("another access") };
    scene.configure("credentials-file = \"node.creds\"", "");
    put(&scene, "node.creds", &operator.user("node", None, &["machines.>"]));
    scene.server.start_again();
    scene.make_stream();
    scene.site.start();
    scene.until_trouble("ermission");
    scene.until_told_more(30);
    put(&scene, "node.creds", &operator.file);
    scene.server.restart();
    scene.close();
}

#[test]
fn certificates_may_change_under_a_running_node() {
    let mut scene = Scene::set(Setup::default().tls(true), &doors());
    let copy = |scene: &Scene| {
        let files = scene.server.certificates();
        for (from, to) in [(&files.authority, "ca.pem"), (&files.certificate, "node.pem"), (&files.key, "node.key")] {
            put(scene, to, &fs::read_to_string(from).unwrap());
        }
    };
    copy(&scene);
    scene.configure("[nats.tls]\nca = \"ca.pem\"\ncertificate = \"node.pem\"\nkey = \"node.key\"", "");
    scene.server.start_again();
    scene.make_stream();
    scene.site.start();
    scene.until_complete();
    scene.server.kill();
    scene.server.renew_certificates();
    scene.server.start_again();
    scene.until_trouble("");
    scene.until_told_more(30);
    copy(&scene);
    scene.close();
}
