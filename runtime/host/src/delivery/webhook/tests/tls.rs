//! Webhooks over TLS: what is trusted, on both sides, and what is said when it is not.

use super::server::Server;
use super::{Mode, OK, Settings, Webhook, ids, settings};
use crate::delivery::Notice;
use crate::delivery::tests::{LIMIT, Place};
use machine_rig::Certificates;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::server::WebPkiClientVerifier;

/// A server with these certificates, which asks its clients for theirs, or does not.
fn server_config(certificates: &Certificates, asks: bool) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_file(&certificates.server).unwrap();
    let key = PrivateKeyDer::from_pem_file(&certificates.server_key).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&certificates.authority).unwrap()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone()).build().unwrap();
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let builder = if asks { builder.with_client_cert_verifier(verifier) } else { builder.with_no_client_auth() };
    builder.with_single_cert(vec![certificate], key).unwrap()
}

fn trusting(server: &Server, certificates: &Certificates) -> Settings {
    Settings { ca: Some(certificates.authority.clone()), ..settings(server, Mode::Structured) }
}

fn with_identity(settings: Settings, certificates: &Certificates) -> Settings {
    let identity = Some((certificates.certificate.clone(), certificates.key.clone()));
    Settings { identity, ..settings }
}

/// Three events come.
async fn check(server: &Server, settings: Settings) {
    let mut place = Place::new();
    place.write(3);
    let (delivery, _told) = place.run(Box::new(Webhook::new(settings).unwrap()));
    server.until(|it| it.ids() == ids(1..=3)).await;
    delivery.end(LIMIT).await;
}

/// None comes, and this is said.
async fn check_trouble(server: &Server, settings: Settings, expected: &str) {
    let mut place = Place::new();
    place.write(3);
    let (delivery, mut told) = place.run(Box::new(Webhook::new(settings).unwrap()));
    let Some(Notice::Trouble { text, .. }) = told.recv().await else { panic!("nothing was told") };
    assert!(text.contains(expected), "{text}");
    assert!(server.ids().is_empty());
    delivery.end(LIMIT).await;
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_and_no_other() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (certificates, others) = (Certificates::write(dir.path()), Certificates::write(other.path()));
    let server = Server::safe(server_config(&certificates, false), |_, _| OK).await;
    let unknown = "there is no connection: invalid peer certificate: BadSignature: see `ca`";
    check_trouble(&server, trusting(&server, &others), unknown).await;
    check(&server, trusting(&server, &certificates)).await;
}

#[tokio::test]
async fn an_expired_certificate_and_one_of_somebody_else_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let expired = Certificates::write_until(dir.path(), 2001);
    let server = Server::safe(server_config(&expired, false), |_, _| OK).await;
    check_trouble(&server, trusting(&server, &expired), "renew the other end's certificate").await;
    let certificates = Certificates::write(dir.path());
    let server = Server::safe(server_config(&certificates, false), |_, _| OK).await;
    let settings = trusting(&server, &certificates);
    let settings = Settings { url: settings.url.replace("localhost", "[::ffff:127.0.0.1]"), ..settings };
    check_trouble(&server, settings, "see `url`, which has to name the other end").await;
}

#[tokio::test]
async fn the_sender_shows_who_it_is() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (certificates, others) = (Certificates::write(dir.path()), Certificates::write(other.path()));
    let server = Server::safe(server_config(&certificates, true), |_, _| OK).await;
    let nobody = || trusting(&server, &certificates);
    check_trouble(&server, nobody(), "see `certificate` and `key`").await;
    check_trouble(&server, with_identity(nobody(), &others), "see `certificate` and `key`").await;
    check(&server, with_identity(nobody(), &certificates)).await;
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let certificates = Certificates::write(dir.path());
    let check = |settings: Settings, expected: &str| {
        let error = Webhook::new(settings).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    let to = || Settings { ca: Some(certificates.authority.clone()), ..Settings::to("https://localhost/") };
    check(Settings { ca: Some(dir.path().join("none.pem")), ..to() }, "none.pem` cannot be used");
    check(Settings { ca: Some(certificates.key.clone()), ..to() }, "there is none in it");
    let identity = Some((certificates.certificate.clone(), certificates.server_key.clone()));
    check(Settings { identity, ..to() }, "cannot be used with the key in");
    let identity = Some((certificates.certificate.clone(), dir.path().join("none.key")));
    check(Settings { identity, ..to() }, "none.key");
}
