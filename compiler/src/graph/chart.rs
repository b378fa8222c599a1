//! What a picture shows of a machine, in words that are ready to be written.

/// One machine, as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The machine's name.
    pub name: String,
    /// What its declaration is called: of an instance, its template.
    pub declared: String,
    /// What stands above the picture: `machine lamp 1.0.0`.
    pub title: String,
    /// Its states, depth first; state 0 is the machine.
    pub states: Vec<State>,
    /// What leads from one state to another, in the order of the source; each pair of states once.
    pub arrows: Vec<Arrow>,
}

/// One state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Its own name.
    pub name: String,
    /// Its path from the outermost state inside the machine; empty for the machine.
    pub path: String,
    /// Its doc comment; empty if none.
    pub doc: String,
    /// The state around it; `None` for the machine.
    pub parent: Option<usize>,
    /// The states directly inside.
    pub children: Vec<usize>,
    /// It is the one that is entered first.
    pub initial: bool,
    /// The machine may stay here for good.
    pub is_final: bool,
    /// An arrow leads to it, and it is not there.
    pub missing: bool,
    /// What stands in its box: watchers, runs, and what is answered without going anywhere.
    pub rows: Vec<Row>,
}

/// One line in the box of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The word that it begins with: `watch`, `run`, `on`, `after`, `enter`, …
    pub word: &'static str,
    /// What stands behind that.
    pub text: String,
    /// What it answers, if it is a handler.
    pub events: Vec<String>,
    /// All of it, as it is written, with its doc comment.
    pub tip: String,
    /// Where it stands in the source, from 1.
    pub line: usize,
}

/// What leads from one state to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// The state that the handlers stand in.
    pub from: usize,
    /// The state that they lead to.
    pub to: usize,
    /// To the state that was active last inside it.
    pub last: bool,
    /// One line a handler.
    pub lines: Vec<Line>,
}

/// One handler of an arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `monitor.failed [co2 > 800] / air_bad`.
    pub text: String,
    /// What it answers: `monitor.failed`, `after 5s`.
    pub events: Vec<String>,
    /// The name given by `as`.
    pub label: Option<String>,
    /// All of it, as it is written, with its doc comment.
    pub tip: String,
    /// Where it stands in the source, from 1.
    pub line: usize,
}

impl Chart {
    /// `state` and the states around it, innermost first; the last is the machine.
    pub fn outwards(&self, state: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(state), |it| self.states[*it].parent)
    }

    /// Whether `inner` is `outer` or stands somewhere in it.
    #[must_use]
    pub fn is_within(&self, inner: usize, outer: usize) -> bool {
        self.outwards(inner).any(|it| it == outer)
    }

    /// The state directly inside `outer` that `inner` is or stands in; `None` if it does not stand in `outer`.
    #[must_use]
    pub fn child_towards(&self, outer: usize, inner: usize) -> Option<usize> {
        self.outwards(inner).find(|it| self.states[*it].parent == Some(outer))
    }

    /// The leaf that is reached by entering `state` and its initial states.
    #[must_use]
    pub fn leaf(&self, state: usize) -> usize {
        let first = |it: &usize| {
            let children = &self.states[*it].children;
            children.iter().copied().find(|it| self.states[*it].initial).or(children.first().copied())
        };
        std::iter::successors(Some(state), first).last().unwrap_or(state)
    }
}
