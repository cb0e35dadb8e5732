//! A set of places, as bits: which cases of a kept select are due, and so on. Knows numbers only.

use alloc::vec::Vec;
use chan_core::case::Board;

const WORD: usize = Board::WORD;

/// A set of numbers below its size.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    words: Vec<usize>,
}

impl Places {
    pub(crate) const fn new() -> Self {
        Places { words: Vec::new() }
    }

    /// Makes room for numbers below `places`.
    pub(crate) fn grow(&mut self, places: usize) {
        let words = places.div_ceil(WORD);
        if self.words.len() < words {
            self.words.resize(words, 0);
        }
    }

    pub(crate) fn insert(&mut self, place: usize) {
        self.words[place / WORD] |= 1 << (place % WORD);
    }

    /// Word number `number`, as [`Board::collect`] gives it.
    pub(crate) fn insert_word(&mut self, number: usize, places: usize) {
        self.words[number] |= places;
    }

    pub(crate) fn insert_all(&mut self, others: &Places) {
        for (word, other) in self.words.iter_mut().zip(&others.words) {
            *word |= other;
        }
    }

    pub(crate) fn remove(&mut self, place: usize) {
        self.words[place / WORD] &= !(1 << (place % WORD));
    }

    pub(crate) fn clear(&mut self) {
        self.words.fill(0);
    }

    pub(crate) fn contains(&self, place: usize) -> bool {
        self.words[place / WORD] & 1 << (place % WORD) != 0
    }

    pub(crate) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Becomes `these` without `those`.
    pub(crate) fn assign(&mut self, these: &Places, those: &Places) {
        self.words.clear();
        self.words.extend(these.words.iter().zip(&those.words).map(|(these, those)| these & !those));
    }

    /// The first one that is in `others`, too.
    pub(crate) fn first_common(&self, others: &Places) -> Option<usize> {
        let mut words = self.words.iter().zip(&others.words).enumerate();
        words.find_map(|(number, (word, other))| {
            let both = word & other;
            (both != 0).then(|| number * WORD + both.trailing_zeros() as usize)
        })
    }

    /// The first one from `from` on.
    pub(crate) fn next(&self, from: usize) -> Option<usize> {
        let mut number = from / WORD;
        let mut word = *self.words.get(number)? & usize::MAX << (from % WORD);
        while word == 0 {
            number += 1;
            word = *self.words.get(number)?;
        }
        Some(number * WORD + word.trailing_zeros() as usize)
    }

    /// The one that comes after `rank` others; there is one.
    pub(crate) fn at(&self, mut rank: usize) -> usize {
        for (number, word) in self.words.iter().enumerate() {
            let count = word.count_ones() as usize;
            if rank < count {
                let mut word = *word;
                for _ in 0..rank {
                    word &= word - 1;
                }
                return number * WORD + word.trailing_zeros() as usize;
            }
            rank -= count;
        }
        unreachable!("a rank below the number of members")
    }

    /// All of them, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let mut from = 0;
        core::iter::from_fn(move || {
            let place = self.next(from)?;
            from = place + 1;
            Some(place)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn members_come_in_order() {
        let mut places = Places::new();
        places.grow(200);
        for place in [3, 63, 64, 130, 199] {
            places.insert(place);
        }
        assert_eq!(places.iter().collect::<Vec<_>>(), [3, 63, 64, 130, 199]);
        assert_eq!((0..5).map(|rank| places.at(rank)).collect::<Vec<_>>(), [3, 63, 64, 130, 199]);
        assert_eq!((places.next(64), places.next(65), places.next(200)), (Some(64), Some(130), None));
        places.remove(64);
        assert!(!places.contains(64) && places.contains(63));
        assert_eq!(places.len(), 4);
        let (mut rest, mut off) = (Places::new(), places.clone());
        off.remove(130);
        rest.assign(&places, &off);
        assert_eq!(rest.iter().collect::<Vec<_>>(), vec![130]);
        assert_eq!((places.first_common(&rest), rest.first_common(&off)), (Some(130), None));
        places.clear();
        assert!(places.is_empty());
    }
}
