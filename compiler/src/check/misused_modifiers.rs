//! What is said of a word behind a watcher that is no modifier, or none of a `run`.

use super::report::Report;
use super::wording;
use crate::ast::{self, Expr, Name};
use crate::diagnostic::{Code, suggest};
use machine_grammar::Span;

/// The words that can stand behind a watcher.
const MODIFIERS: &[&str] =
    &["every", "splay", "timeout", "backoff", "announce", "quiet", "under", "while", "as", "returns"];

/// What is called so elsewhere.
const OTHER_WORDS: &[(&[&str], &str)] = &[
    (&["at", "each", "interval", "period", "repeat"], "every"),
    (&["jitter", "delay", "spread"], "splay"),
    (&["deadline", "within", "limit"], "timeout"),
    (&["retry", "retries"], "backoff"),
    (&["silent", "mute", "silently"], "quiet"),
    (&["if", "when"], "while"),
    (&["user", "by"], "as"),
    (&["json", "yields", "gives"], "returns"),
];

/// The modifier that was most likely meant.
pub(super) fn meant(name: Name<'_>) -> Option<&'static str> {
    let other = OTHER_WORDS.iter().find(|it| it.0.contains(&name.text)).map(|it| it.1);
    other.or_else(|| suggest::nearest(name.text, MODIFIERS.iter().copied()))
}

/// Whether a modifier is there but for a slip.
fn is_slip(name: Name<'_>, right: &str) -> bool {
    let modifiers = || MODIFIERS.iter().copied();
    suggest::nearest(name.text, modifiers()) == Some(right) && suggest::is_certain(name.text, modifiers())
}

pub(super) fn unknown(name: Name<'_>, report: &mut Report<'_>) {
    let headline = format!("`{}` means nothing behind a watcher", name.text);
    if name.text == "wait" {
        return report.tell(Code::UNKNOWN_MODIFIER, name.span, headline, |_, it| {
            it.label("belongs to `under`").help("write `under LIMIT wait 5m` to wait for a slot of a limit")
        });
    }
    let nearest = meant(name);
    report.tell(Code::UNKNOWN_MODIFIER, name.span, headline, |file, it| match nearest {
        Some(right) => it
            .label(format!("did you mean `{right}`?"))
            .help(format!("write {}", usage(right)))
            .fix(file, name.span, right)
            .certain_if(is_slip(name, right)),
        None => it.label("no modifier of this name").help(format!(
            "leave it out, or write one of {}",
            MODIFIERS.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
        )),
    });
}

fn usage(word: &str) -> &'static str {
    match word {
        "every" => "`every 1m` to run it again every minute",
        "splay" => "`splay 10s` to spread the first runs over ten seconds",
        "timeout" => "`timeout 30s` to give up after half a minute",
        "backoff" => "`backoff 2 up to 10m` to wait twice as long after each fault",
        "announce" => "`announce every 1h` to hear of it every hour even when nothing changes",
        "quiet" => "`quiet` to hear of a repeated success only once",
        "under" => "`under LIMIT wait 5m` to wait for a slot of a limit",
        "while" => "`while MACHINE is STATE` to work only while another machine is there",
        "as" => "`as \"www-data\"` to run it as another user",
        _ => "`returns { field: int }` for the JSON that it prints",
    }
}

pub(super) fn every_on_run(watcher: &ast::Watcher<'_>, keyword: Span, pace: &Expr<'_>, report: &mut Report<'_>) {
    let name = wording::name(watcher.name.text);
    let headline = format!("`{name}` is a `run`, which is done once and takes no `every`");
    report.tell(Code::EVERY_ON_RUN, keyword.to(pace.span), headline, |_, it| {
        it.label("a `run` does not repeat").help(format!(
            "write `watch {name} = …` to repeat it, or leave out `every` to do it once when the state is entered"
        ))
    });
}
