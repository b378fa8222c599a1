//! The right name for a misspelt one.

/// The name that is nearest to what was given, if it is near enough to be meant.
pub(crate) fn nearest<'n>(given: &str, names: &[&'n str]) -> Option<&'n str> {
    let near = |name: &&&str| distance(given, name) <= (given.chars().count().max(3)) / 3;
    names.iter().filter(near).min_by_key(|name| distance(given, name)).copied()
}

/// How many letters have to be changed, added or left out.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, right) in b.iter().enumerate() {
            let best = (diagonal + usize::from(left != *right)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[b.len()]
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
            ("fire", None),
            ("", None),
        ] {
            assert_eq!(nearest(given, &names), name, "{given}");
        }
        assert_eq!((distance("kitten", "sitting"), distance("", "abc"), distance("größe", "grösse")), (3, 3, 2));
    }
}
