//! Small machines as text: where a few states stand.

/// Where three states stand: side by side, two of them inside another one, or all three.
pub const LAYOUTS: [&[&str]; 4] =
    [&["a", "b", "c"], &["a", "o", "o.b", "o.c"], &["o", "o.a", "o.b", "c"], &["o", "o.a", "o.b", "o.c"]];

/// A machine of states, each with its lines; the first of each kind is initial.
#[must_use]
pub fn written(head: &str, states: &[&str], lines: &mut dyn FnMut(&str) -> Vec<String>) -> String {
    let mut text = format!("machine m 1.0.0 {{\n{head}");
    let (mut is_open, mut has_first, mut has_inner) = (false, false, false);
    lines("").iter().for_each(|it| text += &format!("    {it}\n"));
    for path in states {
        let (name, is_inner) = path.split_once('.').map_or((*path, false), |it| (it.1, true));
        if is_open && !is_inner {
            text += "    }\n";
            is_open = false;
        }
        let has = if is_inner { &mut has_inner } else { &mut has_first };
        let initial = if std::mem::replace(has, true) { "" } else { "initial " };
        let indent = if is_inner { "        " } else { "    " };
        text += &format!("{indent}{initial}state {name} {{\n");
        lines(path).iter().for_each(|it| text += &format!("{indent}    {it}\n"));
        if name == "o" {
            is_open = true;
        } else {
            text += &format!("{indent}}}\n");
        }
    }
    text + if is_open { "    }\n}\n" } else { "}\n" }
}
