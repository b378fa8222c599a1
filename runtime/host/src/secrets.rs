//! Secrets, where a table says that they are. They are read when they are needed, kept nowhere, and shown to nobody.

use crate::bounded;
use machine_core::Table;
use machine_core::table::SecretSource;
use machine_drivers::Secret;
use std::path::Path;

/// The most bytes of a secret.
const LARGEST: u64 = 64 * 1024;

/// A secret of a table; relative paths begin in the machine's directory.
pub(crate) fn find(table: &Table<'_>, id: u16, home: &Path) -> Secret {
    let Some(secret) = table.secrets().nth(id.into()) else {
        return Secret::new("", Err("the table does not have it".to_owned()));
    };
    Secret::new(secret.name, read(secret.source, home))
}

fn read(source: SecretSource<'_>, home: &Path) -> Result<String, String> {
    match source {
        SecretSource::Env(name) => match std::env::var(name) {
            Ok(value) => checked(value, &format!("the variable `{name}` of the runtime")),
            Err(std::env::VarError::NotPresent) => Err(format!("the variable `{name}` is not set for the runtime")),
            Err(std::env::VarError::NotUnicode(_)) => Err(format!("the variable `{name}` of the runtime is no text")),
        },
        SecretSource::File(path) => {
            let place = format!("the file `{path}`");
            let bytes =
                bounded::read(&home.join(path), LARGEST).map_err(|error| format!("{place} cannot be read: {error}"))?;
            let text = String::from_utf8(bytes).map_err(|_| format!("{place} is no text"))?;
            checked(without_line_end(&text).to_owned(), &place)
        }
    }
}

/// Messages name the place, never what is in it.
fn checked(value: String, place: &str) -> Result<String, String> {
    if value.is_empty() {
        return Err(format!("{place} is empty"));
    }
    if value.contains('\0') {
        return Err(format!("{place} has a NUL character in it, which no environment can hold"));
    }
    Ok(value)
}

fn without_line_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_what_is_in_its_file_without_the_line_break() {
        let dir = tempfile::tempdir().unwrap();
        for (text, secret) in [("token\n", "token"), ("two\nlines\r\n", "two\nlines"), ("plain", "plain")] {
            std::fs::write(dir.path().join("secret"), text).unwrap();
            assert_eq!(read(SecretSource::File("secret"), dir.path()).as_deref(), Ok(secret));
        }
    }

    #[test]
    fn a_missing_secret_says_where_it_was_looked_for_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let why = |source| read(source, dir.path()).unwrap_err();
        let name = "A_VARIABLE_THAT_NOBODY_SETS";
        assert_eq!(why(SecretSource::Env(name)), format!("the variable `{name}` is not set for the runtime"));
        assert!(why(SecretSource::File("s")).starts_with("the file `s` cannot be read: No such file"));
        for (bytes, expected) in [
            (&b""[..], "the file `s` is empty"),
            (b"\n", "the file `s` is empty"),
            (b"a\0b", "the file `s` has a NUL character in it, which no environment can hold"),
            (b"\xff", "the file `s` is no text"),
        ] {
            std::fs::write(dir.path().join("s"), bytes).unwrap();
            assert_eq!(why(SecretSource::File("s")), expected);
        }
        assert!(why(SecretSource::File(".")).ends_with("it is not a regular file"));
    }
}
