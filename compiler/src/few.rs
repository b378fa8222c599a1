//! Rows that are nearly always short.

use arrayvec::ArrayVec;
use std::ops::{Deref, DerefMut};

/// Values in a row, the first `N` of which lie in it and not behind a pointer.
///
/// Unlike the usual crates' rows of this sort it can stand for one of a shorter lifetime, as all of the tree can.
#[derive(Clone, Debug)]
pub enum Few<T, const N: usize> {
    /// At most `N`.
    Here(ArrayVec<T, N>),
    /// More.
    Elsewhere(Vec<T>),
}

impl<T, const N: usize> Few<T, N> {
    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        self
    }

    /// Adds one behind the others.
    pub fn push(&mut self, value: T) {
        match self {
            Self::Here(row) => {
                if let Err(full) = row.try_push(value) {
                    let mut all: Vec<T> = Vec::with_capacity(2 * N + 1);
                    all.extend(row.drain(..));
                    all.push(full.element());
                    *self = Self::Elsewhere(all);
                }
            }
            Self::Elsewhere(row) => row.push(value),
        }
    }
}

impl<T, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self::Here(ArrayVec::new())
    }
}

impl<T, const N: usize> FromIterator<T> for Few<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut values = values.into_iter();
        let mut row = Self::Here(values.by_ref().take(N).collect());
        values.for_each(|it| row.push(it));
        row
    }
}

impl<T, const N: usize> Deref for Few<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Here(row) => row,
            Self::Elsewhere(row) => row,
        }
    }
}

impl<T, const N: usize> DerefMut for Few<T, N> {
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Self::Here(row) => row,
            Self::Elsewhere(row) => row,
        }
    }
}

impl<'r, T, const N: usize> IntoIterator for &'r Few<T, N> {
    type Item = &'r T;
    type IntoIter = std::slice::Iter<'r, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Few;

    #[test]
    fn all_that_is_added_is_there_in_order() {
        for count in 0..10 {
            let row: Few<String, 2> = (0..count).map(|it| it.to_string()).collect();
            let wanted: Vec<String> = (0..count).map(|it| it.to_string()).collect();
            assert_eq!(row.to_vec(), wanted);
        }
    }
}
