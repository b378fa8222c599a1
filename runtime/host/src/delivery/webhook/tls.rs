//! Safe connections: whom the sender trusts, and how it shows who it is. By rustls and one provider, as everything here.

use super::settings::{Settings, WebhookError};
use hyper::Uri;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What connections to this address are made with.
pub(super) fn config(settings: &Settings, uri: &Uri) -> Result<ClientConfig, WebhookError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| WebhookError::Tls { reason: error.to_string() })?;
    // Without `https` nobody needs to be trusted.
    let is_safe = uri.scheme_str() == Some("https");
    let roots = if is_safe { roots(settings.ca.as_deref())? } else { RootCertStore::empty() };
    let builder = builder.with_root_certificates(roots);
    let Some((certificate, key)) = &settings.identity else { return Ok(builder.with_no_client_auth()) };
    let wrong = |reason: String| WebhookError::Identity { certificate: certificate.clone(), key: key.clone(), reason };
    let chain = certificates(certificate).map_err(|error| wrong(error.to_string()))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(error.to_string()))?;
    builder.with_client_auth_cert(chain, secret).map_err(|error| wrong(error.to_string()))
}

/// Where the way out is, if somebody was not trusted.
pub(super) fn way_out(error: &(dyn Error + 'static)) -> &'static str {
    // It comes inside of errors of the connection's, which do not name it as their cause.
    let mut error = error;
    while let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        error = inner;
    }
    match error.downcast_ref() {
        Some(rustls::Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        )) => ": renew the other end's certificate, or see to the clock of this host",
        Some(rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. })) => {
            ": see `url`, which has to name the other end as its certificate does"
        }
        Some(rustls::Error::InvalidCertificate(_)) => ": see `ca`, and the other end's certificate",
        Some(rustls::Error::AlertReceived(_)) => ": see `certificate` and `key`",
        _ => "",
    }
}

fn roots(ca: Option<&Path>) -> Result<RootCertStore, WebhookError> {
    let mut roots = RootCertStore::empty();
    let Some(file) = ca else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return if roots.is_empty() { Err(WebhookError::NoRoots) } else { Ok(roots) };
    };
    let wrong = |reason: String| WebhookError::Certificates { file: file.to_owned(), reason };
    for certificate in certificates(file).map_err(|error| wrong(error.to_string()))? {
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() { Err(wrong("there is none in it".to_owned())) } else { Ok(roots) }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    CertificateDer::pem_file_iter(file)?.collect()
}
