//! Machines as tangled as they come: states in states, and handlers that lead from anywhere to anywhere.

use std::fmt::Write;

/// A random sequence; the same from the same seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next number below `end`, by SplitMix64.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}

/// The machine of a seed.
pub(crate) fn machine(seed: u64) -> String {
    let mut random = Random(seed);
    let mut paths = Vec::new();
    tree(&mut random, "", 0, &mut paths);
    let mut out = "/// Leads from anywhere to anywhere.\nmachine tangle 1.0.0 {\n".to_owned();
    body(&mut random, "", &paths, &mut out);
    out + "}\n"
}

/// Paths of states, each behind that of the state around it.
fn tree(random: &mut Random, outer: &str, depth: usize, paths: &mut Vec<String>) {
    let count = if depth == 0 { 1 + random.below(6) } else { random.below(4) };
    for _ in 0..if depth > 3 { 0 } else { count } {
        let dot = if outer.is_empty() { "" } else { "." };
        let path = format!("{outer}{dot}s{}", paths.len());
        paths.push(path.clone());
        tree(random, &path, depth + 1, paths);
    }
}

fn body(random: &mut Random, path: &str, paths: &[String], out: &mut String) {
    for number in 0..random.below(3) {
        _ = writeln!(out, "watch w{number} = exec(\"./w.sh\") every 10s");
    }
    for _ in 0..random.below(4) {
        handler(random, paths, out);
    }
    let is_inside = |it: &&String| it.rsplit_once('.').map_or("", |it| it.0) == path;
    for (at, inner) in paths.iter().filter(is_inside).enumerate() {
        let words = ["", "final ", ""][random.below(3)];
        let name = inner.rsplit('.').next().unwrap_or_default();
        _ = writeln!(out, "{}{words}state {name} {{", if at == 0 { "initial " } else { "" });
        body(random, inner, paths, out);
        *out += "}\n";
    }
}

fn handler(random: &mut Random, paths: &[String], out: &mut String) {
    let events = ["on w0.ok", "on w0.failed, w1.failed", "after 5s", "on w1.ok when tries > 3 and worst < 100"];
    let ends = ["", " as a_name_that_is_quite_long", " again"];
    let (event, end) = (events[random.below(4)], ends[random.below(3)]);
    let target = match random.below(8) {
        0 => "nowhere",
        _ => paths[random.below(paths.len())].as_str(),
    };
    match random.below(6) {
        0 => _ = writeln!(out, "{event} stay"),
        _ => _ = writeln!(out, "{event} -> {target}{end}"),
    }
}
