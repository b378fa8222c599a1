//! What a machine remembers, what can be told to it, and what it does.

use super::calculate::Values;
use super::kinds::{Field, Known, Report, constant, kinds, reports, type_by_value, type_of};
use super::told::{Effect, Event, Id};
use super::tree::Tree;
use super::value::Type;
use machine_compiler::ast::{self, Declaration, File};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The calendar when constants are calculated: the first of January 2026, as in the tests of the manual.
pub const EPOCH: i64 = 1_767_225_600_000;

/// A watcher whose state is active.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Watching {
    pub(super) visit: u64,
    pub(super) is_under_way: bool,
    pub(super) was_asked: bool,
    /// When it is asked next, and the latest time for that: a splay leaves it open.
    pub(super) next: Option<(u64, u64)>,
    /// Faults in a row.
    pub(super) faults: u32,
}

/// All that changes.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub(super) leaf: String,
    pub(super) data: Values,
    pub(super) facts: Values,
    pub(super) conditions: BTreeMap<(String, String), bool>,
    pub(super) watching: BTreeMap<Id, Watching>,
    pub(super) armed: BTreeMap<Id, u64>,
    /// By state: the leaf that was active when it was left last.
    pub(super) history: BTreeMap<String, String>,
    /// Raised events that wait.
    pub(super) queue: VecDeque<(Event, Values)>,
    /// By `when`: whether its condition held when it was looked at last in this visit.
    pub(super) held: BTreeMap<Id, bool>,
    pub(super) visit: u64,
    /// When the transitions so far would have been taken at the pace of one a second.
    pub(super) paid_until: u64,
    /// Watchers that are asked at the end of the reaction, each once.
    pub(super) polled: BTreeSet<Id>,
    pub(super) effects: Vec<Effect>,
}

/// One running machine.
pub struct Machine<'a> {
    pub(super) tree: Tree<'a>,
    pub(super) parameters: Values,
    pub(super) data_types: BTreeMap<String, Type>,
    pub(super) fact_types: BTreeMap<String, Type>,
    pub(super) event_types: BTreeMap<String, Vec<Field>>,
    /// What each watcher can report.
    pub(super) reports: BTreeMap<Id, BTreeMap<String, Report>>,
    /// Watches of kinds that are told of changes.
    pub(super) notified: BTreeSet<Id>,
    pub(super) source: &'a str,
    pub(super) file: &'a str,
    pub(super) life: Life,
    /// Milliseconds since the beginning of the test.
    pub(super) time: u64,
    /// Milliseconds since 1970.
    pub(super) wall: i64,
}

impl<'a> Machine<'a> {
    /// The first machine of a file, which has not begun yet. `text` is that file, called `file`.
    #[must_use]
    pub fn new(tree: &'a File<'a>, file: &'a str, text: &'a str) -> Option<Self> {
        Some(Self::of(tree.machines.first()?, tree, file, text))
    }

    /// One of the machines of a file.
    pub(super) fn of(ast: &'a ast::Machine<'a>, tree: &'a File<'a>, file: &'a str, text: &'a str) -> Self {
        let parameters = Values::new();
        let mut new = Self {
            tree: Tree::new(ast),
            data_types: BTreeMap::new(),
            fact_types: BTreeMap::new(),
            event_types: BTreeMap::new(),
            reports: BTreeMap::new(),
            notified: BTreeSet::new(),
            life: Life::new(),
            parameters,
            source: text,
            file,
            time: 0,
            wall: EPOCH,
        };
        ast.body.declarations.iter().for_each(|it| new.declare(it));
        new.find_reports(&kinds(tree));
        new
    }

    fn declare(&mut self, declaration: &ast::Declaration<'_>) {
        match declaration {
            Declaration::Data(it) => {
                if let Some((ty, value)) = self.first_value(it) {
                    self.data_types.insert(it.name.text.to_owned(), ty);
                    self.life.data.insert(it.name.text.to_owned(), value);
                }
            }
            Declaration::Fact(it) => {
                if let Some((ty, value)) = self.first_value(it) {
                    self.fact_types.insert(it.name.text.to_owned(), ty);
                    self.life.facts.insert(it.name.text.to_owned(), value);
                }
            }
            Declaration::Event(it) => {
                let field = |(name, ty): &(ast::Name<'_>, ast::Type<'_>)| {
                    Some((name.text.to_owned(), type_of(ty, &self.parameters)?))
                };
                let fields = it.fields.iter().filter_map(field).collect();
                self.event_types.insert(it.name.text.to_owned(), fields);
            }
            Declaration::Secret(_) | Declaration::Limit(_) => {}
        }
    }

    fn first_value(&self, data: &ast::Data<'_>) -> Option<(Type, super::Value)> {
        let value = constant(data.value.as_ref()?, &self.parameters)?;
        let written = data.ty.as_ref().and_then(|it| type_of(it, &self.parameters));
        let ty = written.unwrap_or_else(|| type_by_value(&value));
        Some((ty.clone(), value.fit(&ty).ok()?))
    }

    fn find_reports(&mut self, kinds: &BTreeMap<String, Known>) {
        for (path, place) in &self.tree.places {
            for watcher in &place.body.watchers {
                let id = (path.clone(), watcher.name.text.to_owned());
                let kind = watcher.call.as_ref().and_then(|it| kinds.get(it.name.text));
                if watcher.mode == ast::Mode::Watch && kind.is_some_and(|it| !it.paced) {
                    self.notified.insert(id.clone());
                }
                self.reports.insert(id, reports(watcher, kinds));
            }
        }
    }

    /// The leaf that it is in.
    #[must_use]
    pub fn leaf(&self) -> &str {
        &self.life.leaf
    }

    /// What it remembers.
    #[must_use]
    pub fn data(&self) -> &Values {
        &self.life.data
    }

    /// What it knows of its node.
    #[must_use]
    pub fn facts(&self) -> &Values {
        &self.life.facts
    }

    /// The `after`s of a state.
    #[must_use]
    pub fn timers(&self, state: &str) -> Vec<Id> {
        self.numbers(state, Self::is_after)
    }

    /// Whether a watcher can have something to report: it was asked, or is of a kind that is told of changes and was
    /// asked some time in this visit.
    #[must_use]
    pub fn may_report(&self, watcher: &Id) -> bool {
        let Some(it) = self.life.watching.get(watcher).filter(|_| self.may_work(watcher)) else { return false };
        it.is_under_way || it.was_asked && self.notified.contains(watcher)
    }

    /// What the watchers of the machine can report, by name.
    pub fn watchers(&self) -> impl Iterator<Item = (&Id, &BTreeMap<String, Report>)> {
        self.reports.iter()
    }

    /// What the declared events carry, by name.
    pub fn events(&self) -> impl Iterator<Item = (&String, &Vec<Field>)> {
        self.event_types.iter()
    }

    /// The visit of a watcher that may work, and whether it was asked and has not answered.
    #[must_use]
    pub fn visit_of(&self, watcher: &Id) -> Option<(u64, bool)> {
        if !self.may_work(watcher) {
            return None;
        }
        self.life.watching.get(watcher).map(|it| (it.visit, it.is_under_way))
    }
}

impl Life {
    fn new() -> Self {
        Self {
            leaf: String::new(),
            data: Values::new(),
            facts: Values::new(),
            conditions: BTreeMap::new(),
            watching: BTreeMap::new(),
            armed: BTreeMap::new(),
            history: BTreeMap::new(),
            queue: VecDeque::new(),
            held: BTreeMap::new(),
            visit: 0,
            paid_until: 0,
            polled: BTreeSet::new(),
            effects: Vec::new(),
        }
    }
}
