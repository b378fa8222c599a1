//! A node, a server with a stream for it, and what stands between them.

use machine_rig::{Checker, Proxy, Report, Server, Setup, Stream};
use machine_tests::node::Site;
use machine_tests::told::assert_adds_up;
use rustix::process::Signal;
use serde_json::Value;
use std::cell::RefCell;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;
use std::time::Duration;

/// The stream of all nodes.
pub(crate) const STREAM: &str = "MACHINES";

/// One node that tells what happens to one stream.
pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) proxy: Proxy,
    pub(crate) site: Site,
}

impl Scene {
    /// All is well: the server has a stream, and the node runs this.
    pub(crate) fn running(source: &str) -> Self {
        let mut scene = Self::set(Setup::default(), source);
        scene.server.start_again();
        scene.make_stream();
        scene.site.start();
        scene
    }

    /// Neither of them runs yet.
    pub(crate) fn set(setup: Setup, source: &str) -> Self {
        let server = Server::prepared(setup);
        let proxy = Proxy::to(server.address());
        let scene = Self { server, proxy, site: Site::new() };
        scene.site.ship(source);
        scene.configure("", "");
        scene
    }

    /// The node's configuration, with more lines for NATS and for the stream.
    pub(crate) fn configure(&self, nats: &str, stream: &str) {
        let mut toml = format!("[nats]\nservers = [\"{}\"]\n{nats}\n", self.proxy.url());
        _ = writeln!(toml, "[events.nats]\nstream = \"{STREAM}\"\n{stream}");
        self.site.configure(&toml);
    }

    pub(crate) fn make_stream(&self) {
        self.server.make_stream(STREAM, &["machines.>", "choria.>"]);
    }

    pub(crate) fn stream(&self) -> Stream<'_> {
        self.server.stream(STREAM)
    }

    /// How the stream is at this moment, compared with what the node has written to its file.
    pub(crate) fn look(&self) -> Report {
        let checker = Checker::default().told(&self.site.path("events"));
        checker.check(&self.stream().read())
    }

    /// Waits until all that has been told by now is in the stream.
    pub(crate) fn until_complete(&self) -> Report {
        self.site.until("a first event", || (!self.site.told().is_empty()).then_some(()));
        let checker = Checker::default().told(&self.site.path("events"));
        let wanted = self.site.told().len() as u64;
        let last = RefCell::new(None);
        let find = || {
            thread::sleep(Duration::from_millis(20));
            (self.stream().len() >= wanted).then_some(())?;
            let report = checker.check(&self.stream().read());
            last.replace(Some(report.to_string()));
            (report.is_complete() && report.events() > 0).then_some(report)
        };
        let what = || format!("a stream that is complete; it is {}", last.borrow().as_deref().unwrap_or("too short"));
        self.until_or(what, find)
    }

    /// Waits as [`Site::until`] does; what was missing is worked out when it is known.
    fn until_or<T>(&self, what: impl Fn() -> String, find: impl FnMut() -> Option<T>) -> T {
        let waiting = AssertUnwindSafe(|| self.site.until("", find));
        catch_unwind(waiting).unwrap_or_else(|panic| {
            eprintln!("it was waited for {}", what());
            resume_unwind(panic)
        })
    }

    /// Waits until the node has told so many events more, whether anybody hears them or not.
    pub(crate) fn until_told_more(&self, count: usize) {
        let before = self.site.told().len();
        self.site.until("more events", || (self.site.told().len() >= before + count).then_some(()));
    }

    /// Waits until the node says that its events do not arrive, for a reason that has this in it.
    pub(crate) fn until_trouble(&self, reason: &str) -> String {
        let text = self.site.until(reason, || self.trouble().filter(|it| it.contains(reason)));
        let said = self.site.until("a word on it", || {
            let said = self.site.said();
            said.split_whitespace()
                .collect::<String>()
                .contains(&text.split_whitespace().collect::<String>())
                .then_some(said)
        });
        assert!(!said.contains("panicked"), "{said}");
        text
    }

    /// Waits until nothing is in the way.
    pub(crate) fn until_fine(&self) {
        self.site.until("events arrive again", || self.sink().filter(|it| it["trouble"].is_null()));
    }

    /// What is in the way, as the node's status has it.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.sink()?["trouble"]["text"].as_str().map(str::to_owned)
    }

    fn sink(&self) -> Option<Value> {
        let status: Value = serde_json::from_str(&self.site.ask(&["status", "--json"]).1).ok()?;
        let sinks = status["delivery"].as_array()?.clone();
        sinks.into_iter().find(|it| it["name"] == "nats")
    }

    /// Waits until the server has acknowledged all that is durable now: then nothing holds up what comes next.
    pub(crate) fn until_acknowledged(&self) {
        let durable = |sink: &Value| Some(sink["delivered"].as_u64()? + sink["behind"].as_u64()?);
        let goal = self.site.until("a status", || self.sink().as_ref().and_then(durable));
        self.site.until("all acknowledgements", || {
            self.sink().filter(|it| it["trouble"].is_null() && it["delivered"].as_u64() >= Some(goal))
        });
    }

    /// What the node has told of this type.
    pub(crate) fn events(&self, kind: &str) -> Vec<Value> {
        let events = self.site.told().into_iter().filter_map(|it| serde_json::from_str::<Value>(&it.json).ok());
        events.filter(|it| it["type"] == kind).collect()
    }

    /// Ends the test: the node ends in order, and by then has brought everything, its last word included.
    #[track_caller]
    pub(crate) fn close(mut self) -> Report {
        self.finish()
    }

    /// The same, for who needs its directories once more.
    #[track_caller]
    pub(crate) fn finish(&mut self) -> Report {
        self.until_complete();
        self.until_acknowledged();
        self.end();
        let report = self.look();
        report.assert_complete();
        report
    }

    /// The node ends in order, after its numbers began again.
    #[track_caller]
    pub(crate) fn end_anew(&mut self) {
        self.site.signal(Signal::TERM);
        assert!(self.site.ended().success(), "{}", self.site.said());
    }

    /// The node ends in order, and what it told adds up.
    #[track_caller]
    pub(crate) fn end(&mut self) {
        self.site.signal(Signal::TERM);
        assert!(self.site.ended().success(), "{}", self.site.said());
        assert_adds_up(&self.site.all_told());
    }
}
