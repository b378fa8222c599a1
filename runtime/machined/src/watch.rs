//! `machined watch`: what happens on a node of this host, as it happens or as it was.

use crate::args::Watch;
use crate::report;
use chrono::{DateTime, Local, NaiveDateTime, NaiveTime, TimeZone};
use machine_host::event::{Look, Zone};
use machine_host::watch::{Filter, Follow, Form, News, Teller};
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Shows events until there are no more, nobody reads, or an interrupt comes.
pub(crate) fn watch(it: Watch) -> ExitCode {
    until_interrupted(move || {
        let mut screen = Screen { teller: teller(&it), shown: Vec::new() };
        let told = Follow::new(&it.state, it.since).tell(!it.no_follow, &mut |news| screen.take(&news));
        match told {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                report::say(&error);
                ExitCode::FAILURE
            }
        }
    })
}

fn teller(it: &Watch) -> Teller {
    let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let width = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    let form = if it.json { Form::Json } else { Form::Lines(Look { colour, width, zone: Zone::Local }) };
    let filter = Filter {
        nodes: Vec::new(),
        machines: it.machines.clone(),
        kinds: it.kind.clone(),
        outcomes: it.outcome.clone(),
    };
    let since = it.since.and_then(|it| it.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    Teller::new(form, filter, u64::try_from(since.as_nanos()).unwrap_or(u64::MAX), false)
}

/// What is shown goes out when there is nothing more to show, or a good deal of it.
struct Screen {
    teller: Teller,
    shown: Vec<u8>,
}

/// So much is written at once.
const AT_ONCE: usize = 32 * 1024;

impl Screen {
    /// Whether somebody still reads.
    fn take(&mut self, news: &News<'_>) -> bool {
        match news {
            News::Event(json) => self.shown.extend(self.teller.tell(json).bytes()),
            News::Note(text) => self.shown.extend(self.teller.note(text).bytes()),
            News::UpToDate => return self.write(),
        }
        self.shown.len() < AT_ONCE || self.write()
    }

    fn write(&mut self) -> bool {
        let mut out = io::stdout().lock();
        let written = out.write_all(&self.shown).and_then(|()| out.flush());
        self.shown.clear();
        written.is_ok()
    }
}

/// Runs something on a thread of its own, and ends in order when the user interrupts it: between two lines.
fn until_interrupted(work: impl FnOnce() -> ExitCode + Send + 'static) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return work() };
    let (done, ended) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Who waits for it may have ended by an interrupt.
        let _ = done.send(work());
    });
    let code = runtime.block_on(async {
        tokio::select! {
            code = ended => code.unwrap_or(ExitCode::FAILURE),
            _ = tokio::signal::ctrl_c() => ExitCode::SUCCESS,
        }
    });
    // Held to the end, so that no line is cut.
    std::mem::forget(io::stdout().lock());
    code
}

/// `1h30m` ago, today's `14:30`, or `2026-01-31 14:30` by the clock here.
pub(crate) fn since(text: &str) -> Result<SystemTime, String> {
    if let Some(ms) = machine_value::duration(text).and_then(|it| u64::try_from(it).ok()) {
        return SystemTime::now().checked_sub(Duration::from_millis(ms)).ok_or_else(|| WHEN.to_owned());
    }
    let moment = DateTime::parse_from_rfc3339(text).map(|it| it.with_timezone(&Local)).ok();
    let moment = moment.or_else(|| here(text)).ok_or_else(|| WHEN.to_owned())?;
    Ok(moment.into())
}

const WHEN: &str = "write how long ago, `1h30m`, or when: `14:30`, `2026-01-31 14:30`, `2026-01-31T14:30:00Z`";

fn here(text: &str) -> Option<DateTime<Local>> {
    let time = ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok());
    let day = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let given = day.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let moment = given.or_else(|| Some(Local::now().date_naive().and_time(time?)))?;
    Local.from_local_datetime(&moment).earliest()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_several_ways() {
        let ago = SystemTime::now().duration_since(since("1h30m").unwrap()).unwrap();
        assert_eq!(ago.as_secs() / 10, 540);
        let utc = since("2026-01-31T14:30:00Z").unwrap();
        assert_eq!(utc.duration_since(UNIX_EPOCH).unwrap().as_secs(), 1_769_869_800);
        for text in ["14:30", "14:30:15", "2026-01-31 14:30", "2026-01-31T14:30:15"] {
            assert!(since(text).is_ok(), "{text}");
        }
        for text in ["", "yesterday", "-5m", "25:00", "5"] {
            assert!(since(text).is_err(), "{text}");
        }
    }
}
