//! A source whose uses are all known: its names, then its templates, machines and instances.

use super::instances::{Template, Templates};
use super::names::{self, Declared, Sort};
use super::neighbours::{Home, Neighbours, Used};
use super::opened::{Brought, Opened};
use super::tests::Bench;
use super::{Exports, Found, Program, See, Then, ThenTests, uses};
use crate::ast::{self, Machine};
use crate::check::{self, Interface, Setting, interface};
use crate::diagnostic::Diagnostics;
use crate::source::FileId;
use crate::{analysis, model};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// A source while its machines are checked.
pub(super) struct Closing<'s> {
    pub(super) id: FileId,
    /// Nobody asked for tables of its machines.
    only_used: bool,
    pub(super) items: ast::File<'s>,
    pub(super) declared: Declared<'s>,
    pub(super) used: Vec<(Brought, Rc<Exports<'s>>)>,
    pub(super) neighbours: Rc<Neighbours<'s>>,
    templates: Vec<Rc<Template<'s>>>,
    /// Something could not be read: what is not found may be there.
    unsure: bool,
}

impl<'s> Closing<'s> {
    /// Notes all names, and checks the templates.
    pub(super) fn new(program: &mut Program<'s>, opened: Opened<'s>, sink: &mut Diagnostics) -> Self {
        let Opened { id, unit, mut items, brought, unsure, .. } = opened;
        check::file(id, &items, sink);
        let used: Vec<_> = brought.iter().filter_map(|it| Some((*it, program.done.get(&it.file)?.clone()))).collect();
        let declared = declared(id, unit.machine_names(), &items, program, sink);
        let templates: Vec<_> = unit.templates(sink).into_iter().map(|it| (interface::of_machine(&it), it)).collect();
        let home = Rc::new(Home::new(unit, &items.instances));
        items.externs.iter().for_each(|it| home.add_extern(it));
        let brings = |(_, it): &(Brought, Rc<Exports<'s>>)| Used {
            home: it.neighbours.home.clone(),
            kinds: it.neighbours.kinds.clone(),
            needed: Cell::new(false),
        };
        let kinds = std::mem::take(&mut items.kinds).into();
        let unsure = unsure || used.iter().any(|it| it.1.unsure);
        let neighbours = Rc::new(Neighbours { home, kinds, used: used.iter().map(brings).collect(), unsure });
        let only_used = program.sources.get(id).only_used;
        let mut closing = Self { id, only_used, items, declared, used, neighbours, templates: Vec::new(), unsure };
        closing.show_instances(&templates);
        closing.add_templates(templates, sink);
        closing
    }

    /// Lets the machines of the source know what is to be seen of its instances.
    fn show_instances(&self, own: &[(Interface, Machine<'s>)]) {
        for instance in &self.items.instances {
            let template = instance.call.as_ref().map(|it| it.name.text);
            let own = own.iter().map(|it| &it.0);
            let brought = self.used.iter().flat_map(|it| &it.1.templates).map(|it| &it.shown);
            let shown = own.chain(brought).find(|it| Some(it.name.as_str()) == template);
            // Of what an unknown template makes, nobody knows what it is missing.
            let unknown = Interface { faulty: true, ..Interface::default() };
            self.neighbours.home.add_as(instance.name.text, shown.cloned().unwrap_or(unknown));
        }
    }

    fn add_templates(&mut self, lowered: Vec<(Interface, Machine<'s>)>, sink: &mut Diagnostics) {
        for (shown, ast) in lowered {
            self.neighbours.note_kinds(&ast.body);
            let template = Template::check(self.id, ast, shown, self.neighbours.clone(), sink);
            self.templates.push(Rc::new(template));
        }
    }

    /// Checks machines and instances, and says what the source brings to others.
    pub(super) fn finish(self, program: &mut Program<'s>, sink: &mut Diagnostics, see: &mut See<'_>) -> Exports<'s> {
        self.machines(program, sink, see.machine);
        let mut needed = self.instances(sink, see.machine);
        self.tests(program, &mut needed, sink, see.tests);
        self.uses(&needed, program, sink);
        self.neighbours.home.close();
        let seen = self.templates().all;
        let Self { id, items, declared, neighbours, templates, .. } = self;
        Exports { file: id, declared, templates, seen, neighbours, unsure: items.faulty }
    }

    fn tests(
        &self,
        program: &Program<'s>,
        needed: &mut BTreeSet<FileId>,
        sink: &mut Diagnostics,
        see: &mut ThenTests<'_>,
    ) {
        if self.items.tests.is_empty() {
            return;
        }
        let tested = Bench::new(self, program, needed).run(sink);
        tested.into_iter().filter(|_| !self.only_used).for_each(see);
    }

    fn machines(&self, program: &Program<'s>, sink: &mut Diagnostics, then: &mut Then<'_>) {
        // Sources that follow may use this one, when the tree is gone.
        let keep = program.sources.iter().nth(1).is_some() || self.id != FileId(0);
        let home = &self.neighbours.home;
        let kinds = self.neighbours.kinds();
        home.with_unit(|unit| {
            unit.machines(sink, &mut |ast, sink| {
                if keep {
                    home.add(&ast);
                }
                self.neighbours.note_kinds(&ast.body);
                let setting = Setting { others: &*self.neighbours, ..Setting::alone(&kinds) };
                if let Some(machine) = check::machine(self.id, &ast, &setting, sink) {
                    analysis::analyse(self.id, &machine, sink);
                    self.hand_over(self.id, &machine, sink, then);
                }
            });
        });
    }

    /// Makes all instances; the sources that their templates come from.
    fn instances(&self, sink: &mut Diagnostics, then: &mut Then<'_>) -> BTreeSet<FileId> {
        let templates = self.templates();
        let mut needed = BTreeSet::new();
        for instance in &self.items.instances {
            let Some((template, params)) = templates.called(self.id, instance, sink, &mut needed) else { continue };
            if let Some(machine) = template.make(self.id, instance, params, sink) {
                self.hand_over(template.file, &machine, sink, then);
            }
        }
        needed
    }

    pub(super) fn templates(&self) -> Templates<'_, 's> {
        let brought = self.used.iter().flat_map(|it| &it.1.templates);
        let names = self.used.iter().map(|it| &it.1.declared);
        Templates {
            all: self.templates.iter().chain(brought).cloned().collect(),
            names: std::iter::once(&self.declared).chain(names).collect(),
            unsure: self.unsure,
        }
    }

    fn hand_over(&self, file: FileId, machine: &model::Machine, sink: &mut Diagnostics, then: &mut Then<'_>) {
        if !self.only_used {
            then(&Found { file, home: self.id, machine }, sink);
        }
    }

    /// Tells what is wrong with the uses as a whole. Of a source that could not be read nobody knows what it needs.
    fn uses(&self, needed: &BTreeSet<FileId>, program: &Program<'s>, sink: &mut Diagnostics) {
        let brought: Vec<_> = self.used.iter().map(|it| (it.0, &it.1.declared)).collect();
        names::collisions(program.sources, &self.declared, &brought, sink);
        for ((brought, _), machines) in self.used.iter().zip(&self.neighbours.used) {
            let is_needed = needed.contains(&brought.file) || machines.needed.get();
            if !is_needed && !self.unsure && !sink.has_errors() {
                sink.push(uses::unused(program.sources, self.id, brought));
            }
        }
    }
}

/// All names that a source declares, in the order of the source.
fn declared<'s>(
    id: FileId,
    machines: impl Iterator<Item = (ast::Name<'s>, bool)>,
    items: &ast::File<'s>,
    program: &mut Program<'s>,
    sink: &mut Diagnostics,
) -> Declared<'s> {
    let sort = |is_template| if is_template { Sort::Template } else { Sort::Machine };
    let mut all: Vec<_> = machines.map(|(name, is_template)| (sort(is_template), name)).collect();
    all.extend(items.instances.iter().map(|it| (Sort::Instance, it.name)));
    all.extend(items.externs.iter().map(|it| (Sort::Extern, it.name)));
    all.extend(items.kinds.iter().map(|it| (Sort::Kind, it.name)));
    all.sort_by_key(|it| it.1.span);
    let mut declared = Declared::new(id, all.len());
    program.names.reserve(all.len());
    for (sort, name) in all {
        declared.add(sort, name, &mut program.names, sink);
    }
    declared
}
