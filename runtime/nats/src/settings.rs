//! Where the server is, and how a node shows who it is: section `[nats]` of the configuration file.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Section `[nats]`. Nothing secret stands in it: secrets are in files that it names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Servers of one cluster: `nats://nats.example.net:4222`, or `tls://…` if nothing may go in the clear.
    pub servers: Vec<String>,
    /// Name of the connection, for whoever looks at the server; the node's name if it is not given.
    pub name: Option<String>,
    /// User name; goes with `password-file`.
    pub user: Option<String>,
    /// File with the password on its first line.
    pub password_file: Option<PathBuf>,
    /// File with the seed of an NKey (`SU…`).
    pub nkey_file: Option<PathBuf>,
    /// Credentials file, as `nsc` writes it: a JWT and the seed that it belongs to.
    pub credentials_file: Option<PathBuf>,
    /// Encryption.
    pub tls: Tls,
}

/// Section `[nats.tls]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tls {
    /// Certificates (PEM) of the authority that the server's certificate has to come from; the system's if not given.
    pub ca: Option<PathBuf>,
    /// Certificate (PEM) by which the node shows who it is; goes with `key`.
    pub certificate: Option<PathBuf>,
    /// Its key (PEM).
    pub key: Option<PathBuf>,
}

/// Settings that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// No server is named.
    #[error("no server is named in `servers`")]
    NoServer,
    /// What stands for a server is none.
    #[error("`{server}` is not the address of a NATS server")]
    Address {
        /// As it stands there.
        server: String,
    },
    /// A password in an address ends up in every list of processes and every log.
    #[error("the address of server `{host}` has a user or a password in it")]
    SecretInAddress {
        /// The host alone.
        host: String,
    },
    /// One setting needs another.
    #[error("`{given}` needs `{missing}`")]
    Half {
        /// What is there.
        given: &'static str,
        /// What is not.
        missing: &'static str,
    },
    /// Several ways to show who the node is.
    #[error("`{first}` and `{second}` are two ways to show who the node is, and one is allowed")]
    TwoWays {
        /// One.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
}

impl SettingsError {
    /// The setting that it is about.
    #[must_use]
    pub fn setting(&self) -> &'static str {
        match self {
            SettingsError::NoServer | SettingsError::Address { .. } | SettingsError::SecretInAddress { .. } => {
                "servers"
            }
            SettingsError::Half { given, .. } => given,
            SettingsError::TwoWays { second, .. } => second,
        }
    }

    /// The way out.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            SettingsError::NoServer => "write `servers = [\"nats://HOST:4222\"]`",
            SettingsError::Address { .. } => "write `nats://HOST:PORT`, or `tls://HOST:PORT`",
            SettingsError::SecretInAddress { .. } => "write `user = \"…\"` and `password-file = \"…\"` instead",
            SettingsError::Half { .. } => "give both or none",
            SettingsError::TwoWays { .. } => "leave one of them out",
        }
    }
}

impl Settings {
    /// Whether these settings can be meant at all; nothing is opened or looked up.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.addresses()?;
        let halves = [
            ("user", self.user.is_some(), "password-file", self.password_file.is_some()),
            ("certificate", self.tls.certificate.is_some(), "key", self.tls.key.is_some()),
        ];
        for (one, has_one, other, has_other) in halves {
            match (has_one, has_other) {
                (true, false) => return Err(SettingsError::Half { given: one, missing: other }),
                (false, true) => return Err(SettingsError::Half { given: other, missing: one }),
                _ => {}
            }
        }
        match *self.ways() {
            [first, second, ..] => Err(SettingsError::TwoWays { first, second }),
            _ => Ok(()),
        }
    }

    /// The files that it names. Relative paths are meant from the folder where the configuration file is.
    pub fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let Tls { ca, certificate, key } = &mut self.tls;
        let paths = [&mut self.password_file, &mut self.nkey_file, &mut self.credentials_file, ca, certificate, key];
        paths.into_iter().flatten()
    }

    /// The addresses, understood.
    pub(crate) fn addresses(&self) -> Result<Vec<async_nats::ServerAddr>, SettingsError> {
        if self.servers.is_empty() {
            return Err(SettingsError::NoServer);
        }
        self.servers.iter().map(|server| address(server)).collect()
    }

    fn ways(&self) -> Vec<&'static str> {
        let ways = [
            ("user", self.user.is_some()),
            ("nkey-file", self.nkey_file.is_some()),
            ("credentials-file", self.credentials_file.is_some()),
        ];
        ways.into_iter().filter_map(|(name, given)| given.then_some(name)).collect()
    }
}

fn address(server: &str) -> Result<async_nats::ServerAddr, SettingsError> {
    let unfit = || SettingsError::Address { server: server.to_owned() };
    let address: async_nats::ServerAddr = server.parse().map_err(|_| unfit())?;
    if address.has_user_pass() {
        return Err(SettingsError::SecretInAddress { host: address.host().to_owned() });
    }
    let known = ["nats", "tls"].contains(&address.scheme()) && !address.host().is_empty();
    if known { Ok(address) } else { Err(unfit()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(change: impl FnOnce(&mut Settings)) -> Settings {
        let mut settings = Settings { servers: vec!["nats://127.0.0.1:4222".to_owned()], ..Settings::default() };
        change(&mut settings);
        settings
    }

    #[test]
    fn what_cannot_be_meant_is_told() {
        let check = |change: fn(&mut Settings), error: Option<&str>| {
            let found = settings(change).check().err().map(|error| error.to_string());
            assert_eq!(found.as_deref(), error);
        };
        check(|_| {}, None);
        check(|it| it.servers = vec!["nats.example.net".to_owned(), "tls://b:4443".to_owned()], None);
        check(|it| it.servers.clear(), Some("no server is named in `servers`"));
        check(|it| it.servers = vec!["http://a".to_owned()], Some("`http://a` is not the address of a NATS server"));
        check(|it| it.servers = vec!["ws://a".to_owned()], Some("`ws://a` is not the address of a NATS server"));
        check(
            |it| it.servers = vec!["nats://u:secret@a".to_owned()],
            Some("the address of server `a` has a user or a password in it"),
        );
        check(|it| it.user = Some("n1".to_owned()), Some("`user` needs `password-file`"));
        check(|it| it.tls.key = Some("key.pem".into()), Some("`key` needs `certificate`"));
        check(
            |it| (it.nkey_file, it.credentials_file) = (Some("a".into()), Some("b".into())),
            Some("`nkey-file` and `credentials-file` are two ways to show who the node is, and one is allowed"),
        );
    }
}
