//! Boxes, lines and labels: each has a place of its own, whatever the machine is like.

use crate::{charts, generate};
use machine_compiler::graph::layout::{Rect, Scene, lay_out};
use machine_compiler::graph::{Chart, Marks, svg};

/// All that must hold of a picture.
#[track_caller]
fn check(chart: &Chart) {
    let scene = lay_out(chart, &Marks::default());
    let held = boxes(chart, &scene).and_then(|()| labels(chart, &scene)).and_then(|()| lines(chart, &scene));
    assert!(held.is_ok(), "{held:?} in:\n{}", svg(chart, &Marks::default()));
}

type Held = Result<(), String>;

fn held(holds: bool, what: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { Err(what()) }
}

/// Each in the one around it and clear of the text there, and no two beside each other meet.
fn boxes(chart: &Chart, scene: &Scene) -> Held {
    let place = |state: usize| scene.shapes.iter().find(|it| it.state == state).expect("each state is drawn");
    for (state, it) in chart.states.iter().enumerate() {
        let own = place(state);
        held(own.rect.holds(&own.text_rect()), || format!("the text of `{}` leaves its box", it.path))?;
        let Some(outer) = it.parent.map(place) else { continue };
        held(outer.rect.holds(&own.rect), || format!("`{}` leaves the box around it", it.path))?;
        held(!outer.text_rect().meets(&own.rect), || format!("`{}` lies on a text", it.path))?;
        for other in chart.states[outer.state].children.iter().filter(|it| **it > state) {
            let meets = place(*other).rect.meets(&own.rect);
            held(!meets, || format!("`{}` and `{}` meet", it.path, chart.states[*other].path))?;
        }
    }
    Ok(())
}

/// In the picture, on no other label, no text and no border.
fn labels(chart: &Chart, scene: &Scene) -> Held {
    let all = Rect { x: 0.0, y: 0.0, width: scene.size.0, height: scene.size.1 };
    for (at, wire) in scene.wires.iter().enumerate() {
        let label = wire.label_rect();
        let name = || format!("label {at} `{}`", chart.arrows[at].lines[0].text);
        held(all.holds(&label), || format!("{} leaves the picture", name()))?;
        for other in &scene.wires[at + 1..] {
            held(!other.label_rect().meets(&label), || format!("{} lies on another", name()))?;
        }
        for shape in &scene.shapes {
            let is_clear = if chart.states[shape.state].children.is_empty() {
                !shape.rect.meets(&label)
            } else {
                shape.rect.holds(&label) && !shape.text_rect().meets(&label) || !shape.rect.meets(&label)
            };
            held(is_clear, || format!("{} lies on `{}`", name(), chart.states[shape.state].path))?;
        }
    }
    Ok(())
}

/// From border to border, level or upright, and through no text.
fn lines(chart: &Chart, scene: &Scene) -> Held {
    let texts = || scene.shapes.iter().map(|it| it.text_rect()).chain(scene.wires.iter().map(|it| it.label_rect()));
    for (at, wire) in scene.wires.iter().enumerate() {
        let name = || format!("line {at} `{}`", chart.arrows[at].lines[0].text);
        if wire.points.is_empty() {
            held(is_written(chart, scene, at), || format!("{} is neither drawn nor written", name()))?;
            continue;
        }
        held(wire.points.len() > 1, || format!("{} is none", name()))?;
        for it in wire.points.windows(2) {
            let (a, b) = (it[0], it[1]);
            held((a.0 - b.0).abs() < 0.1 || (a.1 - b.1).abs() < 0.1, || format!("{} is slanted", name()))?;
            let stroke = Rect {
                x: a.0.min(b.0),
                y: a.1.min(b.1),
                width: (a.0 - b.0).abs().max(0.5),
                height: (a.1 - b.1).abs().max(0.5),
            };
            let crossed = texts().find(|it| it.meets(&stroke));
            held(crossed.is_none(), || format!("{} crosses a text, {stroke:?} {crossed:?}", name()))?;
        }
        for (state, end) in [(chart.arrows[at].from, wire.points.first()), (chart.arrows[at].to, wire.points.last())] {
            let shape = scene.shapes.iter().find(|it| it.state == state).expect("each state is drawn");
            let (x, y) = *end.expect("it has two ends");
            let (rect, separator) = (shape.rect, shape.separator);
            let on = |a: f64, b: f64| (a - b).abs() < 0.6;
            let level = on(y, rect.y) || on(y, rect.y + rect.height) || separator.is_some_and(|it| on(y, it));
            let beside = on(x, rect.x + rect.width) && y > rect.y && y < rect.y + rect.height;
            let within = x >= rect.x && x <= rect.x + rect.width;
            held(beside || level && within, || format!("{} does not end at `{}`", name(), chart.states[state].path))?;
        }
    }
    Ok(())
}

#[test]
fn of_tangled_machines() {
    for seed in 0..120 {
        charts(&generate::machine(seed)).iter().for_each(check);
    }
}

/// Whether the state that an arrow leads from says where it leads.
fn is_written(chart: &Chart, scene: &Scene, at: usize) -> bool {
    let arrow = &chart.arrows[at];
    let from = scene.shapes.iter().find(|it| it.state == arrow.from).expect("each state is drawn");
    let written: Vec<&str> = from.text.lines.iter().flat_map(|it| &it.parts).map(|it| it.1.trim()).collect();
    let goal = format!("\u{2192}\u{a0}{}", chart.states[arrow.to].path);
    scene.wires[at].label.lines.is_empty() && written.contains(&goal.as_str())
}

/// A machine of so many states, each with three ways on.
fn many(count: usize, to: impl Fn(usize, usize) -> usize) -> Chart {
    let state = |at: usize| {
        let way = |event: usize| format!("    on w.e{event} -> s{}\n", to(at, event) % count);
        format!("state s{at} {{\n    watch w = exec(\"./w.sh\") every 1m\n{}{}{}}}\n", way(0), way(1), way(2))
    };
    let states: String = (0..count).map(state).collect();
    charts(&format!("machine m 1.0.0 {{\n{states}}}\n")).remove(0)
}

/// All that must hold of a picture that would be too large if all arrows were drawn.
#[track_caller]
fn check_crowded(chart: &Chart) {
    check(chart);
    let scene = lay_out(chart, &Marks::default());
    let drawn = scene.wires.iter().filter(|it| !it.points.is_empty()).count();
    let (width, height) = scene.size;
    println!("{width} x {height}, {drawn} of {} arrows drawn", scene.wires.len());
    assert!(width < 20_000.0 && height < 30_000.0, "{width} x {height}");
    assert!(drawn >= 20 && drawn < scene.wires.len(), "{drawn} of {} are drawn", scene.wires.len());
}

#[test]
fn of_crowds() {
    check_crowded(&many(300, |at, event| at * 7919 + event * 104_729 + at * at));
    check_crowded(&many(1_000, |at, event| at * 7919 + event * 104_729 + at * at));
    check_crowded(&many(1_000, |at, _| at + 1));
    check_crowded(&many(1_000, |at, event| if event == 0 { 0 } else { at + event }));
}

#[test]
fn of_what_ships() {
    for (_, source) in crate::shipped::sources() {
        charts(&source).iter().for_each(check);
    }
}

#[test]
fn of_what_is_cut_off_anywhere() {
    for (_, source) in crate::shipped::sources() {
        let ends = source.char_indices().map(|it| it.0).step_by(61);
        ends.for_each(|end| charts(&source[..end]).iter().for_each(check));
    }
}

#[test]
fn of_a_machine_with_no_state_or_with_many() {
    let many: String = (0..400).map(|it| format!("state s{it} {{ after 1s -> s{} }}\n", (it + 1) % 400)).collect();
    for body in ["", "state alone", &many] {
        charts(&format!("machine m 1.0.0 {{ {body} }}")).iter().for_each(check);
    }
}

#[test]
fn the_same_machine_gives_the_same_bytes() {
    let pictures = || charts(&generate::machine(7)).iter().map(|it| svg(it, &Marks::default())).collect::<Vec<_>>();
    assert_eq!(pictures(), pictures());
}
