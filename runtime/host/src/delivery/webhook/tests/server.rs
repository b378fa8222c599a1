//! A web server of the tests' own, on a free port: what each request gets is said by number.

use crate::event::binding::http;
use serde::Deserialize;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// What a request gets.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// This status, with a header line or none.
    Answer(u16, &'static str),
    /// It is taken, and the connection ends before the answer.
    LoseAnswer,
    /// It is taken, and the connection ends in the middle of the answer.
    CutAnswer,
    /// The connection ends before its body was read.
    Cut,
    /// Nothing, for ever.
    Hang,
}

/// A request, as it was taken.
#[derive(Clone, Debug)]
pub(super) struct Got {
    pub(super) headers: Vec<(String, String)>,
    /// The ids of its events.
    pub(super) ids: Vec<String>,
    pub(super) bodies: Vec<String>,
}

type Script = Arc<dyn Fn(usize, &Got) -> Act + Send + Sync>;

/// See the module. It goes with its holder.
pub(super) struct Server {
    pub(super) url: String,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

struct State {
    script: Script,
    asked: Mutex<usize>,
    got: Mutex<Vec<Got>>,
    changed: Notify,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(super) async fn start(script: impl Fn(usize, &Got) -> Act + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0", script).await
    }

    pub(super) async fn at(address: &str, script: impl Fn(usize, &Got) -> Act + Send + Sync + 'static) -> Self {
        Self::with(address, None, script).await
    }

    /// The same, over TLS.
    pub(super) async fn safe(tls: ServerConfig, script: impl Fn(usize, &Got) -> Act + Send + Sync + 'static) -> Self {
        Self::with("127.0.0.1:0", Some(Arc::new(tls).into()), script).await
    }

    async fn with(
        address: &str,
        tls: Option<TlsAcceptor>,
        script: impl Fn(usize, &Got) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = listener(address).await;
        let (scheme, host) = if tls.is_some() { ("https", "localhost") } else { ("http", "127.0.0.1") };
        let url = format!("{scheme}://{host}:{}/events?from=n1", listener.local_addr().unwrap().port());
        let state =
            State { script: Arc::new(script), asked: Mutex::default(), got: Mutex::default(), changed: Notify::new() };
        let state = Arc::new(state);
        let task = tokio::spawn(listen(listener, tls, state.clone()));
        Self { url, state, task }
    }

    /// Every request that was taken, also those whose answers were lost.
    pub(super) fn got(&self) -> Vec<Got> {
        self.state.got.lock().unwrap().clone()
    }

    /// How many requests there were, taken or not.
    pub(super) fn asked(&self) -> usize {
        *self.state.asked.lock().unwrap()
    }

    /// The ids of all events that were taken, in order and each once, as a reader keeps them.
    pub(super) fn ids(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for id in self.got().into_iter().flat_map(|it| it.ids) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Waits until this is so; only a broken test waits long.
    pub(super) async fn until(&self, holds: impl Fn(&Self) -> bool) {
        let wait = async {
            while !holds(self) {
                self.state.changed.notified().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), wait).await.expect("it never came");
    }
}

/// One that was there before may need a moment to go.
async fn listener(address: &str) -> TcpListener {
    let start = Instant::now();
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(error) => assert!(start.elapsed() < Duration::from_secs(60), "{address}: {error}"),
        }
        tokio::task::yield_now().await;
    }
}

async fn listen(listener: TcpListener, tls: Option<TlsAcceptor>, state: Arc<State>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (tls, state) = (tls.clone(), state.clone());
        connections.spawn(async move {
            let Some(tls) = tls else { return drop(serve(stream, &state).await) };
            if let Ok(stream) = tls.accept(stream).await {
                drop(serve(stream, &state).await);
            }
        });
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, state: &State) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let Some((headers, length)) = head(&mut stream).await? else { return Ok(()) };
        let number = {
            let mut asked = state.asked.lock().unwrap();
            *asked += 1;
            *asked
        };
        state.changed.notify_one();
        let nothing = Got { headers: headers.clone(), ids: Vec::new(), bodies: Vec::new() };
        if matches!((state.script)(number, &nothing), Act::Cut) {
            return Ok(());
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let got = read(headers, &body);
        let act = (state.script)(number, &got);
        if matches!(act, Act::Answer(200..=299, _) | Act::LoseAnswer | Act::CutAnswer) {
            state.got.lock().unwrap().push(got);
            state.changed.notify_one();
        }
        match act {
            Act::Answer(status, header) => {
                let answer = format!("HTTP/1.1 {status} X\r\n{header}content-length: 4\r\n\r\nsaid");
                stream.write_all(answer.as_bytes()).await?;
            }
            Act::CutAnswer => return stream.write_all(b"HTTP/1.1 20").await,
            Act::LoseAnswer | Act::Cut => return Ok(()),
            Act::Hang => std::future::pending().await,
        }
    }
}

async fn head(
    stream: &mut BufReader<impl AsyncRead + Unpin>,
) -> std::io::Result<Option<(Vec<(String, String)>, usize)>> {
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) => {
                if name == "content-length" {
                    length = value.parse().unwrap();
                }
                headers.push((name.to_owned(), value.to_owned()));
            }
            None if line.trim().is_empty() => return Ok(Some((headers, length))),
            None => headers.push((":request".to_owned(), line.trim_end().to_owned())),
        }
    }
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

/// As any receiver reads it, by the HTTP binding.
fn read(headers: Vec<(String, String)>, body: &[u8]) -> Got {
    let events = http::read(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())), body).unwrap();
    let bodies: Vec<_> = events.iter().map(|it| it.get().to_owned()).collect();
    let ids = bodies.iter().map(|it| serde_json::from_str::<Named>(it).unwrap().id).collect();
    Got { headers, ids, bodies }
}
