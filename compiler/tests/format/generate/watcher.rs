//! Watchers and what stands behind their call.

use super::Generator;

impl Generator {
    pub(super) fn watcher(&mut self) {
        let keyword = self.random.of(&["watch", "run"]);
        self.token(keyword);
        self.name();
        self.token("=");
        self.call();
        if self.random.one_in(6) {
            self.out.push_str(" retries { 5s\n  // kept as it is\r\n }");
        } else if self.random.one_in(6) {
            self.out.push_str(" retries 3  times");
        }
        self.blank();
        for _ in 0..self.random.below(4) {
            self.modifier();
        }
    }

    fn modifier(&mut self) {
        match self.random.below(10) {
            0 => self.paced("every"),
            1 => self.paced("splay"),
            2 => self.paced("timeout"),
            3 => self.backoff(),
            4 => {
                self.token("announce");
                self.paced("every");
            }
            5 => self.token("quiet"),
            6 => self.under(),
            7 => {
                self.token("while");
                self.name();
                self.token("is");
                self.path();
            }
            8 => self.paced("as"),
            _ => self.returns(),
        }
    }

    fn paced(&mut self, word: &str) {
        self.token(word);
        if self.random.one_in(2) { self.token("10s") } else { self.value() }
    }

    fn backoff(&mut self) {
        self.paced("backoff");
        if self.random.one_in(2) {
            self.words(&["up", "to"]);
            self.value();
        }
    }

    fn under(&mut self) {
        self.token("under");
        self.name();
        if self.random.one_in(2) {
            self.paced("wait");
        }
    }

    fn returns(&mut self) {
        self.token("returns");
        self.token("{");
        for _ in 0..self.random.below(4) {
            self.field();
            if self.random.one_in(3) {
                self.token("=");
                self.value();
            }
            if self.random.one_in(2) {
                self.token(",");
            }
        }
        self.token("}");
    }
}
