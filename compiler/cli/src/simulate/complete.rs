//! What the last word of a line may become.

use super::{Session, command_words, events};

impl Session {
    /// All that it may become, in order.
    pub(crate) fn completions(&self, line: &str) -> Vec<String> {
        let start = line.rfind(' ').map_or(0, |it| it + 1);
        let (before, word) = line.split_at(start);
        let mut all = self.words_behind(before.trim());
        if before.is_empty() {
            all.extend(command_words().map(str::to_owned));
        }
        all.retain(|it| it.starts_with(word));
        all.sort();
        all.dedup();
        all
    }

    fn words_behind(&self, before: &str) -> Vec<String> {
        if before == "machine" {
            return self.charts.iter().map(|it| it.name.clone()).collect();
        }
        let Ok(machine) = self.machine() else { return Vec::new() };
        let event = before.strip_prefix("why").unwrap_or(before).trim();
        match events::named(machine, event.split(' ').next().unwrap_or("")) {
            Ok(source) => source.fields(&machine.table()).iter().map(|it| format!("{}=", it.0)).collect(),
            Err(_) if event.is_empty() => events::all(machine).into_iter().map(|it| it.0).collect(),
            Err(_) => Vec::new(),
        }
    }
}
