//! What a watcher answers, one answer after the other, as a test has it.

/// `failed { reason: exit, code: 2 } after 4s`, in its two halves: how often stands between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// `failed { reason: exit, code: 2 }`.
    pub(super) said: String,
    /// `after 4s`; empty if it comes at once.
    pub(super) later: String,
}

impl Answer {
    /// The answer, so often one after the other.
    pub(super) fn written(&self, times: u32) -> String {
        let times = if times > 1 { format!(" x{times}") } else { String::new() };
        let later = if self.later.is_empty() { String::new() } else { format!(" {}", self.later) };
        format!("{}{times}{later}", self.said)
    }
}

/// Answers in their order; those that are the same are counted.
#[derive(Debug, Default)]
pub(super) struct Series(Vec<(Answer, u32)>);

impl Series {
    /// One more answer.
    pub(super) fn add(&mut self, answer: Answer) {
        match self.0.last_mut() {
            Some((last, times)) if *last == answer => *times += 1,
            _ => self.0.push((answer, 1)),
        }
    }

    /// `ok x3, then failed`: the last is for ever. Of what never reported anything, no more is known.
    pub(super) fn written(&self) -> String {
        if self.0.iter().all(|it| it.0.said == "nothing") {
            return "nothing".to_owned();
        }
        let last = self.0.len().saturating_sub(1);
        let written =
            |(at, (answer, times)): (usize, &(Answer, u32))| answer.written(if at < last { *times } else { 1 });
        self.0.iter().enumerate().map(written).collect::<Vec<_>>().join(", then ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answers: &[(&str, &str)], expected: &str) {
        let mut series = Series::default();
        answers.iter().for_each(|(said, later)| series.add(Answer { said: (*said).into(), later: (*later).into() }));
        assert_eq!(series.written(), expected);
    }

    #[test]
    fn how_often_stands_before_how_late() {
        check(&[("ok", ""), ("ok", ""), ("failed", "")], "ok x2, then failed");
        check(
            &[("ok { n: 1 }", "after 6ms"), ("ok { n: 1 }", "after 6ms"), ("ok", "")],
            "ok { n: 1 } x2 after 6ms, then ok",
        );
        check(&[("ok", "after 6ms"), ("ok", "after 7ms"), ("ok", "")], "ok after 6ms, then ok after 7ms, then ok");
    }

    #[test]
    fn the_last_is_for_ever() {
        check(&[("ok", "after 6ms"), ("ok", "after 6ms")], "ok after 6ms");
        check(&[("nothing", "after 1w"), ("nothing", "after 1w")], "nothing");
        check(&[("ok", ""), ("nothing", "after 1w")], "ok, then nothing after 1w");
    }
}
