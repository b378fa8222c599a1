//! Machines, states, declarations, handlers, actions.

use super::{Generator, NAMES};

impl Generator {
    pub(super) fn use_(&mut self) {
        self.token("use");
        let what = self.random.of(&["std/service", "\"a b.machine\"", "std/x/y"]);
        self.token(what);
    }

    pub(super) fn instance(&mut self) {
        self.token("machine");
        self.name();
        self.token("=");
        self.call();
        self.blank();
    }

    pub(super) fn extern_(&mut self) {
        self.token("extern");
        self.token("machine");
        self.name();
        self.token("{");
        for _ in 0..self.random.below(4) {
            self.doc();
            if self.random.one_in(2) {
                self.token("states");
                self.sequence(5, Self::path);
            } else {
                self.event();
            }
        }
        self.token("}");
    }

    pub(super) fn machine(&mut self) {
        self.token("machine");
        self.name();
        if self.random.one_in(3) {
            self.list(["(", ")"], 4, Self::param);
            self.blank();
        }
        self.token("1.0.0");
        self.body(0);
    }

    fn body(&mut self, depth: usize) {
        self.token("{");
        for _ in 0..self.random.below(6) {
            self.doc();
            match self.random.below(13) {
                0..2 if depth < 3 => self.state(depth + 1),
                0..3 => self.watcher(),
                3..7 => self.on(),
                7 => self.timed("after"),
                8 => self.when(),
                9 => self.block(),
                10 => self.require(),
                _ => self.declaration(),
            }
        }
        self.token("}");
    }

    fn state(&mut self, depth: usize) {
        match self.random.below(3) {
            0 => self.token("initial"),
            1 => self.token("final"),
            _ => {}
        }
        self.token("state");
        let name = self.random.of(&NAMES);
        self.out.push_str(name);
        if self.random.one_in(4) {
            self.blank();
            self.token("was");
            self.sequence(3, Self::path);
            self.body(depth);
        } else if self.random.one_in(3) {
            self.out.push('\n');
            self.blank();
        } else {
            self.blank();
            self.body(depth);
        }
    }

    // ---- Declarations

    fn declaration(&mut self) {
        match self.random.below(6) {
            0 => self.data("data"),
            1 => self.data("fact"),
            2 => self.secret(),
            3 => self.limit(),
            _ => self.event(),
        }
    }

    fn data(&mut self, keyword: &str) {
        self.token(keyword);
        self.name();
        if self.random.one_in(2) {
            self.token(":");
            self.ty();
        }
        self.token("=");
        self.value();
    }

    fn secret(&mut self) {
        self.token("secret");
        self.name();
        self.token("from");
        self.token("env");
        self.token("\"TOKEN\"");
    }

    fn limit(&mut self) {
        self.token("limit");
        self.name();
        self.token("=");
        self.value();
        match self.random.below(3) {
            0 => self.across_fleet(),
            1 => self.words(&["on", "node"]),
            _ => {}
        }
    }

    fn across_fleet(&mut self) {
        self.words(&["across", "fleet"]);
        if self.random.one_in(2) {
            self.words(&["offline", "proceed"]);
        }
    }

    fn event(&mut self) {
        self.token("event");
        self.name();
        if self.random.one_in(2) {
            self.list(["(", ")"], 4, Self::field);
            self.blank();
        }
        if self.random.one_in(2) {
            self.token("from");
            self.token("operator");
        }
    }

    // ---- Handlers

    fn on(&mut self) {
        self.token("on");
        self.sequence(6, Self::event_ref);
        self.guard();
        self.response();
    }

    fn event_ref(&mut self) {
        self.path();
        match self.random.below(5) {
            0 => {
                self.token("(");
                self.name();
                self.token(")");
            }
            1 => {
                self.token("enters");
                self.path();
            }
            _ => {}
        }
    }

    fn guard(&mut self) {
        if self.random.one_in(3) {
            self.token("when");
            self.calculation();
        }
    }

    pub(super) fn path(&mut self) {
        let first = self.random.of(&NAMES);
        self.out.push_str(first);
        if self.random.one_in(2) {
            self.out.push_str(".failed");
        }
        self.blank();
    }

    fn timed(&mut self, keyword: &str) {
        self.token(keyword);
        self.token("1m30s");
        self.guard();
        self.response();
    }

    fn when(&mut self) {
        self.token("when");
        self.calculation();
        self.response();
    }

    fn response(&mut self) {
        if self.random.one_in(3) {
            self.token("stay");
        } else {
            self.token("->");
            self.path();
            if self.random.one_in(3) {
                self.token("again");
            }
        }
        if self.random.one_in(3) {
            self.token("as");
            self.name();
        }
        if self.random.one_in(3) {
            self.actions();
        }
    }

    // ---- Actions

    fn block(&mut self) {
        let keyword = self.random.of(&["enter", "exit"]);
        self.token(keyword);
        self.actions();
    }

    fn actions(&mut self) {
        self.token("{");
        for _ in 0..self.random.below(4) {
            self.action();
        }
        self.token("}");
    }

    fn action(&mut self) {
        match self.random.below(6) {
            0 => self.emit("emit"),
            1 => self.emit("raise"),
            2 => {
                self.token("log");
                self.value();
            }
            3 => {
                self.token("poll");
                self.name();
            }
            _ => {
                self.name();
                let mark = self.random.of(&["=", "+=", "-="]);
                self.token(mark);
                self.value();
            }
        }
    }

    fn emit(&mut self, keyword: &str) {
        self.token(keyword);
        let name = self.random.of(&NAMES);
        self.out.push_str(name);
        if self.random.one_in(2) {
            self.list(["(", ")"], 3, Self::argument);
        }
        self.blank();
    }
}
