//! The test that shows how a promise is broken, to be pasted.

use super::counted;
use crate::check::wording::{duration, name};
use crate::model::{Claim, Goal, Machine};
use crate::prove::replay::Replayed;
use crate::prove::trace::Found;

/// The promise as it is written.
pub(super) fn written(machine: &Machine, claim: &Claim) -> String {
    let path = |it: &Goal| machine.state(it.state).path.clone();
    let any = |goals: &[Goal]| goals.iter().map(path).collect::<Vec<_>>().join(" or ");
    match claim {
        Claim::CanReach(goals) => format!("always can reach {}", any(goals)),
        Claim::LeadsTo(from, goals) => format!("{} leads to {}", path(from), any(goals)),
        Claim::NeverFollows(from, to) => format!("never {} -> {}", path(from), path(to)),
        Claim::Never(condition) => format!("never {}", machine.written(condition)),
        Claim::AtMost { count, of, per_ms } => format!("at most {count} {} per {}", counted(*of), duration(*per_ms)),
    }
}

/// A test that fails as long as the promise can be broken this way.
pub(in crate::prove) fn test(machine: &Machine, claim: &Claim, found: &Found, replayed: &Replayed) -> Option<String> {
    let path = |it: &Goal| machine.state(it.state).path.clone();
    let any = |goals: &[Goal]| goals.iter().map(path).collect::<Vec<_>>().join(" or ");
    let goes_round = found.round.as_ref().is_some_and(|it| !it.is_empty());
    let last = replayed.seen.last()?;
    let expect = match claim {
        Claim::LeadsTo(_, goals) if goes_round => format!("expect {}", any(goals)),
        Claim::CanReach(goals) | Claim::LeadsTo(_, goals) => {
            format!("advance until {} within 1d\n    expect {}", any(goals), any(goals))
        }
        Claim::NeverFollows(_, to) => match machine.outwards(last.after).any(|it| it == to.state) {
            true => format!("expect not {}", path(to)),
            false => format!("expect never {}", path(to)),
        },
        Claim::Never(condition) => format!("expect never {}", machine.written(condition)),
        Claim::AtMost { .. } => format!("expect {}", written(machine, claim)),
    };
    let mut lines = replayed.script.written(machine);
    lines.push(expect);
    let body: String = lines.iter().map(|it| format!("    {it}\n")).collect();
    let called = written(machine, claim).replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{");
    Some(format!("test \"{called}\" for {} {{\n{body}}}", name(&machine.name)))
}
