//! Tables of expressions and what they are: `7 / 2 = 3`.
//!
//! Each line becomes a machine of its own, which writes the value into its log. Lines that begin with `data` are what the
//! lines below them calculate with.

use super::build::{Built, Shelf};
use super::world::World;

/// Calculates each line of a block and returns it with what really comes out.
pub(super) fn check(text: &str) -> Result<String, String> {
    let left = |line: &str| {
        let line = line.trim();
        line.rsplit_once(" = ").map_or(line.strip_suffix(" =").unwrap_or(line), |it| it.0).trim().to_owned()
    };
    let is_calculation = |line: &&str| !line.trim().is_empty() && !line.starts_with("data ");
    let widest = text.lines().filter(is_calculation).map(|it| left(it).chars().count()).max().unwrap_or(0);
    let (mut data, mut wanted) = (String::new(), String::new());
    for line in text.lines() {
        if is_calculation(&line) {
            let expression = left(line);
            let value = value(&data, &expression).map_err(|why| format!("{expression}: {why}"))?;
            wanted += &format!("{expression:widest$} = {value}\n");
        } else {
            data += &format!("    {line}\n");
            wanted += &format!("{line}\n");
        }
    }
    Ok(wanted)
}

fn value(data: &str, expression: &str) -> Result<String, String> {
    let built = built(data, expression);
    if built.is_refused {
        let code = built.said.split(['[', ']']).nth(1).unwrap_or("?");
        return Ok(format!("error {code}"));
    }
    let (_, table) = built.machines.first().ok_or("there is no machine")?;
    let mut world = World::new(table)?;
    world.start()?;
    let told = world.input("go")?;
    let fault = |it: &String| Some(it.strip_prefix("fault ")?.split(' ').next()?.to_owned());
    if let Some(reason) = told.iter().find_map(fault) {
        return Ok(format!("fault {reason}"));
    }
    let logged = told.iter().find_map(|it| it.strip_prefix("logs \"")?.strip_suffix('"').map(str::to_owned));
    logged.ok_or_else(|| format!("nothing came of it: {}", told.join(", ")))
}

fn built(data: &str, expression: &str) -> Built {
    let source = format!(
        "machine values 1.0.0 {{\n{data}    event go from operator\n    on fault stay\n    initial final state only \
         {{\n        on go stay {{ log string({expression}) }}\n    }}\n}}\n"
    );
    Shelf::default().build("values.machine", &source)
}
