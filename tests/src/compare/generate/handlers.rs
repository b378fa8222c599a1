//! Handlers: what they wait for, on what condition, and where they lead.

use super::actions::May;
use super::plan::{Field, Scope, Watcher};
use super::{Mistake, Writer};
use crate::reference::Type;

/// An event as handlers of a state may name it.
struct Occasion {
    /// As it is written: `w0.ok`.
    name: String,
    fields: Vec<Field>,
    /// It comes at once, without a wait: then it leads only further down.
    is_instant: bool,
    /// It may lead on, and others may hear of it. Else it is only noted.
    leads: bool,
    /// The first raised event that its actions may raise.
    raise: usize,
    /// What comes last in this state answers it too, so that it need not be answered in any case.
    is_answered: bool,
}

impl Writer {
    /// The handlers of a state.
    pub(super) fn handlers(&mut self, state: usize) {
        for watcher in self.plan.active(state) {
            for mut occasion in self.reported(&watcher) {
                occasion.is_answered &= watcher.state == state;
                let percent = if watcher.state == state { 70 } else { 25 };
                self.answers(state, &occasion, percent);
            }
            if watcher.state == state {
                self.last_answers(state, &watcher);
            }
        }
        for occasion in self.events(state) {
            self.answers(state, &occasion, if state == 0 { 60 } else { 30 });
        }
        self.timers(state);
        self.whens(state);
        self.faults(state);
        if state == 0 {
            self.ways();
        }
    }

    /// What a watcher can report that need not be answered here, or may be answered before the last line is.
    fn reported(&self, watcher: &Watcher) -> Vec<Occasion> {
        let took = ("took".to_owned(), Type::Duration);
        let reasons =
            Type::Words(["exit", "signal", "timeout", "unstartable", "interrupted"].map(str::to_owned).to_vec());
        let failed = vec![("reason".to_owned(), reasons), ("code".to_owned(), Type::INT), took.clone()];
        let words = ["exit", "signal", "timeout", "unstartable", "interrupted", "invalid"].map(str::to_owned).to_vec();
        let of_program = vec![("reason".to_owned(), Type::Words(words)), ("code".to_owned(), Type::INT), took.clone()];
        let outcomes: Vec<(&str, Vec<Field>)> = match watcher.kind {
            "file" => vec![("changed", Vec::new()), ("present", Vec::new()), ("missing", Vec::new())],
            "probe" => {
                let measured = vec![("level".to_owned(), Type::Int(0, 100)), ("warm".to_owned(), Type::Float)];
                vec![("measured", measured), ("broken", Vec::new()), ("failed", of_program)]
            }
            "bell" => vec![("rang", vec![("times".to_owned(), Type::Int(1, 9)), ("by".to_owned(), Type::Text(20))])],
            _ => vec![("ok", [vec![took], watcher.returns.clone()].concat()), ("failed", failed)],
        };
        let occasion = |(name, fields): (&str, Vec<Field>)| Occasion {
            name: format!("{}.{name}", watcher.name),
            fields,
            is_instant: watcher.is_run,
            leads: true,
            raise: 0,
            is_answered: ["failed", "missing", "broken"].contains(&name),
        };
        outcomes.into_iter().map(occasion).collect()
    }

    fn last_answers(&mut self, state: usize, watcher: &Watcher) {
        let name = &watcher.name;
        if watcher.is_limited && watcher.is_run {
            self.line(format!("on {name}.skipped stay"));
        }
        let raise = usize::MAX;
        let actions = self.actions(May { state, raise, assign: true, tell: true }, &Scope::default());
        self.line(format!("on {name}.fault stay{actions}"));
    }

    /// Events that can come in any state.
    fn events(&self, state: usize) -> Vec<Occasion> {
        let occasion = |name: String, fields: &[Field], raise: Option<usize>, leads: bool| Occasion {
            name,
            fields: fields.to_vec(),
            is_instant: raise.is_some(),
            leads,
            raise: raise.unwrap_or(0),
            is_answered: false,
        };
        let sent = self.plan.sent.iter().map(|it| occasion(it.name.clone(), &it.fields, None, true));
        let mut all: Vec<Occasion> = sent.collect();
        for other in &self.plan.others {
            let name = &other.name;
            let told = other.events.iter();
            all.extend(told.map(|it| occasion(format!("{name}.{}", it.name), &it.fields, None, other.leads)));
            // Of a machine with many states, a few.
            let states = other.states.iter().skip(state % 2).step_by(1 + other.states.len() / 4);
            all.extend(states.map(|it| occasion(format!("{name} enters {it}"), &[], None, other.leads)));
        }
        let raised = self.plan.raised.iter().enumerate();
        all.extend(raised.map(|(index, it)| occasion(it.name.clone(), &it.fields, Some(index + 1), true)));
        all
    }

    /// Some handlers of an event, those with a condition first.
    fn answers(&mut self, state: usize, occasion: &Occasion, percent: u64) {
        for _ in 0..2 {
            if self.chance(percent / 2) {
                self.handler(state, occasion, true);
            }
        }
        if self.plan.is_last(state) {
            return;
        }
        // A raised event that a state answers in any case is answered, so that something of it is seen.
        if self.chance(percent) && !occasion.is_answered || occasion.raise > 0 && state == 0 {
            self.handler(state, occasion, false);
        }
    }

    fn handler(&mut self, state: usize, occasion: &Occasion, has_condition: bool) {
        let binds = !occasion.fields.is_empty() && self.chance(75);
        let binding = binds.then(|| ("p".to_owned(), occasion.fields.clone()));
        let scope = Scope { binding, is_safe: false };
        let mut line = format!("on {}{}", occasion.name, if binds { "(p)" } else { "" });
        if has_condition {
            line += &format!(" when {}", self.guard(&scope));
        }
        let leads = occasion.leads && (!occasion.is_instant || (occasion.raise > 0) == self.plan.raised_lead);
        let response = if leads { self.way(state, occasion.is_instant) } else { None };
        line += &self.labelled(response.unwrap_or_else(|| " stay".to_owned()));
        let may = May { state, raise: occasion.raise, assign: true, tell: occasion.leads };
        line += &self.actions(may, &scope);
        self.line(line);
    }

    fn guard(&mut self, scope: &Scope) -> String {
        if self.is_occasion(Mistake::NoCondition) {
            return "d0".to_owned();
        }
        if scope.binding.is_some() && self.is_occasion(Mistake::UnknownField) {
            return "p.nothing == 1".to_owned();
        }
        self.spoken_of.clear();
        self.condition(2, scope)
    }

    /// Where it leads, with a label now and then.
    fn response(&mut self, state: usize, is_instant: bool) -> String {
        let response = self.way(state, is_instant).unwrap_or_else(|| " stay".to_owned());
        self.labelled(response)
    }

    fn labelled(&mut self, mut response: String) -> String {
        if self.chance(20) {
            self.labels += 1;
            response += &format!(" as label{}", self.labels % 5);
        }
        response
    }

    fn way(&mut self, state: usize, is_instant: bool) -> Option<String> {
        if self.chance(35) {
            return None;
        }
        let all = 1..self.plan.states.len();
        let first = self.plan.states[state].leaves.1 + 1;
        let targets: Vec<usize> = all.filter(|it| !is_instant || self.plan.states[*it].leaves.0 >= first).collect();
        let target = *targets.get(self.random.below(targets.len()))?;
        let name = self.called(state, target);
        // What leads to where the machine is in the only state that leaves the event to this one never leads there.
        let is_there = self.plan.states[state].leaves.1 <= self.plan.states[target].leaves.1
            && self.plan.states[state].leaves.1 >= self.plan.states[target].leaves.0;
        if is_there && !is_instant {
            return Some(format!(" -> {name} again"));
        }
        let is_compound = !self.plan.states[target].inside.is_empty();
        Some(match self.random.below(10) {
            0..4 if is_compound => format!(" -> {name}.last"),
            8 if !is_instant => format!(" -> {name} again"),
            _ => format!(" -> {name}"),
        })
    }

    fn timers(&mut self, state: usize) {
        if self.chance(30) {
            let delay = self.word(&["10ms", "1s", "2s500ms", "10s", "1m"]);
            let guard = self.guard(&Scope::default());
            self.timer(state, &format!("after {delay} when {guard}"));
        }
        if self.chance(30) {
            let delay = self.word(&["61s", "2m", "1h"]);
            self.timer(state, &format!("after {delay}"));
        }
    }

    fn timer(&mut self, state: usize, trigger: &str) {
        let response = self.response(state, false);
        let actions = self.actions(May { state, raise: 0, assign: true, tell: true }, &Scope::default());
        self.line(format!("{trigger}{response}{actions}"));
    }

    /// Conditions that lead on as soon as they hold. What they do does not make another one true.
    fn whens(&mut self, state: usize) {
        for _ in 0..2 {
            if !self.chance(20) {
                continue;
            }
            self.spoken_of.clear();
            let condition = self.condition(1, &Scope { binding: None, is_safe: true });
            let way = if self.plan.raised_lead { None } else { self.way(state, true) };
            let may = May { state, raise: usize::MAX, assign: false, tell: true };
            let scope = Scope { binding: None, is_safe: !self.random.clone().chance(30) };
            let actions =
                if way.is_some() { self.actions(may, &scope) } else { format!(" {}", self.block(may, &scope)) };
            let response = self.labelled(way.unwrap_or_else(|| " stay".to_owned()));
            self.line(format!("when {condition}{response}{actions}"));
        }
    }

    /// Only at the top: elsewhere nothing may be able to fail.
    fn faults(&mut self, state: usize) {
        if state != 0 {
            return;
        }
        let scope = Scope { binding: None, is_safe: true };
        let raised: Vec<String> = self.plan.raised.clone().iter().map(|it| self.told("raise", it, &scope)).collect();
        self.line(format!("on bump(p) stay {{ d0 += p.by  {} }}", raised.join("  ")));
        if self.chance(40) {
            self.line("on fault(p) when p.reason == division stay { log \"{p.reason} at {p.at}\" }");
        }
        let response = self.response(state, true);
        let response = if self.chance(50) { response } else { " stay".to_owned() };
        self.line(format!("on fault{response}"));
    }

    /// A way to every state.
    fn ways(&mut self) {
        for state in 1..self.plan.states.len() {
            let path = self.plan.states[state].path.clone();
            self.line(format!("on to_{state} -> {path}"));
        }
    }
}
