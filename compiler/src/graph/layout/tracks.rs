//! Between two rows lines run to the left and right, each on a track of its own, so that none lies on another.

/// How far apart two tracks are.
pub(super) const TRACK: f64 = 8.0;

/// A line that has to get from one place to another between two rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    pub(super) link: usize,
    /// At the upper row.
    pub(super) from: f64,
    /// At the lower row.
    pub(super) to: f64,
}

/// The track of each line, from the top, and how many there are.
///
/// Of lines that go to the right the one that begins rightmost comes first, of lines that go to the left the one that begins
/// leftmost: so they do not cross each other.
pub(super) fn tracks(shifts: &[Shift]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..shifts.len()).collect();
    order.sort_by(|a, b| key(&shifts[*a]).total_cmp(&key(&shifts[*b])).then(a.cmp(b)));
    let mut tracks = vec![0; shifts.len()];
    let mut used: Vec<Vec<(f64, f64)>> = Vec::new();
    for index in order {
        let (left, right) = ends(&shifts[index]);
        let overlaps = |it: &Vec<(f64, f64)>| it.iter().any(|(a, b)| left <= b + TRACK && *a <= right + TRACK);
        // Below all that it overlaps, so that the order holds.
        let track = used.iter().rposition(overlaps).map_or(0, |it| it + 1);
        if track == used.len() {
            used.push(Vec::new());
        }
        used[track].push((left, right));
        tracks[index] = track;
    }
    (tracks, used.len())
}

fn ends(it: &Shift) -> (f64, f64) {
    (it.from.min(it.to), it.from.max(it.to))
}

fn key(it: &Shift) -> f64 {
    if it.to > it.from { -it.from } else { it.from }
}

#[cfg(test)]
mod tests {
    use super::{Shift, tracks};

    #[test]
    fn lines_side_by_side_share_a_track_and_others_do_not() {
        let shift = |link, from, to| Shift { link, from, to };
        assert_eq!(tracks(&[shift(0, 0.0, 50.0), shift(1, 100.0, 150.0)]), (vec![0, 0], 1));
        // The one that begins further right is above, so the lines do not cross.
        assert_eq!(tracks(&[shift(0, 0.0, 50.0), shift(1, 20.0, 70.0)]), (vec![1, 0], 2));
    }
}
