//! What stands at the top: kinds, another machine, data, facts, events, secrets, limits.

use super::plan::{Event, Field, Scope};
use super::{Mistake, Writer, written};
use crate::reference::Type;

impl Writer {
    /// All of the file.
    pub(super) fn file(&mut self) {
        self.kinds();
        self.other_machine();
        self.machine();
    }

    /// The machine itself.
    pub(super) fn machine(&mut self) {
        self.open(&format!("machine {} 1.0.0", self.plan.name));
        self.declarations();
        self.body(0);
        self.close();
    }

    pub(super) fn kinds(&mut self) {
        self.open("watcher probe(where: string, often: int = 1) by exec(\"./probe\")");
        self.line("outcome measured { level: int in 0..100, warm: float }");
        self.line("fault broken { why: wet | dry }");
        self.line("fault failed { reason: exit | signal | timeout | unstartable | interrupted | invalid, code: int, took: duration }");
        self.line("every required");
        self.close();
        self.open("watcher bell(where: string) by exec(\"./bell\")");
        self.line("outcome rang { times: int in 1..9, by: string up to 20 }");
        self.line(
            "fault silent { reason: invalid | exit | signal | timeout | unstartable | interrupted, since: duration }",
        );
        self.line("every optional");
        self.close();
    }

    fn other_machine(&mut self) {
        self.open("extern machine door");
        self.line("states open, shut, shut.locked");
        for event in self.plan.foreign.clone() {
            self.line(format!("event {}{}", event.name, carried(&event.fields)));
        }
        self.close();
    }

    fn declarations(&mut self) {
        for (name, ty) in self.plan.data.clone() {
            let value = match ty {
                _ if self.is_occasion(Mistake::WrongType) => Self::misfit(&ty),
                _ => self.constant(&ty),
            };
            self.line(format!("data {name}: {} = {value}", written(&ty)));
        }
        for (name, ty) in self.plan.facts.clone() {
            let value = self.constant(&ty);
            self.line(format!("fact {name}: {} = {value}", written(&ty)));
        }
        for event in self.plan.sent.clone().iter().chain(&self.plan.raised.clone()).chain(&self.plan.told.clone()) {
            self.line(declared(event));
        }
        for state in 1..self.plan.states.len() {
            self.line(format!("event to_{state} from operator"));
        }
        self.line("event bump(by: int) from operator");
        if self.plan.has_secret {
            self.line("secret token from env \"TOKEN\"");
        }
        if self.plan.has_limit {
            self.line("limit few = 2 on node");
        }
    }

    /// The arguments and modifiers of a watcher, from its name on.
    pub(super) fn watcher(&mut self, watcher: &super::plan::Watcher) {
        let scope = Scope { binding: None, is_safe: true };
        let text = self.safe(&Type::TEXT, &scope);
        // A constant argument is not empty.
        let text = if text == "\"\"" { "place".to_owned() } else { text };
        let argument = match watcher.kind {
            "exec" if self.plan.has_secret && self.chance(40) => format!("\"./do\", {text}, env: {{ TOKEN: token }}"),
            "exec" if self.plan.has_secret && self.is_occasion(Mistake::SecretInText) => "token".to_owned(),
            "exec" => format!("\"./do\", \"to={{place}}\", {text}, timeout: 5s"),
            "probe" => format!("{text}, often: 3"),
            "file" => "\"some/file\"".to_owned(),
            "shell" => format!("\"go {{place}}\", env: {{ WHERE: {text} }}"),
            _ => text,
        };
        let mut line = format!(
            "{} {} = {}({argument})",
            ["watch", "run"][usize::from(watcher.is_run)],
            watcher.name,
            watcher.kind
        );
        if !watcher.is_run {
            line += &self.pace(watcher.kind);
        }
        if self.plan.has_splay && self.chance(15) {
            line += " splay 3s";
        }
        if self.chance(if self.plan.told.is_empty() { 15 } else { 35 }) {
            let others = self.plan.others.clone();
            let other = self.random.pick(&others);
            line += &format!(" while {} is {}", other.name, self.random.pick(&other.states));
        }
        if watcher.is_limited {
            line += " under few wait 1m";
        }
        if !watcher.returns.is_empty() {
            line += &format!(" returns {}", self.returns(&watcher.returns));
        }
        self.line(line);
    }

    fn pace(&mut self, kind: &str) -> String {
        let pace = self.word(&["5s", "10s", "30s", "1m", "7s500ms"]);
        match kind {
            "file" | "bell" if self.chance(60) => String::new(),
            "file" | "bell" => format!(" every {pace}"),
            _ if self.chance(15) => {
                let factor = self.word(&["2", "1.5", "3", "1"]);
                format!(" every {pace} backoff {factor} up to 10m")
            }
            _ => format!(" every {pace}"),
        }
    }

    fn returns(&mut self, fields: &[Field]) -> String {
        let mut all = Vec::new();
        for (name, ty) in fields {
            let default = if self.chance(25) { format!(" = {}", self.constant(ty)) } else { String::new() };
            all.push(format!("{name}: {}{default}", written(ty)));
        }
        format!("{{ {} }}", all.join(", "))
    }
}

fn declared(event: &Event) -> String {
    let source = if event.from_operator { " from operator" } else { "" };
    format!("event {}{}{source}", event.name, carried(&event.fields))
}

fn carried(fields: &[Field]) -> String {
    let all: Vec<String> = fields.iter().map(|(name, ty)| format!("{name}: {}", written(ty))).collect();
    if all.is_empty() { String::new() } else { format!("({})", all.join(", ")) }
}
