//! Why a sink did not take or write an event.

use miette::Diagnostic;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a sink did not take or write an event.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum SinkError {
    /// The reader of standard output has gone away, as `head` does when it has enough. It will not come back: a
    /// command that runs for that reader ends, a node goes on without this sink.
    #[error("nobody reads the standard output any more")]
    #[diagnostic(help("start it again with a reader, or write the events to a file"))]
    Closed,
    /// The reader is so slow that no more is kept for it. This event was not taken; earlier ones are still written.
    #[error("the reader of the events does not keep up: {waiting} bytes wait for it, and this event was left out")]
    #[diagnostic(help("read faster, or write the events to a file; the journal holds all of them"))]
    Behind {
        /// Bytes that were taken and are not written yet.
        waiting: usize,
    },
    /// Standard output failed in another way.
    #[error("standard output cannot be written")]
    #[diagnostic(help("the journal holds all events; see where standard output goes"))]
    Output(#[source] io::Error),
    /// The file of events cannot be opened or written.
    #[error("the file of events `{}` cannot be {verb}", path.display())]
    #[diagnostic(help("{}", help(source)))]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried: `opened`.
        verb: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The path of the file of events is something else, such as a directory or a pipe.
    #[error("the file of events `{}` is not a regular file", path.display())]
    #[diagnostic(help("name a file that does not exist yet, or one of earlier events"))]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
}

/// The way out, by the cause.
fn help(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::NotFound => "make the directory first, or name another one",
        io::ErrorKind::PermissionDenied => "let the user that runs this write there, or name another file",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room on the disk; what waits is written then, and the journal holds all events"
        }
        io::ErrorKind::ReadOnlyFilesystem => "name a file on a disk that can be written",
        _ => "the journal holds all events; see whether the disk is healthy",
    }
}
