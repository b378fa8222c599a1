//! What stands behind a watcher's call: how often, how long, under which conditions.

use super::declared::Declared;
use super::kinds::Declaration;
use super::misused_modifiers;
use super::others;
use super::report::Report;
use super::returns;
use super::scope::Scope;
use super::setting::Others;
use super::values::{self, How, Slot};
use super::wording;
use super::{expr, mismatch};
use crate::ast::{self, Expr, Mode, Modifier, ModifierKind, Name};
use crate::diagnostic::{Code, suggest};
use crate::model::{Condition, Constant, Modifiers, Type};
use machine_grammar::Span;

/// What the modifiers of one watcher are checked with.
pub(super) struct Reader<'a, 'r> {
    pub(super) watcher: &'a ast::Watcher<'a>,
    pub(super) declaration: Option<&'a Declaration>,
    pub(super) declared: &'a Declared,
    pub(super) others: &'a dyn Others,
    pub(super) conditions: &'a mut Vec<Condition>,
    pub(super) report: &'a mut Report<'r>,
}

/// What was found behind a watcher.
#[derive(Default)]
pub(super) struct Found {
    /// The pace, `every` being there.
    pub(super) every: Option<Option<u64>>,
    pub(super) modifiers: Modifiers,
    /// A part could not be read or is wrong: it may have said what seems to be missing.
    pub(super) unsure: bool,
    /// `returns` is there, understood or not.
    pub(super) returns: bool,
    /// `under` is there, understood or not.
    pub(super) under: bool,
    /// Where `timeout` is given.
    pub(super) timeout: Option<Span>,
    /// Where `splay` is given.
    pub(super) splay: Option<Span>,
}

impl Reader<'_, '_> {
    pub(super) fn read(mut self) -> Found {
        let mut found = Found::default();
        let all = &self.watcher.modifiers;
        for (at, modifier) in all.iter().enumerate() {
            if let Some(first) = all[..at].iter().find(|it| word(it).is_some() && word(it) == word(modifier)) {
                self.twice(modifier, first);
            } else {
                self.one(modifier, &mut found);
            }
        }
        self.compare(&mut found);
        found
    }

    fn one(&mut self, modifier: &Modifier<'_>, found: &mut Found) {
        let modifiers = &mut found.modifiers;
        match &modifier.kind {
            ModifierKind::Every(it) => found.every = Some(self.every(modifier.keyword, it)),
            ModifierKind::Splay(it) => {
                found.splay = Some(modifier.keyword);
                modifiers.splay_ms = self.duration("splay", it);
            }
            ModifierKind::Timeout(it) => {
                found.timeout = Some(modifier.keyword);
                modifiers.timeout_ms = self.duration("timeout", it);
            }
            ModifierKind::Backoff { factor, up_to } => {
                if self.repeats("backoff", modifier.keyword) {
                    modifiers.backoff = self.backoff(modifier.keyword, factor, up_to.as_ref());
                }
            }
            ModifierKind::Announce(it) => {
                if self.repeats("announce", modifier.keyword) {
                    modifiers.announce_ms = self.duration("announce every", it);
                }
            }
            ModifierKind::Quiet => modifiers.quiet = self.repeats("quiet", modifier.keyword),
            ModifierKind::Under { limit, wait } => {
                found.under = true;
                modifiers.under = self.under(*limit, wait.as_ref());
            }
            ModifierKind::While { machine, state } => modifiers.condition = self.condition(*machine, state),
            ModifierKind::As(it) => modifiers.user = self.user(it),
            ModifierKind::Returns(fields) => {
                found.returns = true;
                let kind = self.declaration.map(|it| it.kind.clone());
                modifiers.returns = returns::check(modifier.keyword, fields, kind, self.scope(), self.report);
            }
            ModifierKind::Unknown(name) => {
                found.unsure = true;
                let meant = misused_modifiers::meant(*name);
                found.returns |= meant == Some("returns");
                found.under |= meant == Some("under");
                misused_modifiers::unknown(*name, self.report);
            }
            ModifierKind::Faulty(name) => {
                found.unsure = true;
                found.returns |= name.text == "returns";
                found.under |= name.text == "under";
            }
        }
    }

    fn every(&mut self, keyword: Span, pace: &Expr<'_>) -> Option<u64> {
        if self.watcher.mode == Mode::Run {
            misused_modifiers::every_on_run(self.watcher, keyword, pace, self.report);
            return None;
        }
        self.duration("every", pace)
    }

    fn duration(&mut self, name: &str, value: &Expr<'_>) -> Option<u64> {
        values::pace(value, Slot { name, required: true, how: How::Word }, self.scope(), self.report)
    }

    /// Whether the watcher repeats, which the modifier asks for.
    fn repeats(&mut self, word: &str, keyword: Span) -> bool {
        if self.watcher.mode == Mode::Watch {
            return true;
        }
        let name = wording::name(self.watcher.name.text);
        let headline = format!("`{name}` is a `run`, for which `{word}` means nothing");
        self.report.tell(Code::MODIFIER_ON_RUN, keyword, headline, |_, it| {
            it.label("a `run` does not repeat").help(format!("leave it out, or write `watch {name} = … every 1m`"))
        });
        false
    }

    /// Percent and the longest pace.
    fn backoff(&mut self, keyword: Span, factor: &Expr<'_>, up_to: Option<&Expr<'_>>) -> Option<(u32, u64)> {
        let found = expr::expect(factor, &Type::Float, "backoff", self.scope(), self.report);
        let longest = match up_to {
            Some(it) => self.duration("up to", it),
            None => {
                self.report.tell(
                    Code::MODIFIER_VALUE,
                    keyword,
                    "`backoff` does not say how slow it may become",
                    |_, it| it.label("the longest pace is missing").help("write `backoff 2 up to 10m`"),
                );
                None
            }
        };
        let found = found?;
        let percent = match found.constant() {
            Some(Constant::Float(it)) => percent(*it),
            _ if found.any(|it| matches!(it.kind, crate::model::ExprKind::Param(_))) => Some(100),
            _ => {
                mismatch::not_constant(&found, "backoff", self.report);
                return None;
            }
        };
        if percent.is_none() {
            self.report.tell(Code::MODIFIER_VALUE, factor.span, "`backoff` must not make the pace faster", |_, it| {
                it.label("a number from 1 to 100 belongs here")
                    .help("write `backoff 2 up to 10m`: after each fault it waits twice as long")
            });
        }
        Some((percent?, longest?))
    }

    fn under(&mut self, limit: Name<'_>, wait: Option<&Expr<'_>>) -> Option<(usize, u64)> {
        let slot = Slot { name: "wait", required: true, how: How::Word };
        let wait = match wait {
            Some(it) => values::duration(it, slot, self.scope(), self.report)
                .and_then(|ms| values::duration_within(ms, 0, it.span, slot, self.report)),
            None => Some(0),
        };
        let found = self.declared.limits.iter().position(|it| it.name == limit.text);
        if found.is_none() && self.declared.is_broken(limit.text) {
            self.report.known_broken();
        } else if found.is_none() {
            self.unknown_limit(limit);
        }
        Some((found?, wait?))
    }

    fn unknown_limit(&mut self, limit: Name<'_>) {
        let names: Vec<_> = self.declared.limits.iter().map(|it| it.name.as_str()).collect();
        let nearest = suggest::nearest(limit.text, names.iter().copied());
        let headline = format!("there is no limit `{}`", limit.text);
        self.report.tell(Code::UNKNOWN_LIMIT, limit.span, headline, |file, it| match nearest {
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `under {}`", wording::name(right)))
                .fix(file, limit.span, wording::name(right))
                .certain_if(suggest::is_certain(limit.text, names.iter().copied())),
            None => it
                .label("no limit of this name")
                .help(format!("declare it in the machine: `limit {} = 1 on node`", wording::name(limit.text))),
        });
    }

    fn condition(&mut self, machine: Name<'_>, path: &ast::Path<'_>) -> Option<usize> {
        let other = others::machine(machine, self.others, self.report)?;
        let state = others::state(&other, path, self.report)?;
        let wanted = Condition { machine: other.name.clone(), state };
        let found = self.conditions.iter().position(|it| *it == wanted);
        Some(found.unwrap_or_else(|| {
            self.conditions.push(wanted);
            self.conditions.len() - 1
        }))
    }

    fn user(&mut self, value: &Expr<'_>) -> Option<String> {
        let found = expr::expect(value, &Type::TEXT, "as", self.scope(), self.report)?;
        let usable = |it: &str| {
            let allowed = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.');
            !it.is_empty() && !it.starts_with('-') && it.chars().all(allowed)
        };
        match found.constant() {
            Some(Constant::Text(it)) if usable(it) => Some(it.to_string()),
            Some(_) => {
                self.report.tell(Code::UNUSABLE_TEXT, value.span, "no user can be called this", |_, it| {
                    it.label("the name of a user of the node belongs here").help("write `as \"www-data\"`")
                });
                None
            }
            None if found.any(|it| matches!(it.kind, crate::model::ExprKind::Param(_))) => Some("x".to_owned()),
            None => {
                mismatch::not_constant(&found, "as", self.report);
                None
            }
        }
    }

    /// What has to fit together.
    fn compare(&mut self, found: &mut Found) {
        let Some(Some(every)) = found.every else { return self.without_every(found) };
        for (word, span, is_wrong, help) in self.against_pace(found, every) {
            let headline = format!("`{word}` does not fit `every {}`", wording::duration(every));
            self.report.tell(Code::MODIFIER_VALUE, span, headline, |_, it| it.label(is_wrong).help(help));
        }
    }

    fn against_pace(&self, found: &Found, every: u64) -> Vec<(&'static str, Span, &'static str, &'static str)> {
        let mut wrong = Vec::new();
        for modifier in &self.watcher.modifiers {
            match &modifier.kind {
                ModifierKind::Splay(it) if found.modifiers.splay_ms.is_some_and(|it| it > every) => {
                    wrong.push((
                        "splay",
                        it.span,
                        "it is longer than the pace",
                        "write a `splay` that is no longer than `every`",
                    ));
                }
                ModifierKind::Backoff { up_to: Some(it), .. }
                    if found.modifiers.backoff.is_some_and(|it| it.1 < every) =>
                {
                    let help = "write the longest pace behind `up to`";
                    wrong.push(("backoff", it.span, "the longest pace is shorter than the usual one", help));
                }
                _ => {}
            }
        }
        wrong
    }

    /// `backoff` slows a pace down, so there has to be one.
    fn without_every(&mut self, found: &mut Found) {
        let is_backoff = |it: &&Modifier<'_>| matches!(it.kind, ModifierKind::Backoff { .. });
        let Some(modifier) = self.watcher.modifiers.iter().find(is_backoff) else { return };
        let optional = self.declaration.is_some_and(|it| !it.every_required);
        if found.every.is_none() && optional && self.watcher.mode == Mode::Watch {
            self.report.tell(Code::MODIFIER_VALUE, modifier.keyword, "`backoff` has no pace to slow down", |_, it| {
                it.label("this watcher is told of changes and has no `every`").help("leave it out, or add `every 1m`")
            });
        }
    }

    fn twice(&mut self, modifier: &Modifier<'_>, first: &Modifier<'_>) {
        let word = word(modifier).unwrap_or("it");
        let headline = format!("`{word}` is given twice");
        self.report.tell(Code::DUPLICATE_MODIFIER, modifier.keyword, headline, |file, it| {
            it.label("the second time").also(file, first.keyword, "the first time").help("leave out one of the two")
        });
    }
}

impl<'a> Reader<'a, '_> {
    fn scope(&self) -> Scope<'a> {
        Scope::constants(self.declared)
    }
}

/// In hundredths, from 1 to 100 times.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked before")]
fn percent(factor: f64) -> Option<u32> {
    (1.0..=100.0).contains(&factor).then(|| (factor * 100.0).round() as u32)
}

/// The word of a modifier that is understood.
fn word(modifier: &Modifier<'_>) -> Option<&'static str> {
    Some(match modifier.kind {
        ModifierKind::Every(_) => "every",
        ModifierKind::Splay(_) => "splay",
        ModifierKind::Timeout(_) => "timeout",
        ModifierKind::Backoff { .. } => "backoff",
        ModifierKind::Announce(_) => "announce",
        ModifierKind::Quiet => "quiet",
        ModifierKind::Under { .. } => "under",
        ModifierKind::While { .. } => "while",
        ModifierKind::As(_) => "as",
        ModifierKind::Returns(_) => "returns",
        ModifierKind::Unknown(_) | ModifierKind::Faulty(_) => return None,
    })
}
