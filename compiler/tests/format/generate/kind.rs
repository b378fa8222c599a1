//! Kinds of watchers, parameters, fields, types.

use super::Generator;

impl Generator {
    pub(super) fn kind(&mut self) {
        self.token("watcher");
        self.name();
        self.list(["(", ")"], 4, Self::param);
        self.blank();
        if self.random.one_in(3) {
            self.token("by");
            self.list(["exec(", ")"], 3, |it| it.token("\"./driver\""));
            self.blank();
        }
        self.token("{");
        for _ in 0..self.random.below(5) {
            self.doc();
            self.fact();
        }
        self.token("}");
    }

    fn fact(&mut self) {
        let keyword = self.random.of(&["every", "needs", "outcome", "fault", "fault"]);
        self.token(keyword);
        match keyword {
            "every" => self.token("optional"),
            "needs" => {
                self.token("exec(program)");
                for _ in 0..self.random.below(3) {
                    self.token(",");
                    self.token("shell");
                }
            }
            _ => {
                self.name();
                if !self.random.one_in(3) {
                    self.list(["{", "}"], 4, Self::field);
                    self.blank();
                }
            }
        }
    }

    pub(super) fn param(&mut self) {
        self.field();
        match self.random.below(3) {
            0 => self.token("..."),
            1 => {
                self.token("=");
                self.value();
            }
            _ => {}
        }
    }

    pub(super) fn field(&mut self) {
        self.name();
        self.token(":");
        self.ty();
    }

    pub(super) fn ty(&mut self) {
        while self.random.one_in(3) {
            let prefix = self.random.of(&["list of", "list \n of", "map\tof"]);
            self.token(prefix);
        }
        match self.random.below(5) {
            0 => {
                self.token("absent");
                self.token("|");
                self.token("unreadable");
            }
            1 => {
                self.token("int");
                self.token("in");
                self.bound();
                self.token("..");
                self.bound();
            }
            2 => {
                self.token("string");
                self.words(&["up", "to"]);
                self.bound();
            }
            _ => self.token("string"),
        }
    }

    fn bound(&mut self) {
        match self.random.below(6) {
            0 => self.token("-7"),
            3 => {
                self.bound();
                let operator = self.random.of(&["+", "*", "/"]);
                self.token(operator);
                self.token("(");
                self.bound();
                self.token(")");
            }
            1 => self.name(),
            2 => {
                self.token("-");
                self.name();
            }
            _ => self.token("0"),
        }
    }
}
