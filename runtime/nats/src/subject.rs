//! Names of nodes and machines inside subjects.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is. All else means something in a subject (`.`, `*`, `>`), ends it (a space), or is no fit sign.
const TOKEN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// A name as one token of a subject: letters, digits, `-` and `_` stay, all else is percent-encoded, so that two names
/// never share a token. `n1.example.net` becomes `n1%2Eexample%2Enet`.
#[must_use]
pub fn token(name: &str) -> String {
    utf8_percent_encode(name, TOKEN).to_string()
}

/// The name that a token stands for; `None` if it stands for none.
#[must_use]
pub fn name(token: &str) -> Option<String> {
    let name = percent_encoding::percent_decode_str(token).decode_utf8().ok()?;
    (self::token(&name) == token).then(|| name.into_owned())
}

/// Whether this can stand before tokens as the beginning of a subject: tokens of letters, digits, `-`, `_` and `%`, with
/// dots between them.
#[must_use]
pub fn is_prefix(text: &str) -> bool {
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_%".contains(&byte);
    !text.is_empty() && text.split('.').all(|token| !token.is_empty() && token.bytes().all(fit))
}

/// Whether a subject matches a pattern with wildcards, by the server's rules.
#[must_use]
pub fn matches(pattern: &str, subject: &str) -> bool {
    let mut rest = subject.split('.');
    let mut pattern = pattern.split('.').peekable();
    while let Some(wanted) = pattern.next() {
        match (wanted, rest.next()) {
            (">", Some(_)) => return pattern.peek().is_none(),
            ("*", Some(_)) => {}
            (wanted, Some(found)) if wanted == found => {}
            _ => return false,
        }
    }
    rest.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_token_and_comes_back() {
        let check = |given: &str, expected: &str| {
            assert_eq!(token(given), expected);
            assert_eq!(name(expected).as_deref(), Some(given));
        };
        check("hvac_lab-2", "hvac_lab-2");
        check("n1.example.net", "n1%2Eexample%2Enet");
        check("*", "%2A");
        check(">", "%3E");
        check("a b\r\nPUB x 0", "a%20b%0D%0APUB%20x%200");
        check("größe", "gr%C3%B6%C3%9Fe");
        check("50%", "50%25");
        check("$JS", "%24JS");
        check("@", "%40");
    }

    #[test]
    fn what_is_no_token_stands_for_no_name() {
        for bad in ["a.b", "*", "%zz", "%C3", "a b", "%61"] {
            assert_eq!(name(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_prefix_is_made_of_tokens() {
        for good in ["machines", "site-1.machines", "a%2Eb"] {
            assert!(is_prefix(good), "{good}");
        }
        for bad in ["", ".", "a.", ".a", "a..b", "a.*", ">", "a b", "$JS.API"] {
            assert!(!is_prefix(bad), "{bad}");
        }
    }

    #[test]
    fn wildcards_match_as_in_the_server() {
        let check = |pattern: &str, subject: &str, expected: bool| {
            assert_eq!(matches(pattern, subject), expected, "{pattern} {subject}");
        };
        check("machines.>", "machines.n1.hvac", true);
        check("machines.>", "machines.n1", true);
        check("machines.>", "machines", false);
        check("machines.*", "machines.n1", true);
        check("machines.*", "machines.n1.hvac", false);
        check("machines.*.hvac", "machines.n1.hvac", true);
        check(">", "machines", true);
        check("machines.n1", "machines.n2", false);
        check("machines.n1.hvac", "machines.n1", false);
    }
}
