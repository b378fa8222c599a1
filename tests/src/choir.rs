//! One machine that calls, and forty that have much to say then.

/// One machine that calls when an operator tells it to; each of forty answers with these lines.
#[must_use]
pub fn choir(lines: &[String]) -> String {
    let logs: String = lines.iter().map(|line| format!("log \"{line}\"  ")).collect();
    let singer = |n: u64| {
        format!("machine singer{n} 1.0.0 {{ initial final state sings {{ on caller.called stay {{ {logs} }} }} }}\n")
    };
    let caller = "machine caller 1.0.0 {
        event call from operator
        event called
        initial final state waits { on call stay { emit called } }
    }\n";
    caller.to_owned() + &(1..=40).map(singer).collect::<String>()
}
