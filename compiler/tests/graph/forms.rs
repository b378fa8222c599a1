//! The three forms, as text.

use crate::{chart, charts};
use insta::assert_snapshot;
use machine_compiler::graph::{Marks, dot, mermaid, svg};

const HEATER: &str = r#"
/// Keeps a "tank" <warm>.
machine heater 1.0.0 {
    watch tank = file("tank.json") every 5s returns { warm: int in 0..100 }
    on tank.changed(t) when t.warm < 40 -> heating as cold // not before
    on tank.missing -> off.locked

    /// Nothing is to be done.
    initial final state off {
        initial state idle
        state locked { after 1m -> idle as unlocked }
    }
    state heating {
        enter { log "on" }
        run burner = exec("./burn.sh")
        on burner.ok     -> off.last
        on burner.failed -> heating again
        on burner.fault  -> nowhere
        after 1h         stay as warm
    }
}
"#;

#[test]
fn svg_is_complete() {
    assert_snapshot!(svg(&chart(HEATER), &Marks::default()));
}

#[test]
fn dot_is_complete() {
    assert_snapshot!(dot(&chart(HEATER), &Marks::default()));
}

#[test]
fn mermaid_is_complete() {
    assert_snapshot!(mermaid(&chart(HEATER), &Marks::default()));
}

#[test]
fn of_all_that_ships() {
    let mut all = String::new();
    for (_, source) in crate::shipped::sources() {
        for chart in charts(&source) {
            all += &format!("{}\n{}\n", dot(&chart, &Marks::default()), mermaid(&chart, &Marks::default()));
        }
    }
    assert_snapshot!(all);
}

#[test]
fn what_cannot_be_read_does_not_keep_the_rest_from_being_drawn() {
    let chart = chart("machine m 1.0.0 { initial state a { on -> b  after 1s -> b } state b { watch = } }");
    let states: Vec<_> = chart.states.iter().skip(1).map(|it| it.path.as_str()).collect();
    assert_eq!(states, ["a", "b"]);
    assert_eq!(chart.arrows.len(), 1);
    assert!(svg(&chart, &Marks::default()).contains("after 1s"));
}

#[test]
fn a_name_in_backticks_is_only_text() {
    let picture = svg(&chart("machine m 1.0.0 { state `<script>` }"), &Marks::default());
    assert!(picture.contains("&lt;script&gt;") && !picture.contains("<script"), "{picture}");
}
