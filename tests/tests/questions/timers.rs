//! Timers that never fire: behind earlier ones, of the same state or of one around it.

use super::walk::{Live, walk};
use super::{LAYOUTS, Seen, each, figures, written};
use machine_tests::compare::Random;
use std::collections::{BTreeMap, BTreeSet};

/// States with up to two timers each, each a line, and an operator who leads wherever he likes.
fn source(random: &mut Random) -> String {
    let layout = *random.pick(&LAYOUTS[..3]);
    let leaves = || layout.iter().filter(|it| **it != "o");
    let head: String = leaves().map(|it| format!("    event to_{} from operator\n", it.replace('.', "_"))).collect();
    written(&head, layout, &mut |path| {
        if path.is_empty() {
            return leaves().map(|it| format!("on to_{} -> {it} again", it.replace('.', "_"))).collect();
        }
        let timer = |random: &mut Random| {
            let again = if random.chance(40) { " again" } else { "" };
            let way = if random.chance(25) { "stay".to_owned() } else { format!("-> {}{again}", random.pick(layout)) };
            format!("after {}m {way}", random.between(1, 3))
        };
        // What two of them together leave nothing of, nobody says.
        (0..random.below(if path == "o" { 2 } else { 3 })).map(|_| timer(random)).collect()
    })
}

/// With a line of log for each timer: where it stands.
pub(super) fn marked(source: &str) -> String {
    let mark = |(at, line): (usize, &str)| match line.trim_start().starts_with("after ") {
        true => format!("{line} {{ log \"{}\" }}\n", at + 1),
        false => format!("{line}\n"),
    };
    source.lines().enumerate().map(mark).collect()
}

/// Whether a line is one with a timer.
pub(super) fn is_timer(source: &str, line: usize) -> bool {
    source.lines().nth(line - 1).is_some_and(|it| it.trim_start().starts_with("after "))
}

fn check(source: &str, count: &mut BTreeMap<&'static str, u64>) {
    let (seen, marked) = (Seen::of(source), Seen::of(&marked(source)));
    let Some(start) = Live::start(&marked.table) else { return };
    let (mut fired, mut most) = (BTreeSet::new(), start.instance.armed().count());
    walk(&start, &mut |_, _, after, came| {
        fired.extend(came.logs.iter().filter_map(|it| it.parse::<usize>().ok()));
        most = most.max(after.instance.armed().count());
    });
    let context = |what: String| format!("{what}\n{source}{:#?}", seen.said);
    let is_timer = |line: usize| is_timer(source, line);
    for it in seen.under(&["E0404"]).filter(|it| is_timer(it.line)) {
        *count.entry("said").or_default() += 1;
        // One that stands in its own target is said to do nothing, which is so when it fires, too.
        assert!(
            !fired.contains(&it.line) || it.headline.contains("leads to"),
            "{}",
            context(format!("line {} fires", it.line))
        );
    }
    assert!(figures(source).timers >= most, "{}", context(format!("{most} at once")));
    if seen.has(&["E0402", "E0404", "E0408"]) {
        return;
    }
    *count.entry("nothing").or_default() += 1;
    for line in (1..=source.lines().count()).filter(|it| is_timer(*it)) {
        assert!(fired.contains(&line), "{}", context(format!("line {line} never fires")));
    }
}

#[test]
fn timers_that_never_fire() {
    let mut count = BTreeMap::new();
    each(4_000, |random| check(&source(random), &mut count));
    println!("{count:?}");
    if std::env::var_os("QUESTIONS").is_none() {
        assert!(["said", "nothing"].iter().all(|it| count.get(it).is_some_and(|it| *it > 20)), "{count:?}");
    }
}
