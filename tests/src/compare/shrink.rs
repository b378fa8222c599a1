//! Makes what differs small: fewer inputs, then fewer lines.

use super::build::{Divergence, Refused, build, build_all, tree};
use super::pair::{Op, Pair};
use super::town::Town;

/// Inputs on which the two differ.
#[derive(Clone, Debug)]
pub struct Failure<I> {
    /// The source.
    pub text: String,
    /// What happens, up to the difference.
    pub inputs: Vec<I>,
    /// The difference.
    pub what: Divergence,
}

/// Runs inputs on a source; `None` if nothing differs, or if it is no source.
pub type Look<I> = fn(&str, &[I]) -> Option<Failure<I>>;

impl Failure<Op> {
    /// Runs inputs on a machine; `None` if nothing differs, or if it is none.
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
}

impl Failure<(usize, Op)> {
    /// Runs inputs on several machines, each on one by its number; `None` if nothing differs, or if they are none.
    #[must_use]
    pub fn look_at_all(text: &str, inputs: &[(usize, Op)]) -> Option<Self> {
        let failure = |count: usize, what| Self { text: text.to_owned(), inputs: inputs[..count].to_vec(), what };
        let tables = match build_all(text) {
            Ok(tables) => tables,
            Err(Refused::Said(_)) => return None,
            Err(Refused::Broke(what)) => return Some(failure(0, what)),
        };
        let file = tree(text);
        let mut town = match Town::new(&tables, &file, text) {
            Ok(town) => town,
            Err(what) => return Some(failure(0, what)),
        };
        for (index, (number, input)) in inputs.iter().enumerate() {
            if let Err(what) = town.apply(*number, input) {
                return Some(failure(index + 1, what));
            }
        }
        None
    }
}

impl<I> Failure<I> {
    /// The same sort of difference with something else.
    fn again(&self, look: Look<I>, text: &str, inputs: &[I]) -> Option<Self> {
        let sort = |it: &str| it.split([' ', ':', '(']).take(3).map(str::to_owned).collect::<Vec<_>>();
        look(text, inputs).filter(|it| sort(&it.what) == sort(&self.what))
    }
}

/// The smallest that is found from here: inputs are dropped in ever smaller runs, then lines and blocks of the source.
#[must_use]
pub fn shrink<I: Clone>(mut failure: Failure<I>, look: Look<I>) -> Failure<I> {
    for _ in 0..4 {
        let before = (failure.inputs.len(), failure.text.len());
        fewer_inputs(&mut failure, look);
        fewer_lines(&mut failure, look);
        if before == (failure.inputs.len(), failure.text.len()) {
            break;
        }
    }
    failure
}

fn fewer_inputs<I: Clone>(failure: &mut Failure<I>, look: Look<I>) {
    let mut run = failure.inputs.len().div_ceil(2);
    while run > 0 {
        let mut at = 0;
        while at < failure.inputs.len() {
            let mut inputs = failure.inputs.clone();
            inputs.drain(at..(at + run).min(inputs.len()));
            match failure.again(look, &failure.text, &inputs) {
                Some(smaller) => *failure = smaller,
                None => at += run,
            }
        }
        run /= 2;
    }
}

/// The smallest source that is found from here and of which something still holds.
#[must_use]
pub fn smallest(mut text: String, holds: &dyn Fn(&str) -> bool) -> String {
    for _ in 0..4 {
        let before = text.len();
        let mut at = 0;
        while at < text.lines().count() {
            match shorter(&text, at).into_iter().find(|it| holds(it)) {
                Some(smaller) => text = smaller,
                None => at += 1,
            }
        }
        if text.len() == before {
            break;
        }
    }
    text
}

fn fewer_lines<I>(failure: &mut Failure<I>, look: Look<I>) {
    let mut at = 0;
    while at < failure.text.lines().count() {
        let smaller = shorter(&failure.text, at).into_iter().find_map(|it| failure.again(look, &it, &failure.inputs));
        match smaller {
            Some(smaller) => *failure = smaller,
            None => at += 1,
        }
    }
}

/// The source without a line, or with less in it: without the block that it opens; without actions, condition or label.
fn shorter(text: &str, at: usize) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let (line, mut end) = (lines[at], at + 1);
    let indent = |it: &str| it.len() - it.trim_start().len();
    if line.trim_end().ends_with('{') {
        let is_end = |it: &str| it.trim() == "}" && indent(it) == indent(line);
        end = at + 1 + lines[at + 1..].iter().position(|it| is_end(it)).map_or(0, |it| it + 1);
    }
    let with = |new: Vec<String>, end: usize| {
        let before = lines[..at].iter().map(|it| (*it).to_owned());
        let after = lines[end..].iter().map(|it| (*it).to_owned());
        before.chain(new).chain(after).map(|it| it + "\n").collect::<String>()
    };
    let mut all = vec![with(Vec::new(), end)];
    all.extend(parts(line).into_iter().map(|it| with(vec![it], at + 1)));
    all
}

/// A handler or block with less in it.
fn parts(line: &str) -> Vec<String> {
    let mut all = Vec::new();
    let braces = line.find(" { ").filter(|_| line.ends_with(" }"));
    let (head, actions) = line.split_at(braces.unwrap_or(line.len()));
    if !actions.is_empty() {
        all.push(head.to_owned());
        let each: Vec<&str> = actions.trim_start_matches(" { ").trim_end_matches(" }").split("  ").collect();
        for left_out in 0..each.len() {
            let kept: Vec<&str> = each.iter().enumerate().filter(|it| it.0 != left_out).map(|it| *it.1).collect();
            all.push(format!("{head} {{ {} }}", kept.join("  ")));
        }
    }
    let ends = [" -> ", " stay"].iter().filter_map(|it| head.rfind(it)).max();
    if let (Some(when), Some(end)) = (head.find(" when "), ends)
        && when < end
    {
        all.push(format!("{}{}{actions}", &head[..when], &head[end..]));
    }
    if let Some(label) = head.find(" as label") {
        all.push(format!("{}{actions}", &head[..label]));
    }
    all
}
