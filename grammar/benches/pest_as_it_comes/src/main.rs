//! How long pest as it comes needs to read a file: `pest_as_it_comes FILE TIMES` prints the least of so many times, in nanoseconds.

use pest::Parser;
use std::error::Error;
use std::time::{Duration, Instant};

#[derive(pest_derive::Parser)]
#[grammar = "../../../src/machine.pest"]
struct Machines;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(times)) = (arguments.next(), arguments.next()) else {
        return Err("pest_as_it_comes FILE TIMES".into());
    };
    let text = std::fs::read_to_string(file)?;
    let mut least = Duration::MAX;
    for _ in 0..times.parse()? {
        let start = Instant::now();
        std::hint::black_box(Machines::parse(Rule::file, &text))?;
        least = start.elapsed().min(least);
    }
    println!("{}", least.as_nanos());
    Ok(())
}
