//! How an error that ends `machined` is shown on standard error: as `machinec` shows its own.

use anstream::{AutoStream, ColorChoice};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, ThemeCharacters};
use std::io::{self, IsTerminal, Write};

/// Tells an error. Standard error is the last place; when it is closed there is nobody left to tell.
pub(crate) fn say(error: &dyn Diagnostic) {
    let stream = io::stderr();
    let colour = AutoStream::choice(&stream) != ColorChoice::Never;
    let unicode = stream.is_terminal() && supports_unicode::on(supports_unicode::Stream::Stderr);
    let _ = stream.lock().write_all(shown(error, theme(unicode, colour)).as_bytes());
}

/// The error, its causes and the way out. Lines are as long as they are, so that a path can be copied whole.
fn shown(error: &dyn Diagnostic, theme: GraphicalTheme) -> String {
    let handler = GraphicalReportHandler::new_themed(theme).with_wrap_lines(false).with_links(false);
    let mut text = String::new();
    match handler.render_report(&mut text, error) {
        Ok(()) => text,
        Err(_) => format!("{error}\n"),
    }
}

/// As in a file, without colours.
#[cfg(test)]
pub(crate) fn plain(error: &dyn Diagnostic) -> String {
    shown(error, theme(false, false))
}

/// Signs beyond ASCII only for a terminal that shows them: files and logs are read anywhere.
fn theme(unicode: bool, colour: bool) -> GraphicalTheme {
    match (unicode, colour) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme { characters: ThemeCharacters::ascii(), ..GraphicalTheme::unicode() },
        (false, false) => GraphicalTheme::none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine_host::NodeError;
    use machine_host::journal::JournalError;

    #[test]
    fn an_error_is_short_and_its_path_stays_whole() {
        let dir =
            "/var/lib/a-directory-with-a-name/that-would-not-fit/on-one-line/of-a-terminal/with-eighty-columns/journal";
        let error = NodeError::from(JournalError::InUse { dir: dir.into() });
        insta::assert_snapshot!(shown(&error, theme(false, false)), @r"
        x another runtime is using the journal in `/var/lib/a-directory-with-a-name/that-would-not-fit/on-one-line/of-a-terminal/with-eighty-columns/journal`
        help: stop the other runtime, or give this one a state directory of its own
        ");
    }
}
