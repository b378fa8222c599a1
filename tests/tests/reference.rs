//! The compiler, its tables and the step, compared with an interpreter that was written from the manual alone.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_tests::compare::generate::generate;
use machine_tests::compare::{Random, build};

#[test]
fn trial() {
    let seed: u64 = std::env::var("SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(1);
    let mut codes = std::collections::BTreeMap::new();
    let mut accepted = 0;
    for number in 0..100 {
        let text = generate(Random::new(seed + number));
        if number == 0 {
            println!("{text}");
        }
        match build(&text) {
            Ok(_) => accepted += 1,
            Err(all) => {
                for it in all {
                    let (count, line) = codes.entry(format!("{:?}", it.code)).or_insert((0, String::new()));
                    *count += 1;
                    *line = format!("{}: {}", seed + number, it.headline);
                }
            }
        }
    }
    println!("accepted {accepted}");
    println!("{codes:#?}");
}
