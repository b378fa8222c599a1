//! CRC-32C (Castagnoli): polynomial 0x1EDC6F41, reflected, as in RFC 3720 appendix B.4.

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0x82F6_3B78 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// The checksum of all parts, one after the other.
#[must_use]
pub fn crc32c(parts: &[&[u8]]) -> u32 {
    let next = |crc: u32, byte: &u8| (crc >> 8) ^ TABLE[usize::from((crc as u8) ^ byte)];
    !parts.iter().flat_map(|part| part.iter()).fold(!0, next)
}

#[cfg(test)]
mod tests {
    #[test]
    fn agrees_with_the_published_check_value() {
        assert_eq!(super::crc32c(&[b"12345", b"6789"]), 0xE306_9283);
    }
}
