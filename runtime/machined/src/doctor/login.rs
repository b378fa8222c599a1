//! The files by which a node shows who it is.

use super::Finding;
use super::stream::words;
use crate::config::Nats;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Whether each file can be read, has what belongs into it, and by whom else it can be read.
pub(super) fn files(nats: &Nats) -> Vec<Finding> {
    nats.files().map(|(name, path)| file(name, path)).collect()
}

fn file(name: &str, path: &Path) -> Finding {
    let shown = path.display();
    let read = File::open(path).and_then(|mut file| {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok((file.metadata()?.permissions().mode(), bytes))
    });
    let (mode, bytes) = match read {
        Ok(read) => read,
        Err(error) => {
            return Finding::fault(name, format!("`{shown}` cannot be read: {error}"))
                .help("put it there, readable for the user that `machined` runs as");
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    if let Some((what, help)) = unfit(name, &text) {
        return Finding::fault(name, format!("`{shown}` {what}")).help(help);
    }
    if is_secret(name) && mode & 0o077 != 0 {
        return Finding::warning(name, format!("`{shown}` can be read by others ({:03o})", mode & 0o777))
            .help(format!("chmod 600 {shown}"));
    }
    Finding::ok(name, format!("`{shown}` can be read"))
}

/// What is wrong with what stands in a file, and the way out. What only the server can tell is told elsewhere.
fn unfit(name: &str, text: &str) -> Option<(String, &'static str)> {
    match name {
        "tls.ca" | "tls.certificate" if !text.contains("-----BEGIN CERTIFICATE-----") => {
            Some(("has no certificate".to_owned(), "write it in PEM form: `-----BEGIN CERTIFICATE-----`"))
        }
        "tls.key" if !text.contains("PRIVATE KEY-----") => {
            Some(("has no key".to_owned(), "write it in PEM form: `-----BEGIN PRIVATE KEY-----`"))
        }
        "credentials-file" => {
            let over = SystemTime::now().duration_since(UNIX_EPOCH + machine_nats::valid_until(text)?).ok()?;
            let over = words(Duration::from_secs(over.as_secs()));
            Some((format!("expired {over} ago"), "have new ones made, or see to the clock of this host"))
        }
        _ => None,
    }
}

/// Certificates are no secret.
fn is_secret(name: &str) -> bool {
    !["tls.ca", "tls.certificate"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_belong_into_a_file_is_told() {
        let check = |name: &str, text: &str, expected: Option<&str>| {
            assert_eq!(unfit(name, text).map(|it| it.0).as_deref(), expected, "{name} {text}");
        };
        check("tls.ca", "junk", Some("has no certificate"));
        check("tls.certificate", "-----BEGIN PRIVATE KEY-----\n", Some("has no certificate"));
        check("tls.certificate", "-----BEGIN CERTIFICATE-----\n", None);
        check("tls.key", "", Some("has no key"));
        check("tls.key", "-----BEGIN EC PRIVATE KEY-----\n", None);
        check("password-file", "secret", None);
    }

    #[test]
    fn credentials_that_have_expired_are_told() {
        let credentials = |claims: &str| {
            let claims = match claims {
                "1000" => "eyJleHAiOjEwMDB9",
                "never" => "e30",
                _ => "eyJleHAiOjk5OTk5OTk5OTk5fQ",
            };
            format!("-----BEGIN NATS USER JWT-----\neyJ0eXAi.{claims}.c2ln\n------END NATS USER JWT------\n")
        };
        let said = |claims| unfit("credentials-file", &credentials(claims)).map(|it| it.0);
        assert!(said("1000").is_some_and(|it| it.starts_with("expired ") && it.ends_with(" ago")));
        assert_eq!((said("never"), said("later")), (None, None));
    }
}
