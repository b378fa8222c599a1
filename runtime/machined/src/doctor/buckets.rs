//! The buckets that the machines of a node watch, and the one of limits across the fleet.

use super::bucket::{Place, add, holds_slots, holds_values};
use super::{Finding, stream};
use crate::config::Settings;
use machine_host::{FleetLimits, Needs, Watched, needs};
use machine_nats::Connection;
use machine_nats::bucket::Bucket;

/// Looks at all of them.
pub(super) async fn examine(connection: &Connection, settings: &Settings, findings: &mut Vec<Finding>) {
    let needs = needed(settings, findings);
    for (bucket, watched) in &needs.buckets {
        keys(&Place { connection, bucket }, watched, findings).await;
    }
    match settings.limits.fleet() {
        Some(limits) => slots(connection, &limits, findings).await,
        None => findings.extend(alone(&needs)),
    }
}

/// What the machines need; nothing if nobody says where they are.
fn needed(settings: &Settings, findings: &mut Vec<Finding>) -> Needs {
    let Some(tables) = &settings.tables else { return Needs::default() };
    needs(tables).unwrap_or_else(|error| {
        let text = format!("`{}` cannot be read, so nobody knows what machines need: {error}", tables.display());
        findings.push(Finding::warning("tables", text).help("see to `tables` in the configuration"));
        Needs::default()
    })
}

/// Looks at a bucket that machines watch.
async fn keys(place: &Place<'_>, watched: &Watched, findings: &mut Vec<Finding>) {
    let why = format!("watched by `{}`", listed(&watched.machines));
    let info = match place.info(&why).await {
        Ok(info) => info,
        Err(finding) => return findings.push(finding),
    };
    findings.push(place.there(&info));
    findings.extend(holds_values(place.bucket, &info));
    findings.extend(stream::copies(&info));
    let Ok(bucket) = Bucket::open(place.connection, place.bucket).await else { return };
    // One stands for all: what a user may read goes by buckets.
    let key = watched.keys.first().map_or("machined-doctor", String::as_str);
    findings.push(place.reads(&bucket, key).await);
    findings.extend(place.watches(&bucket, key).await);
}

/// Looks at the bucket of limits.
async fn slots(connection: &Connection, limits: &FleetLimits, findings: &mut Vec<Finding>) {
    let place = Place { connection, bucket: &limits.bucket };
    let info = match place.info("so nobody gets a slot").await {
        Ok(info) => info,
        Err(finding) => return findings.push(if limits.create { to_be_made(finding, limits) } else { finding }),
    };
    findings.push(place.there(&info));
    findings.extend(holds_slots(place.bucket, &info, limits.ttl));
    findings.extend(stream::copies(&info));
    if let Ok(bucket) = Bucket::open(connection, place.bucket).await {
        findings.push(place.reads(&bucket, "machined-doctor").await);
        findings.push(place.writes(&bucket).await);
    }
}

/// What is not there and is made is no fault.
fn to_be_made(finding: Finding, limits: &FleetLimits) -> Finding {
    if finding.what != "bucket" || finding.help != Some(add(&limits.bucket)) {
        return finding;
    }
    let text = format!("`{}` is not there; the node makes it when somebody wants a slot", limits.bucket);
    Finding::warning("bucket", text).help(format!("nothing, or make it by hand: {}", add(&limits.bucket)))
}

/// Limits that are to count across the fleet, and cannot.
fn alone(needs: &Needs) -> Option<Finding> {
    let (names, machines): (Vec<_>, Vec<_>) = needs.limits.iter().unzip();
    let machines = machines.into_iter().flatten().cloned().collect();
    let (names, machines) = (names.into_iter().cloned().collect(), listed(&machines));
    let names = listed(&names);
    let text = format!("no bucket is named, so on this node alone counts what stands under `{names}` of `{machines}`");
    let help = "add a section `[limits]` with `bucket = \"limits\"`, the same on all nodes";
    (!needs.limits.is_empty()).then(|| Finding::warning("limits", text).help(help))
}

fn listed(names: &std::collections::BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join("`, `")
}
