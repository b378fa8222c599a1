//! Nodes that have one schedule do not all begin at once.

/// How much later than its slots a watcher is told of them, in milliseconds: less than `splay`, and always the same for
/// a watcher of a machine on a node.
#[must_use]
pub fn offset(node: &str, machine: &str, watcher: &str, splay: i64) -> i64 {
    let splay = u64::try_from(splay).unwrap_or(0);
    let hash = [node, machine, watcher].iter().flat_map(|it| it.bytes().chain([0])).fold(BASIS, add);
    // The upper bits are mixed best; the product's upper half is evenly less than `splay`.
    i64::try_from((u128::from(mixed(hash)) * u128::from(splay)) >> 64).unwrap_or(0)
}

/// FNV-1a, which is the same in every version and on every machine.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

fn add(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Names that differ in their last letter only are far from each other too.
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_for_one_and_different_for_others() {
        assert_eq!(offset("n1", "backup", "night", 600_000), 535_170);
        assert_eq!(offset("n1", "backup", "night", 0), 0);
        assert_eq!(offset("n1", "backup", "night", -5), 0);
        assert_ne!(offset("ab", "c", "d", 600_000), offset("a", "bc", "d", 600_000));
    }

    #[test]
    fn a_fleet_is_spread_evenly() {
        let mut tenths = [0; 10];
        for node in 0..10_000 {
            let it = offset(&format!("node{node}"), "backup", "night", 600_000);
            tenths[usize::try_from(it / 60_000).unwrap()] += 1;
        }
        assert!(tenths.iter().all(|it| (850..1_150).contains(it)), "{tenths:?}");
    }
}
