//! A proxy that breaks connections: between a node and a server, on a thread of its own.
//!
//! What it does is said from outside ([`Proxy::set`], [`Proxy::cut`]), by a script that goes by what has passed
//! ([`Proxy::script`]), to the byte, or by chance with a seed that it prints ([`Proxy::flap`]).

mod frames;
mod link;
mod pump;

pub use link::{Deed, Link, Seen, When};

use crate::port::{bound, free_port};
use crate::until;
use link::Shared;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// A proxy; it ends with the test, and all its connections with it.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    _reserved: File,
    shared: Arc<Shared>,
    /// Ends the thread when it is dropped.
    end: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    runtime: tokio::runtime::Handle,
    flapping: Option<AbortHandle>,
}

impl Proxy {
    /// Passes everything on to there, until it is told otherwise.
    ///
    /// # Panics
    /// When there is no thread to be had.
    pub fn to(server: SocketAddr) -> Self {
        let (port, reserved) = free_port();
        let shared = Arc::new(Shared::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let handle = runtime.handle().clone();
        let (end, ended) = tokio::sync::oneshot::channel();
        let listener = {
            let _inside = runtime.enter();
            bind(port).expect("a port that was free")
        };
        let listening = listen(listener, server, Arc::clone(&shared));
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! { () = listening => {}, _ = ended => {} }
            });
        });
        Self {
            port,
            _reserved: reserved,
            shared,
            end: Some(end),
            thread: Some(thread),
            runtime: handle,
            flapping: None,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// The same, as clients want it.
    pub fn url(&self) -> String {
        format!("nats://{}", self.address())
    }

    /// How the link is from now on.
    pub fn set(&self, link: Link) {
        self.shared.perform(&Deed::Set(link));
    }

    /// Cuts all connections that there are.
    pub fn cut(&self) {
        self.shared.perform(&Deed::Cut);
    }

    /// What is to happen one after the other, each as soon as its condition is met. What is counted counts from now on.
    pub fn script(&self, steps: impl IntoIterator<Item = (When, Deed)>) {
        self.shared.script(steps);
    }

    /// Whether a script is over.
    pub fn is_done(&self) -> bool {
        self.shared.is_done()
    }

    /// What has passed so far.
    pub fn seen(&self) -> Seen {
        self.shared.seen()
    }

    /// Waits until so much has passed.
    ///
    /// # Panics
    /// When it never does.
    pub fn until(&self, what: &str, mut is_so: impl FnMut(&Seen) -> bool) -> Seen {
        until(what, || Some(self.seen()).filter(|it| is_so(it)))
    }

    /// The link goes down and up again: down means refused, with all connections cut. Milliseconds, drawn anew each time.
    pub fn flap(&mut self, up: Range<u64>, down: Range<u64>) {
        let seed =
            std::env::var("MACHINE_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
        eprintln!("the link flaps with MACHINE_SEED={seed}");
        let shared = Arc::clone(&self.shared);
        let flapping = self.runtime.spawn(flap(shared, fastrand::Rng::with_seed(seed), up, down));
        self.flapping = Some(flapping.abort_handle());
    }

    /// No flapping any more: the link is open, and stays so.
    pub fn settle(&mut self) {
        if let Some(flapping) = self.flapping.take() {
            flapping.abort();
            until("the end of flapping", || flapping.is_finished().then_some(()));
        }
        self.set(Link::Open);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

/// Takes connections; while they are to be refused, nobody listens.
async fn listen(listener: TcpListener, server: SocketAddr, shared: Arc<Shared>) {
    let Ok(SocketAddr::V4(address)) = listener.local_addr() else { return };
    let (mut link, mut listener) = (shared.link(), Some(listener));
    loop {
        if *link.borrow() == Link::Refused {
            listener = None;
        }
        _ = link.wait_for(|it| *it != Link::Refused).await;
        let Some(listener) = listener.take().or_else(|| bind(address.port()).ok()) else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        tokio::select! {
            () = accept(&listener, server, &shared) => {}
            _ = link.wait_for(|it| *it == Link::Refused) => {}
        }
    }
}

fn bind(port: u16) -> io::Result<TcpListener> {
    bound(port)?.listen(64)
}

async fn accept(listener: &TcpListener, server: SocketAddr, shared: &Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let shared = Arc::clone(shared);
        tokio::spawn(async move {
            if let Ok(server) = TcpStream::connect(server).await {
                pump::connection(client, server, shared).await;
            }
        });
    }
}

async fn flap(shared: Arc<Shared>, mut random: fastrand::Rng, up: Range<u64>, down: Range<u64>) {
    loop {
        tokio::time::sleep(Duration::from_millis(random.u64(up.clone()))).await;
        shared.perform(&Deed::Set(Link::Refused));
        tokio::time::sleep(Duration::from_millis(random.u64(down.clone()))).await;
        shared.perform(&Deed::Set(Link::Open));
    }
}
