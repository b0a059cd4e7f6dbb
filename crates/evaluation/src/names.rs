//! Texts of one kind, such as accounts, each numbered in the order in which it came.
//!
//! All tables are joined through these numbers. The texts stand one after the other in a single string, so tens of
//! millions of event ids cost their bytes and twelve more each.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

/// Texts of one kind, each with its number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    text: String,
    ends: Vec<usize>,
    numbers: HashTable<u32>,
}

impl Names {
    /// The number of `name`, which is given one if it has none. At most 2³² − 1 names are kept apart.
    pub(crate) fn intern(&mut self, name: &str) -> usize {
        let hash = xxh3_64(name.as_bytes());
        let (text, ends) = (&self.text, &self.ends);
        if let Some(&number) = self.numbers.find(hash, |&n| slice(text, ends, n) == name) {
            return number as usize;
        }
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.text.push_str(name);
        self.ends.push(self.text.len());
        let (text, ends) = (&self.text, &self.ends);
        self.numbers.insert_unique(hash, number, |&n| xxh3_64(slice(text, ends, n).as_bytes()));
        number as usize
    }

    /// The number of `name`, if it has one.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let hash = xxh3_64(name.as_bytes());
        self.numbers
            .find(hash, |&n| slice(&self.text, &self.ends, n) == name)
            .map(|&number| number as usize)
    }

    /// The text of a number that [`Names::intern`] gave.
    pub(crate) fn get(&self, number: usize) -> &str {
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.text[start..self.ends[number]]
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All, in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|number| self.get(number))
    }

    /// The numbers, by their text: letters by letters and digits by their value, so that S2 stands before S10.
    pub(crate) fn in_order(&self) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..self.len()).collect();
        numbers.sort_by_key(|&n| natural(self.get(n)));
        numbers
    }
}

fn slice<'a>(text: &'a str, ends: &[usize], number: u32) -> &'a str {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    &text[start..ends[number]]
}

/// A key under which S2 stands before S10.
pub(crate) fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let digits = rest[letters..]
            .find(|c: char| !c.is_ascii_digit())
            .map_or(rest.len(), |after| letters + after);
        parts.push((rest[..letters].to_owned(), rest[letters..digits].parse().unwrap_or(u64::MAX)));
        rest = &rest[digits..];
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number() {
        let mut names = Names::default();
        for round in 0..2 {
            for i in 0..500 {
                assert_eq!(names.intern(&format!("n{i}")), i, "round {round}");
            }
        }
        assert_eq!(names.len(), 500);
        assert_eq!(names.find("n499"), Some(499));
        assert_eq!(names.get(499), "n499");
        assert_eq!(names.find("n500"), None);
        assert_eq!(names.intern(""), 500);
        assert_eq!(names.get(500), "");
    }

    #[test]
    fn numbers_in_names_count_by_value() {
        let mut names = Names::default();
        for name in ["S10", "friend_vote", "S2", "S1", "S1_10", "S1_9"] {
            names.intern(name);
        }
        let order: Vec<&str> = names.in_order().into_iter().map(|n| names.get(n)).collect();
        assert_eq!(order, ["S1", "S1_9", "S1_10", "S2", "S10", "friend_vote"]);
    }
}
