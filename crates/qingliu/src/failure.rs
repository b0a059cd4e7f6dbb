//! Why a command ended early, as one sentence and an exit status.

use std::error::Error;
use std::fmt;

/// What the shell is told. The numbers are the contract's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Status {
    /// Done.
    Done = 0,
    /// The input could not be used, or results could not be written.
    Input = 1,
    /// What was asked for cannot be meant.
    Arguments = 2,
    /// Done, and more was fake than was allowed.
    TooFake = 3,
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    message: String,
}

impl Failure {
    /// The input's fault.
    pub(crate) fn input(error: impl Into<anyhow::Error>) -> Failure {
        Failure { status: Status::Input, message: sentence(error.into().as_ref()) }
    }

    /// The fault of what was asked for.
    pub(crate) fn arguments(error: impl Into<anyhow::Error>) -> Failure {
        Failure { status: Status::Arguments, message: sentence(error.into().as_ref()) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// An error and its causes in one line; a cause that its effect has said already is not said again.
fn sentence(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_follow_once() {
        let cause = std::io::Error::other("the disk is full");
        let error = anyhow::Error::new(cause).context("a.parquet: cannot be written");
        let failure = Failure::input(error);
        assert_eq!(failure.to_string(), "a.parquet: cannot be written: the disk is full");
        let twice = anyhow::anyhow!("full").context("the disk is full");
        assert_eq!(Failure::arguments(twice).to_string(), "the disk is full");
    }
}
