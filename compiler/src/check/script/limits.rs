//! `deployments is full`: what others leave of a limit.

use super::{Script, wording};
use crate::ast::{Name, Path};
use crate::diagnostic::{Code, suggest};
use crate::model::Limit;
use crate::model::test::{LineKind, Room};
use machine_core::definition::Reach;

impl Script<'_, '_> {
    /// The limit of this name, by position, if the machine declares one.
    pub(super) fn limit_named(&self, name: Name<'_>) -> Option<usize> {
        self.subject.machine.limits.iter().position(|it| it.name == name.text)
    }

    pub(super) fn limit_is(&mut self, at: usize, negated: bool, word: &Path<'_>) -> Option<LineKind> {
        let limit = self.subject.machine.limits.get(at)?;
        let room = match word.names.as_slice() {
            [name] => Room::of(name.text),
            _ => None,
        };
        match room {
            None => self.no_room(limit, word),
            Some(Room::Offline) if limit.reach == Reach::Node => self.never_offline(limit, word),
            // What it is then, is said of it as clearly.
            Some(room) => {
                let room = if !negated { room } else { room.opposite() };
                return Some(LineKind::Limit { limit: at, room });
            }
        }
        None
    }

    fn no_room(&mut self, limit: &Limit, word: &Path<'_>) {
        let written = wording::path(word);
        let headline = format!("`{written}` says nothing about a limit");
        let words: Vec<_> = Room::ALL.into_iter().filter(|it| it.fits(limit)).map(Room::word).collect();
        let near = suggest::nearest(&written, words.iter().copied());
        let all: Vec<_> = words.iter().map(|it| format!("{} is {it}", wording::name(&limit.name))).collect();
        self.report.tell(Code::NO_ROOM, word.span, headline, |file, it| match near {
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{right}`"))
                .fix(file, word.span, right)
                .certain_if(suggest::is_certain(&written, words.iter().copied())),
            None => it.label("what others leave of it belongs here").help(format!("write {}", wording::any_of(&all))),
        });
    }

    fn never_offline(&mut self, limit: &Limit, word: &Path<'_>) {
        let headline = format!("`{}` is never offline", limit.name);
        let help = format!("write `is full`, or declare `limit {} = {} across fleet`", limit.name, limit.count);
        self.report.tell(Code::NO_ROOM, word.span, headline, |file, it| {
            it.label("it counts on its node alone").also(file, limit.span, "declared here").help(help)
        });
    }
}
