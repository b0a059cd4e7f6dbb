//! The standard: how much evidence of which kinds makes which verdict.

use crate::Verdict;
use detectors::Class;
use serde::{Deserialize, Serialize};

/// A versioned standard for verdicts. All numbers are bits: the base-two logarithm of odds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// What results call it.
    pub name: String,
    /// Grows with each change of a number.
    pub version: u32,
    /// What evidence has to overcome before a community is a crew rather than a crowd: of the communities that act
    /// together beyond chance most are real.
    pub prior_bits: f64,
    /// Bits beyond the prior from which a person should look.
    pub suspect_bits: f64,
    /// Bits beyond the prior from which a group may be acted upon, with two classes of evidence.
    pub fake_bits: f64,
    /// Bits that a class of evidence must have to count as one.
    pub class_bits: f64,
    /// Bits beyond the prior from which one class alone is overwhelming.
    pub overwhelming_bits: f64,
    /// What the findings about a single account have to overcome: one account in a thousand is machine-made and seen
    /// by no group.
    pub account_prior_bits: f64,
    /// Bits beyond that prior from which one class of evidence about a single account is a reason to look. High,
    /// because people do odd things by themselves: raters of films answer a page every 25 seconds for an hour. Set above
    /// what real raters on two public sets reach, so those two sets do not test it.
    pub alone_bits: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            name: "default".to_string(),
            version: 1,
            prior_bits: 6.0,
            suspect_bits: 0.0,
            fake_bits: 4.0,
            class_bits: 3.0,
            overwhelming_bits: 6.0,
            account_prior_bits: 10.0,
            alone_bits: 60.0,
        }
    }
}

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is not a policy.
    #[error("{0}")]
    Text(#[from] toml::de::Error),
    /// A number is not what it may be.
    #[error("{name} is {value}: {why}")]
    Value {
        /// Which number.
        name: &'static str,
        /// What it is.
        value: f64,
        /// What it should be.
        why: &'static str,
    },
}

impl Policy {
    /// Reads a policy from TOML; what it leaves out is as in the default.
    ///
    /// # Errors
    /// The text is not TOML, names something unknown, or a number is out of its range or order.
    pub fn parse(text: &str) -> Result<Policy, PolicyError> {
        let policy: Policy = toml::from_str(text)?;
        policy.check()?;
        Ok(policy)
    }

    fn check(&self) -> Result<(), PolicyError> {
        let named = [
            ("prior_bits", self.prior_bits),
            ("class_bits", self.class_bits),
            ("account_prior_bits", self.account_prior_bits),
            ("alone_bits", self.alone_bits),
        ];
        for (name, value) in named {
            if !(0.0..=1000.0).contains(&value) {
                return Err(PolicyError::Value { name, value, why: "must be from 0 to 1000" });
            }
        }
        let ladder = [
            ("suspect_bits", self.suspect_bits, -1000.0),
            ("fake_bits", self.fake_bits, self.suspect_bits),
            ("overwhelming_bits", self.overwhelming_bits, self.fake_bits),
        ];
        for (name, value, least) in ladder {
            if !(least..=1000.0).contains(&value) {
                let why =
                    "must not be below suspect_bits, fake_bits, overwhelming_bits in this order";
                return Err(PolicyError::Value { name, value, why });
            }
        }
        Ok(())
    }

    /// The verdict on a group whose classes of evidence have these bits, and the bits beyond the prior.
    #[must_use]
    pub fn group(&self, classes: &[(Class, f64)]) -> (Verdict, f64) {
        self.weigh(classes, self.prior_bits)
    }

    /// The verdict on an account that no group holds, from what detectors found of it alone. However strong, one class
    /// is no more than a reason to look: a person can own an odd device, a script does not stay alone.
    #[must_use]
    pub fn account(&self, classes: &[(Class, f64)]) -> (Verdict, f64) {
        let (verdict, bits) = self.weigh(classes, self.account_prior_bits);
        match self.speaking(classes) {
            0 => (Verdict::Genuine, bits),
            1 if bits < self.alone_bits => (Verdict::Genuine, bits),
            1 => (verdict.min(Verdict::Suspect), bits),
            _ => (verdict, bits),
        }
    }

    fn weigh(&self, classes: &[(Class, f64)], prior: f64) -> (Verdict, f64) {
        let bits = classes.iter().map(|class| class.1).sum::<f64>() - prior;
        let verdict = if bits >= self.overwhelming_bits
            || (bits >= self.fake_bits && self.speaking(classes) >= 2)
        {
            Verdict::Fake
        } else if bits >= self.suspect_bits {
            Verdict::Suspect
        } else {
            Verdict::Genuine
        };
        (verdict, bits)
    }

    fn speaking(&self, classes: &[(Class, f64)]) -> usize {
        classes.iter().filter(|class| class.1 >= self.class_bits).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [(Class, f64); 2] = [(Class::Synchrony, 6.0), (Class::Path, 12.0)];

    #[test]
    fn two_classes_or_one_that_overwhelms() {
        let policy = Policy::default();
        assert_eq!(policy.group(&BOTH).0, Verdict::Fake);
        assert_eq!(policy.group(&[(Class::Synchrony, 10.5)]).0, Verdict::Suspect);
        assert_eq!(policy.group(&[(Class::Synchrony, 12.0)]).0, Verdict::Fake);
        assert_eq!(policy.group(&[(Class::Synchrony, 5.0)]).0, Verdict::Genuine);
        assert_eq!(policy.group(&[]).0, Verdict::Genuine);
    }

    #[test]
    fn one_class_never_condemns_a_lone_account() {
        let policy = Policy::default();
        assert_eq!(policy.account(&[(Class::Infrastructure, 500.0)]).0, Verdict::Suspect);
        assert_eq!(policy.account(&[(Class::Device, 40.0)]).0, Verdict::Genuine);
        assert_eq!(policy.account(&[]).0, Verdict::Genuine);
    }

    #[test]
    fn what_speaks_for_a_crowd_counts() {
        let policy = Policy::default();
        let classes = [(Class::Synchrony, 9.0), (Class::Path, -8.0)];
        assert_eq!(policy.group(&classes).0, Verdict::Genuine);
    }

    #[test]
    fn a_policy_is_checked() {
        assert_eq!(Policy::parse("").unwrap(), Policy::default());
        assert_eq!(Policy::parse("fake_bits = 5.0").unwrap().fake_bits, 5.0);
        assert!(Policy::parse("fake_bits = 50.0").is_err());
        assert!(Policy::parse("fake_bytes = 5.0").is_err());
        assert!(Policy::parse("prior_bits = nan").is_err());
        let text = toml::to_string(&Policy::default()).unwrap();
        assert_eq!(Policy::parse(&text).unwrap(), Policy::default());
    }
}
