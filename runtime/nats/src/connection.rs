//! A connection that is made in the background, again and again, and never given up.

use crate::backoff::Backoff;
use crate::credentials;
use crate::settings::{Settings, SettingsError};
use async_nats::{AuthError, Client, ConnectOptions, Event, ServerError, jetstream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// A server that says nothing for so long is asked whether it is there.
const PING: Duration = Duration::from_secs(10);
/// How long one attempt to connect may take, and one answer to a request.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// What an attempt ends with before there is an address that it could fail at.
const NAMELESS: &str = "no server's name can be resolved";

/// How the connection is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// It is there.
    pub up: bool,
    /// How often it was made. What was asked over an earlier one may never be answered.
    pub made: u64,
    /// Why the last attempt to make it failed, or what ended it.
    pub trouble: Option<String>,
    /// The last thing that the server refused for want of permission on this connection.
    pub denied: Option<String>,
}

/// A connection to NATS; clones are the same connection.
#[derive(Clone, Debug)]
pub struct Connection {
    client: Client,
    streams: jetstream::Context,
    link: watch::Receiver<Link>,
}

impl Connection {
    /// Begins to connect, and goes on trying for ever: this never waits for a server. The tasks run where it is called.
    ///
    /// Files of certificates and credentials are read at every attempt; nothing in them is ever logged.
    ///
    /// # Errors
    ///
    /// Only if the settings cannot be meant.
    pub async fn begin(settings: &Settings, name: &str) -> Result<Connection, SettingsError> {
        settings.check()?;
        let (told, link) = watch::channel(Link::default());
        let options = options(settings, name, Arc::new(told));
        let addresses = settings.addresses()?;
        let client = options.connect(addresses).await.map_err(|_| SettingsError::NoServer)?;
        let streams = jetstream::ContextBuilder::new().timeout(PATIENCE).build(client.clone());
        Ok(Connection { client, streams, link })
    }

    /// How it is now.
    #[must_use]
    pub fn link(&self) -> Link {
        self.link.borrow().clone()
    }

    /// Waits until [`Connection::link`] is other than it was when this receiver last looked.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Link> {
        self.link.clone()
    }

    /// Waits until it is there.
    pub async fn up(&self) -> Link {
        let mut link = self.link.clone();
        let seen = link.wait_for(|link| link.up).await.map(|link| link.clone());
        match seen {
            Ok(link) => link,
            // Its tasks are gone, with the runtime that they ran on: it never will be.
            Err(_) => std::future::pending().await,
        }
    }

    /// Ends it and makes it anew: for a server that does not answer any more.
    pub async fn again(&self) {
        let _ = self.client.force_reconnect().await;
    }

    /// The most bytes of a message, headers included, that the server takes.
    #[must_use]
    pub fn max_payload(&self) -> usize {
        self.client.max_payload()
    }

    /// The client of async-nats, for what this crate has no word for. What is published while there is no connection
    /// waits in the client and is sent later, so look at [`Connection::link`] first.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// JetStream over this connection.
    #[must_use]
    pub fn jetstream(&self) -> &jetstream::Context {
        &self.streams
    }
}

fn options(settings: &Settings, name: &str, told: Arc<watch::Sender<Link>>) -> ConnectOptions {
    let shown = Arc::new(settings.clone());
    let failures = told.clone();
    // The number of the connection after which the last attempt was made: none at first.
    let tried = AtomicU64::new(u64::MAX);
    let options = ConnectOptions::with_auth_callback(move |nonce| {
        let settings = shown.clone();
        async move { credentials::show(&settings, &nonce).map_err(AuthError::new) }
    })
    .name(settings.name.as_deref().unwrap_or(name))
    .retry_on_initial_connect()
    .ping_interval(PING)
    .connection_timeout(PATIENCE)
    .request_timeout(Some(PATIENCE))
    .reconnect_delay_callback(waits())
    // It picks no server; it is where the reason of the last failure can be learned.
    .reconnect_to_server_callback(move |servers, _| {
        let made = failures.borrow().made;
        let is_again = tried.swap(made, Ordering::Relaxed) == made;
        let trouble = servers.into_iter().filter_map(|server| server.last_error).next_back();
        let trouble = trouble.map(|it| plain(&it)).or_else(|| is_again.then(|| NAMELESS.to_owned()));
        tell(&failures, |link| link.trouble = trouble.or(link.trouble.take()));
        async { None }
    })
    .event_callback(move |event| {
        tell(&told, |link| note(link, event));
        async {}
    });
    encrypted(settings, options)
}

/// The waits before attempts. The very first has none: whoever starts has no reason to believe that anything is wrong.
fn waits() -> impl Fn(usize) -> Duration {
    let is_first = AtomicBool::new(true);
    move |attempt| match is_first.swap(false, Ordering::Relaxed) {
        true => Duration::ZERO,
        false => Backoff::before(u32::try_from(attempt).unwrap_or(u32::MAX)),
    }
}

fn encrypted(settings: &Settings, mut options: ConnectOptions) -> ConnectOptions {
    if let Some(ca) = &settings.tls.ca {
        options = options.add_root_certificates(ca.clone()).require_tls(true);
    }
    if let (Some(certificate), Some(key)) = (&settings.tls.certificate, &settings.tls.key) {
        options = options.add_client_certificate(certificate.clone(), key.clone()).require_tls(true);
    }
    options
}

fn tell(told: &watch::Sender<Link>, change: impl FnOnce(&mut Link)) {
    told.send_if_modified(|link| {
        let before = link.clone();
        change(link);
        *link != before
    });
}

/// What async-nats says of a failed attempt, without the names of its types.
fn plain(error: &str) -> String {
    if let Some(own) = error.strip_prefix("failed signing nonce: AuthError(") {
        return own.strip_suffix(')').unwrap_or(own).to_owned();
    }
    if error.contains("authorization violation") {
        return "authorization violation".to_owned();
    }
    // What is no record of TLS is the answer of a server that took our greeting for a command.
    if error.contains("InvalidContentType") {
        return "the server does not speak TLS".to_owned();
    }
    error.strip_prefix("IO error: ").unwrap_or(error).to_owned()
}

fn note(link: &mut Link, event: Event) {
    match event {
        Event::Connected => *link = Link { up: true, made: link.made + 1, trouble: None, denied: None },
        Event::Disconnected => {
            link.up = false;
            link.trouble.get_or_insert_with(|| "the connection broke".to_owned());
        }
        Event::Closed => link.up = false,
        Event::ServerError(ServerError::AuthorizationViolation) => {
            link.trouble = Some("authorization violation".to_owned());
        }
        Event::ServerError(ServerError::Other(text)) if text.starts_with("Permissions Violation") => {
            link.denied = Some(text);
        }
        Event::ServerError(error) => link.trouble = Some(error.to_string()),
        Event::ClientError(_) | Event::SlowConsumer(_) | Event::LameDuckMode | Event::Draining => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(events: impl IntoIterator<Item = Event>) -> Link {
        let mut link = Link::default();
        events.into_iter().for_each(|event| note(&mut link, event));
        link
    }

    #[test]
    fn only_the_very_first_attempt_has_no_wait() {
        let waits = waits();
        assert_eq!(waits(1), Duration::ZERO);
        assert!((0..32).any(|_| !waits(1).is_zero()), "a connection that broke comes back at a time drawn by chance");
    }

    #[test]
    fn each_connection_has_its_number() {
        let link = after([Event::Connected, Event::Disconnected, Event::Connected]);
        assert_eq!(link, Link { up: true, made: 2, trouble: None, denied: None });
    }

    #[test]
    fn what_the_server_says_is_kept_until_the_next_connection() {
        let denial = || Event::ServerError(ServerError::Other("Permissions Violation for Publish to \"a\"".to_owned()));
        let expired = || Event::ServerError(ServerError::Other("User Authentication Expired".to_owned()));
        let link = after([Event::Connected, denial(), expired(), Event::Disconnected]);
        assert_eq!(link.denied.as_deref(), Some("Permissions Violation for Publish to \"a\""));
        assert_eq!(link.trouble.as_deref(), Some("nats: User Authentication Expired"));
        assert!(!link.up);
        assert_eq!(after([Event::Connected, denial(), Event::Disconnected, Event::Connected]).denied, None);
    }

    #[test]
    fn a_failure_is_told_in_plain_words() {
        let check = |given: &str, expected: &str| assert_eq!(plain(given), expected);
        check("failed signing nonce: AuthError(`seed` is empty)", "`seed` is empty");
        let missing = "`seed` cannot be read: No such file or directory (os error 2)";
        check(&format!("failed signing nonce: AuthError({missing})"), missing);
        check("IO error: received corrupt message of type InvalidContentType", "the server does not speak TLS");
        check("IO error: Connection refused (os error 111)", "Connection refused (os error 111)");
        check("authorization violation: nats: authorization violation", "authorization violation");
    }

    #[tokio::test]
    async fn without_a_server_it_says_why_and_goes_on() {
        // A port that was free a moment ago, and that nobody listens on.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = Settings { servers: vec![format!("nats://127.0.0.1:{port}")], ..Settings::default() };
        let connection = Connection::begin(&settings, "n1").await.unwrap();
        let mut changes = connection.changes();
        let link = changes.wait_for(|link| link.trouble.is_some()).await.unwrap().clone();
        assert_eq!((link.up, link.made), (false, 0));
        assert!(link.trouble.unwrap().contains("refused"));
    }

    #[tokio::test]
    async fn a_name_that_nobody_knows_is_told() {
        let settings = Settings { servers: vec!["nats://nobody.invalid:4222".to_owned()], ..Settings::default() };
        let connection = Connection::begin(&settings, "n1").await.unwrap();
        let mut changes = connection.changes();
        let link = changes.wait_for(|link| link.trouble.is_some()).await.unwrap().clone();
        assert_eq!(link.trouble.as_deref(), Some("no server's name can be resolved"));
    }
}
