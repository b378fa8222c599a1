//! `kill -9` of the node, of the server, of the connection, at random moments, all at once.

use super::{Scene, doors};
use std::time::Duration;

#[test]
fn whoever_dies_when_nothing_is_lost() {
    let seed = std::env::var("MACHINE_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    eprintln!("MACHINE_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut scene = Scene::running(&doors());
    scene.until_complete();
    scene.proxy.flap(100..900, 20..300);
    for _ in 0..12 {
        // The moment is what is drawn; nothing is waited for here.
        std::thread::sleep(Duration::from_millis(random.u64(10..400)));
        match random.u8(0..4) {
            0 => scene.server.restart(),
            1 => scene.proxy.cut(),
            _ => scene.site.kill_and_start(),
        }
    }
    scene.proxy.settle();
    scene.close();
}
