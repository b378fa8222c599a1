//! The test's own way to a server, past every proxy.

use crate::{Access, Server, Stream, run};
use async_nats::ConnectOptions;
use async_nats::jetstream::{self, stream::Config};
use std::time::Duration;

impl Server {
    /// A client of the test's own, past every proxy. To be used in the runtime that it was made in.
    ///
    /// # Panics
    /// When it cannot connect.
    pub async fn client(&self) -> async_nats::Client {
        self.options().connect(self.url()).await.expect("a connection")
    }

    fn options(&self) -> ConnectOptions {
        let options = match self.access() {
            Access::Open => ConnectOptions::new(),
            Access::Password { user, password } => {
                ConnectOptions::with_user_and_password(user.clone(), password.clone())
            }
            Access::Nkey { seed } => ConnectOptions::with_nkey(seed.clone()),
            Access::Credentials(it) => ConnectOptions::with_credentials(&it.file).expect("credentials"),
        };
        let options = options.connection_timeout(Duration::from_secs(30));
        if !self.setup.has_tls() {
            return options;
        }
        let files = self.certificates();
        let trusted = options.add_root_certificates(files.authority.clone()).require_tls(true);
        trusted.add_client_certificate(files.certificate.clone(), files.key.clone())
    }

    /// Makes a stream: its name, and the subjects that it takes.
    ///
    /// # Panics
    /// When the server does not want to.
    pub fn make_stream(&self, name: &str, subjects: &[&str]) -> Stream<'_> {
        let subjects = subjects.iter().map(|it| (*it).to_owned()).collect();
        self.make_stream_as(Config { name: name.into(), subjects, ..Default::default() })
    }

    /// The same with everything that a stream can be set to.
    ///
    /// # Panics
    /// When the server does not want to.
    pub fn make_stream_as(&self, config: Config) -> Stream<'_> {
        let stream = self.stream(&config.name);
        run(async {
            let context = jetstream::new(self.client().await);
            context.create_stream(config).await.expect("a stream");
        });
        stream
    }

    /// A stream that is there, or will be.
    pub fn stream(&self, name: &str) -> Stream<'_> {
        Stream::new(self, name)
    }
}
