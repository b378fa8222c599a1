//! A limit of one or two, and several nodes that want to work under it.

use super::{BUCKET, node, with_bucket};
use machine_rig::{Link, Proxy, Server, until};
use machine_tests::node::Site;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

/// Works for half a second, and says all the time that it does. The moments are those of one clock.
const WORK: &str = r#"
say() {
    read up idle < /proc/uptime
    echo "$1 $MACHINE_RUN_ID.$$ $MACHINE_FENCING_TOKEN $up" >> "$log"
}
log=$1
say begin
for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 0.05; say works; done
say end
"#;

/// Works again and again, whenever it may.
fn source(count: u32, log: &Path) -> String {
    format!(
        r#"machine worker 1.0.0 {{
    limit turns = {count} across fleet
    initial state working {{
        run work = exec("/bin/sh", "work.sh", "{}", timeout: 1m) under turns wait 10m
        on work.ok, work.skipped -> resting
        on work.failed           -> resting
    }}
    state resting {{
        after 50ms -> working
    }}
}}
"#,
        log.display()
    )
}

/// What the commands have written: from when to when each was there, its token, and whether it came to its end.
struct Log(BTreeMap<String, (f64, f64, u64, bool)>);

impl Log {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let mut runs = BTreeMap::new();
        for line in text.lines() {
            let words: Vec<_> = line.split(' ').collect();
            let [word, run, token, at] = *words else { panic!("{line}") };
            let at: f64 = at.parse().unwrap();
            let run = runs.entry(run.to_owned()).or_insert((at, at, token.parse().unwrap(), false));
            (run.1, run.3) = (at, word == "end");
        }
        Self(runs)
    }

    fn ended(&self) -> usize {
        self.0.values().filter(|it| it.3).count()
    }

    /// In the order in which they began.
    fn tokens(&self) -> Vec<u64> {
        let mut runs: Vec<_> = self.0.values().collect();
        runs.sort_by(|a, b| a.0.total_cmp(&b.0));
        runs.into_iter().map(|it| it.2).collect()
    }

    /// Never were more of them there at once, and tokens of a single slot grow.
    fn assert_at_most(&self, count: usize) {
        for (begun, ..) in self.0.values() {
            // The clock that they read has hundredths; so what ends as another begins has ended before.
            let at_once: Vec<_> = self.0.iter().filter(|(_, it)| it.0 <= *begun && *begun < it.1).collect();
            assert!(at_once.len() <= count, "{} work at once: {at_once:?}", at_once.len());
        }
        if count == 1 {
            assert!(self.tokens().is_sorted_by(|a, b| a < b), "tokens do not grow: {:?}", self.0);
        }
    }
}

/// A server, and nodes that all write into one log.
struct Scene {
    server: Server,
    proxies: Vec<Proxy>,
    sites: Vec<Site>,
    log: tempfile::TempDir,
    count: u32,
}

impl Scene {
    /// So many nodes under a limit of so many.
    fn running(nodes: usize, count: u32) -> Self {
        let server = Server::start();
        with_bucket(&server, |_| async {});
        let log = tempfile::tempdir().unwrap();
        let mut scene = Self { server, proxies: Vec::new(), sites: Vec::new(), log, count };
        (0..nodes).for_each(|_| scene.add(WORK));
        scene.until_works(2);
        scene
    }

    /// One more node, which works so.
    fn add(&mut self, work: &str) {
        let proxy = Proxy::to(self.server.address());
        let site = node(&proxy, &source(self.count, &self.log.path().join("log")));
        site.write("work.sh", work);
        self.proxies.push(proxy);
        self.sites.push(site);
        self.start(self.sites.len() - 1);
    }

    fn start(&mut self, number: usize) {
        self.sites[number].start_with(&["--node", &format!("n{number}")], Stdio::null());
    }

    fn look(&self) -> Log {
        Log::read(&self.log.path().join("log"))
    }

    /// Waits until so much more work has been done.
    fn until_works(&self, more: usize) {
        let ended = self.look().ended();
        until("more work under the limit", || {
            sleep(Duration::from_millis(20));
            (self.look().ended() >= ended + more).then_some(())
        });
    }

    /// Ends everything, and looks at all that was done.
    fn finish(self) {
        self.look().assert_at_most(self.count as usize);
        drop(self.sites);
    }
}

#[test]
fn two_nodes_take_turns_and_a_node_that_is_killed_holds_nobody_up() {
    let mut scene = Scene::running(2, 1);
    for round in 0..3 {
        scene.sites[round % 2].kill();
        scene.until_works(2);
        scene.start(round % 2);
        scene.until_works(2);
    }
    scene.finish();
}

#[test]
fn three_nodes_and_two_slots_over_restarts_of_the_server() {
    let mut scene = Scene::running(3, 2);
    for _ in 0..2 {
        scene.server.kill();
        sleep(Duration::from_millis(500));
        scene.server.start_again();
        scene.until_works(3);
    }
    scene.finish();
}

#[test]
fn who_is_cut_off_ends_before_others_begin() {
    let scene = Scene::running(2, 1);
    for round in 0..3 {
        let link = if round == 1 { Link::Stalled } else { Link::Refused };
        scene.proxies[round % 2].set(link);
        scene.proxies[round % 2].cut();
        scene.until_works(2);
        scene.proxies[round % 2].set(Link::Open);
        scene.until_works(2);
    }
    scene.finish();
}

#[test]
fn a_runtime_that_stands_still_cannot_let_its_work_overrun() {
    let scene = Scene::running(2, 1);
    for _ in 0..2 {
        scene.sites[0].signal(Signal::STOP);
        scene.until_works(2);
        scene.sites[0].signal(Signal::CONT);
        scene.until_works(1);
    }
    scene.finish();
}

#[test]
fn a_bucket_that_is_lost_lets_nobody_in_too_early() {
    let mut scene = Scene::running(2, 1);
    scene.server.wipe();
    with_bucket(&scene.server, |_| async {});
    scene.look().assert_at_most(1);
    // Tokens begin anew with the bucket; what had a slot of the lost one may work for a while before that.
    until("work under the new bucket", || (!scene.look().tokens().is_sorted()).then_some(()));
    std::fs::write(scene.log.path().join("log"), "").unwrap();
    scene.until_works(2);
    scene.finish();
}

#[test]
fn strangers_in_the_bucket_stop_work_and_never_the_node() {
    let scene = Scene::running(1, 1);
    let key = with_bucket(&scene.server, |bucket| async move {
        let connection = bucket.watch("limit.>").await.unwrap();
        first_key(connection).await
    });
    let large = vec![b'x'; 100_000];
    for value in [&b"\xff\xff"[..], b"", br#"{"holder":"0","attempt":-1}"#, b"[[[[", &large] {
        with_bucket(&scene.server, |bucket| {
            let (key, value) = (key.clone(), value.to_vec());
            async move { bucket.put(&key, &value).await.unwrap() }
        });
        scene.until_works(1);
    }
    assert!(key.starts_with("limit.turns.0."), "{key} of {BUCKET}");
    scene.finish();
}

/// Works for ever, whoever asks it to end, and so does what it started.
const STUBBORN: &str = r#"
trap '' TERM INT HUP
say() {
    read up idle < /proc/uptime
    echo "$1 $MACHINE_RUN_ID.$$ $MACHINE_FENCING_TOKEN $up" >> "$log"
}
log=$1
say begin
(while :; do say works; sleep 0.05; done) &
echo "$$ $MACHINE_RUN_ID" > pid
while :; do say works; sleep 0.05; done
"#;

#[test]
fn what_ignores_that_it_is_asked_to_end_is_dead_before_others_begin() {
    let server = Server::start();
    with_bucket(&server, |_| async {});
    let log = tempfile::tempdir().unwrap();
    let mut scene = Scene { server, proxies: Vec::new(), sites: Vec::new(), log, count: 1 };
    (0..2).for_each(|_| scene.add(STUBBORN));
    for trouble in [Trouble::Refused, Trouble::Stalled, Trouble::StandsStill] {
        let holder = scene.holder();
        scene.trouble(holder, trouble);
        let other = until("the other one at work", || {
            let is_other = |it: &usize| *it != holder && scene.works(*it);
            (0..2).find(is_other)
        });
        let told = || std::fs::read_to_string(scene.log.path().join("log")).unwrap_or_default();
        assert!(!scene.works(holder), "{trouble:?}: both work:\n{}", told());
        scene.end_trouble(holder, trouble);
        assert_eq!(scene.holder(), other);
    }
    scene.finish();
}

/// What happens to a node that has the slot.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    Refused,
    Stalled,
    StandsStill,
}

impl Scene {
    /// Who has the slot, once somebody has.
    fn holder(&self) -> usize {
        until("somebody at work", || (0..self.sites.len()).find(|it| self.works(*it)))
    }

    /// Whether a stubborn command of this node is alive.
    fn works(&self, number: usize) -> bool {
        let written = std::fs::read_to_string(self.sites[number].file("pid")).unwrap_or_default();
        let Some((pid, run)) = written.trim().split_once(' ') else { return false };
        // By now the number may be another's; and what is dead has no environment.
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|it| *it == 0).any(|it| it == format!("MACHINE_RUN_ID={run}").as_bytes())
    }

    fn trouble(&self, number: usize, trouble: Trouble) {
        match trouble {
            Trouble::Refused => self.proxies[number].set(Link::Refused),
            Trouble::Stalled => self.proxies[number].set(Link::Stalled),
            Trouble::StandsStill => return self.sites[number].signal(Signal::STOP),
        }
        self.proxies[number].cut();
    }

    fn end_trouble(&self, number: usize, trouble: Trouble) {
        match trouble {
            Trouble::Refused | Trouble::Stalled => self.proxies[number].set(Link::Open),
            Trouble::StandsStill => self.sites[number].signal(Signal::CONT),
        }
    }
}

async fn first_key(mut watch: machine_nats::bucket::Watch) -> String {
    std::future::poll_fn(|context| watch.as_mut().poll_next(context)).await.unwrap().unwrap().key
}
