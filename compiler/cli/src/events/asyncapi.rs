//! Catalogues as AsyncAPI 3: a channel a machine, as its events go out by NATS.

use super::schema::{embedded, whole};
use super::{Catalogue, Told};
use machine_host::event::schema;
use serde_json::{Map, Value, json};

const EVENT: &str = "event";

/// The AsyncAPI document of these machines.
pub(crate) fn asyncapi(catalogues: &[Catalogue]) -> Value {
    let mut schemas = Map::from_iter([(EVENT.to_owned(), embedded(&schema::envelope()))]);
    let (mut channels, mut operations, mut messages) = (Map::new(), Map::new(), Map::new());
    for it in catalogues {
        let (channel, sent) = (key(&it.machine), |told: &Told| format!("{}.{}", key(&it.machine), key(&told.name)));
        for told in &it.events {
            schemas.insert(key(&told.ty), embedded(&told.data));
            messages.insert(sent(told), message(it, told));
        }
        let names: Vec<_> = it.events.iter().map(sent).collect();
        channels.insert(channel.clone(), channel_of(it, &names));
        operations.insert(format!("{channel}.send"), operation(&channel, &names));
    }
    json!({
        "asyncapi": "3.0.0",
        "info": info(catalogues),
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages, "schemas": schemas },
    })
}

fn info(catalogues: &[Catalogue]) -> Value {
    match catalogues {
        [one] => {
            let about = if one.doc.is_empty() {
                format!("Every event of the machine `{}`.", one.machine)
            } else {
                one.doc.clone()
            };
            json!({ "title": one.machine, "version": one.version, "description": about })
        }
        several => {
            let names: Vec<_> = several.iter().map(|it| format!("`{}` {}", it.machine, it.version)).collect();
            json!({ "title": "machines", "version": "1", "description": format!("Every event of {}.", names.join(", ")) })
        }
    }
}

fn channel_of(catalogue: &Catalogue, messages: &[String]) -> Value {
    let messages: Map<_, _> = messages.iter().map(|it| (it.clone(), reference("components/messages", it))).collect();
    json!({
        "address": format!("machines.{{node}}.{}", token(&catalogue.machine)),
        "title": format!("Events of {}", catalogue.machine),
        "parameters": {
            "node": { "description": "The node's name; all but letters, digits, `-` and `_` is percent-encoded." },
        },
        "messages": messages,
    })
}

fn operation(channel: &str, messages: &[String]) -> Value {
    let messages: Vec<_> = messages.iter().map(|it| reference(&format!("channels/{channel}/messages"), it)).collect();
    json!({ "action": "send", "channel": reference("channels", channel), "messages": messages })
}

fn message(catalogue: &Catalogue, told: &Told) -> Value {
    let to =
        |name: &str| format!("#/components/schemas/{}", if name == EVENT { EVENT.to_owned() } else { key(&told.ty) });
    json!({
        "name": told.ty,
        "title": format!("{} of {}", told.name, catalogue.machine),
        "summary": told.about,
        "contentType": "application/cloudevents+json",
        "payload": whole(catalogue, told, to),
    })
}

fn reference(place: &str, key: &str) -> Value {
    json!({ "$ref": format!("#/{place}/{key}") })
}

/// A name as a key, which AsyncAPI wants of letters, digits, `.`, `-` and `_`: other characters by their numbers, so that
/// two names are two keys.
pub(super) fn key(name: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || ".-_".contains(it);
    name.chars().map(|it| if plain(it) { it.to_string() } else { format!("_{:X}", u32::from(it)) }).collect()
}

/// A name as a token of a subject of NATS, percent-encoded as the runtime does it.
fn token(name: &str) -> String {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"-_".contains(&it);
    name.bytes().map(|it| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") }).collect()
}
