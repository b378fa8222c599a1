use machine_tests::compare::generate::generate;
use machine_tests::compare::{Random, Refused, build};
#[test]
fn trial() {
    std::panic::set_hook(Box::new(|_| ()));
    let seed: u64 = std::env::var("SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(1);
    let mut codes = std::collections::BTreeMap::new();
    let mut accepted = 0;
    for number in 0..100 {
        let text = generate(Random::new(seed + number).fork());
        match build(&text) {
            Ok(_) => accepted += 1,
            Err(Refused::Broke(_)) => accepted += 1,
            Err(Refused::Said(all)) => {
                for it in all {
                    let list = codes.entry(format!("{:?}", it.code)).or_insert(Vec::new());
                    let lines: Vec<&str> = text.lines().collect();
                    let at = |span: u32| text[..span as usize].matches('\n').count();
                    let labels: Vec<String> = it.labels.iter().map(|l| format!("{} [{}]", l.text, lines[at(l.span.start)].trim())).collect();
                    list.push(format!("{}: {} :: {:?}", seed + number, it.headline, labels));
                }
            }
        }
    }
    println!("accepted {accepted}");
    for (code, mut list) in codes { println!("{code} {}", list.len()); list.truncate(9); println!("{list:#?}"); }
}
#[test]
fn show() {
    let seed: u64 = std::env::var("SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(1);
    println!("{}", generate(Random::new(seed).fork()));
}
#[test]
fn say() {
    let text = std::fs::read_to_string(std::env::var("FILE").unwrap()).unwrap();
    match build(&text) {
        Ok(_) => println!("accepted"),
        Err(Refused::Broke(it)) => println!("broke: {it}"),
        Err(Refused::Said(all)) => for it in all {
            let lines: Vec<&str> = text.lines().collect();
            let at = |span: u32| text[..span as usize].matches('\n').count();
            let labels: Vec<String> = it.labels.iter().map(|l| format!("{} [{}]", l.text, lines[at(l.span.start)].trim())).collect();
            println!("{:?} {} :: {:?} {:?}", it.code, it.headline, labels, it.notes);
        }
    }
}
#[test]
fn small() {
    std::panic::set_hook(Box::new(|_| ()));
    let seed: u64 = std::env::var("SEED").unwrap().parse().unwrap();
    let code = std::env::var("CODE").unwrap();
    let text = generate(Random::new(seed).fork());
    let holds = |text: &str| match build(text) {
        Err(Refused::Said(all)) => all.len() > 0 && all.iter().all(|it| format!("{:?} {}", it.code, it.headline).contains(&code)),
        Err(Refused::Broke(it)) => it.contains(&code),
        _ => false
    };
    let holds2 = |text: &str| match build(text) {
        Err(Refused::Said(all)) => all.iter().any(|it| format!("{:?} {}", it.code, it.headline).contains(&code)) && all.iter().all(|it| format!("{:?}", it.code).starts_with("E04")),
        _ => false
    };
    let text = machine_tests::compare::smallest(text, &holds2);
    let text = if holds(&text) { machine_tests::compare::smallest(text, &holds) } else { text };
    println!("{text}");
    match build(&text) { Err(Refused::Said(all)) => for it in all { println!("{:?} {} {:?} {:?}", it.code, it.headline, it.labels.iter().map(|it| it.text.clone()).collect::<Vec<_>>(), it.notes) }, Err(Refused::Broke(it)) => println!("{it}"), _ => {} }
}
