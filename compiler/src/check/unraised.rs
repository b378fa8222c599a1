//! Events that can never happen: nobody sends them and the machine does not raise them.

use super::declared::Declared;
use super::report::Report;
use super::wording;
use crate::diagnostic::Code;

/// Tells each declared event that comes from nowhere. To be asked only if every part of the machine could be read.
pub(super) fn check(declared: &Declared, raised: &[bool], report: &mut Report<'_>) {
    for (event, raised) in declared.events.iter().zip(raised) {
        if event.operator || *raised {
            continue;
        }
        let headline = format!("the event `{}` can never happen", event.name);
        report.tell(Code::UNRAISED_EVENT, event.span, headline, |_, it| {
            it.label("no operator sends it, and this machine does not raise it").help(format!(
                "write `event {} from operator` if people send it, or `raise {0}` where it happens",
                wording::name(&event.name)
            ))
        });
    }
}
