//! Lines that nobody would write: each is read or refused, at a place that is in it.
#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use machine_calendar::{Line, Mistake, Zone};

const PIECES: &[&str] = &[
    "*",
    "0",
    "30",
    "24",
    "61",
    "*/0",
    "*/15",
    "1-5",
    "5-1",
    "L",
    "LW",
    "15W",
    "fri#2",
    "fri#9",
    "mon",
    "jan",
    ",",
    "-",
    "/",
    "#",
    "?",
    "+",
    "@daily",
    "@",
    "daily",
    "weekdays",
    "monday",
    "monday-",
    "-friday",
    "monthly",
    "yearly",
    "hourly",
    "on",
    "at",
    "and",
    "in",
    "UTC",
    "Europe/Berlin",
    "02:30",
    "24:00",
    ":15",
    ":",
    "8pm",
    "m",
    "1",
    "last",
    "december",
    "ü",
    "😀:😀",
    "99999999999",
    "\u{0}",
    "=",
    "TZ=UTC",
    "\t",
    "1ü",
    "*ß",
    "0,,1",
    "1-",
    "-1",
    "1//2",
];

/// A number that is as good as any.
fn below(state: &mut u64, most: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap() % most
}

#[test]
fn any_text_is_read_or_refused_at_a_place_in_it() {
    let (mut state, zone) = (7, Zone::bundled("UTC").unwrap());
    let mut read = 0;
    for _ in 0..4_000 {
        let count = below(&mut state, 8);
        let between = ["", " ", " ", " ", ", "][below(&mut state, 5)];
        let pieces: Vec<_> = (0..count).map(|_| PIECES[below(&mut state, PIECES.len())]).collect();
        let line = pieces.join(between);
        match Line::read(&line, &zone, &Zone::bundled) {
            Ok(_) => read += 1,
            Err(Mistake { span, headline, .. }) => {
                assert!(line.get(span.clone()).is_some(), "{line:?}: {span:?}");
                assert!(!headline.is_empty() && !headline.ends_with('.'), "{line:?}: {headline}");
            }
        }
    }
    assert!(read > 20, "{read}");
    let long = "1,".repeat(200) + "1 * * * *";
    assert!(Line::read(&long, &zone, &Zone::bundled).unwrap_err().headline.contains("at most 256 bytes"));
}
