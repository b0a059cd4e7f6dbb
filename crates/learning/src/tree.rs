//! One tree: questions about single numbers, and what to add at the end of each path.
//!
//! What is missing goes where training sent it. A tree from a file is checked before it is used: children come after
//! their parents, so that every path ends.

use serde::{Deserialize, Serialize};

/// A regression tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tree {
    /// The root first, children after their parents.
    nodes: Vec<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Node {
    /// feature, at most this much goes left, what is missing goes left, left child, right child
    #[serde(rename = "s")]
    Split(u32, f32, bool, u32, u32),
    /// what is added
    #[serde(rename = "l")]
    Leaf(f64),
}

impl Tree {
    /// The nodes must satisfy [`Tree::sound`].
    pub(crate) fn of(nodes: Vec<Node>) -> Tree {
        Tree { nodes }
    }

    /// Whether every path ends in a finite number and asks only for features below `features`.
    pub(crate) fn sound(&self, features: usize) -> bool {
        let count = self.nodes.len();
        let ahead = |at: usize, child: u32| (child as usize) > at && (child as usize) < count;
        count > 0
            && self.nodes.iter().enumerate().all(|(at, node)| match *node {
                Node::Leaf(value) => value.is_finite(),
                Node::Split(feature, threshold, _, left, right) => {
                    (feature as usize) < features
                        && threshold.is_finite()
                        && ahead(at, left)
                        && ahead(at, right)
                }
            })
    }

    /// What the tree adds for a row; a number that the row lacks is missing.
    pub(crate) fn value(&self, number: impl Fn(u32) -> f32) -> f64 {
        let mut at = 0;
        loop {
            match self.nodes.get(at) {
                Some(&Node::Split(feature, threshold, missing_left, left, right)) => {
                    let value = number(feature);
                    // A threshold is finite, so that a file can hold it; what is infinite counts as the largest number.
                    let value = value.clamp(f32::MIN, f32::MAX);
                    let goes_left = if value.is_nan() { missing_left } else { value <= threshold };
                    at = if goes_left { left } else { right } as usize;
                }
                Some(&Node::Leaf(value)) => return value,
                None => return 0.0,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_numbers_and_what_is_missing() {
        let tree = Tree::of(vec![
            Node::Split(0, 1.5, false, 1, 2),
            Node::Leaf(-1.0),
            Node::Split(1, 0.0, true, 3, 4),
            Node::Leaf(2.0),
            Node::Leaf(3.0),
        ]);
        assert!(tree.sound(2));
        assert!(!tree.sound(1));
        let value = |row: [f32; 2]| tree.value(|feature| row[feature as usize]);
        assert_eq!(value([1.5, 9.0]), -1.0);
        assert_eq!(value([f32::NAN, f32::NAN]), 2.0);
        assert_eq!(value([2.0, 1.0]), 3.0);
    }

    #[test]
    fn circles_and_holes_are_seen() {
        for nodes in [
            vec![],
            vec![Node::Split(0, 0.0, true, 0, 1), Node::Leaf(0.0)],
            vec![Node::Split(0, 0.0, true, 1, 2), Node::Leaf(0.0)],
            vec![Node::Leaf(f64::NAN)],
            vec![Node::Split(0, f32::NAN, true, 1, 2), Node::Leaf(0.0), Node::Leaf(0.0)],
        ] {
            assert!(!Tree::of(nodes).sound(1));
        }
    }
}
