//! One connection for all of a node that need it.

use crate::connection::Connection;
use crate::settings::{Settings, SettingsError};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// A connection that is begun by whoever needs it first, on the runtime of that one; clones share it. A node that nobody
/// needs it on never connects.
#[derive(Clone, Debug)]
pub struct Shared {
    settings: Arc<Settings>,
    name: String,
    made: Arc<OnceCell<Connection>>,
}

impl Shared {
    /// For these settings; `name` is what the server's operator sees where the settings give none.
    #[must_use]
    pub fn new(settings: Settings, name: &str) -> Shared {
        Shared { settings: Arc::new(settings), name: name.to_owned(), made: Arc::default() }
    }

    /// The connection, begun if it is not yet.
    ///
    /// # Errors
    ///
    /// Only if the settings cannot be meant.
    pub async fn get(&self) -> Result<Connection, SettingsError> {
        let begin = || Connection::begin(&self.settings, &self.name);
        self.made.get_or_try_init(begin).await.cloned()
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
