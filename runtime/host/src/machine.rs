//! One machine on the node: its table, its instance, and what is remembered beside them.

use crate::event::Led;
use crate::event::happening::{MachineOrigin, Origin, Outcome};
use crate::memories::Memories;
use crate::record::{Kept, Running, Saved};
use machine_core::table::Value as Constant;
use machine_core::{Instance, Instant, OwnedTable, Table, WatcherId};
use machine_drivers::{Memory, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A table that a machine can run, and where it runs.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) table: OwnedTable,
    /// SHA-256 of the table.
    pub(crate) hash: TableHash,
    /// The file that it came from.
    pub(crate) file: Arc<Path>,
}

/// SHA-256 of a table.
pub(crate) type TableHash = [u8; 32];

/// The node that machines are on, where it is part of their names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnNode<'n> {
    pub(crate) name: &'n str,
    /// When its state directory was made, in milliseconds since 1970.
    pub(crate) epoch: u64,
}

/// A machine that runs. A node has thousands: what can be made from something else when it is needed is not kept.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) instance: Instance,
    /// The number of the first event of this run of this table, which tells it from others.
    pub(crate) life: u64,
    /// The number of its last event.
    pub(crate) sequence: u64,
    /// What led to the current visit.
    pub(crate) cause: Option<Led>,
    /// What drivers remember, by watcher.
    pub(crate) memory: Memories,
    /// The deadline that stands in the node's agenda, [`Instant::NEVER`] if there is none.
    pub(crate) scheduled: Instant,
    /// When its state was entered, in milliseconds since 1970; 0 if that is not known.
    pub(crate) entered: u64,
    /// What few machines need.
    pub(crate) extra: Option<Box<Extra>>,
}

/// What a machine has beside the rest, if it has to.
#[derive(Debug, Default)]
pub(crate) struct Extra {
    /// What takes over as soon as nothing is under way that must not be done twice.
    next: Option<Arc<Loaded>>,
    /// What ran before, if another table did: its commands may still answer.
    before: Option<Before>,
    /// Tells apart what stands in the file of its data; 0 if nothing does.
    pub(crate) data: u64,
    /// The watchers whose last outcome was a fault.
    pub(crate) faults: BTreeMap<u16, Fault>,
    /// What was told last of watchers that are to be quiet, or to be heard again and again.
    pub(crate) voices: BTreeMap<u16, Voice>,
}

/// A fault that has not passed.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// The outcome's name.
    pub(crate) outcome: String,
    /// One line for people.
    pub(crate) why: String,
    /// When, in milliseconds since 1970.
    pub(crate) at: u64,
}

/// What was told last of a watcher.
#[derive(Clone, Debug)]
pub(crate) struct Voice {
    pub(crate) visit: u32,
    pub(crate) outcome: Outcome,
    pub(crate) at: Instant,
}

/// What a machine ran before another table took over.
#[derive(Debug)]
pub(crate) struct Before {
    pub(crate) loaded: Arc<Loaded>,
    /// The first visit that is not its own any more.
    until: u32,
}

impl Loaded {
    /// The machine's name.
    pub(crate) fn name(&self) -> &str {
        self.table.name()
    }

    /// The directory that its commands run in: one of its own beside its table if there is one, else the table's.
    pub(crate) fn home(&self) -> PathBuf {
        let beside = self.file.parent().unwrap_or(Path::new("/"));
        let own = beside.join(self.name());
        if own.is_dir() { own } else { beside.to_owned() }
    }

    /// The hash of its table, hexadecimal.
    pub(crate) fn hash_text(&self) -> String {
        hex::encode(self.hash)
    }
}

impl Machine {
    /// One that has not begun; its next event has the number after `sequence`.
    pub(crate) fn new(loaded: Arc<Loaded>, sequence: u64) -> Self {
        Self {
            instance: Instance::new(&loaded.table.table()),
            loaded,
            life: sequence + 1,
            sequence,
            cause: None,
            memory: Memories::default(),
            scheduled: Instant::NEVER,
            entered: 0,
            extra: None,
        }
    }

    /// What takes over as soon as nothing is under way that must not be done twice.
    pub(crate) fn next(&self) -> Option<&Arc<Loaded>> {
        self.extra.as_ref()?.next.as_ref()
    }

    /// Has something take over, or nothing after all.
    pub(crate) fn set_next(&mut self, next: Option<Arc<Loaded>>) {
        if next.is_some() || self.extra.is_some() {
            self.extra().next = next;
        }
    }

    /// What ran before, if another table did: its commands may still answer.
    pub(crate) fn before(&self) -> Option<&Before> {
        self.extra.as_ref()?.before.as_ref()
    }

    /// What it has beside the rest.
    pub(crate) fn extra(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
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
        let life = running.id.rsplit('.').next().and_then(|it| it.parse().ok()).unwrap_or_default();
        let machine = Self { entered: running.entered, ..Self::new(loaded, kept.saved.sequence) };
        Ok(Self { instance, memory, life, cause: running.cause.as_ref().and_then(Led::by), ..machine })
    }

    /// All that the journal keeps of it.
    pub(crate) fn saved(&self, node: OnNode<'_>) -> Saved {
        let origin = self.origin(node);
        let mut instance = Vec::new();
        self.instance.write(&self.loaded.table.table(), &mut instance);
        let memory = self.memory.iter().map(|(watcher, bytes)| (watcher, hex::encode(bytes)));
        let running = Running {
            table: self.loaded.hash_text(),
            file: file_name(&self.loaded.file),
            instance: hex::encode(instance),
            entered: self.entered,
            cause: self.cause.and_then(|it| it.cause(&origin)),
            id: origin.machine.map_or_else(String::new, |it| it.instance),
            memory: memory.collect(),
        };
        Saved { sequence: self.sequence, running: Some(running) }
    }

    /// Its table.
    pub(crate) fn table(&self) -> Table<'_> {
        self.loaded.table.table()
    }

    /// How events name it.
    pub(crate) fn origin(&self, node: OnNode<'_>) -> Origin {
        let table = self.table();
        let (name, version) = (table.name().to_owned(), table.version().to_owned());
        // By the number of its first event no other run of a table on this node has the same.
        let instance = format!("{}.{name}.{}.{}", node.name, node.epoch, self.life);
        let machine = Some(MachineOrigin { name, version, instance });
        Origin { node: node.name.to_owned(), machine, epoch: node.epoch }
    }

    /// Path of the state that it is in.
    pub(crate) fn state(&self) -> String {
        crate::chronicle::state_name(&self.table(), self.instance.state())
    }

    /// Names what a watcher is asked in a visit: a `run` keeps its name when it is done again after a crash.
    pub(crate) fn run_id(&self, epoch: u64, watcher: WatcherId, visit: u32) -> String {
        format!("{}.{epoch}.{}.{}.{visit}", self.table().name(), self.life, watcher.0)
    }

    /// Its active watchers with their visits.
    pub(crate) fn active(&self) -> Vec<(WatcherId, u32)> {
        let visit = |watcher| Some((watcher, self.instance.visit_of(watcher)?));
        self.table().watchers().filter_map(visit).collect()
    }

    /// The first visit under this table; answers of earlier ones belong to the table before.
    pub(crate) fn since(&self) -> u32 {
        self.before().map_or(0, |it| it.until)
    }

    /// Puts another table, and what its instance is, in the place of what runs.
    pub(crate) fn replace(&mut self, next: Arc<Loaded>, instance: Instance) {
        let memory = inherited(&self.loaded, &next, &self.memory);
        let loaded = std::mem::replace(&mut self.loaded, next);
        let before = Before { loaded, until: instance.visit() };
        (self.instance, self.life, self.memory) = (instance, self.sequence + 1, memory);
        self.scheduled = Instant::NEVER;
        self.extra = Some(Box::new(Extra { before: Some(before), ..Extra::default() }));
    }
}

/// The last part of a path; as it is shown, because it is only compared with others.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// What drivers remember goes from watcher to watcher of the same name, kind and arguments in the same state.
fn inherited(old: &Loaded, new: &Loaded, memory: &Memories) -> Memories {
    let (old, new) = (old.table.table(), new.table.table());
    let heir = |(watcher, bytes): (u16, &Memory)| {
        let wanted = likeness(&old, WatcherId(watcher));
        let heir = new.watchers().find(|it| likeness(&new, *it) == wanted)?;
        Some((heir.0, bytes.clone()))
    };
    memory.iter().filter_map(heir).collect()
}

/// What makes a watcher of one table the same as one of another. What is only known at run time counts as the same.
fn likeness(table: &Table<'_>, it: WatcherId) -> impl PartialEq + use<> {
    let owner = table.owner(it);
    let state = if owner == table.machine() { None } else { table.state_name(owner).map(str::to_owned) };
    let kind = table.kind(table.watcher(it).kind).name.to_owned();
    let arguments = arguments(table, it, &mut |_| Value::List(Vec::new()));
    (table.watcher_name(it).map(str::to_owned), kind, state, arguments)
}

/// The arguments of a watcher as drivers take them; `known` gives what the table itself cannot: secrets and what has to
/// be calculated.
pub(crate) fn arguments<'t>(
    table: &Table<'t>,
    watcher: WatcherId,
    known: &mut dyn FnMut(Constant<'t>) -> Value,
) -> Vec<Value> {
    table.arguments().nth(watcher.index()).into_iter().flatten().map(|it| argument(it, known)).collect()
}

fn argument<'t>(it: Constant<'t>, known: &mut dyn FnMut(Constant<'t>) -> Value) -> Value {
    match it {
        Constant::Bool(it) => Value::Bool(it),
        Constant::Int(it) => Value::Int(it),
        Constant::Float(it) => Value::Float(it),
        Constant::Duration(ms) => Value::Duration(Duration::from_millis(ms)),
        Constant::Text(it) => Value::Str(it.to_owned()),
        Constant::List(items) => Value::List(items.map(|it| argument(it, known)).collect()),
        Constant::Map(entries) => Value::Map(entries.map(|(key, it)| (key.to_owned(), argument(it, known))).collect()),
        Constant::Time(_) | Constant::Enum(..) | Constant::Secret(_) | Constant::Computed(_) => known(it),
    }
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

/// The most bytes of events of the author's own, and of log lines, in one step.
pub(crate) const TOLD_MAX: usize = 1024 * 1024;
/// The most bytes of what machines have told one another and has not reached everybody yet.
pub(crate) const MAIL_MAX: usize = 512 * 1024;

/// No record of a step is longer, in bytes: every timer disarmed and armed again, everything remembered of every
/// watcher, all data, an outcome, as many transitions as a step has, what the author tells, and what waits for others.
fn largest_step(table: &Table<'_>) -> usize {
    const TIMER_EVENT: usize = 2_560;
    const TRANSITIONS: usize = 64 * 4_096;
    const WATCHER: usize = 2 * (15 + 128) + 16;
    let data = 2 * table.memory();
    let told = TRANSITIONS + TOLD_MAX + MAIL_MAX + data;
    2 * crate::event::LARGEST + table.timer_slots() * 2 * TIMER_EVENT + table.watchers().count() * WATCHER + told
}

/// Whether a machine's name can be part of file names, subjects and event ids.
fn is_usable_name(name: &str) -> bool {
    let is_first = |it: u8| it.is_ascii_alphabetic() || it == b'_';
    let is_rest = |it: u8| is_first(it) || it.is_ascii_digit() || it == b'-';
    name.len() <= 63 && name.bytes().next().is_some_and(is_first) && name.bytes().all(is_rest)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use machine_core::definition::{Cell, State};
    use machine_core::{Definition, Effect, Input, step};

    const MINUTE: u64 = 60_000_000_000;

    pub(crate) fn loaded(definition: &Definition) -> Arc<Loaded> {
        let table = OwnedTable::verify(definition.encode().unwrap().into()).unwrap();
        Arc::new(Loaded { table, hash: [7; 32], file: Path::new("/tables/lamp.table").into() })
    }

    /// The lamp of the core, lit a minute before it goes out by itself, as it was written down at `at`.
    fn lit(at: u64) -> (Arc<Loaded>, Kept) {
        let loaded = loaded(&Definition::example());
        let mut machine = Machine { life: 5, ..Machine::new(loaded.clone(), 7) };
        let mut effects: Vec<Effect> = Vec::new();
        let visit = 1;
        for input in [Input::Start, Input::Outcome { watcher: WatcherId(0), visit, outcome: 0, payload: &[] }] {
            step(&loaded.table.table(), &mut machine.instance, Instant(at), input, &mut effects);
        }
        let saved = Machine { memory: remembered(), ..machine }.saved(OnNode { name: "n1", epoch: 3 });
        (loaded, Kept { saved, at, wall: 1_000 * MINUTE, boot: "first".into() })
    }

    fn remembered() -> Memories {
        [(0, Memory::from(*b"memory"))].into_iter().collect()
    }

    /// What is left of the minute after a start at `now` of another boot, with the wall clock at `wall` minutes.
    fn left(boot: &str, wall: u64, now: u64) -> u64 {
        let (loaded, kept) = lit(500 * MINUTE);
        let running = kept.saved.running.clone().unwrap();
        let clock = (boot, wall * MINUTE / 100, Instant(now));
        let machine = Machine::restore(loaded, &running, &kept, clock).unwrap();
        assert_eq!((machine.sequence, machine.life, &machine.memory), (7, 5, &remembered()));
        machine.instance.deadline().unwrap().since(Instant(now))
    }

    #[test]
    fn a_machine_is_small() {
        // With it a node of ten thousand stays below its limit; see `benches/idle`.
        let sizes = (size_of::<Machine>(), size_of::<Loaded>());
        assert!(sizes.0 <= 184 && sizes.1 <= 72, "{sizes:?}");
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
        let heirs = |new: &Definition| {
            let heirs = inherited(&loaded(&old), &loaded(new), &remembered());
            heirs.iter().map(|(watcher, _)| watcher).collect::<Vec<_>>()
        };
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
        more.plans.truncate(1);
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
