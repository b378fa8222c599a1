//! Keys and tokens: an operator, an account and a user, as `nsc` would make them.

use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// An operator with one account, and how its users are let in.
#[derive(Clone, Debug)]
pub struct Credentials {
    operator: String,
    system: (String, String),
    account: (String, String),
    account_seed: String,
    /// The credentials file of a user who may do everything.
    pub file: String,
}

impl Credentials {
    pub(crate) fn new() -> Self {
        let operator = KeyPair::new_operator();
        let (system, _) = account("system", &operator, false);
        let (account, keys) = account("nodes", &operator, true);
        let mut made = Self {
            operator: token(
                "operator",
                &operator.public_key(),
                &operator,
                &json!({ "type": "operator", "version": 2 }),
            ),
            system,
            account,
            account_seed: keys.seed().expect("a seed"),
            file: String::new(),
        };
        made.file = made.user("node", None, &[]);
        made
    }

    /// The credentials file of another user: valid until then (seconds since 1970), may not publish there.
    pub fn user(&self, name: &str, expires: Option<u64>, may_not_publish: &[&str]) -> String {
        let account = KeyPair::from_seed(&self.account_seed).expect("a seed");
        let user = KeyPair::new_user();
        let publish = if may_not_publish.is_empty() { json!({}) } else { json!({ "deny": may_not_publish }) };
        let may =
            json!({ "pub": publish, "sub": {}, "subs": -1, "data": -1, "payload": -1, "type": "user", "version": 2 });
        let mut claims = claims(name, &user.public_key(), &account, &may);
        if let Some(expires) = expires {
            claims["exp"] = expires.into();
        }
        let (token, seed) = (sign(&claims, &account), user.seed().expect("a seed"));
        format!(
            "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
            -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
        )
    }

    /// The seed of a user's NKey.
    pub fn user_seed() -> String {
        KeyPair::new_user().seed().expect("a seed")
    }

    /// The public half of it.
    ///
    /// # Panics
    /// When it is no seed.
    pub fn public(seed: &str) -> String {
        KeyPair::from_seed(seed).expect("a seed").public_key()
    }

    /// What the server has to know.
    pub(crate) fn section(&self) -> String {
        let (system, account) = (&self.system, &self.account);
        format!(
            "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload {{\n{}: {}\n{}: {}\n}}\n",
            self.operator, system.0, system.0, system.1, account.0, account.1
        )
    }
}

/// The public key and the token of an account, and its keys.
fn account(name: &str, operator: &KeyPair, jetstream: bool) -> ((String, String), KeyPair) {
    let keys = KeyPair::new_account();
    let mut limits = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1
    });
    if jetstream {
        for limit in ["mem_storage", "disk_storage", "streams", "consumer"] {
            limits[limit] = (-1).into();
        }
    }
    let token =
        token(name, &keys.public_key(), operator, &json!({ "limits": limits, "type": "account", "version": 2 }));
    ((keys.public_key(), token), keys)
}

fn token(name: &str, subject: &str, issuer: &KeyPair, nats: &Value) -> String {
    sign(&claims(name, subject, issuer, nats), issuer)
}

fn claims(name: &str, subject: &str, issuer: &KeyPair, nats: &Value) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time of our days").as_secs();
    json!({ "jti": subject, "iat": now, "iss": issuer.public_key(), "sub": subject, "name": name, "nats": nats })
}

fn sign(claims: &Value, issuer: &KeyPair) -> String {
    let head = json!({ "typ": "JWT", "alg": "ed25519-nkey" });
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let text = format!("{}.{}", part(&head), part(claims));
    let signature = issuer.sign(text.as_bytes()).expect("a signature");
    format!("{text}.{}", BASE64URL_NOPAD.encode(&signature))
}
