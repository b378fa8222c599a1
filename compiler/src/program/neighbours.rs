//! The machines and kinds that a source knows: its own and those that it uses.

use crate::ast::{Body, Extern, Instance, Kind, Machine};
use crate::check::{Interface, Others, interface};
use crate::lower::Unit;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// What other machines can see of the machines of one source. Of a machine that stands further down this is found out
/// when somebody asks, by lowering it once more.
pub(super) struct Home<'s> {
    unit: RefCell<Option<Unit<'s>>>,
    /// The templates that it declares, and its instances with the templates that they are made of.
    templates: Vec<&'s str>,
    instances: Vec<(&'s str, &'s str)>,
    known: RefCell<BTreeMap<String, Option<Arc<Interface>>>>,
}

/// All machines and kinds that a source knows.
pub(super) struct Neighbours<'s> {
    pub(super) home: Rc<Home<'s>>,
    pub(super) kinds: Rc<[Kind<'s>]>,
    pub(super) used: Vec<Used<'s>>,
    /// Something could not be read: what is not found may be there.
    pub(super) unsure: bool,
}

/// The machines and kinds that a use brings.
pub(super) struct Used<'s> {
    pub(super) home: Rc<Home<'s>>,
    pub(super) kinds: Rc<[Kind<'s>]>,
    /// One of them was asked for.
    pub(super) needed: Cell<bool>,
}

impl<'s> Neighbours<'s> {
    /// The kinds that a watcher can be of, beside the standard ones.
    pub(super) fn kinds(&self) -> Vec<&Kind<'s>> {
        self.kinds.iter().chain(self.used.iter().flat_map(|it| &*it.kinds)).collect()
    }

    /// Notes which uses a machine needs for the kinds of its watchers. The grammar bounds how deep states nest.
    pub(super) fn note_kinds(&self, body: &Body<'_>) {
        let brought: Vec<_> = self.used.iter().filter(|it| !it.kinds.is_empty()).collect();
        if brought.is_empty() {
            return;
        }
        for call in body.watchers.iter().filter_map(|it| it.call.as_ref()) {
            let brings = |it: &&&Used<'_>| it.kinds.iter().any(|kind| kind.name.text == call.name.text);
            brought.iter().filter(brings).for_each(|it| it.needed.set(true));
        }
        body.states.iter().for_each(|it| self.note_kinds(&it.body));
    }
}

impl<'s> Home<'s> {
    pub(super) fn new(unit: Unit<'s>, instances: &[Instance<'s>]) -> Self {
        let templates = unit.machine_names().filter(|it| it.1).map(|it| it.0.text).collect();
        let instances = instances.iter().filter_map(|it| Some((it.name.text, it.call.as_ref()?.name.text))).collect();
        Self { unit: RefCell::new(Some(unit)), templates, instances, known: RefCell::default() }
    }

    /// Keeps what is to be seen of a machine.
    pub(super) fn add(&self, machine: &Machine<'_>) {
        let shown = interface::of_machine(machine);
        self.known.borrow_mut().entry(shown.name.clone()).or_insert_with(|| Some(Arc::new(shown)));
    }

    /// Keeps what is to be seen of a machine outside of the sources.
    pub(super) fn add_extern(&self, machine: &Extern<'_>) {
        self.add_as(machine.name.text, interface::of_extern(machine));
    }

    /// Keeps what is to be seen of a machine under a name.
    pub(super) fn add_as(&self, name: &str, shown: Interface) {
        let shown = Arc::new(Interface { name: name.to_owned(), ..shown });
        self.known.borrow_mut().entry(name.to_owned()).or_insert(Some(shown));
    }

    /// Does something with the tree.
    pub(super) fn with_unit(&self, f: impl FnOnce(&Unit<'s>)) {
        if let Some(unit) = self.unit.borrow().as_ref() {
            f(unit);
        }
    }

    /// All of its machines are known by now: lets go of the tree.
    pub(super) fn close(&self) {
        self.unit.borrow_mut().take();
    }

    fn find(&self, name: &str) -> Option<Arc<Interface>> {
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone();
        }
        let unit = self.unit.borrow();
        let machine = unit.as_ref()?.machine(name).filter(|it| it.params.is_none());
        let shown = machine.map(|it| Arc::new(interface::of_machine(&it)));
        self.known.borrow_mut().insert(name.to_owned(), shown.clone());
        shown
    }

    fn names(&self, into: &mut Vec<String>) {
        into.extend(self.known.borrow().iter().filter(|it| it.1.is_some()).map(|it| it.0.clone()));
        if let Some(unit) = self.unit.borrow().as_ref() {
            into.extend(unit.machine_names().filter(|it| !it.1).map(|it| it.0.text.to_owned()));
        }
    }
}

impl Others for Neighbours<'_> {
    fn find(&self, name: &str) -> Option<Arc<Interface>> {
        let used = || self.used.iter().find_map(|it| Some((it, it.home.find(name)?)));
        self.home.find(name).or_else(|| {
            used().map(|(by, it)| {
                by.needed.set(true);
                it
            })
        })
    }

    fn instances(&self, name: &str) -> Option<Vec<String>> {
        let homes = || std::iter::once(&self.home).chain(self.used.iter().map(|it| &it.home));
        let made = |it: &&(&str, &str)| it.1 == name;
        homes().any(|it| it.templates.contains(&name)).then(|| {
            let instances = homes().flat_map(|it| it.instances.iter().filter(made));
            instances.map(|it| it.0.to_owned()).collect()
        })
    }

    fn unsure(&self) -> bool {
        self.unsure
    }

    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.home.names(&mut names);
        self.used.iter().for_each(|it| it.home.names(&mut names));
        names.sort();
        names.dedup();
        names
    }
}
