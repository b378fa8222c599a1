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

mod kind;
mod machine;
mod script;
mod value;
mod watcher;

struct Generator {
    random: Random,
    out: String,
    comments: usize,
    calm: usize,
}

const NAMES: [&str; 6] = ["a", "monitor", "`on`", "`off for good {`", "a_state_with_quite_a_long_name", "`漢字`"];
const VALUES: [&str; 9] =
    ["\"./on.sh\"", "\"a // b\"", "\"{room} {a + (b)}\"", "1h30m", "10s", "-3", "2.5", "true", "once"];

impl Generator {
    fn file(&mut self) {
        self.blank();
        for _ in 0..self.random.below(3) + 1 {
            if self.random.one_in(4) {
                self.use_();
            }
            self.doc();
            match self.random.below(10) {
                0..2 => self.kind(),
                2 => self.instance(),
                3 => self.extern_(),
                4..6 => self.test(),
                _ => self.machine(),
            }
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

    /// Words between which there are only blanks.
    fn words(&mut self, words: &[&str]) {
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                let blank = self.random.of(&[" ", "  ", "\n", "\t"]);
                self.out.push_str(blank);
            }
            self.out.push_str(word);
        }
        self.blank();
    }

    /// One to `most` things with commas between them.
    fn sequence(&mut self, most: usize, item: fn(&mut Self)) {
        for index in 0..self.random.below(most) + 1 {
            if index > 0 {
                self.token(",");
            }
            item(self);
        }
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
}
