//! The whole: a container manager on a node, and a server that flaps all the while.

use super::Scene;
use super::scene::STREAM;
use machine_rig::Setup;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The example, where the node's tables are. What it started ends with it.
struct Example<'p>(&'p Path);

impl Drop for Example<'_> {
    fn drop(&mut self) {
        _ = Command::new("./stop.sh").current_dir(self.0).stdout(Stdio::null()).status();
    }
}

#[test]
fn its_stream_is_complete_in_the_end() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/container_manager");
    let source =
        fs::read_to_string(example.join("container_manager.machine")).unwrap().replace("every 3s", "every 100ms");
    let mut scene = Scene::set(Setup::default(), &source);
    let home = scene.site.file("");
    for entry in fs::read_dir(&example).unwrap().map(Result::unwrap) {
        if [".sh", ".json"].iter().any(|it| entry.file_name().to_string_lossy().ends_with(it)) {
            fs::copy(entry.path(), home.join(entry.file_name())).unwrap();
        }
    }
    assert!(fs::metadata(home.join("deploy.sh")).unwrap().permissions().mode() & 0o111 != 0);
    let _example = Example(&home);
    scene.server.start_again();
    scene.make_stream();
    scene.proxy.flap(100..800, 50..500);
    scene.site.start();
    scene.site.expect("container_manager deploy -> monitor");
    for round in 1..=6 {
        match round % 3 {
            0 => scene.server.restart(),
            1 => _ = Command::new("./container.sh").arg("stop").current_dir(&home).status().unwrap(),
            _ => scene.site.write("manifest.json", format!("{{ \"version\": \"{round}.0.0\" }}\n")),
        }
        if round % 3 != 0 {
            scene.site.expect("container_manager monitor -> deploy");
            scene.site.expect("container_manager deploy -> monitor");
        }
        if round == 4 {
            scene.site.kill_and_start();
            scene.site.expect("container_manager goes on in monitor");
        }
    }
    scene.proxy.settle();
    // The example's directory has to be there when what it started is ended.
    let report = scene.finish();
    println!("the stream {STREAM} is {report}");
    assert!(report.events() > 30, "{report}");
}
