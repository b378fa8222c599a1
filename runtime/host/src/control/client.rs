//! The other end of the control socket.

use super::place::Place;
use crate::journal::Lsn;
use miette::Diagnostic;
use serde_json::Value;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// A node that does not answer for so long has more to do than to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a node did not do what was asked.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum ControlError {
    /// Nobody listens.
    #[error("no runtime runs on the state directory `{}`", state.display())]
    #[diagnostic(help("start one with `machined run --tables DIR --state {}`, or name another with `--state`", state.display()))]
    NobodyThere {
        /// The state directory.
        state: PathBuf,
    },
    /// The socket may not be opened.
    #[error("the runtime on the state directory `{}` cannot be asked", state.display())]
    #[diagnostic(help("only the user that the runtime runs as may ask it: try `sudo`"))]
    NotAllowed {
        /// The state directory.
        state: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// It was asked, and there is no whole answer.
    #[error("the runtime on the state directory `{}` did not answer", state.display())]
    #[diagnostic(help("whether it was done is not known: see `machined status` and the events"))]
    NoAnswer {
        /// The state directory.
        state: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// It refused.
    #[error("{error}")]
    #[diagnostic(help("{help}"))]
    Refused {
        /// Why.
        error: String,
        /// The way out.
        help: String,
    },
}

/// Asks the node on a state directory something, and waits for the answer.
///
/// # Errors
/// When nobody is there, or the node refuses.
pub fn request(state: &Path, what: &Value) -> Result<Value, ControlError> {
    let stream = connect(state)?;
    let no_answer = |source| ControlError::NoAnswer { state: state.to_owned(), source };
    let answer = exchange(&stream, what).map_err(no_answer)?;
    match answer.get("error").and_then(Value::as_str) {
        Some(error) => {
            let help = answer.get("help").and_then(Value::as_str).unwrap_or_default().to_owned();
            Err(ControlError::Refused { error: error.to_owned(), help })
        }
        None => Ok(answer),
    }
}

/// A node that says how far its journal is durable, as long as it runs.
#[derive(Debug)]
pub(crate) struct Watching(BufReader<UnixStream>);

impl Watching {
    /// Asks for it.
    ///
    /// # Errors
    /// When nobody is there, or may not be asked.
    pub(crate) fn begin(state: &Path) -> Result<Self, ControlError> {
        let mut stream = connect(state)?;
        let asked = stream.write_all(b"{\"watch\":{}}\n");
        asked.map_err(|source| ControlError::NoAnswer { state: state.to_owned(), source })?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Waits until more is durable than was said before; nothing when the node ended.
    pub(crate) fn durable(&mut self) -> Option<Lsn> {
        let mut line = String::new();
        self.0.read_line(&mut line).ok()?;
        let answer: Value = serde_json::from_str(&line).ok()?;
        answer["watch"]["durable"].as_u64().map(Lsn)
    }
}

fn connect(state: &Path) -> Result<UnixStream, ControlError> {
    let connected = Place::open(state).and_then(|place| UnixStream::connect(place.socket()));
    connected.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused | io::ErrorKind::NotADirectory => {
            ControlError::NobodyThere { state: state.to_owned() }
        }
        _ => ControlError::NotAllowed { state: state.to_owned(), source },
    })
}

fn exchange(mut stream: &UnixStream, what: &Value) -> io::Result<Value> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{what}\n").as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    if !line.ends_with('\n') {
        return Err(io::Error::other("the runtime ended before it answered"));
    }
    serde_json::from_str(&line).map_err(io::Error::other)
}
