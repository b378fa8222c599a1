//! Transcripts in pages: what somebody types, and what the terminal shows then.
//!
//! In a block that is marked `console`, a line that begins with `$ ` is typed, and every other one appears. A `…` stands
//! for anything, alone on its line for any number of lines. Times and durations differ every time.

/// One line of a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Is typed.
    Type(&'a str),
    /// Appears.
    Expect(&'a str),
}

/// The steps of all transcripts of a page, in order.
pub fn steps(page: &str) -> Vec<Step<'_>> {
    let mut is_transcript = false;
    let mut steps = Vec::new();
    for line in page.lines() {
        match line {
            _ if line.starts_with("```") => is_transcript = line == "```console",
            _ if !is_transcript => {}
            "" | "…" => {}
            _ => steps.push(line.strip_prefix("$ ").map_or(Step::Expect(line), Step::Type)),
        }
    }
    steps
}

/// Whether a line that was printed is the one that a page shows.
pub fn matches(shown: &str, printed: &str) -> bool {
    let (shown, printed) = (lasting(shown), lasting(printed));
    let mut rest = printed.as_str();
    let mut parts = shown.split('…');
    let begins = parts.next().is_some_and(|first| {
        let stripped = rest.strip_prefix(first);
        rest = stripped.unwrap_or(rest);
        stripped.is_some()
    });
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return begins && rest.is_empty() };
    let follow = parts.into_iter().all(|part| {
        let found = rest.split_once(part);
        rest = found.map_or(rest, |(_, behind)| behind);
        found.is_some()
    });
    begins && follow && rest.ends_with(last)
}

/// What lasts of a line that tells what happened: no time, no duration, and columns as narrow as can be. Other lines
/// stay as they are.
fn lasting(line: &str) -> String {
    let Some(behind) = line.get(12..).filter(|_| begins_with_time(line)) else {
        return line.trim_end().to_owned();
    };
    let columns = behind.split("  ").map(str::trim).filter(|it| !it.is_empty() && !is_duration(it));
    columns.collect::<Vec<_>>().join("  ")
}

fn begins_with_time(line: &str) -> bool {
    let form = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    line.bytes().take(12).map(form).eq(*b"00:00:00.000")
}

fn is_duration(column: &str) -> bool {
    let inner = column.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    inner.is_some_and(|it| {
        let mut words = it.split(' ');
        words.next().is_some_and(|number| number.parse::<f64>().is_ok())
            && words.next().is_some_and(|unit| ["ms", "s", "min", "h"].contains(&unit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_what_stands_in_transcripts() {
        let page = "# A\n\n$ not this\n```console\n$ a | b\nc\n\n…\nd …\n```\n```sh\n$ nor this\n```\n";
        assert_eq!(steps(page), [Step::Type("a | b"), Step::Expect("c"), Step::Expect("d …")]);
    }

    fn check(shown: &str, printed: &str, is_same: bool) {
        assert_eq!(matches(shown, printed), is_same, "{shown} | {printed}");
    }

    #[test]
    fn lines_are_compared_to_the_letter() {
        check("on", "on", true);
        check("on", "one", false);
        check("  |  x", "  |  x", true);
        check("  | x", "  |  x", false);
    }

    #[test]
    fn an_ellipsis_stands_for_anything() {
        check("a … c", "a b c", true);
        check("a … c", "a b d", false);
        check("…_x.txt", "2026_x.txt", true);
        check("a … b … c", "a 1 b 2 c", true);
        check("a … b … c", "a 1 c", false);
        check("a…a", "a", false);
    }

    #[test]
    fn times_and_durations_do_not_count() {
        check("01:02:03.004  m    x.ok: exit 0  (5 ms)", "21:22:23.024  m  x.ok: exit 0  (0.12 s)", true);
        check("01:02:03.004  m  a -> b  (x.ok)", "01:02:03.004  m  a -> b  (y.ok)", false);
        check("01:02:03.004  m  x.ok", "01:02:03.004  n  x.ok", false);
        check("01:02:03.004  m  x.ok  (1 min 2 s)", "01:02:03.004  m  x.ok", true);
    }
}
