//! The picture in sentences, for those who cannot see it.

use crate::graph::chart::{Arrow, Chart};

/// All states and arrows.
pub(super) fn tell(chart: &Chart) -> String {
    let states: Vec<_> = (1..chart.states.len()).map(|it| state(chart, it)).collect();
    let arrows: Vec<_> = chart.arrows.iter().map(|it| arrow(chart, it)).collect();
    format!("States: {}. Transitions: {}.", or_none(&states.join(", ")), or_none(&arrows.join("; ")))
}

fn state(chart: &Chart, id: usize) -> String {
    let it = &chart.states[id];
    let words = [(it.initial, "initial"), (it.is_final, "final"), (it.missing, "not declared")];
    let words: Vec<_> = words.iter().filter(|it| it.0).map(|it| it.1).collect();
    if words.is_empty() { it.path.clone() } else { format!("{} ({})", it.path, words.join(", ")) }
}

fn arrow(chart: &Chart, it: &Arrow) -> String {
    let path = |state: usize| if state == 0 { "anywhere" } else { &chart.states[state].path };
    let lines: Vec<_> = it.lines.iter().map(|it| it.text.as_str()).collect();
    format!("from {} to {} on {}", path(it.from), path(it.to), lines.join(" or "))
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}
