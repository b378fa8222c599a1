//! An event that is larger than the server takes.

use super::Scene;
use machine_rig::Setup;

#[test]
fn it_is_put_aside_by_name_and_holds_nothing_up() {
    let long = "x".repeat(3_000);
    let source = format!(
        r#"machine teller 1.0.0 {{
            event short from operator
            event long from operator
            initial state tells {{
                on short stay {{ log "short" }}
                on long stay {{ log "{long}" }}
            }}
        }}"#
    );
    let mut scene = Scene::set(Setup::default().max_payload(2_048), &source);
    scene.server.start_again();
    scene.make_stream();
    scene.site.start();
    scene.site.expect("teller starts in tells");
    for event in ["short", "long", "short", "long", "short"] {
        assert_eq!(scene.site.ask(&["fire", "teller", event]).0, Some(0));
    }
    let connections = scene.proxy.seen().connections;
    let report = scene.until_complete();
    assert!(report.whose.values().any(|it| it.dropped.len() == 2), "{report}");
    assert_eq!(scene.events("machine.v1.undeliverable").len(), 2);
    assert_eq!(scene.proxy.seen().connections, connections, "the server never saw it");
    scene.close();
}
