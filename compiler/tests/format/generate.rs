//! Programs that nobody would write: every construct, with blanks, line breaks and comments wherever they may stand.

/// A random sequence; the same from the same seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next number below `end`, by SplitMix64.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn of(&mut self, choices: &[&'static str]) -> &'static str {
        choices[self.below(choices.len())]
    }
}

/// The program of a seed; correct as far as syntax goes, with a comment at about one in `calm` places.
pub(crate) fn program(seed: u64, calm: usize) -> String {
    let mut generator = Generator { random: Random(seed), out: String::new(), comments: 0, calm };
    generator.file();
    generator.out
}

struct Generator {
    random: Random,
    out: String,
    comments: usize,
    calm: usize,
}

const NAMES: [&str; 6] = ["a", "monitor", "`on`", "`off for good {`", "a_state_with_quite_a_long_name", "`漢字`"];
const VALUES: [&str; 8] = ["\"./on.sh\"", "\"a // b\"", "1h30m", "10s", "-3", "2.5", "true", "once"];

impl Generator {
    fn file(&mut self) {
        self.blank();
        for _ in 0..self.random.below(3) + 1 {
            self.doc();
            if self.random.one_in(3) { self.kind() } else { self.machine() }
        }
    }

    // ---- Between tokens

    /// Blanks, line breaks and comments.
    fn blank(&mut self) {
        let blank = self.random.of(&[" ", "  ", "\t", "\n", "\n\n\n", " \r\n  "]);
        self.out.push_str(blank);
        while self.random.one_in(self.calm) {
            self.comment();
        }
    }

    /// A comment and the end of its line; sometimes one that goes on in the same column below.
    fn comment(&mut self) {
        let column = self.out.chars().rev().take_while(|it| *it != '\n').count();
        self.comments += 1;
        let end = self.random.of(&["", " }", "  ", "\r", " /// x", "ü"]);
        self.out.push_str(&format!("// c{}{end}\n", self.comments));
        if self.random.one_in(3) {
            self.comments += 1;
            self.out.push_str(&format!("{}// c{}\n", " ".repeat(column), self.comments));
        }
    }

    fn doc(&mut self) {
        for _ in 0..self.random.below(3) {
            let doc = self.random.of(&["\n/// Doc. ", "\n    ///", "\n///Tight", "\n\n\t/// `//`\r"]);
            self.out.push_str(doc);
            self.out.push('\n');
            self.blank();
        }
    }

    /// Text and what may stand behind it.
    fn token(&mut self, text: &str) {
        self.out.push_str(text);
        self.blank();
    }

    fn name(&mut self) {
        let name = self.random.of(&NAMES);
        self.token(name);
    }

    /// At most `most` things between brackets, commas between them; perhaps one behind.
    fn list(&mut self, [open, close]: [&str; 2], most: usize, item: fn(&mut Self)) {
        self.token(open);
        let count = self.random.below(most + 1);
        for index in 0..count {
            item(self);
            if index + 1 < count || self.random.one_in(2) {
                self.token(",");
            }
        }
        self.out.push_str(close);
    }

    // ---- Machines

    fn machine(&mut self) {
        self.token("machine");
        self.name();
        self.token("1.0.0");
        self.body(0);
    }

    fn body(&mut self, depth: usize) {
        self.token("{");
        for _ in 0..self.random.below(6) {
            self.doc();
            match self.random.below(8) {
                0..2 if depth < 3 => self.state(depth + 1),
                0..3 => self.watcher(),
                3..7 => self.on(),
                _ => self.after(),
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
        if self.random.one_in(3) {
            self.out.push('\n');
            self.blank();
        } else {
            self.blank();
            self.body(depth);
        }
    }

    fn watcher(&mut self) {
        let keyword = self.random.of(&["watch", "run"]);
        self.token(keyword);
        self.name();
        self.token("=");
        let kind = self.random.of(&["exec", "file ", "`shell`"]);
        self.out.push_str(kind);
        self.list(["(", ")"], 6, Self::argument);
        if self.random.one_in(6) {
            self.out.push_str(" timeout { 5s\n  // kept as it is\r\n }");
        }
        self.blank();
        if self.random.one_in(2) {
            self.token("every");
            self.token("10s");
        }
    }

    fn argument(&mut self) {
        if self.random.one_in(3) {
            self.name();
            self.token(":");
        }
        self.value();
    }

    fn value(&mut self) {
        match self.random.below(8) {
            0 => self.list(["[", "]"], 3, Self::value),
            1 => self.list(["{", "}"], 3, Self::entry),
            _ => {
                let value = self.random.of(&VALUES);
                self.out.push_str(value);
            }
        }
        self.blank();
    }

    fn entry(&mut self) {
        let key = self.random.of(&["TOKEN", "\"a b\"", "every", "`c`"]);
        self.token(key);
        self.token(":");
        self.value();
    }

    fn on(&mut self) {
        self.token("on");
        for index in 0..self.random.below(6) + 1 {
            if index > 0 {
                self.token(",");
            }
            self.path();
        }
        self.response();
    }

    fn path(&mut self) {
        let first = self.random.of(&NAMES);
        self.out.push_str(first);
        if self.random.one_in(2) {
            self.out.push_str(".failed");
        }
        self.blank();
    }

    fn after(&mut self) {
        self.token("after");
        self.token("1m30s");
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
    }

    // ---- Kinds of watchers

    fn kind(&mut self) {
        self.token("watcher");
        self.name();
        self.list(["(", ")"], 4, Self::param);
        self.blank();
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

    fn param(&mut self) {
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

    fn field(&mut self) {
        self.name();
        self.token(":");
        while self.random.one_in(3) {
            let prefix = self.random.of(&["list of", "list \n of", "map\tof"]);
            self.token(prefix);
        }
        match self.random.below(3) {
            0 => {
                self.token("absent");
                self.token("|");
                self.token("unreadable");
            }
            _ => self.token("string"),
        }
    }
}
