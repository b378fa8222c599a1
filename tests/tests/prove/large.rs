//! Machines of the whole language, drawn at random and let run: what is promised never to be never is.

use super::*;

/// Configurations of one machine; what has more is looked at less closely.
const MOST: usize = 4_000;

/// Claims of absence: of each state, of transitions between leaves, of values of data.
fn claims(machine: &Machine) -> Vec<Claim> {
    let leaves: Vec<StateId> = machine.leaves().collect();
    let mut claims: Vec<Claim> =
        (1..machine.states.len()).map(|it| Claim::Never(truth(ExprKind::In(StateId(it))))).collect();
    for a in leaves.iter().take(6) {
        claims.extend(leaves.iter().take(6).map(|b| Claim::NeverFollows(goal(*a), goal(*b))));
    }
    for (at, it) in machine.data.iter().enumerate().take(1) {
        let Type::Int { max, .. } = it.ty else { continue };
        let constant = |kind| Expr { kind, ty: it.ty.clone(), span: Span::default() };
        let [data, value] = [ExprKind::Data(at), ExprKind::Constant(Constant::Int(max))].map(constant);
        claims.push(Claim::Never(truth(ExprKind::Compare(Compare::Equal, Box::new(data), Box::new(value)))));
    }
    claims
}

/// Whether what a claim says never to be is just so.
fn is_so(machine: &Machine, claim: &Claim, pair: &Pair<'_>) -> bool {
    let inside = |state: StateId, path: &str| {
        let of = &machine.state(state).path;
        path == of || path.strip_prefix(of.as_str()).is_some_and(|it| it.starts_with('.'))
    };
    match claim {
        Claim::NeverFollows(a, b) => pair.moves.iter().any(|(from, to)| inside(a.state, from) && inside(b.state, to)),
        Claim::Never(condition) => match &condition.kind {
            ExprKind::In(it) => inside(*it, &pair.leaf()),
            ExprKind::Compare(_, a, b) => match (&a.kind, &b.kind) {
                (ExprKind::Data(at), ExprKind::Constant(Constant::Int(it))) => {
                    pair.data().get(&machine.data[*at].name) == Some(&Value::Int(*it))
                }
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

#[test]
fn what_is_promised_never_to_be_never_is() {
    let (seed, machines) = (number("PROVE_SEED", 1), number("PROVE_LARGE", 10));
    println!("PROVE_SEED={seed}");
    listen();
    let (mut kept, mut broken, mut open) = (0, 0, 0);
    for at in 0..machines {
        let mut random = Random::new(seed + at);
        let text = generate(random.fork());
        let Ok(built) = build(&text) else { continue };
        let mut sources = SourceMap::default();
        let file = sources.add("generated.machine", text.as_str());
        let mut runs = Vec::new();
        let _ = machine_compiler::examine(&sources, &mut |_, machine: &Machine| {
            let promises: Vec<_> = claims(machine).into_iter().map(promise).collect();
            let verdicts = decide_within(Cap::of(MOST), &sources, file, machine, &promises);
            broken += verdicts.iter().filter(|it| matches!(it, Verdict::Broken(_))).count();
            open += verdicts.iter().filter(|it| matches!(it, Verdict::Open(_))).count();
            let certain = promises.iter().zip(&verdicts).filter(|it| *it.1 == Verdict::Kept);
            let certain: Vec<&Property> = certain.map(|it| it.0).collect();
            kept += certain.len();
            runs.push(live(machine, &certain, &built, &text, &mut random));
        });
        if let Some(Err(what)) = runs.into_iter().find(Result::is_err) {
            panic!("seed {}: {what}\n{text}", seed + at);
        }
    }
    println!("kept {kept}, broken {broken}, open {open}");
    assert!(kept >= 5 && broken > 20, "both are looked at: kept {kept}, broken {broken}, open {open}");
}

fn live(
    machine: &Machine,
    certain: &[&Property],
    built: &machine_tests::compare::Built,
    text: &str,
    random: &mut Random,
) -> Result<(), String> {
    let file = tree(text);
    let mut pair = Pair::new(built, &file, text)?;
    let mut inputs = Inputs::new(random.fork());
    let mut happened = Vec::new();
    while pair.steps < 1_000 {
        for it in certain {
            if is_so(machine, &it.claim, &pair) {
                return Err(format!("{:?} is promised, and broken by {happened:?}", it.claim));
            }
        }
        pair.moves.clear();
        let input = inputs.next(&pair.view());
        happened.push(input.clone());
        // What differs is another test's.
        if pair.apply(&input).is_err() {
            return Ok(());
        }
    }
    Ok(())
}
