//! The server: whether it can be reached, and lets the node in.

use super::Finding;
use machine_nats::async_nats::{ServerAddr, ServerInfo};
use machine_nats::{Connection, Settings};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long each thing may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the name of each server can be resolved, and whether somebody listens there.
pub(super) async fn reachable(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for server in &settings.servers {
        let Ok(address) = server.parse::<ServerAddr>() else { continue };
        findings.push(reach("server", server, (address.host(), address.port())).await);
    }
    findings
}

/// Whether somebody listens at a host and a port; what that is, and how the configuration calls it.
pub(super) async fn reach(what: &str, server: &str, (host, port): (&str, u16)) -> Finding {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found: io::Result<Vec<SocketAddr>> = lookup_host((host, port)).await.map(Iterator::collect);
    let Some(first) = found.as_ref().ok().and_then(|all| all.first()) else {
        let why = found.err().map_or_else(|| "it has no address".to_owned(), |error| error.to_string());
        return Finding::fault(what, format!("the name `{host}` cannot be resolved: {why}"))
            .help("see to the name in the configuration, or to the resolver of this host");
    };
    let failed = match timeout(PATIENCE, TcpStream::connect(first)).await {
        Ok(Ok(_)) => return Finding::ok(what, format!("`{server}` listens at {first}")),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    Finding::fault(what, format!("`{server}` at {first} cannot be reached: {failed}"))
        .help("see whether the server runs, and whether a firewall is in between")
}

/// Connects as the node would.
pub(super) async fn connected(settings: &Settings, findings: &mut Vec<Finding>) -> Option<Connection> {
    let connection = match Connection::begin(settings, "machined doctor").await {
        Ok(connection) => connection,
        Err(error) => {
            findings.push(Finding::fault("nats", &error).help(error.help()));
            return None;
        }
    };
    if timeout(PATIENCE, connection.up()).await.is_err() {
        let why = connection.link().trouble.unwrap_or_else(|| format!("no greeting within {} s", PATIENCE.as_secs()));
        findings.push(Finding::fault("connection", format!("it cannot be made: {why}")).help(way_in(&why)));
        return None;
    }
    let info = connection.client().server_info();
    findings
        .push(Finding::ok("connection", format!("made to server `{}`, version {}", info.server_name, info.version)));
    findings.push(encryption(settings, &info));
    Some(connection)
}

fn encryption(settings: &Settings, info: &ServerInfo) -> Finding {
    let is_wanted = settings.tls.ca.is_some() || settings.servers.iter().any(|it| it.starts_with("tls://"));
    if is_wanted || info.tls_required {
        return Finding::ok("encryption", "by TLS");
    }
    let is_here = |server: &String| {
        server.parse::<ServerAddr>().is_ok_and(|it| ["localhost", "127.0.0.1", "::1", "[::1]"].contains(&it.host()))
    };
    if settings.servers.iter().all(is_here) {
        return Finding::ok("encryption", "none, and the server is on this host");
    }
    Finding::warning("encryption", "none: whoever is on the way can read and change events")
        .help("give the server a certificate, write `tls://` in `servers`, and `ca` in `[nats.tls]`")
}

fn way_in(why: &str) -> &'static str {
    let why = why.to_lowercase();
    let is = |parts: &[&str]| parts.iter().any(|it| why.contains(it));
    if why.starts_with('`') {
        "put that file right; it is read again at each attempt"
    } else if is(&["authorization"]) {
        "see to the user and its password, NKey or credentials, on the server and in `[nats]`"
    } else if is(&["does not speak tls"]) {
        "write `nats://` in `servers` and leave `[nats.tls]` out, or give the server a certificate"
    } else if is(&["notvalidforname", "not valid for name"]) {
        "write the name that the server's certificate is for in `servers`"
    } else if is(&["peer certificate: expired", "certificate expired"]) {
        "renew the server's certificate, or see to the clock of this host"
    } else if is(&["issuer", "peer certificate"]) {
        "name the authority of the server's certificate as `ca` in `[nats.tls]`"
    } else if is(&["certificate", "private key", "tls error"]) {
        "see to `certificate` and `key` in `[nats.tls]`, and to the server's certificate"
    } else {
        "see what the server's log says"
    }
}
