//! What is said when an event's name is not `WATCHER.OUTCOME` of a watcher that is active.

use super::events::ALL_FAULTS;
use super::handlers::{Place, Resolver};
use super::kinds::Declaration;
use super::tree::{Site, Tree};
use super::wording;
use crate::ast::{Name, Path, Response, Trigger};
use crate::diagnostic::{Code, suggest};
use crate::model::{INVALID, SKIPPED, WatcherId};

impl Resolver<'_, '_> {
    pub(super) fn unknown_outcome(
        &mut self,
        place: Place<'_>,
        position: usize,
        watcher: WatcherId,
        declaration: &Declaration,
        name: Name<'_>,
    ) {
        let site = &self.tree.watchers[watcher.0];
        let id = watcher;
        let (kind, names) = (&declaration.kind.name, self.outcome_names(id));
        let watcher = site.ast.name.text;
        let events = self.events_of(id);
        let right = || names.iter().copied().chain([ALL_FAULTS]);
        let (nearest, certain) = (suggest::nearest(name.text, right()), suggest::is_certain(name.text, right()));
        let headline = format!("`{kind}` has no outcome `{}`", name.text);
        let about =
            format!("`{watcher}` is {} `{kind}`, which reports {}", wording::article(kind), wording::any_of(&names));
        self.report.tell(Code::UNKNOWN_OUTCOME, name.span, headline, |file, it| {
            let it = it.label("no outcome of this name").also(file, site.ast.name.span, about);
            match nearest {
                Some(right) => {
                    let event = format!("{}.{right}", wording::name(watcher));
                    let line = wording::with_event(place.handler, position, &event);
                    it.label(format!("did you mean `{right}`?"))
                        .help(format!("write `{line}`"))
                        .fix(file, name.span, right)
                        .certain_if(certain)
                }
                None if name.text == SKIPPED => it.help("only a watcher with `under LIMIT` can be skipped"),
                None if name.text == INVALID => {
                    it.help("only a watcher with `returns { … }` can yield what is invalid")
                }
                None => it.help(format!("write {}", wording::any_of(&events))),
            }
        });
    }

    /// `on air.idle`: where an outcome belongs stands the state that the author wants to be in.
    pub(super) fn state_as_outcome(
        &mut self,
        place: Place<'_>,
        watcher: WatcherId,
        declaration: &Declaration,
        name: Name<'_>,
    ) {
        let site = &self.tree.watchers[watcher.0];
        let outcomes = wording::any_of(&self.outcome_names(watcher));
        let watcher = wording::name(site.ast.name.text);
        let headline = format!("`{}` is a state, and an outcome of `{watcher}` belongs here", name.text);
        let about = format!("`{watcher}` reports {outcomes}");
        let first = declaration.kind.outcomes.first().map_or("ok", |it| it.name.as_str());
        let target = match &place.handler.response {
            Some(Response::Goto { target, .. }) => wording::path(target),
            _ => wording::name(name.text),
        };
        self.report.tell(Code::STATE_AS_EVENT, name.span, headline, |file, it| {
            it.label("a state").also(file, site.ast.name.span, about).help(format!(
                "first comes what has happened, then the state to be in: `on {watcher}.{first} -> {target}`"
            ))
        });
    }

    pub(super) fn no_outcome(&mut self, place: Place<'_>, position: usize, name: Name<'_>, watcher: WatcherId) {
        let headline = format!("`{}` alone is not an event", name.text);
        let outcomes = wording::any_of(&self.outcome_names(watcher));
        let events = self.events_of(watcher);
        let lines: Vec<_> = events.iter().map(|it| wording::with_event(place.handler, position, it)).collect();
        self.report.tell(Code::MISSING_OUTCOME, name.span, headline, |_, it| {
            it.label(format!("it reports {outcomes}: say which")).help(format!("write {}", wording::any_of(&lines)))
        });
    }

    /// `on maintenance.done` of a declared event.
    pub(super) fn inside_an_event(&mut self, event: Name<'_>, further: Name<'_>) {
        let headline = format!("`{}` is an event, and nothing is inside it", event.text);
        let written = wording::name(event.text);
        self.report.tell(Code::UNKNOWN_OUTCOME, further.span, headline, |_, it| {
            it.label("this is one name too many").help(format!(
                "write `on {written}`; what it carries gets a name in brackets: `on {written}(it)`, then `it.{}`",
                wording::name(further.text)
            ))
        });
    }

    pub(super) fn too_many_names(&mut self, watcher: Name<'_>, further: Name<'_>) {
        let headline = format!("an event has two names, and `{}` is a third", further.text);
        self.report.tell(Code::UNKNOWN_OUTCOME, further.span, headline, |_, it| {
            it.label("nothing is inside an outcome")
                .help(format!("write the watcher and its outcome only, as in `{}.failed`", wording::name(watcher.text)))
        });
    }

    pub(super) fn inactive_watcher(&mut self, place: Place<'_>, name: Name<'_>, site: &Site<'_>) {
        let (own, here) = (self.tree.path(site.owner), self.tree.path(place.state));
        let headline = format!("the watcher `{}` is not active here", name.text);
        let out = match here.as_str() {
            "" => "into the machine itself".to_owned(),
            _ => format!("into a state around both `{own}` and `{here}`"),
        };
        self.report.tell(Code::INACTIVE_WATCHER, name.span, headline, |file, it| {
            it.label(format!("it reports only while the machine is in `{own}`"))
                .also(file, site.ast.name.span, format!("it stands in `{own}`"))
                .help(format!("move this handler between the braces of `{own}`, or move the watcher {out}"))
        });
    }

    /// A state where an event belongs: the classical mistake of those who know machines by their transitions.
    pub(super) fn state_as_event(&mut self, place: Place<'_>, position: usize, path: &Path<'_>, name: Name<'_>) {
        let events = self.active_events(place);
        let behind: Vec<_> = path.names.iter().skip(1).map(|it| wording::name(it.text)).collect();
        let behind = behind.join(".");
        if events.contains(&behind) {
            return self.state_before_watcher(place, position, path, &behind);
        }
        let headline = format!("`{}` is a state, and an event belongs here", wording::path(path));
        let example = events.first().map_or("WATCHER.OUTCOME", String::as_str);
        let line = wording::with_event(place.handler, position, example);
        let state = wording::name(name.text);
        self.report.tell(Code::STATE_AS_EVENT, path.span, headline, |_, it| {
            let it = it.label("a state").help(format!(
                "write what has to happen, as in `{line}`; what is to be done in `{state}` stands between the braces of `state {state}`"
            ));
            match events.is_empty() {
                true => it.note("no watcher is active here, so no event can happen"),
                false => it.note(format!("the events here are {}", wording::all_of(&events))),
            }
        });
    }

    /// `on known.air.ok`: the way to a watcher, as if it were a state.
    fn state_before_watcher(&mut self, place: Place<'_>, position: usize, path: &Path<'_>, event: &str) {
        let Some(state) = path.names.first() else { return };
        let line = wording::with_event(place.handler, position, event);
        let headline = format!("`{}` is a state, and an event begins with its watcher", state.text);
        self.report.tell(Code::STATE_AS_EVENT, state.span, headline, |file, it| {
            it.label("a state")
                .help(format!("write `{line}`: a watcher is called by its name alone"))
                .fix(file, path.span, event)
                .certain()
        });
    }

    pub(super) fn unknown_watcher(&mut self, place: Place<'_>, position: usize, path: &Path<'_>, name: Name<'_>) {
        if path.names.len() == 1 && self.unknown_event(place, position, name) {
            return;
        }
        if path.names.len() == 2 && self.unknown_machine(place, position, path, name) {
            return;
        }
        let headline = format!("there is no watcher `{}`", name.text);
        let active = active_names(self.tree, place);
        let nearest = suggest::nearest(name.text, active.iter().copied());
        let events = self.active_events(place);
        let outcome = path.names.get(1).map_or("ok", |it| it.text);
        let mut as_outcomes = events.iter().filter(|it| it.rsplit('.').next() == Some(name.text));
        let (as_outcome, is_only) = (as_outcomes.next(), as_outcomes.next().is_none());
        let line = |event: &str| wording::with_event(place.handler, position, event);
        self.report.tell(Code::UNKNOWN_WATCHER, name.span, headline, |file, it| match (nearest, as_outcome) {
            (_, Some(event)) if path.names.len() == 1 => it
                .label("an outcome; say of which watcher")
                .help(format!("write `{}`", line(event)))
                .fix(file, name.span, event.as_str())
                .certain_if(is_only && nearest.is_none()),
            (Some(right), _) => {
                let right = wording::name(right);
                it.label(format!("did you mean `{right}`?"))
                    .help(format!("write `{}`", line(&format!("{right}.{outcome}"))))
                    .fix(file, name.span, right)
                    .certain_if(suggest::is_certain(name.text, active.iter().copied()))
            }
            (None, _) if active.is_empty() => it.label("no watcher is active here").help(format!(
                "declare one in this state, such as `watch {} = exec(\"./check.sh\") every 1m`",
                wording::name(name.text)
            )),
            (None, _) => it
                .label("no watcher of this name")
                .help(format!("the watchers that are active here are {}", wording::all_of(&active))),
        });
    }

    /// A single name that is near to a declared event; whether that was told.
    fn unknown_event(&mut self, place: Place<'_>, position: usize, name: Name<'_>) -> bool {
        let names: Vec<_> = self.declared.events.iter().map(|it| it.name.as_str()).collect();
        let Some(right) = suggest::nearest(name.text, names.iter().copied()) else { return false };
        let line = wording::with_event(place.handler, position, &wording::name(right));
        let headline = format!("there is no event `{}`", name.text);
        self.report.tell(Code::UNKNOWN_EVENT, name.span, headline, |file, it| {
            it.label(format!("did you mean `{right}`?"))
                .help(format!("write `{line}`"))
                .fix(file, name.span, wording::name(right))
                .certain_if(suggest::is_certain(name.text, names.iter().copied()))
        });
        true
    }

    /// The first of two names, when no watcher is near to it, and another machine is; whether that was told.
    fn unknown_machine(&mut self, place: Place<'_>, position: usize, path: &Path<'_>, name: Name<'_>) -> bool {
        let active = active_names(self.tree, place);
        let others = self.setting.others;
        if others.unsure() {
            self.report.known_broken();
            return true;
        }
        if super::others::template(name, others, self.report) {
            return true;
        }
        if suggest::nearest(name.text, active.iter().copied()).is_some() {
            return false;
        }
        let names = others.names();
        let Some(right) = suggest::nearest(name.text, names.iter().map(String::as_str)).map(wording::name) else {
            return false;
        };
        let event = format!("{right}.{}", path.names.get(1).map_or("ok", |it| it.text));
        let line = wording::with_event(place.handler, position, &event);
        let headline = format!("there is no watcher or machine `{}`", name.text);
        let certain = suggest::is_certain(name.text, names.iter().map(String::as_str).chain(active));
        self.report.tell(Code::UNKNOWN_MACHINE, name.span, headline, |file, it| {
            it.label(format!("did you mean the machine `{right}`?"))
                .help(format!("write `{line}`"))
                .fix(file, name.span, right)
                .certain_if(certain)
        });
        true
    }

    /// `on idle -> air.ok`: both names are right and in each other's place. Told at once, with both places.
    pub(super) fn wrong_way_round(&mut self, place: Place<'_>) -> bool {
        let Trigger::On { events } = &place.handler.trigger else { return false };
        let (Some(Response::Goto { target, again: None }), [event]) = (&place.handler.response, events.as_slice())
        else {
            return false;
        };
        let event = event.path();
        if !self.is_event(place, target) || self.is_event(place, event) || !self.is_state_path(place, event) {
            return false;
        }
        let (state, event_text) = (wording::path(event), wording::path(target));
        let headline = format!("`{state}` is a state, and an event belongs here");
        let both = event.span.to(target.span);
        self.report.tell(Code::STATE_AS_EVENT, event.span, headline, |file, it| {
            it.label("a state")
                .also(file, target.span, "an event")
                .help(format!("write them the other way round: `on {event_text} -> {state}`"))
                .fix(file, both, format!("{event_text} -> {state}"))
                .certain()
        });
        true
    }
}

fn active_names<'t>(tree: &'t Tree<'_>, place: Place<'_>) -> Vec<&'t str> {
    tree.active_watchers(place.state).map(|it| tree.watchers[it.0].ast.name.text).collect()
}
