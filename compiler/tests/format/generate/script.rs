//! Promises and tests.

use super::{Generator, NAMES};

/// Paths that stand on one line.
const PATHS: [&str; 4] = ["a", "`on`.monitor", "a.`off for good {`.b", "restart"];

impl Generator {
    pub(super) fn require(&mut self) {
        self.token("require");
        match self.random.below(5) {
            0 => {
                self.words(&["always", "can", "reach"]);
                self.goals();
            }
            1 => {
                self.path();
                self.words(&["leads", "to"]);
                self.goals();
            }
            2 => {
                self.token("never");
                self.path();
                self.token("->");
                self.path();
            }
            3 => {
                self.out.push_str("never ");
                self.calculation();
            }
            _ => self.at_most(true),
        }
    }

    fn goals(&mut self) {
        self.path();
        while self.random.one_in(2) {
            self.token("or");
            self.path();
        }
    }

    fn at_most(&mut self, with_time: bool) {
        self.words(&["at", "most"]);
        self.token("60");
        self.token("transitions");
        if with_time || self.random.one_in(2) {
            self.token("per");
            self.token("1h");
        }
    }

    pub(super) fn test(&mut self) {
        self.token("test");
        self.token("\"a // b\"");
        self.token("for");
        if self.random.one_in(3) {
            self.call();
            self.blank();
        } else {
            self.name();
        }
        if self.random.one_in(4) {
            self.token("random");
            self.token("2000");
            self.token("seed");
            self.token("7");
        }
        if self.random.one_in(3) {
            self.cases();
        }
        self.token("{");
        for _ in 0..self.random.below(9) {
            self.line();
            self.out.push('\n');
            self.blank();
        }
        self.token("}");
    }

    fn cases(&mut self) {
        self.token("each");
        self.token("(");
        self.case_param();
        while self.random.one_in(2) {
            self.token(",");
            self.case_param();
        }
        self.token(")");
        self.token("in");
        self.list(["[", "]"], 4, Self::case);
        self.blank();
    }

    fn case_param(&mut self) {
        self.name();
        self.token(":");
        let ty = self.random.of(&["state", "int", "string"]);
        self.token(ty);
    }

    fn case(&mut self) {
        self.list(["(", ")"], 4, Self::value);
        self.blank();
    }

    // ---- Lines

    fn line(&mut self) {
        match self.random.below(10) {
            0 => self.answers(),
            1 => self.advance(),
            2 => self.start(),
            3 => {
                self.out.push_str("with ");
                self.name();
                self.token("=");
                self.value();
            }
            4 => {
                self.words(&["power", "off"]);
                self.token("for");
                self.token("3h");
            }
            5 => self.out.push_str("restart"),
            6 => self.send(),
            _ => self.expect(),
        }
    }

    fn one_of(&mut self, choices: &[&'static str]) {
        let text = self.random.of(choices);
        self.out.push_str(text);
    }

    fn answers(&mut self) {
        self.one_of(&PATHS);
        self.one_of(&[" answers ", "  answers\t"]);
        self.answer();
        while self.random.one_in(2) {
            self.blank();
            self.token(",");
            self.token("then");
            self.answer();
        }
    }

    fn answer(&mut self) {
        self.one_of(&["ok", "nothing", "exit", "`on`"]);
        if self.random.one_in(2) {
            self.one_of(&["", " "]);
            self.list(["{", "}"], 3, Self::entry);
        }
        if self.random.one_in(2) {
            self.one_of(&[" x3", "  x1"]);
        }
        if self.random.one_in(2) {
            self.out.push_str(" after ");
            self.out.push_str("4s");
        }
    }

    fn advance(&mut self) {
        self.token("advance");
        if self.random.one_in(2) {
            return self.token("3m");
        }
        self.token("until");
        self.calculation();
        if self.random.one_in(2) {
            self.token("within");
            self.token("1h");
        }
    }

    fn start(&mut self) {
        self.one_of(&["start 2026-03-29", "start  2026-03-29 01:55", "start 2026-03-29  01:55:00"]);
        if self.random.one_in(2) {
            self.out.push_str(" in ");
            self.token("America/Port-au-Prince");
        }
    }

    fn send(&mut self) {
        self.one_of(&NAMES);
        match self.random.below(4) {
            0 => {
                self.out.push_str(" is ");
                if self.random.one_in(2) {
                    self.token("not");
                }
                self.path();
            }
            1 => {
                self.out.push_str(" enters ");
                self.path();
            }
            2 => self.list(["(", ")"], 3, Self::argument),
            _ => {}
        }
    }

    fn expect(&mut self) {
        self.token("expect");
        match self.random.below(7) {
            0 => {
                self.out.push_str("path ");
                self.path();
                while self.random.one_in(2) {
                    self.token(">");
                    self.path();
                }
            }
            1 => {
                self.one_of(&["ran a", "ran restart", "ran `on`.monitor"]);
                self.blank();
                self.times();
            }
            2 => self.emitted(),
            3 => {
                self.out.push_str("never ");
                self.calculation();
            }
            4 => {
                self.token("at");
                self.token("2m");
                self.sequence(3, Self::calculation);
            }
            5 => self.at_most(false),
            _ => self.sequence(3, Self::calculation),
        }
    }

    fn emitted(&mut self) {
        self.out.push_str("emitted page");
        if self.random.one_in(2) {
            self.list(["(", ")"], 3, Self::argument);
        }
        if self.random.one_in(2) {
            self.out.push(' ');
            self.times();
        }
    }

    fn times(&mut self) {
        match self.random.below(4) {
            0 => self.words(&["at", "least"]),
            1 => self.words(&["at", "most"]),
            2 => return self.one_of(&["once", "twice", "never"]),
            _ => {}
        }
        self.token("3");
        self.out.push_str("times");
    }
}
