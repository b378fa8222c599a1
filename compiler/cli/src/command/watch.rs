//! `machinec watch`: what happens on a whole fleet, from a NATS server.

use super::Verdict;
use crate::args::{Color, Watch};
use crate::error::Error;
use crate::output;
use crate::watch::{News, Plan, SUBJECTS, begin};
use machine_host::event::{Look, Zone};
use machine_host::watch::{self as host, Filter, Form, Screen, Teller, until_interrupted};
use machine_nats::{Settings, Tls, subject};
use std::time::UNIX_EPOCH;

pub(super) fn run(it: &Watch, color: Color) -> Result<Verdict, Error> {
    let (plan, mut screen) = (plan(it), Screen::new(teller(it, color)));
    let shown = until_interrupted(move || show(plan, &mut screen));
    // An interrupt is how this is meant to end.
    shown.unwrap_or(Ok(())).map(|()| Verdict::Fine)
}

fn show(plan: Plan, screen: &mut Screen) -> Result<(), Error> {
    let mut news = begin(plan).map_err(|source| Error::Output { source })?;
    let mut next = news.blocking_recv();
    while let Some(it) = next {
        let is_read = match it {
            News::Event(json) => screen.take(&host::News::Event(json.as_bytes())),
            News::Note(text) => screen.take(&host::News::Note(&text)),
            News::Tick => screen.take(&host::News::UpToDate),
            News::Failed { what, help } => return Err(Error::Said { what, help }),
        };
        next = match news.try_recv() {
            Ok(more) if is_read => Some(more),
            Err(_) if is_read && screen.take(&host::News::UpToDate) => news.blocking_recv(),
            _ => None,
        };
    }
    screen.take(&host::News::End);
    Ok(())
}

fn plan(it: &Watch) -> Plan {
    let settings = Settings {
        servers: it.server.clone(),
        name: None,
        user: it.user.clone(),
        password_file: it.password_file.clone(),
        nkey_file: it.nkey.clone(),
        credentials_file: it.creds.clone(),
        tls: Tls { ca: it.ca.clone(), certificate: it.certificate.clone(), key: it.key.clone() },
    };
    let subjects = match (it.subject.as_slice(), it.node.as_slice()) {
        // The server need not send what of one subject a machine is of other nodes.
        ([], [node]) if !node.contains('*') => SUBJECTS.map(|it| it.replace("machines.>", &own(node))).to_vec(),
        _ => it.subject.clone(),
    };
    Plan { settings, subjects, stream: it.stream.clone(), since: it.since, follows: !it.no_follow }
}

fn own(node: &str) -> String {
    format!("machines.{}.>", subject::token(node))
}

fn teller(it: &Watch, color: Color) -> Teller {
    let style = output::stdout_style(color);
    let width = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    let look = Look { colour: style.colour, width, zone: Zone::Local };
    let form = if it.json { Form::Json } else { Form::Lines(look) };
    let filter = Filter {
        nodes: it.node.clone(),
        machines: it.machine.clone(),
        kinds: it.kind.clone(),
        outcomes: it.outcome.clone(),
    };
    let since = it.since.and_then(|it| it.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    Teller::new(form, filter, u64::try_from(since.as_nanos()).unwrap_or(u64::MAX), true)
}
