//! What a word is, and how often each occurs. Knows text only.

use std::collections::HashMap;

/// The longest stretch of text, in bytes, that [`last_cut`] may find no place in. A file with a longer one is skipped, so
/// that no file needs more memory than this.
pub const MAX_WORD: usize = 1 << 20;

/// A word is a run of letters, digits and underscores, as Unicode has them; upper and lower case are the same.
fn is_part_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How often each word occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    counts: HashMap<String, u64>,
    tokens: u64,
}

impl Words {
    /// The words of a text.
    pub fn of(text: &str) -> Self {
        let mut words = Words::default();
        let mut lower = String::new();
        for word in text.split(|c| !is_part_of_a_word(c)).filter(|word| !word.is_empty()) {
            words.tokens += 1;
            if word.is_ascii() {
                lower.clear();
                lower.push_str(word);
                lower.make_ascii_lowercase();
            } else {
                lower = word.to_lowercase();
            }
            match words.counts.get_mut(lower.as_str()) {
                Some(count) => *count += 1,
                None => drop(words.counts.insert(lower.clone(), 1)),
            }
        }
        words
    }

    /// Adds another count to this one.
    pub fn add(&mut self, other: Words) {
        if self.tokens == 0 {
            *self = other;
            return;
        }
        self.tokens += other.tokens;
        for (word, count) in other.counts {
            *self.counts.entry(word).or_insert(0) += count;
        }
    }

    /// How many words there are.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// How many different ones.
    pub fn distinct(&self) -> usize {
        self.counts.len()
    }

    /// The `k` most frequent words, then by the alphabet.
    pub fn top(&self, k: usize) -> Vec<(&str, u64)> {
        let mut all: Vec<_> = self.counts.iter().map(|(word, count)| (word.as_str(), *count)).collect();
        all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        all.truncate(k);
        all
    }
}

/// Where a text that goes on may be cut without cutting a word: behind its last ASCII byte that belongs to none. That is
/// never inside a character either.
pub fn last_cut(text: &[u8]) -> Option<usize> {
    let last = text.iter().rposition(|byte| byte.is_ascii() && !is_part_of_a_word(char::from(*byte)))?;
    Some(last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_digits_and_underscores() {
        let words = Words::of("Go's chan_n, GO 4-ever; Straße ÉTÉ été\0x\u{feff}y");
        assert_eq!(words.top(2), [("go", 2), ("été", 2)]);
        assert_eq!(words.tokens(), 11);
        assert_eq!(words.distinct(), 9);
        assert_eq!(Words::of(""), Words::default());
        assert_eq!(Words::of(" .\n").tokens(), 0);
    }

    #[test]
    fn parts_add_up_to_the_whole_wherever_they_are_cut() {
        let text = "eins, zwei\nDREI vier_5 größer 中文。字 eins; ZWEI;\u{3000}x";
        for end in 0..=text.len() {
            let Some(cut) = last_cut(&text.as_bytes()[..end]) else { continue };
            let (left, right) = text.split_at(cut);
            let mut sum = Words::of(left);
            sum.add(Words::of(right));
            assert_eq!(sum, Words::of(text), "cut at {cut}");
        }
    }

    #[test]
    fn text_without_a_gap_cannot_be_cut() {
        assert_eq!(last_cut(b""), None);
        assert_eq!(last_cut(b"oneword"), None);
        assert_eq!(last_cut("größe".as_bytes()), None);
        assert_eq!(last_cut(b"two words"), Some(4));
    }
}
