//! One machine on the node: its table, its instance, and what is remembered beside them.

use crate::event::happening::{Cause, MachineOrigin};
use crate::record::{Kept, Running, Saved};
use machine_core::table::Value as Constant;
use machine_core::{Instance, Instant, OwnedTable, Table, WatcherId};
use machine_drivers::{Context, Memory, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A table that a machine can run, and where it runs.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) table: OwnedTable,
    /// SHA-256 of the table, hexadecimal.
    pub(crate) hash: String,
    /// The file that it came from.
    pub(crate) file: Arc<Path>,
    pub(crate) context: Arc<Context>,
}

/// A machine that runs.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) loaded: Arc<Loaded>,
    /// What takes over as soon as nothing is under way that must not be done twice.
    pub(crate) next: Option<Arc<Loaded>>,
    /// What ran before: its commands may still answer.
    pub(crate) before: Option<Arc<Loaded>>,
    /// The first visit under this table; answers of earlier ones belong to the table before.
    pub(crate) since: u32,
    pub(crate) instance: Instance,
    /// Names this run of this table.
    pub(crate) id: String,
    /// The number of its last event.
    pub(crate) sequence: u64,
    /// What led to the current visit.
    pub(crate) cause: Option<Cause>,
    /// What drivers remember, by watcher.
    pub(crate) memory: BTreeMap<u16, Memory>,
    /// The deadline that stands in the node's agenda.
    pub(crate) scheduled: Option<Instant>,
}

impl Loaded {
    /// The machine's name.
    pub(crate) fn name(&self) -> &str {
        self.table.table().name()
    }
}

impl Machine {
    /// One that has not begun; its next event has the number after `sequence`.
    pub(crate) fn new(loaded: Arc<Loaded>, id: String, sequence: u64) -> Self {
        Self {
            instance: Instance::new(&loaded.table.table()),
            loaded,
            next: None,
            before: None,
            since: 0,
            id,
            sequence,
            cause: None,
            memory: BTreeMap::new(),
            scheduled: None,
        }
    }

    /// The one that was written down, carried over to `now`.
    ///
    /// # Errors
    /// Why not, in words, if what was written down does not belong to this table.
    pub(crate) fn restore(
        loaded: Arc<Loaded>,
        running: &Running,
        kept: &Kept,
        (boot, wall_ns, now): (&str, u64, Instant),
    ) -> Result<Self, String> {
        let bytes = hex::decode(&running.instance).map_err(|error| error.to_string())?;
        let mut instance = Instance::read(&loaded.table.table(), &bytes).map_err(|error| error.to_string())?;
        if let Some((then, elapsed_ns)) = kept.elapsed(boot, wall_ns, now) {
            instance.rebase(then, elapsed_ns, now);
        }
        // A driver takes what it cannot read for nothing remembered, and so is what is no hexadecimal.
        let remember = |(watcher, text): (&u16, &String)| Some((*watcher, hex::decode(text).ok()?.into()));
        let memory = running.memory.iter().filter_map(remember).collect();
        let machine = Self::new(loaded, running.id.clone(), kept.saved.sequence);
        Ok(Self { instance, memory, cause: running.cause.clone(), ..machine })
    }

    /// All that the journal keeps of it.
    pub(crate) fn saved(&self) -> Saved {
        let mut instance = Vec::new();
        self.instance.write(&mut instance);
        let memory = self.memory.iter().map(|(watcher, bytes)| (*watcher, hex::encode(bytes)));
        let running = Running {
            table: self.loaded.hash.clone(),
            file: file_name(&self.loaded.file),
            id: self.id.clone(),
            instance: hex::encode(instance),
            cause: self.cause.clone(),
            memory: memory.collect(),
        };
        Saved { sequence: self.sequence, running: Some(running) }
    }

    /// Its table.
    pub(crate) fn table(&self) -> Table<'_> {
        self.loaded.table.table()
    }

    /// How events name it.
    pub(crate) fn origin(&self) -> MachineOrigin {
        let table = self.table();
        MachineOrigin { name: table.name().to_owned(), version: table.version().to_owned(), instance: self.id.clone() }
    }

    /// Path of the state that it is in.
    pub(crate) fn state(&self) -> String {
        crate::chronicle::state_name(&self.table(), self.instance.state())
    }

    /// Names what a watcher is asked in a visit: a `run` keeps its name when it is done again after a crash.
    pub(crate) fn run_id(&self, epoch: u64, watcher: WatcherId, visit: u32) -> String {
        // The last part of the id tells this life of the machine from others.
        let life = self.id.rsplit('.').next().unwrap_or_default();
        format!("{}.{epoch}.{life}.{}.{visit}", self.table().name(), watcher.0)
    }

    /// Its active watchers with their visits.
    pub(crate) fn active(&self) -> Vec<(WatcherId, u32)> {
        let visit = |watcher| Some((watcher, self.instance.visit_of(watcher)?));
        self.table().watchers().filter_map(visit).collect()
    }

    /// Puts another table, and what its instance is, in the place of what runs.
    pub(crate) fn replace(&mut self, next: Arc<Loaded>, instance: Instance, id: String) {
        let memory = inherited(&self.loaded, &next, &self.memory);
        self.before = Some(std::mem::replace(&mut self.loaded, next));
        self.since = instance.visit();
        (self.instance, self.id, self.memory) = (instance, id, memory);
        (self.next, self.scheduled) = (None, None);
    }
}

/// The last part of a path; as it is shown, because it is only compared with others.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// What drivers remember goes from watcher to watcher of the same name, kind and arguments in the same state.
fn inherited(old: &Loaded, new: &Loaded, memory: &BTreeMap<u16, Memory>) -> BTreeMap<u16, Memory> {
    let (old, new) = (old.table.table(), new.table.table());
    let heir = |(watcher, bytes): (&u16, &Memory)| {
        let wanted = likeness(&old, WatcherId(*watcher));
        let heir = new.watchers().find(|it| likeness(&new, *it) == wanted)?;
        Some((heir.0, bytes.clone()))
    };
    memory.iter().filter_map(heir).collect()
}

/// What makes a watcher of one table the same as one of another.
fn likeness(table: &Table<'_>, it: WatcherId) -> impl PartialEq + use<> {
    let owner = table.owner(it);
    let state = if owner == table.machine() { None } else { table.state_name(owner).map(str::to_owned) };
    let kind = table.kind(table.watcher(it).kind).name.to_owned();
    (table.watcher_name(it).map(str::to_owned), kind, state, arguments(table, it))
}

/// The arguments of a watcher as drivers take them.
pub(crate) fn arguments(table: &Table<'_>, watcher: WatcherId) -> Vec<Value> {
    table.arguments().nth(watcher.index()).into_iter().flatten().map(argument).collect()
}

fn argument(it: Constant<'_>) -> Value {
    match it {
        Constant::Bool(it) => Value::Bool(it),
        Constant::Int(it) => Value::Int(it),
        Constant::Float(it) => Value::Float(it),
        Constant::Duration(ms) => Value::Duration(Duration::from_millis(ms)),
        Constant::Text(it) => Value::Str(it.to_owned()),
        Constant::List(items) => Value::List(items.map(argument).collect()),
        Constant::Map(entries) => Value::Map(entries.map(|(key, it)| (key.to_owned(), argument(it))).collect()),
        // Not in the tables of today: `unusable` will refuse what a node cannot give.
        Constant::Time(_) | Constant::Enum(..) | Constant::Secret(_) | Constant::Computed(_) => Value::Bool(false),
    }
}

/// The directory that a machine's commands run in: one of its own beside its table if there is one, else the table's.
pub(crate) fn home(beside: &Path, name: &str) -> std::path::PathBuf {
    let own = beside.join(name);
    if own.is_dir() { own } else { beside.to_owned() }
}

/// Why a table cannot run on a node whose records are limited to so many bytes, if so.
pub(crate) fn unusable(table: &Table<'_>, largest_record: Option<usize>) -> Option<String> {
    let (name, version) = (table.name(), table.version());
    if !is_usable_name(name) {
        let text = "cannot be a machine's name on a node: it needs letters, digits, `_` and `-`, at most 63";
        return Some(format!("`{name}` {text}"));
    }
    if version.is_empty() || version.len() > LONGEST_VERSION {
        return Some(format!("its version has {} bytes, and 1 to {LONGEST_VERSION} are allowed", version.len()));
    }
    let (needed, limit) = (largest_step(table), largest_record?);
    (needed > limit).then(|| {
        format!("a step of it may take {needed} bytes in the journal, which takes {limit}; split the machine up")
    })
}

/// The longest version that events can name, in bytes.
const LONGEST_VERSION: usize = 255;

/// No record of a step is longer, in bytes: every timer disarmed and armed again, everything remembered of every
/// watcher, an outcome and a transition.
fn largest_step(table: &Table<'_>) -> usize {
    const TIMER_EVENT: usize = 2_560;
    const WATCHER: usize = 2 * (15 + 128) + 16;
    2 * crate::event::cloud::LARGEST + table.timer_slots() * 2 * TIMER_EVENT + table.watchers().count() * WATCHER
}

/// Whether a machine's name can be part of file names, subjects and event ids.
fn is_usable_name(name: &str) -> bool {
    let is_first = |it: u8| it.is_ascii_alphabetic() || it == b'_';
    let is_rest = |it: u8| is_first(it) || it.is_ascii_digit() || it == b'-';
    name.len() <= 63 && name.bytes().next().is_some_and(is_first) && name.bytes().all(is_rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine_core::definition::{Cell, State};
    use machine_core::{Definition, Effect, Input, step};

    const MINUTE: u64 = 60_000_000_000;

    fn loaded(definition: &Definition) -> Arc<Loaded> {
        let table = OwnedTable::verify(definition.encode().unwrap().into()).unwrap();
        let context = Context { machine: String::new(), dir: "/".into(), data: "/".into(), facts: "/".into() };
        let file = Path::new("/tables/lamp.table").into();
        Arc::new(Loaded { table, hash: "hash".into(), file, context: Arc::new(context) })
    }

    /// The lamp of the core, lit a minute before it goes out by itself, as it was written down at `at`.
    fn lit(at: u64) -> (Arc<Loaded>, Kept) {
        let loaded = loaded(&Definition::example());
        let mut machine = Machine::new(loaded.clone(), "id".into(), 7);
        let mut effects: Vec<Effect> = Vec::new();
        let visit = 1;
        for input in [Input::Start, Input::Outcome { watcher: WatcherId(0), visit, outcome: 0, payload: &[] }] {
            step(&loaded.table.table(), &mut machine.instance, Instant(at), input, &mut effects);
        }
        let memory = BTreeMap::from([(0, Memory::from(*b"memory"))]);
        let saved = Machine { memory, ..machine }.saved();
        (loaded, Kept { saved, at, wall: 1_000 * MINUTE, boot: "first".into() })
    }

    /// What is left of the minute after a start at `now` of another boot, with the wall clock at `wall` minutes.
    fn left(boot: &str, wall: u64, now: u64) -> u64 {
        let (loaded, kept) = lit(500 * MINUTE);
        let running = kept.saved.running.clone().unwrap();
        let clock = (boot, wall * MINUTE / 100, Instant(now));
        let machine = Machine::restore(loaded, &running, &kept, clock).unwrap();
        assert_eq!((machine.sequence, &*machine.id, &machine.memory[&0][..]), (7, "id", &b"memory"[..]));
        machine.instance.deadline().unwrap().since(Instant(now))
    }

    #[test]
    fn a_timer_keeps_what_was_left_of_it() {
        let (half, whole) = (MINUTE / 2, MINUTE);
        assert_eq!(left("first", 100_050, 500 * MINUTE + half), half, "the same boot, half a minute later");
        assert_eq!(left("second", 100_050, 3), half, "another boot, half a minute later");
        assert_eq!(left("second", 100_100, 3), 0, "it fell due meanwhile");
        assert_eq!(left("second", 90_000, 3), whole, "the clock was set back: never more than was left");
    }

    #[test]
    fn what_belongs_to_another_table_is_refused() {
        let (_, kept) = lit(0);
        let check = |table: &Definition, running: &Running, text: &str| {
            let restored = Machine::restore(loaded(table), running, &kept, ("first", 0, Instant(0)));
            assert_eq!(restored.unwrap_err(), text);
        };
        let running = kept.saved.running.clone().unwrap();
        let mut without_timer = Definition { timers: Vec::new(), timer_slots: 0, ..Definition::example() };
        without_timer.cells.retain(|it| it.event < 2);
        check(&without_timer, &running, "the remembered state does not belong to this table");
        let running = Running { instance: "no hexadecimal".into(), ..running };
        check(&Definition::example(), &running, "Invalid character 'n' at position 0");
    }

    #[test]
    fn what_drivers_remember_goes_to_the_same_watcher_of_the_same_state() {
        let old = Definition::example();
        let memory = BTreeMap::from([(0, Memory::from(*b"memory"))]);
        let heirs = |new: &Definition| inherited(&loaded(&old), &loaded(new), &memory).into_keys().collect::<Vec<_>>();
        assert_eq!(heirs(&old), [0]);

        let mut renamed = old.clone();
        renamed.watchers[0].name = "button".into();
        assert_eq!(heirs(&renamed), [0; 0]);

        // A state more, and the watcher has another number.
        let mut more = old.clone();
        more.states.insert(0, State { name: "first".into(), parent: Some(3), ..State::default() });
        more.states[1].parent = Some(3);
        more.states[2].parent = Some(3);
        more.leaves = 3;
        let mut other = more.watchers[0].clone();
        other.name = "other".into();
        more.watchers.insert(0, other);
        more.watchers[1].owner = 1;
        more.timers[0].owner = 2;
        more.cells = vec![
            Cell { leaf: 0, event: 0, target: 1, plan: 0 },
            Cell { leaf: 1, event: 2, target: 2, plan: 0 },
            Cell { leaf: 2, event: 4, target: 1, plan: 0 },
        ];
        assert_eq!(heirs(&more), [1]);
        more.watchers[1].owner = 0;
        assert_eq!(heirs(&more), [0; 0], "in another state it looks at something else");
    }

    #[test]
    fn names_can_be_part_of_files_and_subjects() {
        let longest = "m".repeat(63);
        for name in ["lamp", "_x", "a-1", longest.as_str()] {
            assert!(is_usable_name(name), "{name}");
        }
        for name in ["", "1a", "-a", "a b", "a.b", "ä", &format!("{longest}m")] {
            assert!(!is_usable_name(name), "{name}");
        }
    }
}
