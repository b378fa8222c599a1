//! The right name for a misspelt one.

/// The name that is nearest to what was given, if it is near enough to be meant.
#[must_use]
pub fn nearest<'n>(given: &str, names: &[&'n str]) -> Option<&'n str> {
    let near = |name: &&&str| distance(given, name) <= (given.chars().count().max(3)) / 3;
    names.iter().filter(near).min_by_key(|name| distance(given, name)).copied()
}

/// How many letters have to be changed, added, left out, or swapped with the next.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    // Rows of the table of all beginnings of `b`: for the last two letters of `a`, and for this one.
    let (mut before, mut last): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=b.len()).collect());
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(left != right)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *left == b[j - 1] && a[i - 1] == *right {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_what_is_like_it() {
        let names = ["maintenance", "resume", "hvac_lab", "hvac_kitchen"];
        for (given, name) in [
            ("maintenence", Some("maintenance")),
            ("Resume", Some("resume")),
            ("hvac-lab", Some("hvac_lab")),
            ("resmue", Some("resume")),
            ("fire", None),
            ("", None),
        ] {
            assert_eq!(nearest(given, &names), name, "{given}");
        }
        assert_eq!((distance("kitten", "sitting"), distance("", "abc"), distance("größe", "grösse")), (3, 3, 2));
    }
}
