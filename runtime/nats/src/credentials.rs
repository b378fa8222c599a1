//! How a node shows who it is. The files are read at every attempt to connect, so that what was changed in them counts
//! from the next attempt on, without a restart.

use crate::settings::Settings;
use async_nats::Auth;
use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use std::path::Path;
use std::time::Duration;

/// What the server is shown, for this `nonce` of its.
pub(crate) fn show(settings: &Settings, nonce: &[u8]) -> Result<Auth, String> {
    let mut auth = Auth::new();
    if let (Some(user), Some(file)) = (&settings.user, &settings.password_file) {
        auth.username = Some(user.clone());
        auth.password = Some(first_line(file)?);
    }
    if let Some(file) = &settings.nkey_file {
        let key = key(file, &first_line(file)?)?;
        auth.nkey = Some(key.public_key());
        auth.signature = Some(sign(&key, nonce)?);
    }
    if let Some(file) = &settings.credentials_file {
        let text = read(file)?;
        let unfit = |what| format!("`{}` has no {what}", file.display());
        auth.jwt = Some(block(&text, "NATS USER JWT").ok_or_else(|| unfit("user JWT"))?.to_owned());
        let seed = block(&text, "USER NKEY SEED").ok_or_else(|| unfit("NKey seed"))?;
        auth.signature = Some(sign(&key(file, seed)?, nonce)?);
    }
    Ok(auth)
}

/// Until when the credentials in a file of that kind are valid, since 1970; nothing if for ever, or if they are none.
#[must_use]
pub fn valid_until(text: &str) -> Option<Duration> {
    let claims = BASE64URL_NOPAD.decode(block(text, "NATS USER JWT")?.split('.').nth(1)?.as_bytes()).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    claims["exp"].as_u64().filter(|it| *it > 0).map(Duration::from_secs)
}

fn read(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("`{}` cannot be read: {error}", file.display()))
}

fn first_line(file: &Path) -> Result<String, String> {
    let text = read(file)?;
    match text.lines().next().map(str::trim_end) {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(format!("`{}` is empty", file.display())),
    }
}

fn key(file: &Path, seed: &str) -> Result<KeyPair, String> {
    KeyPair::from_seed(seed.trim()).map_err(|_| format!("`{}` has no seed of an NKey", file.display()))
}

fn sign(key: &KeyPair, nonce: &[u8]) -> Result<Vec<u8>, String> {
    key.sign(nonce).map_err(|error| error.to_string())
}

/// What stands between `-----BEGIN NAME-----` and the next line of dashes.
fn block<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = text.lines().map(str::trim).skip_while(|line| !(is_rule(line) && line.contains(name)));
    lines.next()?;
    lines.next().filter(|line| !line.is_empty() && !is_rule(line))
}

fn is_rule(line: &str) -> bool {
    line.starts_with("---") && line.ends_with("---")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the form that `nsc` writes; nothing accepts this seed.
    const FILE: &str = "-----BEGIN NATS USER JWT-----
eyJ0eXAi.eyJqdGki.c2ln
------END NATS USER JWT------

************************* IMPORTANT *************************
-----BEGIN USER NKEY SEED-----
SUAEXAMPLE
------END USER NKEY SEED------
";

    #[test]
    fn a_credentials_file_has_a_token_and_a_seed() {
        assert_eq!(block(FILE, "NATS USER JWT"), Some("eyJ0eXAi.eyJqdGki.c2ln"));
        assert_eq!(block(FILE, "USER NKEY SEED"), Some("SUAEXAMPLE"));
        assert_eq!(block(&FILE.replace('\n', "\r\n"), "USER NKEY SEED"), Some("SUAEXAMPLE"));
        assert_eq!(block("-----BEGIN NATS USER JWT-----\n------END NATS USER JWT------", "NATS USER JWT"), None);
        assert_eq!(block("", "NATS USER JWT"), None);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_without_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let check = |content: Option<&str>, settings: fn(&Path) -> Settings, error: &str| {
            let file = folder.path().join("secret");
            let _ = std::fs::remove_file(&file);
            content.inspect(|content| std::fs::write(&file, content).unwrap());
            let found = show(&settings(&file), b"nonce").err().unwrap();
            assert_eq!(found.replace(&file.display().to_string(), "FILE"), error);
        };
        let password = |file: &Path| Settings {
            user: Some("n1".to_owned()),
            password_file: Some(file.into()),
            ..Settings::default()
        };
        let nkey = |file: &Path| Settings { nkey_file: Some(file.into()), ..Settings::default() };
        let credentials = |file: &Path| Settings { credentials_file: Some(file.into()), ..Settings::default() };
        check(None, password, "`FILE` cannot be read: No such file or directory (os error 2)");
        check(Some(""), password, "`FILE` is empty");
        check(Some("SECRET\n"), nkey, "`FILE` has no seed of an NKey");
        check(Some("SECRET\n"), credentials, "`FILE` has no user JWT");
        check(Some(FILE), credentials, "`FILE` has no seed of an NKey");
    }

    #[test]
    fn an_nkey_signs_what_the_server_asks_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("seed");
        let pair = KeyPair::new_user();
        std::fs::write(&file, format!("{}\n", pair.seed().unwrap())).unwrap();
        let auth = show(&Settings { nkey_file: Some(file), ..Settings::default() }, b"nonce").unwrap();
        assert_eq!(auth.nkey, Some(pair.public_key()));
        assert!(pair.verify(b"nonce", &auth.signature.unwrap()).is_ok());
    }
}
