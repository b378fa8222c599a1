//! An event that is larger than the server takes.

use super::Scene;
use machine_rig::Setup;

#[test]
fn it_is_named_before_it_is_sent_and_arrives_when_the_server_takes_it() {
    let long = "x".repeat(3_000);
    let source = format!(
        r#"machine teller 1.0.0 {{
            event short from operator
            event long from operator
            initial final state tells {{
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
    let trouble = scene.until_trouble("2048");
    assert!(trouble.contains("max_payload"), "{trouble}");
    let connections = scene.proxy.seen().connections;
    assert_eq!(connections, 1, "a server that is sent too much ends the connection");
    scene.server.restart_as(Setup::default());
    scene.close();
}
