//! A machine that is too large for ids of one byte, and calculates all the same.

use std::fmt::Write;

/// A ring of so many states, each with guards, actions, and events that carry something. More than 255 of them need two
/// bytes for each id.
#[must_use]
pub fn wide(states: usize) -> String {
    let mut text = HEAD.to_owned();
    (0..states).for_each(|it| state(it, states, &mut text));
    text + "}\n"
}

const HEAD: &str = r#"machine wide 1.0.0 {
    data total: int in 0..1000000 = 0
    data last: string up to 40 = ""
    data seen: list of int in 0..100 up to 5 = []
    fact most: int in 0..100 = 90
    event jump(to: int in 0..400, note: string up to 20) from operator
    event tired(level: int in 0..100)
    on jump stay
    on fault stay
"#;

fn state(at: usize, states: usize, text: &mut String) {
    let to = |way: usize| (at * way + way) % states;
    let role = if at == 0 { "initial " } else { "" };
    let (low, digit, high) = (at % 90, at % 7, at + 30);
    _ = write!(
        text,
        r#"    {role}state s{at} {{
        watch air = exec("./air.sh", "{at}") every 10s returns {{ level: int in 0..100, word: low | high = low }}
        on air.ok(a) when a.level > {low} and a.level < most and total < 900000 -> s{} {{
            total += a.level * {digit}
            seen = [a.level, {low}]
            emit passed(level: a.level, total: total)
        }}
        on air.ok(a) when a.word == high -> s{} {{ last = "{at}: {{a.level}} {{a.word}}"  raise tired(level: a.level) }}
        on air.ok stay
        on air.failed(f) when f.reason == exit -> s{} {{ last = "fault {{f.reason}}" }}
        on air.fault stay
        on jump(j) when j.to in {at}..{high} -> s{} {{ total = j.to  last = j.note }}
        on tired(t) when t.level > 50 stay {{ total = max(total - t.level, 0) }}
        after 1m -> s{} {{ total = 0 }}
    }}
"#,
        to(1),
        to(7),
        to(11),
        to(13),
        to(17),
    );
}
