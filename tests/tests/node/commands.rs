//! Commands of a node that ends, and machines that ask for too many.

use super::close;
use machine_tests::node::{Site, is_alive};
use rustix::process::Signal;
use std::time::Duration;

#[test]
fn commands_end_with_the_node() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut site = Site::running(
            r#"machine builder 1.0.0 {
                initial state work {
                    run job = shell("trap '' TERM INT; echo $$ > pid; while :; do sleep 0.1; done", timeout: 1h)
                    on job.ok     -> rest
                    on job.failed -> rest
                }
                state rest { after 1h -> work }
            }"#,
        );
        let pid = site.line("pid");
        site.signal(signal);
        assert!(site.ended().success(), "{}", site.said());
        assert!(!is_alive(&pid));
        site.expect("builder stops in work: shutdown");
        site.expect("shutdown");
        assert_eq!(site.rest(), [""; 0]);
        // What became of the run nobody saw.
        site.start();
        site.expect("builder goes on in work");
        site.expect("builder job.failed interrupted");
        close(site);
    }
}

#[test]
fn a_machine_that_goes_round_is_slowed_and_nobody_else() {
    let mut site = Site::running(
        r#"
        machine spinner 1.0.0 {
            initial state a { watch x = exec("/bin/true") every 1s  on x.ok -> b  on x.failed -> b }
            state b { watch x = exec("/bin/true") every 1s  on x.ok -> a  on x.failed -> a }
        }
        machine clock 1.0.0 {
            initial state tick { after 100ms -> tock }
            state tock { watch f = file("again")  on f.changed -> tick  on f.missing stay }
        }
        "#,
    );
    site.expect("spinner is slowed");
    let spins = site.told().iter().filter(|it| it.text.starts_with("spinner a -> ")).count();
    assert!(spins <= 12, "{spins}");
    site.write("again", "");
    site.expect("clock tock -> tick");
    let armed = site.expect("clock after 100ms running");
    let fired = site.expect("clock tick -> tock");
    let took = fired.time - armed.time;
    // A machine that has to wait for the other's tokens would wait a second for each.
    assert!(took >= Duration::from_millis(100) && took < Duration::from_secs(10), "{took:?}");
    close(site);
}

#[test]
fn a_second_signal_ends_the_node_at_once() {
    let mut site = Site::running(
        r#"machine builder 1.0.0 {
            initial state work {
                run job = shell("trap '' TERM; echo $$ > pid; while :; do sleep 0.1; done", timeout: 1h)
                on job.ok     -> rest
                on job.failed -> rest
            }
            state rest { after 1h -> work }
        }"#,
    );
    let pid = site.line("pid");
    site.signal(Signal::TERM);
    site.expect("shutdown");
    // What comes with the first is the same wish.
    std::thread::sleep(Duration::from_millis(600));
    site.signal(Signal::TERM);
    assert!(site.ended().success(), "{}", site.said());
    site.until("its command is gone", || (!is_alive(&pid)).then_some(()));
    site.start();
    site.expect("builder job.failed interrupted");
    close(site);
}
