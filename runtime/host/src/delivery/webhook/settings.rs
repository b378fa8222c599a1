//! What a webhook needs to be told.

use hyper::Uri;
use miette::Diagnostic;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What it is called in status and events.
    pub name: String,
    /// Where events go: `https://…` or `http://…`.
    pub url: String,
    /// How they stand in a request.
    pub mode: Mode,
    /// A file with the token that says who sends (`Authorization: Bearer …`); read anew with each connection's first
    /// trouble.
    pub token_file: Option<PathBuf>,
    /// More headers.
    pub headers: Vec<(String, String)>,
    /// A file with certificates (PEM) to trust, in place of those that the system trusts.
    pub ca: Option<PathBuf>,
    /// Two files (PEM) by which the sender shows who it is: its certificate, and the key of that.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// A request that takes longer has failed.
    pub timeout: Duration,
    /// What becomes of an event that the other end will never take.
    pub refused: Refused,
}

/// How events stand in a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// One in the body, as JSON.
    #[default]
    Structured,
    /// One: its attributes in headers, its `data` in the body.
    Binary,
    /// Many in the body, as a JSON array.
    Batch,
}

/// What becomes of an event that the other end will never take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Refused {
    /// Nothing is delivered until it is taken.
    #[default]
    Stop,
    /// It is passed over, and an event says so.
    PutAside,
}

impl Settings {
    /// Those that have a default.
    #[must_use]
    pub fn to(url: impl Into<String>) -> Self {
        Self {
            name: "webhook".to_owned(),
            url: url.into(),
            mode: Mode::default(),
            token_file: None,
            headers: Vec::new(),
            ca: None,
            identity: None,
            timeout: Duration::from_secs(10),
            refused: Refused::default(),
        }
    }

    /// The host and the port that requests go to.
    ///
    /// # Errors
    /// If the address is none.
    pub fn place(&self) -> Result<(String, u16), WebhookError> {
        let uri = self.uri()?;
        let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
        Ok((uri.host().unwrap_or_default().to_owned(), uri.port_u16().unwrap_or(usual)))
    }

    pub(super) fn uri(&self) -> Result<Uri, WebhookError> {
        let wrong = || WebhookError::Url { url: self.url.clone() };
        let uri: Uri = self.url.parse().map_err(|_| wrong())?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        if is_http && uri.host().is_some_and(|it| !it.is_empty()) { Ok(uri) } else { Err(wrong()) }
    }
}

/// Why a webhook cannot be set up.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum WebhookError {
    /// The address is none.
    #[error("`{url}` is no address of a webhook")]
    #[diagnostic(help("write it in full: `https://events.example.net/machines`"))]
    Url {
        /// What was given.
        url: String,
    },
    /// A header is none.
    #[error("`{name}` cannot be a header, or its value cannot")]
    #[diagnostic(help(
        "names are letters, digits and `-`, values are printable ASCII; what begins with `ce-`, `content-type` and `authorization` are set by the sender"
    ))]
    Header {
        /// Its name.
        name: String,
    },
    /// The token cannot be read.
    #[error("the token in `{}` cannot be used", file.display())]
    #[diagnostic(help("the file holds the token alone, on one line, and the user that runs this may read it"))]
    Token {
        /// The file.
        file: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The certificates cannot be read.
    #[error("the certificates in `{}` cannot be used: {reason}", file.display())]
    #[diagnostic(help("the file holds certificates in PEM form: `-----BEGIN CERTIFICATE-----`"))]
    Certificates {
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The sender cannot show who it is.
    #[error("the certificate in `{}` cannot be used with the key in `{}`: {reason}", certificate.display(), key.display())]
    #[diagnostic(help(
        "both files are in PEM form, the key belongs to the certificate, and the user that runs this may read them"
    ))]
    Identity {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Connections cannot be made safe.
    #[error("TLS cannot be set up: {reason}")]
    Tls {
        /// Why not.
        reason: String,
    },
    /// The system's certificates cannot be read.
    #[error("no certificate that the system trusts can be read, and `https` needs some")]
    #[diagnostic(help("install the package `ca-certificates`, or name a file with `ca`"))]
    NoRoots,
}
