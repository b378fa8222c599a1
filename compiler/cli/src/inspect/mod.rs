//! All that is in a table, by name: the one view that both the text and the JSON of `machinec inspect` show.
//!
//! Both forms are stable: the same table gives the same lines, in the order of the table, and new facts are added
//! where they disturb no old ones.

mod declared;
mod names;
mod text;
mod value;

pub(crate) use declared::type_text;
use declared::{Declared, Field};
use machine_core::table::{self, Arguments, Code, Plan, Transition};
use machine_core::{EventId, KindId, StateId, Table, WatcherId};
use names::Names;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A table spelt out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listing {
    name: String,
    version: String,
    doc: String,
    hash: String,
    format: u16,
    /// Bytes of a number that names a state, an event and so on: 1 or 2.
    id_bytes: u8,
    bytes: usize,
    sections: Vec<Section>,
    kinds: Vec<Kind>,
    #[serde(flatten)]
    declared: Declared,
    /// The machine first, then its states; each before those inside it.
    states: Vec<State>,
    /// By leaf, then by event.
    transitions: Vec<Move>,
}

#[derive(Serialize)]
struct Section {
    name: &'static str,
    offset: usize,
    bytes: usize,
}

#[derive(Serialize)]
struct Kind {
    name: String,
    signature: String,
    notified: bool,
    interruptible: bool,
    outcomes: Vec<Outcome>,
    /// The names of its parameters; only of a kind that a program implements.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    params: Vec<String>,
    /// Program and arguments that implement it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    program: Vec<String>,
}

#[derive(Serialize)]
struct Outcome {
    name: String,
    fault: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
    /// It carries what a watcher's `returns` names.
    #[serde(skip_serializing_if = "is_false")]
    returns: bool,
}

#[derive(Serialize)]
struct State {
    name: String,
    id: u16,
    depth: usize,
    initial: bool,
    #[serde(rename = "final")]
    is_final: bool,
    doc: String,
    /// Paths that earlier versions used for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    was: Vec<String>,
    /// What is done when it is entered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    enter: Vec<String>,
    /// What is done when it is left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exit: Vec<String>,
    watchers: Vec<Watcher>,
    timers: Vec<Timer>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Watcher {
    name: String,
    id: u16,
    once: bool,
    kind: String,
    arguments: Vec<serde_json::Value>,
    /// The arguments once more, as a source would say them.
    #[serde(skip)]
    written: Vec<String>,
    every_ms: Option<u64>,
    doc: String,
    #[serde(flatten)]
    modifiers: Modifiers,
}

/// What stands behind a watcher's call, `every` excepted; whatever is not there is left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Modifiers {
    #[serde(skip_serializing_if = "Option::is_none")]
    splay_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backoff: Option<Backoff>,
    #[serde(skip_serializing_if = "Option::is_none")]
    announce_ms: Option<u64>,
    #[serde(skip_serializing_if = "is_false")]
    quiet: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    under: Option<Under>,
    /// `MACHINE is STATE`.
    #[serde(rename = "while", skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    returns: Vec<Field>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Backoff {
    percent: u32,
    up_to_ms: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Under {
    limit: String,
    wait_ms: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(it: &bool) -> bool {
    !it
}

#[derive(Serialize)]
struct Timer {
    slot: u16,
    ms: u64,
}

/// One cell of the transition function.
#[derive(Serialize)]
struct Move {
    state: String,
    event: String,
    /// Where the machine is afterwards; `None` when the event is answered by staying.
    target: Option<String>,
    /// The innermost state that is neither left nor entered; `None` when that is the machine.
    keeps: Option<String>,
    label: Option<String>,
    /// It is taken only if this holds; what is tried otherwise comes next.
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<String>,
    /// What is done between leaving and entering.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<String>,
    /// What condition and actions call that which the event carries, if they use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    binding: Option<String>,
    /// The state whose substate that was active last is gone back to; `target` only when there was none yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
}

/// The content hash of a table: SHA-256 in hexadecimal digits. It is the table's identity.
pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Listing {
    pub(crate) fn new(table: &Table<'_>) -> Self {
        let view = View { table: *table, names: Names::new(*table), code: table::Listing::new(*table) };
        Self {
            name: table.name().to_owned(),
            version: table.version().to_owned(),
            doc: table.state_doc(table.machine()).to_owned(),
            hash: hash(table.bytes()),
            format: table.format(),
            id_bytes: if table.is_wide() { 2 } else { 1 },
            bytes: table.bytes().len(),
            sections: sections(table),
            kinds: table.kinds().zip(0..).map(|(kind, id)| view.kind(&kind, KindId(id))).collect(),
            declared: Declared::of(table, &view.code),
            states: view.states(),
            transitions: table.leaves().flat_map(|leaf| view.moves(leaf)).collect(),
        }
    }

    /// One JSON object over several lines.
    pub(crate) fn json(&self) -> String {
        // Strings, numbers and lists only: there is nothing that JSON could not express.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

fn sections(table: &Table<'_>) -> Vec<Section> {
    table.sections().map(|(section, offset, bytes)| Section { name: section.name(), offset, bytes }).collect()
}

/// Spells out the parts of a table.
struct View<'t> {
    table: Table<'t>,
    names: Names<'t>,
    code: table::Listing<'t>,
}

impl<'t> View<'t> {
    fn kind(&self, kind: &table::Kind<'_>, id: KindId) -> Kind {
        let fields =
            |it: u8| kind.fields(it).into_iter().flatten().map(|it| declared::field(&self.table, it)).collect();
        let outcome = |it: u8| Outcome {
            name: self.names.outcome(id, it),
            fault: kind.faults >> it & 1 == 1,
            fields: fields(it),
            returns: kind.returns >> it & 1 == 1,
        };
        Kind {
            name: kind.name.to_owned(),
            signature: format!("{:08x}", kind.signature),
            notified: kind.notified,
            interruptible: kind.interruptible,
            outcomes: (0..kind.outcomes).map(outcome).collect(),
            params: kind.params().map(str::to_owned).collect(),
            program: kind.program().map(str::to_owned).collect(),
        }
    }

    fn states(&self) -> Vec<State> {
        let inner = self.inner_states();
        let arguments: Vec<_> = self.table.arguments().collect();
        let mut listed = Vec::new();
        let mut waiting = vec![(self.table.machine(), 0)];
        while let Some((state, depth)) = waiting.pop() {
            listed.push(self.state(state, depth, &arguments));
            let inside = inner.get(state.index()).into_iter().flatten().rev();
            waiting.extend(inside.map(|it| (*it, depth + 1)));
        }
        listed
    }

    /// For each state those directly inside it, in the order of the table.
    fn inner_states(&self) -> Vec<Vec<StateId>> {
        let mut inner: Vec<Vec<StateId>> = self.table.states().map(|_| Vec::new()).collect();
        for state in self.table.states() {
            let parent = self.table.parent(state).and_then(|it| inner.get_mut(it.index()));
            parent.into_iter().for_each(|it| it.push(state));
        }
        inner
    }

    fn state(&self, state: StateId, depth: usize, arguments: &[Arguments<'t>]) -> State {
        let timer = |it| {
            let (slot, ms) = self.table.timer(it);
            Timer { slot, ms }
        };
        State {
            name: self.names.state(state),
            id: state.0,
            depth,
            initial: depth > 0 && self.names.around(self.table.initial()).any(|it| it == state),
            is_final: self.table.is_final(state),
            doc: self.names.state_doc(state).to_owned(),
            was: self.table.was(state).map(str::to_owned).collect(),
            enter: self.table.enter(state).map_or_else(Vec::new, |it| self.code.code(it, None).lines),
            exit: self.table.exit(state).map_or_else(Vec::new, |it| self.code.code(it, None).lines),
            watchers: self.table.watchers_of(state).map(|it| self.watcher(it, arguments)).collect(),
            timers: self.table.timers_of(state).map(timer).collect(),
        }
    }

    fn watcher(&self, id: WatcherId, arguments: &[Arguments<'t>]) -> Watcher {
        let watcher = self.table.watcher(id);
        let arguments = || arguments.get(id.index()).copied().into_iter().flatten();
        Watcher {
            name: self.names.watcher(id),
            id: id.0,
            once: watcher.once,
            kind: self.table.kind(watcher.kind).name.to_owned(),
            arguments: arguments().map(|it| value::json(&self.code, it)).collect(),
            written: arguments().map(|it| self.code.value(it)).collect(),
            every_ms: watcher.every_ms,
            doc: self.names.watcher_doc(id).to_owned(),
            modifiers: self.modifiers(id),
        }
    }

    fn modifiers(&self, id: WatcherId) -> Modifiers {
        let it = self.table.modifiers(id);
        let limit = |at: u16| self.table.limits().nth(at.into()).map_or_else(String::new, |it| it.name.to_owned());
        let condition = |at: u16| {
            let found = self.table.conditions().nth(at.into());
            found.map_or_else(String::new, |it| format!("{} is {}", it.machine, it.state))
        };
        let returned = |(name, ty, default): (&str, table::Type<'_>, Option<machine_core::Data<'_>>)| Field {
            default: default.map(|it| declared::default_text(&self.table, ty, &it)),
            ..declared::field(&self.table, (name, ty))
        };
        Modifiers {
            splay_ms: it.splay_ms,
            timeout_ms: it.timeout_ms,
            backoff: it.backoff.map(|it| Backoff { percent: it.percent, up_to_ms: it.up_to_ms }),
            announce_ms: it.announce_ms,
            quiet: it.quiet,
            under: it.under.map(|it| Under { limit: limit(it.limit), wait_ms: it.wait_ms }),
            condition: it.condition.map(condition),
            user: it.user.map(str::to_owned),
            returns: self.table.returns(id).map(returned).collect(),
        }
    }

    /// Every transition, each followed by those that are tried when its condition does not hold.
    fn moves(&self, leaf: StateId) -> Vec<Move> {
        let ways = |(event, first)| self.table.ways(first).map(move |way| (event, way));
        let all = self.table.transitions(leaf).flat_map(ways);
        all.map(|(event, transition)| self.transition(leaf, event, transition)).collect()
    }

    fn transition(&self, leaf: StateId, event: EventId, transition: Transition) -> Move {
        let plan = self.table.plan(transition.plan);
        let Plan { depth, stay, label, .. } = plan;
        let path = self.table.path(leaf);
        let kept = depth.checked_sub(1).filter(|it| !stay && *it < path.len()).map(|it| path.get(it));
        let told = |it: Code| self.code.code(it, Some(event));
        let (guard, actions) = (plan.guard.map(told), plan.actions.map(told));
        let reads_fields = [&guard, &actions].into_iter().flatten().any(|it| it.reads_fields);
        let last = self.table.history(transition.plan).and_then(|it| self.table.histories().nth(it.into()));
        Move {
            state: self.names.state(leaf),
            event: self.names.event(leaf, event),
            target: (!stay).then(|| self.names.state(transition.target)),
            keeps: kept.map(|it| self.names.state(it)),
            label: label.map(|it| self.names.label(it)),
            when: guard.map(|it| it.lines.join(" ")),
            actions: actions.map_or_else(Vec::new, |it| it.lines),
            binding: reads_fields.then(|| self.code.binding().to_owned()),
            last: last.map(|it| self.names.state(it)),
        }
    }
}
