//! One look at every byte before anything is parsed: brackets that nest too deep are stopped here, so that nothing
//! later can run out of stack, and a source with mistakes in its characters is sent to be repaired first.

use crate::MAX_DEPTH;
use crate::characters::forbidden;

/// What the bytes of a source tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Nothing: it can be parsed as it is, and piece by piece: no declaration goes on behind one of these offsets.
    Clean(Vec<usize>),
    /// A character, a quote or a brace is wrong.
    Suspicious,
    /// The bracket at this offset is one level too deep.
    TooDeep(usize),
}

/// How many bytes lie between two offsets at least at which a source can be cut.
const CUT: usize = 1 << 10;

/// Looks at every byte once.
pub(crate) fn scan(source: &str) -> Finding {
    let mut scan = Scan::new(source);
    if source.starts_with('\u{FEFF}') {
        scan.at = 3;
    }
    while let Some(byte) = scan.next(IN_CODE) {
        match class(byte) {
            Class::Plain => {}
            Class::Odd => scan.odd_byte(),
            Class::Slash => scan.slash(),
            Class::Equals => scan.equals(),
            Class::Quote => scan.quoted(byte),
            Class::Close => scan.close(byte),
            Class::Open if scan.open.len() >= MAX_DEPTH => return Finding::TooDeep(scan.at),
            Class::Open => scan.open(byte),
        }
    }
    let unbalanced = scan.odd || scan.open.contains(&b'{');
    if unbalanced { Finding::Suspicious } else { Finding::Clean(scan.cuts) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Odd,
    Slash,
    Equals,
    Quote,
    Open,
    Close,
}

/// What a byte may mean outside comments and quotes.
const fn class(byte: u8) -> Class {
    match byte {
        b'\t' | b'\n' | b'\r' => Class::Plain,
        0..b' ' | 0x7F.. | b'#' | b';' | b'\'' => Class::Odd,
        b'/' => Class::Slash,
        b'=' => Class::Equals,
        b'"' | b'`' => Class::Quote,
        b'{' | b'(' | b'[' => Class::Open,
        b'}' | b')' | b']' => Class::Close,
        _ => Class::Plain,
    }
}

/// Where a byte may mean more than itself.
type Places = u8;
const IN_CODE: Places = 1;
const IN_TEXT: Places = 2;
const IN_NAME: Places = 4;
const IN_COMMENT: Places = 8;

/// Where each byte may mean more than itself: looked up once a byte, whatever stands around it.
const MEANS_MORE: [Places; 256] = {
    let mut places = [0; 256];
    let mut byte = 0_u8;
    loop {
        let is_code = !matches!(class(byte), Class::Plain);
        // The end of a line ends all three; what else is no plain letter may be forbidden.
        let is_odd = !matches!(byte, b' '..0x7F);
        places[byte as usize] = (if is_code { IN_CODE } else { 0 })
            | (if is_odd || matches!(byte, b'"' | b'\\') { IN_TEXT } else { 0 })
            | (if is_odd || byte == b'`' { IN_NAME } else { 0 })
            | (if is_odd { IN_COMMENT } else { 0 });
        if byte == u8::MAX {
            break places;
        }
        byte += 1;
    }
};

struct Scan<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    /// Brackets that are open here, at most [`MAX_DEPTH`].
    open: Vec<u8>,
    odd: bool,
    /// Where pieces end.
    cuts: Vec<usize>,
    /// How far the source has to be read for the next of them.
    next_cut: usize,
}

impl<'s> Scan<'s> {
    fn new(source: &'s str) -> Self {
        let (bytes, open) = (source.as_bytes(), Vec::with_capacity(MAX_DEPTH));
        Self { source, bytes, at: 0, open, odd: false, cuts: Vec::new(), next_cut: CUT }
    }

    /// Goes to the next byte that may mean more than itself here; nowhere if there is none.
    #[inline]
    fn next(&mut self, here: Places) -> Option<u8> {
        let mut rest = self.bytes.get(self.at..)?;
        let means_more = |it: u8| MEANS_MORE[it as usize] & here != 0;
        // Most bytes mean nothing, so four are asked at once.
        while let Some(([a, b, c, d], behind)) = rest.split_first_chunk()
            && !(means_more(*a) | means_more(*b) | means_more(*c) | means_more(*d))
        {
            rest = behind;
        }
        let others = rest.iter().position(|it| means_more(*it))?;
        self.at = self.bytes.len() - rest.len() + others;
        rest.get(others).copied()
    }

    fn odd_byte(&mut self) {
        self.odd = true;
        self.at += 1;
    }

    fn open(&mut self, byte: u8) {
        self.open.push(byte);
        self.at += 1;
    }

    /// Closes the nearest bracket of its sort, and with it whatever was left open inside.
    fn close(&mut self, byte: u8) {
        let opener = match byte {
            b'}' => b'{',
            b')' => b'(',
            _ => b'[',
        };
        // A brace is the stronger: `)` never closes over it.
        let inside =
            self.open.iter().rposition(|it| *it == b'{').map_or(0, |at| if byte == b'}' { at } else { at + 1 });
        match self.open.iter().rposition(|it| *it == opener) {
            Some(at) if at >= inside => self.open.truncate(at),
            _ => self.odd |= byte == b'}',
        }
        self.at += 1;
        if self.at >= self.next_cut && byte == b'}' && self.open.is_empty() {
            self.cuts.push(self.at);
            self.next_cut = self.at + CUT;
        }
    }

    fn slash(&mut self) {
        match self.bytes.get(self.at + 1) {
            Some(b'/') => self.skip_until(b'\n', b'\n', IN_COMMENT),
            Some(b'*') => self.odd_byte(),
            _ => self.at += 1,
        }
    }

    /// `=>` is an arrow gone wrong; no other mark begins like that.
    fn equals(&mut self) {
        self.odd |= self.bytes.get(self.at + 1) == Some(&b'>');
        self.at += 1;
    }

    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        let (escape, inside) = if quote == b'"' { (b'\\', IN_TEXT) } else { (quote, IN_NAME) };
        self.skip_until(quote, escape, inside);
        self.odd |= self.bytes.get(self.at) != Some(&quote);
        self.at += 1;
    }

    /// Goes to `end` or the end of the line; skips what follows `escape`.
    fn skip_until(&mut self, end: u8, escape: u8, inside: Places) {
        while let Some(byte) = self.next(inside) {
            match byte {
                b'\n' => return,
                it if it == end => return,
                it if it == escape => self.at += usize::from(self.bytes.get(self.at + 1) != Some(&b'\n')),
                _ => self.odd |= self.is_forbidden(),
            }
            self.at += 1;
        }
        self.at = self.at.max(self.bytes.len());
    }

    /// Whether a forbidden character begins here.
    fn is_forbidden(&self) -> bool {
        let first = self.source.get(self.at..).and_then(|rest| rest.chars().next());
        first.is_some_and(|it| forbidden(it).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fine_is_clean() {
        for source in
            ["", "\u{FEFF}a", "a \"}{;'#\\\"\" b", "// it's; { fine\n{[()]}", "`}` {}", "a\r\n\tb", "\"ü\" // →"]
        {
            assert_eq!(scan(source), Finding::Clean(Vec::new()), "{source:?}");
        }
    }

    #[test]
    fn what_is_not_is_suspicious() {
        for source in
            ["{", "}", "\"a", "`a\n`", "a;", "#", "/*", "a => b", "→", "\"\u{202E}\"", "// \0", "a\u{200B}b", "'"]
        {
            assert_eq!(scan(source), Finding::Suspicious, "{source:?}");
        }
    }

    #[test]
    fn depth_is_counted_over_all_brackets() {
        assert_eq!(scan(&"{[(".repeat(30)), Finding::TooDeep(64));
        assert_eq!(scan(&"{}".repeat(100)), Finding::Clean(Vec::new()));
        assert_eq!(scan(&format!("{}{}", "[".repeat(64), "]".repeat(64))), Finding::Clean(Vec::new()));
    }

    #[test]
    fn a_source_is_cut_behind_declarations() {
        let machine = format!("machine a 1.0.0 {{ x({{}}) {} }}", " ".repeat(CUT));
        let source = format!("{machine} // }}\n{machine}\"}}\" `}}` ({machine})");
        let ends = [machine.len(), machine.len() * 2 + " // }\n".len()];
        assert_eq!(scan(&source), Finding::Clean(ends.into()));
        assert_eq!(scan("{}{}"), Finding::Clean(Vec::new()), "pieces would be too short");
    }

    #[test]
    fn what_a_brace_encloses_ends_with_it() {
        assert_eq!(scan(&"{ ( [ }".repeat(100)), Finding::Clean(Vec::new()));
    }
}
