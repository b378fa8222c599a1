//! Events of a real node at a real web server that is as bad as servers are: each is there, once for whoever goes by its
//! id, in order, to the byte; whatever is killed meanwhile.

use super::close;
use machine_tests::choir::choir;
use machine_tests::node::Site;
use rustix::process::Signal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Two machines that always have something to tell.
const BUSY: &str = "
    machine ping 1.0.0 { initial state a { after 150ms -> b } state b { after 160ms -> a } }
    machine pong 1.0.0 { initial state a { after 200ms -> b } state b { after 250ms -> a } }
";

/// Takes events; of so many requests the last is taken without an answer, and the one before is not taken.
struct Receiver {
    address: SocketAddr,
    got: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    fn start(bad_every: usize) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), bad_every)
    }

    fn on(listener: TcpListener, bad_every: usize) -> Self {
        Self::slow(listener, bad_every, Duration::ZERO)
    }

    /// One that takes its time for each.
    fn slow(listener: TcpListener, bad_every: usize, pause: Duration) -> Self {
        let (address, got) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let taken = got.clone();
        std::thread::spawn(move || {
            let asked = Arc::new(Mutex::new(0));
            for stream in listener.incoming().map_while(Result::ok) {
                let (taken, asked) = (taken.clone(), asked.clone());
                std::thread::spawn(move || drop(serve(stream, &taken, &asked, (bad_every, pause))));
            }
        });
        Self { address, got }
    }

    fn configure(&self, site: &Site) {
        let text = format!("[events.webhook]\nurl = \"http://{}/\"\n", self.address);
        std::fs::write(site.path("node.toml"), text).unwrap();
    }

    fn got(&self) -> Vec<Value> {
        self.got.lock().unwrap().iter().map(|it| serde_json::from_str(it).unwrap()).collect()
    }

    /// By machine (none for the node itself) the numbers of events, in the order in which they came for the first time.
    fn numbers(&self) -> BTreeMap<String, Vec<u64>> {
        let mut numbers = BTreeMap::<_, Vec<u64>>::new();
        for event in self.got() {
            let id = event["id"].as_str().unwrap();
            let (rest, number) = id.rsplit_once('.').unwrap();
            let known = numbers.entry(rest.rsplit('.').nth(1).unwrap().to_owned()).or_default();
            let number = number.parse().unwrap();
            if !known.contains(&number) {
                known.push(number);
            }
        }
        numbers
    }
}

fn serve(
    stream: TcpStream,
    taken: &Mutex<Vec<String>>,
    asked: &Mutex<usize>,
    (bad_every, pause): (usize, Duration),
) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some(text) = line.strip_prefix("content-length: ") {
                length = text.trim().parse().map_err(io::Error::other)?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        std::thread::sleep(pause);
        let turn = {
            let mut asked = asked.lock().unwrap();
            *asked += 1;
            *asked % bad_every
        };
        if turn == bad_every - 1 {
            reader.get_mut().write_all(b"HTTP/1.1 503 X\r\ncontent-length: 0\r\n\r\n")?;
            continue;
        }
        taken.lock().unwrap().push(String::from_utf8(body).map_err(io::Error::other)?);
        if turn == 0 {
            return Ok(());
        }
        reader.get_mut().write_all(b"HTTP/1.1 204 X\r\ncontent-length: 0\r\n\r\n")?;
    }
}

#[test]
fn nothing_is_lost_and_order_is_kept_over_kills_and_a_bad_server() {
    let receiver = Receiver::start(9);
    let mut site = Site::new();
    receiver.configure(&site);
    site.ship(BUSY);
    for round in 0..6 {
        site.start_with(&["--config", "node.toml"], std::process::Stdio::null());
        site.expect("startup");
        let before = receiver.got().len();
        site.until("more events", || (receiver.got().len() >= before + 5 + 7 * round).then_some(()));
        site.kill();
    }
    site.start_with(&["--config", "node.toml"], std::process::Stdio::null());
    site.expect("startup");
    let told = |site: &Site| site.told().into_iter().map(|it| (it.machine, it.sequence, it.json)).collect::<Vec<_>>();
    site.signal(rustix::process::Signal::TERM);
    assert!(site.ended().success(), "{}", site.said());
    // What was on its way when the node ended comes with the next start.
    site.start_with(&["--config", "node.toml"], std::process::Stdio::null());
    let file = told(&site);
    let last = |machine: &str| file.iter().filter(|it| it.0 == machine).map(|it| it.1).max().unwrap();
    let (ping, pong) = (last("ping"), last("pong"));
    let has = |machine: &str, number| receiver.numbers().get(machine).is_some_and(|it| it.contains(&number));
    site.until("the last events", || (has("ping", ping) && has("pong", pong)).then_some(()));
    close(site);
    for (machine, numbers) in receiver.numbers() {
        let all: Vec<_> = (1..=numbers.len() as u64).collect();
        assert_eq!(numbers, all, "the events of `{machine}` are not whole or not in order");
    }
    let bytes: BTreeMap<_, _> = file.iter().map(|(_, _, json)| (id(json), json)).collect();
    for event in receiver.got.lock().unwrap().iter() {
        bytes.get(&id(event)).into_iter().for_each(|written| assert_eq!(*written, event));
    }
}

fn id(event: &str) -> String {
    serde_json::from_str::<Value>(event).unwrap()["id"].as_str().unwrap().to_owned()
}

/// The other end takes connections, and never answers, until the journal has let go of what waits.
#[test]
fn what_the_journal_lets_go_is_named_to_the_other_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut site = Site::new();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let webhook = format!("[events.webhook]\nurl = \"{url}\"\nmode = \"batch\"\ntimeout = \"1s\"\n");
    std::fs::write(site.path("node.toml"), webhook + "[journal]\nkeep-size = \"32MiB\"\n").unwrap();
    site.ship(&choir(&vec!["la ".repeat(3_000); 5]));
    site.start_with(&["--config", "node.toml"], std::process::Stdio::null());
    site.expect("caller starts in waits");
    let mut calls = 0;
    while site.path("state/journal/0000000001.segment").exists() {
        assert_eq!(site.ask(&["fire", "caller", "call"]).0, Some(0));
        calls += 1;
        assert!(calls < 60, "nothing was let go");
    }
    let receiver = Receiver::on(listener, usize::MAX);
    let mut last = BTreeMap::new();
    site.told().into_iter().for_each(|it| _ = last.insert(it.machine.clone(), (it.sequence, id(&it.json))));
    let has = |id: &str| receiver.got.lock().unwrap().iter().any(|it| it.contains(&format!("\"id\":\"{id}\"")));
    site.until("the last event of each machine", || last.values().all(|(_, id)| has(id)).then_some(()));
    let missing = named_or_missing(&receiver, &last);
    assert!(missing > 0, "what went came all the same");
    close(site);
}

/// How many events did not come; each of them is named by one that did.
fn named_or_missing(receiver: &Receiver, last: &BTreeMap<String, (u64, String)>) -> u64 {
    let batches = receiver.got();
    let events: Vec<&Value> = batches.iter().filter_map(Value::as_array).flatten().collect();
    let mut missing = 0;
    for (machine, (last, id)) in last {
        let (prefix, _) = id.rsplit_once('.').unwrap();
        let number = |it: &Value| it["id"].as_str()?.rsplit_once('.').filter(|it| it.0 == prefix)?.1.parse().ok();
        let came: BTreeSet<u64> = events.iter().filter_map(|it| number(it)).collect();
        let dropped = events.iter().filter(|it| it["type"] == "machine.v1.dropped" && number(it).is_some());
        let range = |it: &&Value| Some(it["data"]["first"].as_u64()?..=it["data"]["last"].as_u64()?);
        let named: Vec<_> = dropped.filter_map(range).collect();
        for number in (1..=*last).filter(|it| !came.contains(it)) {
            assert!(named.iter().any(|it| it.contains(&number)), "{number} of `{machine}` is not named: {named:?}");
            missing += 1;
        }
    }
    missing
}

#[test]
fn a_range_can_be_asked_for_again() {
    let receiver = Receiver::start(1_000);
    let mut site = Site::new();
    receiver.configure(&site);
    site.ship(super::LAMP);
    site.start_with(&["--config", "node.toml"], std::process::Stdio::null());
    site.write("switch", "");
    let numbers = || receiver.numbers().remove("lamp").unwrap_or_default();
    site.until("some events", || (numbers().len() >= 3).then_some(()));
    let first = receiver.got();
    let (code, said) = site.ask(&["resend", "lamp", "1..2"]);
    assert_eq!((code, said.as_str()), (Some(0), "lamp: 1 to 2, 2 in all, are sent again to webhook\n"));
    let twice = |number: &str| {
        receiver
            .got()
            .iter()
            .filter(|it| it["sequence"].as_str().unwrap().ends_with(number) && it["source"] == "/machines/n1/lamp")
            .count()
            == 2
    };
    site.until("both again", || (twice("01") && twice("02")).then_some(()));
    site.until("it is told", || receiver.got().iter().any(|it| it["type"] == "machine.v1.resent").then_some(()));
    for event in receiver.got() {
        let before = first.iter().find(|it| it["id"] == event["id"]);
        before.into_iter().for_each(|it| assert_eq!(*it, event));
    }
    let (code, said) = site.ask(&["resend", "lamp", "1..1000000"]);
    assert_eq!(code, Some(3), "{said}");
    let (code, said) = site.ask(&["resend", "fan", "1..2"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("the journal does not hold events 1 to 2 of `fan`"), "{said}");
    let (code, _) = site.ask(&["resend", "lamp", "0..2"]);
    assert_eq!(code, Some(2));
    close(site);
}

#[test]
fn the_end_of_a_node_is_delivered_with_the_numbers_of_all() {
    its_end_is_delivered(Duration::ZERO, |_| ());
}

/// `timeout` sends its signal to the process and then to the group that it is in.
#[test]
fn a_signal_that_comes_twice_at_once_ends_a_node_no_sooner() {
    its_end_is_delivered(Duration::from_millis(100), |site| {
        site.signal(Signal::TERM);
        std::thread::sleep(Duration::from_millis(20));
    });
}

fn its_end_is_delivered(pause: Duration, before: impl FnOnce(&Site)) {
    let receiver = Receiver::slow(TcpListener::bind("127.0.0.1:0").unwrap(), 1_000, pause);
    let mut site = Site::new();
    receiver.configure(&site);
    site.ship(super::LAMP);
    site.start_with(&["--config", "node.toml"], std::process::Stdio::null());
    site.expect("lamp starts in dark");
    before(&site);
    close(site);
    let mut known = BTreeSet::new();
    let mut got = receiver.got();
    got.retain(|it| it["id"].as_str().is_some_and(|it| it.contains(".@.") && known.insert(it.to_owned())));
    let last: Vec<_> = got.iter().rev().take(2).map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(last, ["io.choria.lifecycle.v1.shutdown", "machine.v1.sequences"]);
    let numbers = &got[got.len() - 2]["data"]["machines"];
    let lamp = receiver.numbers()["lamp"].len();
    assert_eq!(*numbers, serde_json::json!({"lamp": lamp}));
}
