//! How a server is set up: its configuration, and what its clients need to get in.

use crate::{Certificates, Credentials, Server};
use std::fmt::Write;
use std::path::PathBuf;

/// A server to be. Without a word more it has JetStream and lets everybody in.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(crate) jetstream: bool,
    /// More of JetStream's section, and more of the file.
    limits: String,
    more: String,
    access: Access,
    tls: Option<bool>,
}

/// Who gets in.
#[derive(Clone, Debug, Default)]
pub enum Access {
    /// Everybody.
    #[default]
    Open,
    /// Whoever knows a name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// Whoever has the seed of an NKey. The tests' own, so it may be seen.
    Nkey {
        /// `SU…`
        seed: String,
    },
    /// Whoever has credentials that the operator's account signed.
    Credentials(Credentials),
}

impl Default for Setup {
    fn default() -> Self {
        Self { jetstream: true, limits: String::new(), more: String::new(), access: Access::Open, tls: None }
    }
}

impl Setup {
    /// A server without JetStream.
    pub fn without_jetstream(mut self) -> Self {
        self.jetstream = false;
        self
    }

    /// All streams together hold at most so many bytes.
    pub fn storage(mut self, bytes: u64) -> Self {
        _ = writeln!(self.limits, "max_file_store: {bytes}");
        self
    }

    /// No message is larger.
    pub fn max_payload(self, bytes: usize) -> Self {
        self.also(&format!("max_payload: {bytes}"))
    }

    /// More lines of the server's configuration.
    pub fn also(mut self, lines: &str) -> Self {
        _ = writeln!(self.more, "{lines}");
        self
    }

    /// One user may come in, with a password.
    pub fn password(mut self, user: &str, password: &str) -> Self {
        self.access = Access::Password { user: user.into(), password: password.into() };
        self
    }

    /// The owner of an NKey may come in.
    pub fn nkey(mut self) -> Self {
        self.access = Access::Nkey { seed: Credentials::user_seed() };
        self
    }

    /// The owner of a credentials file may come in: an operator, an account and a user, made for this.
    pub fn credentials(mut self) -> Self {
        self.access = Access::Credentials(Credentials::new());
        self
    }

    /// Connections are encrypted; `mutual` asks clients for a certificate, too. Files: [`Server::certificates`].
    pub fn tls(mut self, mutual: bool) -> Self {
        self.tls = Some(mutual);
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(self) -> Server {
        Server::with(self)
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    pub(crate) fn has_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// The configuration file.
    pub(crate) fn configuration(&self, port: u16, store: &PathBuf, certificates: &Certificates) -> String {
        let mut text = format!("host: 127.0.0.1\nport: {port}\nserver_name: {}\n", name(port));
        if self.jetstream {
            _ = writeln!(text, "jetstream {{\nstore_dir: {store:?}\n{}}}", self.limits);
        }
        text += &self.access.section();
        if let Some(mutual) = self.tls {
            text += &certificates.section(mutual);
        }
        text + &self.more
    }
}

/// What a server calls itself, so that no test talks to another's.
pub(crate) fn name(port: u16) -> String {
    format!("rig-{}-{port}", std::process::id())
}

impl Access {
    fn section(&self) -> String {
        match self {
            Self::Open => String::new(),
            Self::Password { user, password } => {
                format!("authorization {{ users: [ {{ user: {user:?}, password: {password:?} }} ] }}\n")
            }
            Self::Nkey { seed } => {
                format!("authorization {{ users: [ {{ nkey: {} }} ] }}\n", Credentials::public(seed))
            }
            Self::Credentials(credentials) => credentials.section(),
        }
    }
}
