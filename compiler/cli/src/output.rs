//! Standard output and standard error: what they can show, and what happens when nobody reads them any more.

use crate::args::Color;
use crate::error::Error;
use anstream::AutoStream;
use machine_compiler::diagnostic::render::Style;
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

/// Used where nothing says how wide a line may be.
const WIDTH: usize = 120;

/// Writes to standard output.
///
/// A reader that went away (`machinec explain | head`) has seen enough: that is no error.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(source) if source.kind() != io::ErrorKind::BrokenPipe => Err(Error::Output { source }),
        _ => Ok(()),
    }
}

/// Writes to standard error; when even that fails there is nobody left to tell.
pub(crate) fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Tells an error on standard error.
pub(crate) fn error(error: &Error, color: Color) {
    let style = stderr_style(color);
    let theme = match (style.unicode, style.colour) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme { characters: miette::ThemeCharacters::ascii(), ..GraphicalTheme::unicode() },
        (false, false) => GraphicalTheme::none(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(style.width).with_links(false);
    let mut text = String::new();
    match handler.render_report(&mut text, error) {
        Ok(()) => say(&text),
        Err(_) => say(&format!("{error}\n")),
    }
}

/// What standard output can show.
pub(crate) fn stdout_style(color: Color) -> Style {
    let out = io::stdout();
    style(color, &out, AutoStream::choice(&out), supports_unicode::Stream::Stdout)
}

/// What standard error can show.
pub(crate) fn stderr_style(color: Color) -> Style {
    let err = io::stderr();
    style(color, &err, AutoStream::choice(&err), supports_unicode::Stream::Stderr)
}

fn style(
    color: Color,
    stream: &(impl IsTerminal + AsFd),
    auto: anstream::ColorChoice,
    unicode: supports_unicode::Stream,
) -> Style {
    let colour = match color {
        Color::Auto => auto != anstream::ColorChoice::Never,
        Color::Always => true,
        Color::Never => false,
    };
    let terminal = stream.is_terminal();
    let width = terminal_size::terminal_size_of(stream).map(|(width, _)| usize::from(width.0));
    Style {
        width: width.filter(|it| terminal && *it > 0).unwrap_or(WIDTH),
        colour,
        unicode: terminal && supports_unicode::on(unicode),
    }
}
