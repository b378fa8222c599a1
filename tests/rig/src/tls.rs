//! Certificates of an authority that only this server's clients trust.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use std::fs;
use std::path::{Path, PathBuf};

/// Files in PEM form.
#[derive(Clone, Debug)]
pub struct Certificates {
    /// The authority's certificate, which clients trust.
    pub authority: PathBuf,
    /// A client's certificate.
    pub certificate: PathBuf,
    /// The key of that.
    pub key: PathBuf,
    /// The server's certificate, for `localhost`.
    pub server: PathBuf,
    /// The key of that.
    pub server_key: PathBuf,
}

impl Certificates {
    /// Writes new ones; those of before are worth nothing from then on.
    ///
    /// # Panics
    /// When the directory cannot be written.
    pub fn write(directory: &Path) -> Self {
        Self::write_until(directory, 2100)
    }

    /// The same, valid until this year begins.
    ///
    /// # Panics
    /// When the directory cannot be written.
    pub fn write_until(directory: &Path, year: i32) -> Self {
        let file = |name: &str| directory.join(name);
        let made = Self {
            authority: file("ca.pem"),
            certificate: file("client.pem"),
            key: file("client.key"),
            server: file("server.pem"),
            server_key: file("server.key"),
        };
        made.fill(year);
        made
    }

    fn fill(&self, year: i32) {
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let authority = params.self_signed(&key).expect("a certificate");
        write(&self.authority, &authority.pem());
        let issuer = Issuer::new(params, key);
        issue(&issuer, (&["localhost", "127.0.0.1"], year), &self.server, &self.server_key);
        issue(&issuer, (&["node"], year), &self.certificate, &self.key);
    }

    pub(crate) fn section(&self, mutual: bool) -> String {
        format!(
            "tls {{\ncert_file: {:?}\nkey_file: {:?}\nca_file: {:?}\nverify: {mutual}\n}}\n",
            self.server, self.server_key, self.authority
        )
    }
}

fn issue(issuer: &Issuer<'_, KeyPair>, (names, year): (&[&str], i32), certificate: &Path, key: &Path) {
    let names: Vec<_> = names.iter().map(|it| (*it).to_owned()).collect();
    let keys = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(names).expect("names");
    params.not_after = date_time_ymd(year, 1, 1);
    let made = params.signed_by(&keys, issuer).expect("a certificate");
    write(certificate, &made.pem());
    write(key, &keys.serialize_pem());
}

/// As a whole: who reads it meanwhile gets the old one or the new one.
fn write(path: &Path, text: &str) {
    let part = path.with_extension("part");
    fs::write(&part, text).expect("a file can be written");
    fs::rename(part, path).expect("a file can be put in its place");
}
