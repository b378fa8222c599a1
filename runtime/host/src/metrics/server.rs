//! Figures over HTTP. Only this host can connect, and only a client that knows it by a name of this host is answered:
//! a page in a browser shall not read the node through a name of its own.

use super::book::Book;
use super::reading::Desk;
use crate::node::{note, say};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// So many are answered at once; others wait.
const AT_ONCE: usize = 16;
/// A client that does not say within so long what it wants makes room for others.
const PATIENCE: Duration = Duration::from_secs(10);
/// What was not there before may be later.
const AGAIN: Duration = Duration::from_secs(10);

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const JSON: &str = "application/json";

type Answer = Response<Full<Bytes>>;

/// Serves for ever.
pub(super) async fn serve(address: SocketAddr, desk: &Arc<Desk>) {
    let listener = listen(address).await;
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(slot) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let desk = Arc::clone(desk);
                tokio::spawn(async move {
                    // Whoever hangs up wants no more.
                    let _ = talk(stream, desk).await;
                    drop(slot);
                });
            }
            // No more descriptors, for example: others may be closed meanwhile.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Opens the address as soon as it is free, and says where that is.
async fn listen(address: SocketAddr) -> TcpListener {
    let mut is_said = false;
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => {
                let at = listener.local_addr().unwrap_or(address);
                note(&format!("metrics at http://{at}/metrics"));
                return listener;
            }
            Err(error) if !std::mem::replace(&mut is_said, true) => {
                let text = format!("the metrics cannot be served on {address}, and that is tried again: {error}");
                say(&io::Error::new(error.kind(), text));
            }
            Err(_) => {}
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn talk(stream: TcpStream, desk: Arc<Desk>) -> Result<(), hyper::Error> {
    let service = service_fn(move |request: Request<Incoming>| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, Infallible>(answer(&request, &desk).await) }
    });
    let mut connection = http1::Builder::new();
    connection.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    connection.serve_connection(TokioIo::new(stream), service).await
}

async fn answer<B>(request: &Request<B>, desk: &Desk) -> Answer {
    if !is_for_this_host(request.headers().get(HOST)) {
        return plain(StatusCode::FORBIDDEN, "ask by an address of this host or as localhost\n");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut refused = plain(StatusCode::METHOD_NOT_ALLOWED, "this can only be read\n");
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    match request.uri().path() {
        "/metrics" => metrics(request.headers().get(ACCEPT), desk).await,
        "/health" => health(desk).await,
        "/status" => match desk.status().await {
            Some(status) => content(StatusCode::OK, JSON, format!("{status:#}\n")),
            None => silent(),
        },
        "/" => plain(StatusCode::OK, "/metrics\n/health\n/status\n"),
        _ => plain(StatusCode::NOT_FOUND, "there is /metrics, /health and /status\n"),
    }
}

async fn metrics(accept: Option<&HeaderValue>, desk: &Desk) -> Answer {
    let wants_open =
        accept.and_then(|it| it.to_str().ok()).is_some_and(|it| it.contains("application/openmetrics-text"));
    let (kind, text) = match wants_open {
        true => (OPEN_METRICS, desk.figures(Book::open_metrics).await),
        false => (TEXT, desk.figures(Book::text).await),
    };
    match text {
        Some(text) => content(StatusCode::OK, kind, text),
        None => plain(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be written\n"),
    }
}

/// The node is well when its loop answers.
async fn health(desk: &Desk) -> Answer {
    match desk.is_well().await {
        true => plain(StatusCode::OK, "ok\n"),
        false => silent(),
    }
}

fn silent() -> Answer {
    plain(StatusCode::SERVICE_UNAVAILABLE, "the node does not answer\n")
}

fn plain(status: StatusCode, text: &'static str) -> Answer {
    content(status, "text/plain; charset=utf-8", text)
}

fn content(status: StatusCode, kind: &'static str, text: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(text.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// `localhost:9464`, `127.0.0.1`, `[::1]:9464`; a client of HTTP/1.0 names nobody.
fn is_for_this_host(host: Option<&HeaderValue>) -> bool {
    let Some(host) = host.map(HeaderValue::to_str) else { return true };
    let host = host.unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_host_are_answered() {
        for (host, is_ours) in [
            ("localhost:9464", true),
            ("LOCALHOST", true),
            ("127.0.0.1:9464", true),
            ("[::1]:9464", true),
            ("[::1]", true),
            ("evil.example:9464", false),
            ("localhost.evil.example", false),
            ("192.0.2.1:9464", false),
            ("", false),
        ] {
            assert_eq!(is_for_this_host(Some(&HeaderValue::from_static(host))), is_ours, "{host}");
        }
        assert!(is_for_this_host(None));
    }
}
