//! The nearest known name to one that is not known.

/// The candidate that the author most probably meant; `None` if none is near enough to be worth naming.
///
/// Of several that are equally near, the first wins, so the order of the candidates decides.
#[must_use]
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = Wanted::new(wanted);
    candidates.into_iter().filter_map(|it| Some((wanted.rank(it)?, it))).min_by_key(|(rank, _)| *rank).map(|(_, it)| it)
}

/// Whether `wanted` is a slip of the fingers, and only one of the candidates is near enough to have been meant.
///
/// Then [`nearest`] is more than a guess. Names that differ in a digit are most likely numbered, and short names that
/// differ in a letter most likely two names.
#[must_use]
pub fn is_certain<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> bool {
    let slip = Wanted::new(wanted);
    let mut near = candidates.into_iter().filter_map(|it| Some((slip.rank(it)?, it)));
    match (near.next(), near.next()) {
        (Some((rank, name)), None) => rank == 0 || is_slip(wanted, name),
        _ => false,
    }
}

const SHORTEST_CERTAIN: usize = 4;

/// One letter inserted, dropped, replaced or swapped with its neighbour.
fn is_slip(a: &str, b: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    a.len().min(b.len()) >= SHORTEST_CERTAIN && strsim::osa_distance(a, b) == 1 && digits(a) == digits(b)
}

/// What people write who come from elsewhere, and what it is called here.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("success", "ok"),
    ("successful", "ok"),
    ("succeeded", "ok"),
    ("good", "ok"),
    ("passed", "ok"),
    ("done", "ok"),
    ("failure", "failed"),
    ("error", "failed"),
    ("bad", "failed"),
    ("timeout", "failed"),
    ("modified", "changed"),
    ("updated", "changed"),
    ("created", "changed"),
    ("exists", "present"),
    ("unchanged", "present"),
    ("absent", "missing"),
    ("gone", "missing"),
    ("deleted", "missing"),
    ("removed", "missing"),
    ("missing", "absent"),
    ("gone", "deleted"),
    ("removed", "deleted"),
    ("purged", "deleted"),
    ("command", "exec"),
    ("cmd", "exec"),
    ("program", "exec"),
    ("bash", "shell"),
    ("sh", "shell"),
    ("path", "file"),
    ("command", "program"),
    ("cmd", "program"),
    ("command", "script"),
    ("cmd", "script"),
    ("arguments", "args"),
    ("cwd", "dir"),
    ("file", "path"),
    ("interval", "every"),
    ("nats", "kv"),
    ("key_value", "kv"),
    ("cron", "schedule"),
    ("calendar", "schedule"),
    ("schedules", "lines"),
    ("timezone", "zone"),
    ("tz", "zone"),
    ("duration", "for"),
    ("start_splay", "splay"),
    ("open", "opened"),
    ("close", "closed"),
    ("fired", "due"),
    ("each", "every"),
];

/// Names longer than this are compared by case and prefix only: the table of distances grows with the square.
const LONGEST: usize = 64;
/// A shorter beginning that two names share says nothing.
const SHORTEST_PREFIX: usize = 3;

struct Wanted<'w> {
    text: &'w str,
    plain: String,
}

impl<'w> Wanted<'w> {
    fn new(text: &'w str) -> Self {
        Self { text, plain: plain(text) }
    }

    /// How far the candidate is away; smaller is nearer. The steps: the same but for case and separators, the same
    /// thing in other words, a slip of the fingers, a shorter or longer form.
    fn rank(&self, candidate: &str) -> Option<usize> {
        let other = plain(candidate);
        if other == self.plain {
            return Some(0);
        }
        if OTHER_WORDS.contains(&(self.text, candidate)) {
            return Some(1);
        }
        let slip = || near(&self.plain, &other).map(|it| 1 + it);
        let form = || is_form(&self.plain, &other).then_some(LONGEST + self.plain.len().abs_diff(other.len()));
        slip().or_else(form)
    }
}

/// Lower case without separators: `Check-Running` and `check_running` are the same slip.
fn plain(text: &str) -> String {
    text.chars().filter(|it| !matches!(it, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// One is the beginning of the other.
fn is_form(a: &str, b: &str) -> bool {
    a.len().min(b.len()) >= SHORTEST_PREFIX && (a.starts_with(b) || b.starts_with(a))
}

/// How many letters to insert, drop, replace or swap with their neighbour, if it is at most a third of the longer name.
fn near(a: &str, b: &str) -> Option<usize> {
    let longest = a.len().max(b.len());
    let allowed = (longest / 3).max(1);
    if !(2..=LONGEST).contains(&longest) || a.len().abs_diff(b.len()) > allowed {
        return None;
    }
    Some(strsim::osa_distance(a, b)).filter(|it| *it <= allowed && *it < longest)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[track_caller]
    fn check(wanted: &str, candidates: &[&str], expected: Option<&str>) {
        assert_eq!(nearest(wanted, candidates.iter().copied()), expected);
    }

    #[test]
    fn slips_of_the_fingers() {
        check("runing", &["running", "ruins"], Some("running"));
        check("idel", &["idle", "deploy"], Some("idle"));
        check("fialed", &["ok", "failed"], Some("failed"));
        check("timout", &["dir", "timeout"], Some("timeout"));
    }

    #[test]
    fn case_and_separators_come_first() {
        check("Idle", &["idol", "idle"], Some("idle"));
        check("check-running", &["checkrunnin", "check_running"], Some("check_running"));
    }

    #[test]
    fn other_words_for_the_same() {
        check("good", &["failed", "ok"], Some("ok"));
        check("success", &["ok", "failed"], Some("ok"));
        check("absent", &["changed", "present", "missing"], Some("missing"));
    }

    #[test]
    fn shorter_and_longer_forms() {
        check("environment", &["dir", "env"], Some("env"));
        check("mon", &["deploy", "monitor"], Some("monitor"));
    }

    #[test]
    fn nothing_far_fetched() {
        check("a", &["b", "c"], None);
        check("ok", &["no", "failed"], None);
        check("kitchen", &["garden"], None);
        check("", &["a", "b"], None);
    }

    #[test]
    fn certain_is_a_slip_that_only_one_name_explains() {
        for (wanted, candidates, certain) in [
            ("runing", ["running", "idle"], true),
            ("Check-Running", ["check_running", "deploy"], true),
            ("stat", ["star", "stab"], false),
            ("stae", ["star", "state"], false),
            ("fan1", ["fan2", "idle"], false),
            ("of", ["off", "running"], false),
            ("good", ["ok", "failed"], false),
            ("mon", ["monitor", "deploy"], false),
        ] {
            assert_eq!(super::is_certain(wanted, candidates), certain, "{wanted}");
        }
    }

    #[test]
    fn the_first_of_equals_wins() {
        check("stat", &["star", "stab"], Some("star"));
    }
}
