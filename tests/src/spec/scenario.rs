//! Scenarios: what happens to a machine, and behind a bar what it does then.
//!
//! ```text
//! start             | in unknown, asks manifest
//! manifest.changed  | -> deploy, asks deployer
//! ```
//!
//! What happened is written in the same form, so that comparing texts is all the checking there is.

use super::build::Built;
use super::world::World;

/// Runs a scenario and returns it with what really happened. `words` may name the machine; `world` is where the last
/// scenario stopped, and where this one does.
pub(super) fn run(built: &Built, words: &str, text: &str, world: &mut Option<World>) -> Result<String, String> {
    let table = table(built, words)?;
    let mut told = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let (input, shown) = split(line);
        if input.is_empty() {
            continue;
        }
        let told_here = input_to(world, table, input).map_err(|why| format!("line {}: {input}: {why}", number + 1))?;
        told.push((input, told_here, shown));
    }
    Ok(write(&told))
}

fn table<'b>(built: &'b Built, words: &str) -> Result<&'b [u8], String> {
    let named = |it: &&(String, Vec<u8>)| words.split_whitespace().next().is_none_or(|name| it.0 == name);
    let found = built.machines.iter().find(named);
    found.map(|it| it.1.as_slice()).ok_or_else(|| format!("there is no machine `{words}`"))
}

/// A line's two parts; a bar between quotes is none.
fn split(line: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, char) in line.char_indices() {
        match char {
            '"' => quoted = !quoted,
            '|' if !quoted => return (line[..at].trim(), line[at + 1..].trim()),
            _ => {}
        }
    }
    (line.trim(), "")
}

fn input_to(world: &mut Option<World>, table: &[u8], input: &str) -> Result<Vec<String>, String> {
    match input {
        "start" => world.insert(World::new(table)?).start(),
        "take over" => match world.as_mut() {
            Some(world) => world.take_over(table),
            None => Err("nothing runs yet".to_owned()),
        },
        _ => world.as_mut().ok_or("nothing runs yet: begin with `start`")?.input(input),
    }
}

/// Widest line of a page.
const WIDTH: usize = 110;

/// The lines of a scenario in two columns. What does not fit goes on in the line below.
fn write(told: &[(&str, Vec<String>, &str)]) -> String {
    let left = told.iter().map(|it| it.0.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (input, phrases, _) in told {
        let mut line = format!("{input:left$} |");
        for (index, phrase) in phrases.iter().enumerate() {
            let comma = if index + 1 < phrases.len() { "," } else { "" };
            if index > 0 && line.chars().count() + phrase.chars().count() + 2 > WIDTH {
                text += line.trim_end();
                text.push('\n');
                line = format!("{:left$} |", "");
            }
            line += &format!(" {phrase}{comma}");
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}
