//! `machined watch`: what happens on a node of this host, as it happens or as it was.

use crate::args::Watch;
use crate::report;
use machine_host::event::{Look, Zone};
use machine_host::watch::{Filter, Follow, Form, Screen, Teller, until_interrupted};
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

/// Shows events until there are no more, nobody reads, or an interrupt comes.
pub(crate) fn watch(it: Watch) -> ExitCode {
    let told = until_interrupted(move || {
        let mut screen = Screen::new(teller(&it));
        Follow::new(&it.state, it.since).tell(!it.no_follow, &mut |news| screen.take(&news))
    });
    match told {
        None | Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(error)) => {
            report::say(&error);
            ExitCode::FAILURE
        }
    }
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
