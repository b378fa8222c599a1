//! Sentences made at random from the rules on a page, to see whether the compiler reads them all.
//!
//! The notation is that of `tests/spec/20-grammar.md`. Where a sentence would become too long, the shortest way is taken.

#![allow(clippy::panic, reason = "a panic is a test's report")]

use std::collections::BTreeMap;

/// The rules of a page, by name.
#[derive(Debug, Default)]
pub struct Rules(BTreeMap<String, Form>);

/// What a rule says.
#[derive(Clone, Debug)]
enum Form {
    /// One of several.
    Any(Vec<Form>),
    /// One after the other.
    Row(Vec<Form>),
    /// So many times: at least, and at most when there is room.
    Times(Box<Form>, usize, usize),
    /// A word or a mark.
    Literal(String),
    /// Another rule, or a word in capitals.
    Name(String),
    /// No blank here.
    Glue,
}

impl Rules {
    /// Reads all blocks of a page that are marked `ebnf`.
    ///
    /// # Panics
    /// When a rule cannot be read.
    #[must_use]
    pub fn read(page: &str) -> Self {
        let mut rules: Vec<(String, String)> = Vec::new();
        let mut is_rule = false;
        for line in page.lines() {
            match line {
                _ if line.starts_with("```") => is_rule = line == "```ebnf",
                _ if !is_rule || line.trim().is_empty() => {}
                _ if line.starts_with(' ') => rules.last_mut().unwrap_or_else(|| panic!("{line}")).1 += line,
                _ => {
                    let (name, form) = line.split_once(" = ").unwrap_or_else(|| panic!("no rule: {line}"));
                    rules.push((name.trim().to_owned(), form.to_owned()));
                }
            }
        }
        Self(rules.into_iter().map(|(name, form)| (name, Reader::new(&form).whole())).collect())
    }

    /// The names of rules that are used and not there, or there and not used from `start`.
    #[must_use]
    pub fn loose_ends(&self, start: &str) -> Vec<String> {
        let mut used: Vec<String> = vec![start.to_owned()];
        let mut at = 0;
        while at < used.len() {
            if let Some(form) = self.0.get(&used[at]) {
                form.names(&mut used);
            }
            at += 1;
        }
        let missing = used.iter().filter(|it| !self.0.contains_key(*it) && token(it, 0).is_none());
        missing.chain(self.0.keys().filter(|it| !used.contains(it))).cloned().collect()
    }

    /// A sentence of the rule `start`; the same for the same seed.
    #[must_use]
    pub fn sentence(&self, start: &str, seed: u64) -> String {
        let mut maker = Maker { rules: self, seed, text: String::new(), glued: true, depth: 0 };
        maker.rule(start);
        maker.text
    }
}

impl Form {
    fn names(&self, found: &mut Vec<String>) {
        match self {
            Self::Any(forms) | Self::Row(forms) => forms.iter().for_each(|it| it.names(found)),
            Self::Times(form, ..) => form.names(found),
            Self::Name(name) if !found.contains(name) => found.push(name.clone()),
            _ => {}
        }
    }
}

/// Reads the right side of a rule.
struct Reader<'r> {
    words: Vec<&'r str>,
    at: usize,
}

impl<'r> Reader<'r> {
    fn new(form: &'r str) -> Self {
        let mut words = Vec::new();
        let mut rest = form.trim_start();
        while !rest.is_empty() {
            let end = match rest.as_bytes()[0] {
                b'"' => 2 + rest[1..].find('"').unwrap_or_else(|| panic!("no end: {form}")),
                it if it.is_ascii_alphabetic() => {
                    rest.find(|it: char| it != '_' && !it.is_ascii_alphanumeric()).unwrap_or(rest.len())
                }
                _ => 1,
            };
            words.push(&rest[..end]);
            rest = rest[end..].trim_start();
        }
        Self { words, at: 0 }
    }

    fn whole(mut self) -> Form {
        let form = self.any();
        assert!(self.at == self.words.len(), "left over: {:?}", &self.words[self.at..]);
        form
    }

    fn next_if(&mut self, word: &str) -> bool {
        let is_next = self.words.get(self.at) == Some(&word);
        self.at += usize::from(is_next);
        is_next
    }

    fn any(&mut self) -> Form {
        let mut forms = vec![self.row()];
        while self.next_if("|") {
            forms.push(self.row());
        }
        if forms.len() == 1 { forms.remove(0) } else { Form::Any(forms) }
    }

    fn row(&mut self) -> Form {
        let mut forms = Vec::new();
        while let Some(word) = self.words.get(self.at).filter(|it| !matches!(**it, "|" | ")")) {
            self.at += 1;
            let form = match *word {
                "(" => {
                    let inner = self.any();
                    assert!(self.next_if(")"), "a bracket is missing: {:?}", self.words);
                    inner
                }
                "~" => Form::Glue,
                _ => match word.strip_prefix('"') {
                    Some(literal) => Form::Literal(literal.trim_end_matches('"').to_owned()),
                    None => Form::Name((*word).to_owned()),
                },
            };
            forms.push(self.repeated(form));
        }
        Form::Row(forms)
    }

    fn repeated(&mut self, form: Form) -> Form {
        let times = if self.next_if("?") {
            (0, 1)
        } else if self.next_if("*") {
            (0, 3)
        } else if self.next_if("+") {
            (1, 3)
        } else {
            return form;
        };
        Form::Times(Box::new(form), times.0, times.1)
    }
}

/// Rules inside rules; beyond it the first form is taken, and nothing that may be left out.
const DEEP: usize = 24;

struct Maker<'r> {
    rules: &'r Rules,
    seed: u64,
    text: String,
    glued: bool,
    depth: usize,
}

impl Maker<'_> {
    /// A number below `end`, by the seed.
    fn draw(&mut self, end: usize) -> usize {
        // SplitMix64.
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    fn rule(&mut self, name: &str) {
        let draw = self.draw(1 << 16);
        match (self.rules.0.get(name), token(name, draw)) {
            (Some(form), _) => {
                self.depth += 1;
                self.form(form);
                self.depth -= 1;
            }
            (None, Some(token)) => self.word(token),
            (None, None) => panic!("there is no rule `{name}`"),
        }
    }

    fn form(&mut self, form: &Form) {
        match form {
            Form::Row(forms) => forms.iter().for_each(|it| self.form(it)),
            Form::Any(forms) if self.depth > DEEP => self.form(&forms[0]),
            Form::Any(forms) => {
                let drawn = self.draw(forms.len());
                self.form(&forms[drawn]);
            }
            Form::Times(form, least, most) => {
                let is_short = self.depth > DEEP || self.draw(self.depth / 4 + 2) > 0;
                let times = if is_short { *least } else { least + self.draw(most - least + 1) };
                (0..times).for_each(|_| self.form(form));
            }
            Form::Literal(text) => self.word(text),
            Form::Name(name) => self.rule(name),
            Form::Glue => self.glued = true,
        }
    }

    fn word(&mut self, word: &str) {
        if !self.glued {
            self.text.push(' ');
        }
        self.text += word;
        self.glued = false;
    }
}

/// A word of those that are written in capitals.
fn token(name: &str, draw: usize) -> Option<&'static str> {
    let words: &[&str] = match name {
        "NAME" => &["a", "b1", "Room_2", "quiet", "`2 hours`", "`state`", "wait", "x"],
        "WORD" => &["on", "off", "exit", "timeout", "low_1"],
        "TEXT" => &["\"\"", "\"a b\"", "\"{a}/{b1 + 1}.json\"", "\"\\n\\u{e9}\\{\\\"\""],
        "PLAIN" => &["\"a.machine\"", "\"A_B\""],
        "NUMBER" => &["0", "12", "-3", "0.5"],
        "DURATION" => &["10s", "1h30m", "500ms"],
        "VERSION" => &["1.0.0", "12.0.3-rc1"],
        "STANDARD" => &["std/service", "std/disk"],
        "DATE" => &["2026-03-29", "1999-12-31"],
        "CLOCK" => &["01:55", "23:59:59"],
        "ZONE" => &["UTC", "Europe/Berlin", "America/Port-au-Prince", "Etc/GMT+3"],
        "COUNT" => &["x1", "x12"],
        "END_OF_LINE" => &["\n"],
        _ => return None,
    };
    words.get(draw % words.len()).copied()
}
