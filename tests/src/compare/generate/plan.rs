//! What a machine will have, before anything of it is written.

use crate::compare::random::Random;
use crate::reference::Type;

/// Something with a name and a type.
pub(super) type Field = (String, Type);

/// A state to be.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// Its path.
    pub(super) path: String,
    /// The state around it, by number; the machine has none.
    pub(super) around: Option<usize>,
    pub(super) inside: Vec<usize>,
    /// The numbers of its leaves: the first and the last.
    pub(super) leaves: (usize, usize),
}

/// A watcher to be.
#[derive(Clone, Debug)]
pub(super) struct Watcher {
    pub(super) name: String,
    pub(super) state: usize,
    pub(super) is_run: bool,
    pub(super) kind: &'static str,
    /// What `returns` says.
    pub(super) returns: Vec<Field>,
    pub(super) is_limited: bool,
}

/// An event to be: where it comes from, its name, and what it carries.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
    pub(super) from_operator: bool,
}

/// Another machine that this one hears.
#[derive(Clone, Debug)]
pub(super) struct Other {
    pub(super) name: String,
    /// What it emits.
    pub(super) events: Vec<Event>,
    /// The paths of its states.
    pub(super) states: Vec<String>,
    /// What it does leads on here. Else it is only noted, so that no two machines lead on each other for ever.
    pub(super) leads: bool,
}

/// All of that.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) name: &'static str,
    pub(super) states: Vec<State>,
    pub(super) watchers: Vec<Watcher>,
    pub(super) data: Vec<Field>,
    pub(super) facts: Vec<Field>,
    /// Sent by operators.
    pub(super) sent: Vec<Event>,
    /// Raised by the machine itself; each may raise those behind it.
    pub(super) raised: Vec<Event>,
    /// Emitted by another machine, `door`, that is not in the source.
    pub(super) foreign: Vec<Event>,
    /// The machines that this one hears.
    pub(super) others: Vec<Other>,
    /// Emitted, and not declared.
    pub(super) emitted: Vec<Event>,
    /// Emitted for the other machines of the source, and declared.
    pub(super) told: Vec<Event>,
    pub(super) has_limit: bool,
    pub(super) has_secret: bool,
    /// Watchers have a splay now and then.
    pub(super) has_splay: bool,
    /// Events are raised, and lead on; else runs and conditions do. (Together the compiler takes them for circles.)
    pub(super) raised_lead: bool,
}

/// What an expression may use.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// What the handler calls what the event carries, and its fields.
    pub(super) binding: Option<(String, Vec<Field>)>,
    /// Nothing that could fail.
    pub(super) is_safe: bool,
}

impl Plan {
    pub(super) fn new(random: &mut Random) -> Self {
        let mut plan = Self {
            name: "generated",
            states: Vec::new(),
            watchers: Vec::new(),
            data: data(random),
            facts: vec![
                ("place".to_owned(), Type::TEXT),
                ("spare".to_owned(), Type::Bool),
                ("memory".to_owned(), Type::INT),
            ],
            sent: (0..2 + random.below(3)).map(|it| event(random, format!("sent{it}"), true)).collect(),
            raised: Vec::new(),
            foreign: (0..1 + random.below(2)).map(|it| event(random, format!("foreign{it}"), false)).collect(),
            others: Vec::new(),
            emitted: (0..1 + random.below(2)).map(|it| event(random, format!("emitted{it}"), false)).collect(),
            told: Vec::new(),
            has_limit: random.chance(40),
            has_secret: random.chance(40),
            has_splay: true,
            raised_lead: random.chance(50),
        };
        let states = ["open", "shut"].map(str::to_owned).to_vec();
        plan.others.push(Other { name: "door".to_owned(), events: plan.foreign.clone(), states, leads: true });
        if plan.raised_lead {
            plan.raised = (0..1 + random.below(3)).map(|it| event(random, format!("raised{it}"), false)).collect();
        }
        plan.add_states(random);
        plan.add_watchers(random);
        plan
    }

    /// Several, each of which hears the others: those before it lead it on. The names are not in the order of the source.
    pub(super) fn town(random: &mut Random) -> Vec<Self> {
        let names = ["middle", "first", "third"];
        let count = 2 + random.below(2);
        let mut plans: Vec<Self> = names.into_iter().take(count).map(|it| Self::heard(random, it)).collect();
        let others: Vec<Other> = plans.iter().map(Self::seen).collect();
        for (number, plan) in plans.iter_mut().enumerate() {
            let rest = others.iter().enumerate().filter(|it| it.0 != number);
            plan.others.extend(rest.map(|(at, it)| Other { leads: at < number, ..it.clone() }));
        }
        plans
    }

    /// One that tells others something. Where a splay leaves it open when one is asked, nobody knows what it tells when.
    fn heard(random: &mut Random, name: &'static str) -> Self {
        let mut plan = Self::new(random);
        let told = (0..1 + random.below(2)).map(|it| event(random, format!("told{it}"), false)).collect();
        (plan.name, plan.told, plan.has_splay) = (name, told, false);
        plan.foreign.clear();
        plan.others.clear();
        plan
    }

    /// What another machine can see of it.
    fn seen(&self) -> Other {
        let states = self.states.iter().skip(1).map(|it| it.path.clone()).collect();
        let events = self.told.iter().chain(&self.raised).cloned().collect();
        Other { name: self.name.to_owned(), events, states, leads: true }
    }

    fn add_states(&mut self, random: &mut Random) {
        self.states.push(State { path: String::new(), around: None, inside: Vec::new(), leaves: (0, 0) });
        let mut leaves = 0;
        self.fill(0, random, &mut leaves, 0);
    }

    /// Gives a state its inner ones, from the top of the source to its end.
    fn fill(&mut self, state: usize, random: &mut Random, leaves: &mut usize, depth: usize) {
        let first = *leaves;
        let count = match depth {
            0 => 2 + random.below(3),
            1 | 2 if random.chance(45) => 2 + random.below(2),
            _ => 0,
        };
        for number in 0..count {
            let path = match depth {
                0 => format!("s{number}"),
                _ => format!("{}.{}", self.states[state].path, ["a", "b", "c"][number]),
            };
            let new = self.states.len();
            self.states.push(State { path, around: Some(state), inside: Vec::new(), leaves: (0, 0) });
            self.states[state].inside.push(new);
            self.fill(new, random, leaves, depth + 1);
        }
        *leaves += usize::from(count == 0);
        self.states[state].leaves = (first, *leaves - 1);
    }

    fn add_watchers(&mut self, random: &mut Random) {
        for number in 0..2 + random.below(4) {
            let is_run = random.chance(35);
            let kind = *random.pick(&["exec", "exec", "exec", "shell", "file", "probe", "bell"]);
            let is_run = is_run && kind != "bell";
            let returns = match kind {
                "exec" if random.chance(60) => fields(random, false),
                _ => Vec::new(),
            };
            let is_limited = self.has_limit && kind == "exec" && random.chance(30);
            let state = random.below(self.states.len());
            self.watchers.push(Watcher { name: format!("w{number}"), state, is_run, kind, returns, is_limited });
        }
    }

    /// Whether a state is another one or stands inside it.
    pub(super) fn is_inside(&self, inner: usize, outer: usize) -> bool {
        inner == outer || self.states[inner].around.is_some_and(|it| self.is_inside(it, outer))
    }

    /// Whether a state is the last of those in the state around it. Such states leave events to those around, so that
    /// the handlers there are reached.
    pub(super) fn is_last(&self, state: usize) -> bool {
        self.states[state].around.is_some_and(|around| self.states[around].inside.last() == Some(&state))
    }

    /// The watchers that are active whenever the machine is in a state.
    pub(super) fn active(&self, state: usize) -> Vec<Watcher> {
        self.watchers.iter().filter(|it| self.is_inside(state, it.state)).cloned().collect()
    }

    /// Whether a state is entered when the machine begins.
    pub(super) fn is_first(&self, state: usize) -> bool {
        let around = self.states[state].around;
        around.is_none_or(|around| self.states[around].inside.first() == Some(&state) && self.is_first(around))
    }

    /// Whether a state is the `initial` one of the state around it.
    pub(super) fn is_initial(&self, state: usize) -> bool {
        self.states[state].around.is_some_and(|around| self.states[around].inside.first() == Some(&state))
    }
}

/// At least one of each type, so that there is always something to calculate with.
fn data(random: &mut Random) -> Vec<Field> {
    let mut types = vec![
        Type::INT,
        Type::INT,
        Type::Int(0, 100),
        Type::Float,
        Type::TEXT,
        Type::Bool,
        Type::Duration,
        Type::Bool,
        words(0),
        Type::List(Box::new(Type::INT), Type::ITEMS),
    ];
    for _ in 0..random.below(6) {
        types.push(timeless(any_type(random)));
    }
    types.into_iter().enumerate().map(|(index, ty)| (format!("d{index}"), ty)).collect()
}

fn words(number: usize) -> Type {
    let words: &[&str] = match number {
        0 => &["low", "middle", "high"],
        1 => &["exit", "enter"],
        _ => &["red", "green", "blue", "black"],
    };
    Type::Words(words.iter().map(|it| (*it).to_owned()).collect())
}

/// Any type of data.
pub(super) fn any_type(random: &mut Random) -> Type {
    let number = random.below(14);
    match number {
        // Sixty-four long texts in each place of the queue would be too much for a machine.
        12 => match simple(random, 12) {
            Type::Text(_) => Type::List(Box::new(Type::Text(20)), Type::ITEMS),
            it => Type::List(Box::new(it), Type::ITEMS),
        },
        13 => Type::List(Box::new(simple(random, 12)), 1 + random.below(4)),
        _ => simple(random, number),
    }
}

fn simple(random: &mut Random, number: usize) -> Type {
    let number = if number == 12 { random.below(12) } else { number };
    match number {
        0 => Type::Bool,
        1 => Type::INT,
        2 => Type::Int(0, 9),
        3 => Type::Int(-50, 50),
        4 => Type::Int(-3_000_000_000, 4_000_000_000),
        5 => Type::Float,
        6 => Type::TEXT,
        7 => Type::Text(8 + random.below(30)),
        8 => Type::Duration,
        9 => Type::Time,
        _ => words(random.below(3)),
    }
}

fn event(random: &mut Random, name: String, from_operator: bool) -> Event {
    let fields = if random.chance(75) { fields(random, !name.starts_with("emitted")) } else { Vec::new() };
    Event { name, fields, from_operator }
}

/// Data has no `time`, for which there is no constant.
fn timeless(ty: Type) -> Type {
    match ty {
        Type::Time => Type::Duration,
        Type::List(of, most) if *of == Type::Time => Type::List(Box::new(Type::Bool), most),
        it => it,
    }
}

/// One field to three; JSON has no `time`.
fn fields(random: &mut Random, has_time: bool) -> Vec<Field> {
    let count = 1 + random.below(3);
    let field = |it| {
        let ty = any_type(random);
        (format!("x{it}"), if has_time { ty } else { timeless(ty) })
    };
    (0..count).map(field).collect()
}
