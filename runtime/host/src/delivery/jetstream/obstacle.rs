//! What can be in the way of events to a stream, and the way out.

use super::answer::Refusal;
use machine_nats::stream::StreamError;

/// What is in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// There is no connection.
    Offline(Option<String>),
    /// The server does not answer.
    NoAnswer,
    /// It does not let this node do something, in its own words.
    Denied(String),
    /// It has no JetStream.
    NoJetStream,
    /// It has no such stream.
    NoStream(String),
    /// No stream takes the subject.
    NoTaker(String),
    /// There is no room in the stream.
    Full(String, String),
    /// An event is larger than what the server, or the stream, takes.
    TooLarge(usize, Option<usize>),
    /// The journal cannot be read.
    Journal(String),
    /// Anything else, in the server's words.
    Other(String),
}

impl Obstacle {
    /// A refusal of this message.
    pub(super) fn refused(refusal: Refusal, stream: &str, subject: &str, bytes: usize) -> Obstacle {
        match refusal {
            Refusal::NoStream => Obstacle::NoTaker(subject.to_owned()),
            Refusal::Full(text) => Obstacle::Full(stream.to_owned(), text),
            Refusal::TooLarge => Obstacle::TooLarge(bytes, None),
            Refusal::Other(text) => Obstacle::Other(text),
        }
    }

    /// What is wrong, what follows from that, and the way out; in one line.
    pub(super) fn text(&self) -> String {
        let (what, help) = self.parts();
        format!("{what}; events wait in the journal: {help}")
    }

    fn parts(&self) -> (String, String) {
        match self {
            Obstacle::Offline(None) => ("no connection to NATS".to_owned(), "it is tried again and again".to_owned()),
            Obstacle::Offline(Some(why)) => (format!("no connection to NATS ({why})"), offline(why).to_owned()),
            Obstacle::NoAnswer => {
                let help = "look whether the server and the leader of its stream are well; it is tried again";
                ("the NATS server does not answer".to_owned(), help.to_owned())
            }
            Obstacle::Denied(words) => {
                let help = "let the node's user publish its subjects and `$JS.API.STREAM.>`; see `machined doctor`";
                (format!("the NATS server refuses the node something ({words})"), help.to_owned())
            }
            Obstacle::NoJetStream => {
                let help = "enable JetStream on the server, and for the account of this node";
                ("the NATS server has no JetStream for this account".to_owned(), help.to_owned())
            }
            Obstacle::NoStream(name) => {
                let help = "make it with `nats stream add`, or let the node do it with `create` in `[events.nats]`";
                (format!("the NATS server has no stream `{name}`"), help.to_owned())
            }
            Obstacle::NoTaker(subject) => {
                let help = "add it to the subjects of the stream, with `nats stream edit`";
                (format!("no stream takes `{subject}`"), help.to_owned())
            }
            Obstacle::Full(stream, words) => {
                let help = "raise its limits, or let it discard old messages, with `nats stream edit`";
                (format!("the stream `{stream}` is full ({words})"), help.to_owned())
            }
            Obstacle::TooLarge(bytes, limit) => {
                let limit = limit.map_or_else(|| "fewer".to_owned(), |it| it.to_string());
                let help = "raise `max_payload` of the server, or `max-msg-size` of the stream";
                (format!("an event has {bytes} bytes, and the server takes {limit}"), help.to_owned())
            }
            Obstacle::Journal(words) => (words.clone(), "see to the journal's disk".to_owned()),
            Obstacle::Other(words) => {
                (format!("the NATS server does not take events ({words})"), "see `machined doctor`".to_owned())
            }
        }
    }
}

/// The way out, by what the library says.
fn offline(why: &str) -> &'static str {
    let is = |part: &str| why.to_lowercase().contains(part);
    if is("authorization") || is("nonce") || is("expired") || why.starts_with('`') {
        "see to the user, its password or its credentials file; the files are read again at each attempt"
    } else if is("certificate") || is("issuer") || is("tls") {
        "see to `[nats.tls]` and the server's certificate; the files are read again at each attempt"
    } else if is("dns") || is("resolve") || is("lookup") {
        "see to the name in `servers`, or to the resolver of this host"
    } else {
        "see whether the server runs and can be reached; it is tried again and again"
    }
}

impl From<StreamError> for Obstacle {
    fn from(error: StreamError) -> Obstacle {
        match error {
            StreamError::NoJetStream => Obstacle::NoJetStream,
            StreamError::NoStream { name } => Obstacle::NoStream(name),
            StreamError::NoAnswer => Obstacle::NoAnswer,
            StreamError::Refused { text, .. } => Obstacle::Other(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_obstacle_names_its_way_out() {
        let full = Refusal::Full("maximum bytes exceeded".to_owned());
        let refused = |refusal| Obstacle::refused(refusal, "MACHINES", "machines.n1.hvac", 700);
        let all = [
            Obstacle::Offline(None),
            Obstacle::Offline(Some("Connection refused (os error 111)".to_owned())),
            Obstacle::Offline(Some("authorization violation".to_owned())),
            Obstacle::Offline(Some("invalid peer certificate: UnknownIssuer".to_owned())),
            Obstacle::Offline(Some("DNS error: failed to lookup address information".to_owned())),
            Obstacle::Denied("Permissions Violation for Publish to \"machines.n1.hvac\"".to_owned()),
            Obstacle::from(StreamError::NoAnswer),
            Obstacle::from(StreamError::NoJetStream),
            Obstacle::from(StreamError::NoStream { name: "MACHINES".to_owned() }),
            refused(Refusal::NoStream),
            refused(full),
            refused(Refusal::TooLarge),
            Obstacle::TooLarge(70_000, Some(65_536)),
            refused(Refusal::Other("odd".to_owned())),
        ];
        insta::assert_snapshot!(all.map(|it| it.text()).join("\n"));
    }
}
