//! Makes what differs small: fewer inputs, then fewer lines.

use super::pair::{Divergence, Op, Pair, Refused, build, tree};

/// Inputs on which the two differ.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The source.
    pub text: String,
    /// What happens, up to the difference.
    pub inputs: Vec<Op>,
    /// The difference.
    pub what: Divergence,
}

impl Failure {
    /// Runs inputs on a source; `None` if nothing differs, or if it is no source.
    #[must_use]
    pub fn look(text: &str, inputs: &[Op]) -> Option<Self> {
        let failure = |count: usize, what| Self { text: text.to_owned(), inputs: inputs[..count].to_vec(), what };
        let built = match build(text) {
            Ok(built) => built,
            Err(Refused::Said(_)) => return None,
            Err(Refused::Broke(what)) => return Some(failure(0, what)),
        };
        let file = tree(text);
        let mut pair = match Pair::new(&built, &file, text) {
            Ok(pair) => pair,
            Err(what) => return Some(failure(0, what)),
        };
        for (index, input) in inputs.iter().enumerate() {
            if let Err(what) = pair.apply(input) {
                return Some(failure(index + 1, what));
            }
        }
        None
    }

    /// The same sort of difference with something else.
    fn again(&self, text: &str, inputs: &[Op]) -> Option<Self> {
        let sort = |it: &str| it.split([':', '(']).next().unwrap_or_default().to_owned();
        Self::look(text, inputs).filter(|it| sort(&it.what) == sort(&self.what))
    }
}

/// The smallest that is found from here: inputs are dropped in ever smaller runs, then lines and blocks of the source.
#[must_use]
pub fn shrink(mut failure: Failure) -> Failure {
    for _ in 0..4 {
        let before = (failure.inputs.len(), failure.text.len());
        fewer_inputs(&mut failure);
        fewer_lines(&mut failure);
        if before == (failure.inputs.len(), failure.text.len()) {
            break;
        }
    }
    failure
}

fn fewer_inputs(failure: &mut Failure) {
    let mut run = failure.inputs.len().div_ceil(2);
    while run > 0 {
        let mut at = 0;
        while at < failure.inputs.len() {
            let mut inputs = failure.inputs.clone();
            inputs.drain(at..(at + run).min(inputs.len()));
            match failure.again(&failure.text, &inputs) {
                Some(smaller) => *failure = smaller,
                None => at += run,
            }
        }
        run /= 2;
    }
}

fn fewer_lines(failure: &mut Failure) {
    let mut at = 0;
    while let Some(lines) = without(&failure.text, at) {
        match failure.again(&lines, &failure.inputs) {
            Some(smaller) => *failure = smaller,
            None => at += 1,
        }
    }
}

/// The source without a line; where that opens a block, without the block.
fn without(text: &str, at: usize) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.get(at)?;
    let mut end = at + 1;
    if first.trim_end().ends_with('{') {
        let indent = first.len() - first.trim_start().len();
        let is_end = |it: &&str| it.trim() == "}" && it.len() - it.trim_start().len() == indent;
        end = at + 1 + lines[at + 1..].iter().position(|it| is_end(&it)).map_or(0, |it| it + 1);
    }
    let left = lines[..at].iter().chain(&lines[end..]);
    Some(left.map(|it| format!("{it}\n")).collect())
}
