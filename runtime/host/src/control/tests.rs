//! The socket with somebody at the other end who is not the node.

use super::*;
use tokio::sync::mpsc::unbounded_channel;

/// Nothing takes this long, on however busy a machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A deep state directory whose node answers with what it was asked.
fn control(root: &Path) -> (std::path::PathBuf, Control) {
    let state = root.join("a-directory-with-a-long-name".repeat(4)).join("and-another-one".repeat(5));
    std::fs::create_dir_all(&state).unwrap();
    let (requests, mut asked) = unbounded_channel();
    let control = Control::open(&state, requests, watch::channel(Lsn(7)).1).unwrap();
    tokio::spawn(async move {
        while let Some(Request { what, reply }) = asked.recv().await {
            let _ =
                reply.send(if what["refuse"] == true { json!({"error": "no", "help": "ask nicely"}) } else { what });
        }
    });
    (state, control)
}

async fn asked(state: &Path, what: Value) -> Result<Value, ControlError> {
    let state = state.to_owned();
    let asked = tokio::task::spawn_blocking(move || request(&state, &what));
    tokio::time::timeout(LIMIT, asked).await.expect("an answer in time").unwrap()
}

#[tokio::test]
async fn what_is_asked_is_answered_however_long_the_path_is() {
    let root = tempfile::tempdir().unwrap();
    let (state, control) = control(root.path());
    assert_eq!(asked(&state, json!({"status": {}})).await.unwrap(), json!({"status": {}}));
    let refused = asked(&state, json!({"refuse": true})).await.unwrap_err();
    assert!(matches!(refused, ControlError::Refused { ref error, ref help } if error == "no" && help == "ask nicely"));
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(state.join("control.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(control);
    assert!(!state.join("control.sock").exists());
    assert!(matches!(asked(&state, json!({})).await, Err(ControlError::NobodyThere { .. })));
    assert!(matches!(asked(&state.join("nowhere"), json!({})).await, Err(ControlError::NobodyThere { .. })));
}

#[tokio::test]
async fn a_socket_that_was_left_behind_is_no_hindrance() {
    let root = tempfile::tempdir().unwrap();
    let (state, control) = control(root.path());
    std::mem::forget(control);
    let (requests, _asked) = unbounded_channel();
    assert!(Control::open(&state, requests, watch::channel(Lsn(7)).1).is_ok());
}

#[tokio::test]
async fn what_is_no_request_is_told_so() {
    let root = tempfile::tempdir().unwrap();
    let (state, _control) = control(root.path());
    let say = |bytes: Vec<u8>| {
        let state = state.clone();
        tokio::task::spawn_blocking(move || {
            use std::io::{Read, Write};
            let place = Place::open(&state).unwrap();
            let mut stream = std::os::unix::net::UnixStream::connect(place.socket()).unwrap();
            // A server that has had enough hangs up.
            let _ = stream.write_all(&bytes);
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let mut text = Vec::new();
            let _ = stream.read_to_end(&mut text);
            String::from_utf8(text).unwrap()
        })
    };
    for (bytes, part) in [
        (b"hello\n".to_vec(), "no JSON"),
        (b"[1]\n".to_vec(), "no JSON object"),
        (b"{\"a\":1}".to_vec(), "not a whole line"),
    ] {
        let said = tokio::time::timeout(LIMIT, say(bytes)).await.unwrap().unwrap();
        assert!(said.contains(part), "{said}");
    }
    let endless = tokio::time::timeout(LIMIT, say(vec![b'x'; 100_000])).await.unwrap().unwrap();
    assert!(endless.is_empty() || endless.contains("not a whole line"), "{endless}");
    assert_eq!(asked(&state, json!({"a": 1})).await.unwrap(), json!({"a": 1}));
}

/// How far the journal is, is said at once and whenever it changes, and the latest is enough.
#[tokio::test]
async fn whoever_watches_hears_how_far_the_journal_is() {
    let root = tempfile::tempdir().unwrap();
    let (requests, _asked) = unbounded_channel();
    let (durable, heard) = watch::channel(Lsn(7));
    let control = Control::open(root.path(), requests, heard).unwrap();
    let state = root.path().to_owned();
    let watching = tokio::task::spawn_blocking(move || Watching::begin(&state).unwrap());
    let mut watching = tokio::time::timeout(LIMIT, watching).await.unwrap().unwrap();
    let mut heard = Vec::new();
    for last in [7, 9] {
        durable.send_replace(Lsn(last));
        loop {
            let waiting = tokio::task::spawn_blocking(move || (watching.durable(), watching));
            let (lsn, back) = tokio::time::timeout(LIMIT, waiting).await.unwrap().unwrap();
            watching = back;
            heard.push(lsn);
            if lsn == Some(Lsn(last)) {
                break;
            }
        }
    }
    assert_eq!(heard, [Some(Lsn(7)), Some(Lsn(9))]);
    drop((control, durable));
    let waiting = tokio::task::spawn_blocking(move || watching.durable());
    assert_eq!(tokio::time::timeout(LIMIT, waiting).await.unwrap().unwrap(), None);
}
