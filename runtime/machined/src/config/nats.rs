//! `[nats]`: the connection to NATS, which events, key-value watchers and limits of a fleet share.

use super::units::Mistake;
use machine_nats::Settings;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::path::PathBuf;

/// The connection; none without a server.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Nats(pub(crate) Settings);

impl Nats {
    /// The settings, if there is a server to connect to.
    pub(crate) fn connection(&self) -> Option<&Settings> {
        (!self.0.servers.is_empty()).then_some(&self.0)
    }

    pub(super) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.0.paths()
    }

    /// The files that it names.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&'static str, &PathBuf)> {
        let Settings { password_file, nkey_file, credentials_file, tls, .. } = &self.0;
        let files = [
            ("password-file", password_file),
            ("nkey-file", nkey_file),
            ("credentials-file", credentials_file),
            ("tls.ca", &tls.ca),
            ("tls.certificate", &tls.certificate),
            ("tls.key", &tls.key),
        ];
        files.into_iter().filter_map(|(name, file)| Some((name, file.as_ref()?)))
    }
}

impl<'de> Deserialize<'de> for Nats {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let settings = Settings::deserialize(from)?;
        let checked = if settings == Settings::default() { Ok(()) } else { settings.check() };
        match checked {
            Ok(()) => Ok(Nats(settings)),
            Err(error) => Err(D::Error::custom(Mistake::new(error.to_string(), error.help()).of(error.setting()))),
        }
    }
}

pub(super) const EXAMPLE: &str = r#"# The connection to NATS. There is none without a server. docs/nats.md tells how to set one up, `machined doctor` whether it is.
[nats]
# Servers of one cluster; `tls://` if nothing may go in the clear.
#servers = ["nats://127.0.0.1:4222"]
# What the server's operator sees; the node's name if none is given.
#name = "n1"
# Who the node is, one of three ways: a user with the password on the first line of a file, the seed of an NKey, or
# credentials as `nsc` writes them. The files are read at every attempt to connect.
#user = "n1"
#password-file = "nats.password"
#nkey-file = "nats.seed"
#credentials-file = "nats.creds"

# Encryption: the authority that the server's certificate has to come from (the system's if none is given), and the
# certificate by which the node shows who it is. They are read at every attempt to connect.
[nats.tls]
#ca = "ca.pem"
#certificate = "node.pem"
#key = "node.key"
"#;
