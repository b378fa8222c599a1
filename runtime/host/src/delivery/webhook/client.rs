//! One request: sent, answered or given up in time.

use super::answer::{Answer, Fate};
use super::settings::{Settings, WebhookError};
use super::tls;
use crate::event::binding::Message;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client as Pool, Error as PoolError};
use hyper_util::rt::TokioExecutor;
use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So much of an answer is read; a connection with a longer one is not used again.
const LONGEST_ANSWER: usize = 64 * 1024;
const AGENT: &str = concat!("machined/", env!("CARGO_PKG_VERSION"));

/// Sends requests to one address. Connections are kept for the next request as long as the other end keeps them.
#[derive(Debug)]
pub(crate) struct Client {
    uri: Uri,
    headers: HeaderMap,
    token: Option<Token>,
    timeout: Duration,
    pool: Pool<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// What the other end answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// As much of it as is read; nothing of a longer one.
    pub(crate) body: Bytes,
    /// It does not know who sends, and by now there is another token.
    pub(crate) is_renewed: bool,
}

/// Who sends: read from a file, and again when it is not accepted.
#[derive(Debug)]
struct Token {
    file: std::path::PathBuf,
    value: Mutex<HeaderValue>,
}

impl Client {
    pub(crate) fn new(settings: &Settings) -> Result<Self, WebhookError> {
        let uri = settings.uri()?;
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_connect_timeout(Some(settings.timeout));
        http.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls::config(settings, &uri)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let token = settings.token_file.as_deref().map(Token::open).transpose()?;
        Ok(Self {
            headers: headers(&settings.headers)?,
            token,
            timeout: settings.timeout,
            pool: Pool::builder(TokioExecutor::new()).build(connector),
            uri,
        })
    }

    /// Sends an event, or several.
    pub(super) async fn post(&self, message: Message<'_>) -> Answer {
        match self.send(message).await {
            Ok(reply) => {
                let answer = Answer::of(reply.status, &reply.headers, &reply.body);
                if reply.is_renewed { Answer { fate: Fate::Later(None), ..answer } } else { answer }
            }
            Err(why) => Answer::none(why),
        }
    }

    /// Sends a message; what came back, or in words why nothing did.
    pub(crate) async fn send(&self, message: Message<'_>) -> Result<Reply, String> {
        let request = self.request(message).map_err(|error| format!("no request can be made of it: {error}"))?;
        let late = |_| format!("there is no answer within {} s", self.timeout.as_secs_f64());
        tokio::time::timeout(self.timeout, self.exchange(request)).await.map_err(late)?
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Reply, String> {
        let response = self.pool.request(request).await.map_err(|error| in_words(&error))?;
        let (parts, body) = response.into_parts();
        // What counts is the status: an event was taken, whatever becomes of the rest of the answer.
        let body = Limited::new(body, LONGEST_ANSWER).collect().await;
        let body = body.map(|it| it.to_bytes()).unwrap_or_default();
        let is_unknown = matches!(parts.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        let is_renewed = is_unknown && self.token.as_ref().is_some_and(Token::renew);
        Ok(Reply { status: parts.status, headers: parts.headers, body, is_renewed })
    }

    fn request(&self, message: Message<'_>) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let mut request = Request::builder().method(Method::POST).uri(self.uri.clone()).header(USER_AGENT, AGENT);
        for (name, value) in &message.headers {
            request = request.header(&**name, value);
        }
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token.value());
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(Full::new(Bytes::from(message.body.into_owned())))
    }
}

impl Token {
    fn open(file: &Path) -> Result<Self, WebhookError> {
        let value = read_token(file).map_err(|source| WebhookError::Token { file: file.to_owned(), source })?;
        Ok(Self { file: file.to_owned(), value: Mutex::new(value) })
    }

    fn value(&self) -> HeaderValue {
        self.value.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads it again; whether there is another one now. If that fails, the old one stays.
    fn renew(&self) -> bool {
        let Ok(value) = read_token(&self.file) else { return false };
        let mut known = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = *known != value;
        *known = value;
        is_new
    }
}

fn read_token(file: &Path) -> io::Result<HeaderValue> {
    let text = std::fs::read_to_string(file)?;
    let token = text.trim();
    let value = HeaderValue::from_str(&format!("Bearer {token}")).ok().filter(|_| !token.is_empty());
    let mut value = value.ok_or_else(|| io::Error::other("it is empty, or no line of printable ASCII"))?;
    // It shows in no message.
    value.set_sensitive(true);
    Ok(value)
}

fn headers(given: &[(String, String)]) -> Result<HeaderMap, WebhookError> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let wrong = || WebhookError::Header { name: name.clone() };
        let key: HeaderName = name.parse().map_err(|_| wrong())?;
        let is_ours = ["content-type", "content-length", "authorization", "host"].contains(&key.as_str());
        if is_ours || key.as_str().starts_with("ce-") {
            return Err(wrong());
        }
        headers.append(key, value.parse().map_err(|_| wrong())?);
    }
    Ok(headers)
}

/// What went wrong, from the cause that says most.
fn in_words(error: &PoolError) -> String {
    let mut cause: &dyn Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    let what = if error.is_connect() { "there is no connection" } else { "the connection broke" };
    format!("{what}: {cause}{}", tls::way_out(cause))
}
