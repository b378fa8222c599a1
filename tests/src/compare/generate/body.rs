//! What stands between the braces of a state.

use super::Writer;
use super::actions::May;
use super::plan::Scope;

impl Writer {
    /// All of a state: watchers, blocks, handlers, inner states.
    pub(super) fn body(&mut self, state: usize) {
        for watcher in self.plan.watchers.clone().iter().filter(|it| it.state == state) {
            self.watcher(watcher);
        }
        self.blocks(state);
        self.handlers(state);
        for inner in self.plan.states[state].inside.clone() {
            self.state(inner);
        }
    }

    fn state(&mut self, state: usize) {
        let path = self.plan.states[state].path.clone();
        let name = path.rsplit('.').next().unwrap_or_default();
        let initial = if self.plan.is_initial(state) { "initial " } else { "" };
        let last = if self.chance(5) { "final " } else { "" };
        self.open(&format!("{initial}{last}state {name}"));
        self.body(state);
        self.close();
    }

    fn blocks(&mut self, state: usize) {
        for block in ["enter", "exit"] {
            if !self.chance(25) {
                continue;
            }
            // What fails when the machine begins has nowhere to go back to.
            let is_safe = block == "enter" && self.plan.is_first(state);
            let raise = if is_safe { usize::MAX } else { 0 };
            let may = May { state, raise, assign: true, tell: true };
            let actions = self.block(may, &Scope { binding: None, is_safe });
            self.line(format!("{block} {actions}"));
        }
    }

    /// A state as a handler in `here` may call it.
    pub(super) fn called(&mut self, here: usize, target: usize) -> String {
        let path = self.plan.states[target].path.clone();
        let name = path.rsplit('.').next().unwrap_or_default().to_owned();
        let mut around = Some(here);
        while let Some(at) = around {
            let inside = &self.plan.states[at].inside;
            let is_called = |it: &usize| self.plan.states[*it].path.rsplit('.').next() == Some(&name);
            if let Some(found) = inside.iter().find(|it| is_called(it)) {
                let is_meant = *found == target;
                return if is_meant && self.chance(60) { name } else { path };
            }
            around = self.plan.states[at].around;
        }
        path
    }
}
